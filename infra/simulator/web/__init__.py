"""What the public web sends to an org, without any session."""
