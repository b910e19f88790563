"""What an admin lets happen when records are saved: rules, triggers, locks."""
