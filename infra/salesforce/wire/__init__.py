"""Salesforce's words and ours, each turned into the other. Nothing here does I/O."""
