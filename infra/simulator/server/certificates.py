"""Certificates for Salesforce's host names, from an authority of our own.

The authority is kept, so that a client has to be told to trust it only once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import trustme

NAMES = (
    "localhost",
    "127.0.0.1",
    "::1",
    "*.salesforce.com",
    "*.my.salesforce.com",
    "*.sandbox.my.salesforce.com",
    "*.develop.my.salesforce.com",
    "*.scratch.my.salesforce.com",
    "*.trailblaze.my.salesforce.com",
)
"""Source: fact sheet 1.6."""


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: the authority to trust, and what the server shows."""

    authority: Path
    certificate: Path
    private_key: Path


def certificates_in(directory: Path) -> Certificates:
    """The certificates of a directory; made if they are not there yet. Private keys can be read by their owner only."""
    directory.mkdir(parents=True, exist_ok=True)
    files = Certificates(directory / "ca.pem", directory / "server.pem", directory / "server-key.pem")
    authority_key = directory / "ca-key.pem"
    if files.authority.exists() and authority_key.exists():
        authority = trustme.CA.from_pem(files.authority.read_bytes(), authority_key.read_bytes())
    else:
        authority = trustme.CA(organization_name="Salesforce simulator", organization_unit_name="for tests only")
        _write(authority_key, authority.private_key_pem.bytes())
        files.authority.write_bytes(authority.cert_pem.bytes())
    server = authority.issue_cert(*NAMES)
    files.certificate.write_bytes(b"".join(each.bytes() for each in server.cert_chain_pems))
    _write(files.private_key, server.private_key_pem.bytes())
    return files


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
