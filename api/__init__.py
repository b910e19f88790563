"""The gateway's outside: REST, MCP and the command line."""

__version__ = "0.1.0"
