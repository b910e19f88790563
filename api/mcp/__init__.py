"""The routes once more, as MCP tools at one endpoint."""

from api.mcp.server import LeadTools
from api.mcp.toolset import UnknownToolError

__all__ = ["LeadTools", "UnknownToolError"]
