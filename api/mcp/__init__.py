"""The routes once more, as MCP tools at one endpoint."""
