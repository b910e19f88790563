"""The jobs of Bulk API 2.0, and of 1.0, which are called classic: worked off in the background."""
