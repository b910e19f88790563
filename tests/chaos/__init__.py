"""Trouble of every kind for real processes, and a check that nothing got lost or doubled."""
