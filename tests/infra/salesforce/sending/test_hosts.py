"""Tokens go to Salesforce's hosts, and to no others."""

import pytest

from domain.errors import InvalidInstanceUrlError
from infra.salesforce.sending.hosts import InstanceHosts


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.my.salesforce.com",
        "https://acme--uat.sandbox.my.salesforce.com",
        "https://acme--uat.cs92.my.salesforce.com",
        "https://acme-dev-ed.develop.my.salesforce.com",
        "https://acme-dev-ed.scratch.my.salesforce.com",
        "https://acme.my.salesforce.mil",
        "https://na1.salesforce.com",
        "https://eu5-api.salesforce.com",
        "https://ACME.my.salesforce.com",
    ],
)
def test_salesforce_hosts_are_accepted(url: str) -> None:
    assert InstanceHosts().checked(url) == url.lower()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://acme.my.salesforce.com",
        "https://acme.my.salesforce.com/",
        "https://acme.my.salesforce.com/path",
        "https://acme.my.salesforce.com:443",
        "https://user@acme.my.salesforce.com",
        "https://acme.my.salesforce.com@evil.example",
        "https://acme.my.salesforce.com.evil.example",
        "https://acme.my.salesforce.com?x",
        "https://acme.my.salesforce.com#x",
        "https://acme.my.salesforce.com\\@evil.example",
        "https://acme.my.salesforce.com\n",
        " https://acme.my.salesforce.com",
        "https://acme.my.salesforce.com%2eevil.example",
        "https://evilmy.salesforce.com",
        "https://.my.salesforce.com",
        "https://-a.my.salesforce.com",
        "https://my.salesforce.com",
        "https://salesforce.com",
        "https://www.salesforce.com",
        "https://login.salesforce.com",
        "https://acme.lightning.force.com",
        "https://acme.pc-rnd.salesforce.com",
        "https://аcme.my.salesforce.com",
        "https://127.0.0.1",
        "https://[::1]",
        "https://169.254.169.254",
        "file:///etc/passwd",
        "//acme.my.salesforce.com",
        "https://" + "a" * 64 + ".my.salesforce.com",
        "http://127.0.0.1:3334",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(InvalidInstanceUrlError):
        InstanceHosts().checked(url)


def test_an_origin_is_trusted_to_the_letter() -> None:
    hosts = InstanceHosts(["http://127.0.0.1:3334"])

    assert hosts.checked("http://127.0.0.1:3334") == "http://127.0.0.1:3334"
    for url in ("http://127.0.0.1:3335", "http://127.0.0.1:3334/", "http://127.0.0.1:33340"):
        with pytest.raises(InvalidInstanceUrlError):
            hosts.checked(url)
