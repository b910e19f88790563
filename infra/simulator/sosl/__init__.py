"""SOSL: words looked for in all text of an org."""
