"""Compressed bodies, both ways.

Source: fact sheet 8.
"""

from __future__ import annotations

import gzip
import zlib

from starlette.responses import Response

from infra.simulator.schema import unverified
from infra.simulator.schema.errors import failure

MAX_BODY = 150 * 1024 * 1024
"""A body may be this long when it is unpacked (bytes): as long as the longest upload of a bulk job. Source: 6.3."""
_WORTH_IT = 1000
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def unpacked(content: bytes, encoding: str, at_most: int = MAX_BODY) -> bytes:
    """The body as it was before it was compressed, `at_most` bytes. Raises SalesforceError."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _within(at_most, content)
    if encoding not in _WINDOWS:
        raise failure(415, "UNSUPPORTED_MEDIA_TYPE", unverified.UNSUPPORTED_ENCODING.format(encoding=encoding))
    inflater = zlib.decompressobj(_WINDOWS[encoding])
    try:
        plain = inflater.decompress(content, at_most + 1)
    except zlib.error as error:
        raise failure(400, "INVALID_INPUT", unverified.BAD_COMPRESSION) from error
    if not inflater.eof and len(plain) <= at_most:
        raise failure(400, "INVALID_INPUT", unverified.BAD_COMPRESSION)
    return _within(at_most, plain)


def packed(response: Response, accepted: str) -> Response:
    """The response, compressed where the caller asked for it and it is worth the effort."""
    response.headers["Vary"] = "Accept-Encoding"
    body = bytes(response.body)
    if len(body) >= _WORTH_IT and _takes_gzip(accepted):
        response.body = gzip.compress(body, compresslevel=1, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
        if "ETag" in response.headers:
            response.headers["ETag"] = response.headers["ETag"].removesuffix('"') + '-gzip"'
    return response


def _takes_gzip(accepted: str) -> bool:
    for wish in accepted.lower().split(","):
        coding, _, quality = wish.partition(";")
        if coding.strip() in ("gzip", "x-gzip", "*") and quality.replace(" ", "") not in ("q=0", "q=0.0"):
            return True
    return False


def _within(at_most: int, content: bytes) -> bytes:
    if len(content) > at_most:
        raise failure(413, "REQUEST_ENTITY_TOO_LARGE", unverified.BODY_TOO_LARGE)
    return content
