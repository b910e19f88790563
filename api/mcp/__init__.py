"""The routes once more, as MCP tools at one endpoint."""

from api.mcp.offer import UnknownToolError
from api.mcp.server import LeadTools

__all__ = ["LeadTools", "UnknownToolError"]
