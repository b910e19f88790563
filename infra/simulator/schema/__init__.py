"""What a record can hold: the objects of a fresh org, their fields and ids, dates, and how Salesforce says no."""
