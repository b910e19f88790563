"""Salesforce as the gateway uses it: the domain's ports, over sending and over deciding without I/O."""
