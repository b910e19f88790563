"""Converting leads."""
