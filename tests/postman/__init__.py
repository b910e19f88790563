"""The Postman collection: every route in the order of a lead's life, then the same over MCP."""
