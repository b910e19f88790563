"""Who calls, told by the headers of a request, and the services for them."""
