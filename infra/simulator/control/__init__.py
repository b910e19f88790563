"""The control interface, and sample data: what tests and demos may do to the orgs, outside Salesforce's paths."""
