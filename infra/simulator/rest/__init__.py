"""The REST API: one table of resources, and a module for each family of them."""
