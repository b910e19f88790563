"""The orgs of one simulator, what works on each of them, and who is logged in."""
