"""What a route says of itself in the OpenAPI document for whoever makes a tool of it."""

MCP_ANNOTATIONS = "x-mcp-annotations"
"""In a route's `openapi_extra`: the hints in which the tool differs from what its HTTP method suggests."""

MCP_SUMMARY = "x-mcp-summary"
"""In a route's `openapi_extra`: the fields of each listed lead that a model gets unless it asks with `fields`."""

MCP_CONFIRMATION = "x-mcp-confirmation"
"""In a route's `openapi_extra`: true, or the arguments with which the tool does what a person has to agree to."""

MCP_ARGUMENT = "x-mcp-argument"
"""In the schema of a header parameter: the name under which a tool takes it as an argument.

Such an argument reaches the route in the request's state under that name, since arguments never become headers.
"""
