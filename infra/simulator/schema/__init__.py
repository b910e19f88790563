"""What a record can hold: the objects of a fresh org and their fields."""
