"""Swagger UI, served from files that are installed here: it works without any other host."""

import json
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Salesforce lead gateway</title>
<link rel="stylesheet" href="docs/files/swagger-ui.css">
<link rel="icon" href="docs/files/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/files/swagger-ui-bundle.js"></script>
<script>
const session = %s;
const ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  onComplete: () => {
    for (const [scheme, value] of Object.entries(session)) ui.preauthorizeApiKey(scheme, value);
  },
});
</script>
</body>
</html>
"""


@dataclass(frozen=True)
class DemoSession:
    """A session on the demo's own simulator, with which the page is signed in from the start."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


def add_docs(app: FastAPI, demo: DemoSession | None) -> None:
    """Add `/docs`, and a way there from `/`."""
    session = {}
    if demo:
        session = {"SalesforceAccessToken": demo.access_token, "SalesforceRefreshToken": f"Bearer {demo.refresh_token}"}
    page = _PAGE % json.dumps(session).replace("<", "\\u003c")

    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    async def root() -> RedirectResponse:
        return RedirectResponse("docs")

    app.get("/docs", include_in_schema=False)(docs)
    app.get("/", include_in_schema=False)(root)
    app.mount("/docs/files", StaticFiles(packages=[("fastapi_swagger", "resources")]))
