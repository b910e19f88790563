"""Bulk API 2.0: jobs that are worked off in the background."""
