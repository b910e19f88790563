"""The simulator under Salesforce's own names: certificates, and a proxy that leads there."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path

import httpx
import pytest

from infra.simulator.server.certificates import certificates_in
from tests.support.http_client import http_client
from tests.support.served_org import ServedOrg, served_org


@pytest.mark.parametrize(
    "host", ["login.salesforce.com", "acme.my.salesforce.com", "acme--dev.sandbox.my.salesforce.com"]
)
def test_every_name_of_salesforce_leads_to_the_simulator(served: ServedOrg, host: str) -> None:
    with http_client(proxy=served.proxy, verify=ssl.create_default_context(cafile=served.authority)) as http:
        response = http.get(f"https://{host}/services/data/")

    assert response.json()[-1]["version"] == "67.0"


@pytest.mark.parametrize(
    "url", ["https://example.com/", "https://salesforce.com.example.com/", "https://a_b.salesforce.com/"]
)
def test_other_names_are_refused(served: ServedOrg, url: str) -> None:
    with http_client(proxy=served.proxy) as http, pytest.raises(httpx.ProxyError):
        http.get(url)


def test_who_does_not_trust_the_authority_gets_no_connection(served: ServedOrg) -> None:
    with http_client(proxy=served.proxy) as http, pytest.raises(httpx.ConnectError):
        http.get("https://login.salesforce.com/services/data/")


def test_who_logs_in_at_the_login_host_is_sent_to_the_org(served: ServedOrg) -> None:
    form = {"grant_type": "password", "client_id": "demo-client", "client_secret": "demo-secret"}
    person = {"username": "demo@example.com", "password": "demo-passworddemo-token"}
    with http_client(proxy=served.proxy, verify=ssl.create_default_context(cafile=served.authority)) as http:
        response = http.post("https://login.salesforce.com/services/oauth2/token", data={**form, **person})

    assert response.json()["instance_url"] == "https://demo-dev-ed.develop.my.salesforce.com"


def test_the_authority_is_kept_and_its_key_is_private(tmp_path: Path) -> None:
    first = certificates_in(tmp_path / "tls")
    authority = first.authority.read_bytes()

    second = certificates_in(tmp_path / "tls")

    assert (second, second.authority.read_bytes()) == (first, authority)
    assert {path.name for path in (tmp_path / "tls").iterdir() if path.stat().st_mode & 0o077 == 0} == {
        "ca-key.pem",
        "server-key.pem",
    }


def test_the_proxy_ends_quietly_while_someone_is_connected(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with served_org(tmp_path / "tls") as org:
        host, port = org.proxy.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)))
        connection.sendall(b"CONNECT acme.my.salesforce.com:443 HTTP/1.1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    connection.close()

    assert caplog.messages == []


def test_the_server_ends_at_once_although_a_client_keeps_its_connection(tmp_path: Path) -> None:
    with served_org(tmp_path / "tls") as org:
        http = http_client(org.url, verify=ssl.create_default_context(cafile=org.authority))
        http.get("/services/data/").raise_for_status()
        ending = time.monotonic()

    assert time.monotonic() - ending < 4, "it waited for the farewell of TLS"
    http.close()
