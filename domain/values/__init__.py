"""The values that leads are made of, by subject. They hold no rules and ask nobody."""
