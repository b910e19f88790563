"""Writes docs/postman_collection.json anew: `make postman`."""

import asyncio
import json
import sys
from typing import Any

import httpx

from api.main import gateway
from infra.log import set_up_logging
from infra.settings import Settings
from tests import ROOT
from tests.postman.collection import collection

FILE = ROOT / "docs" / "postman_collection.json"


async def generated() -> str:
    """What the file must hold."""
    app = gateway(Settings(_env_file=None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
        openapi: dict[str, Any] = (await http.get("/openapi.json")).raise_for_status().json()
    return json.dumps(collection(openapi), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    set_up_logging(Settings(_env_file=None, log_level="WARNING"))
    FILE.write_text(asyncio.run(generated()))
    sys.stdout.write(f"{FILE} is written.\n")
