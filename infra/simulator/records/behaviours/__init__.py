"""What some objects do besides what all objects do."""
