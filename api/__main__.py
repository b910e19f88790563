"""`python -m api` is `salesforce-mcp`."""

from api.cli import main

main()
