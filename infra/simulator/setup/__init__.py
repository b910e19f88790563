"""What an admin sets up in an org: its settings, files that hold them, and what the objects then look like."""
