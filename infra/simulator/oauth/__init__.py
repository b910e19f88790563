"""OAuth 2.0: how a client gets, renews and gives back its tokens."""
