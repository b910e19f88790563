"""One org: its storage, its settings, and the values in it."""
