"""Salesforce's own command line, as it is, against the simulator: only proxy and trusted authority are set."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.keys import private_key_file
from tests.support.node import NODE, SF, needs_sf
from tests.support.processes import PATIENCE, environment, finished
from tests.support.served_org import ServedOrg

pytestmark = [needs_sf, pytest.mark.timeout(8 * PATIENCE)]
ALONE = {
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_DISABLE_TELEMETRY": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
}
"""It calls nobody but the org, and leaves the keychain of whoever runs the tests alone."""
BEHIND_A_PROXY = {"SF_DISABLE_DNS_CHECK": "true"}
"""Names are looked up by the proxy only; otherwise it would wait four minutes for them."""
TREE = {
    "records": [
        {
            "attributes": {"type": "Account", "referenceId": "acme"},
            "Name": "Acme",
            "Contacts": {
                "records": [
                    {"attributes": {"type": "Contact", "referenceId": f"contact{number}"}, "LastName": name}
                    for number, name in enumerate(["Okafor", "Ferreira"])
                ]
            },
        }
    ]
}


@dataclass(frozen=True)
class CommandLine:
    """`sf` with a home of its own."""

    home: Path
    settings: dict[str, str]

    def printed(self, *words: str, **settings: str) -> str:
        """What a command prints for people."""
        folders = {f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        everything = {"HOME": str(self.home), **folders, **ALONE, **self.settings, **settings}
        done = finished([NODE, "--no-deprecation", SF, *words], cwd=self.home, env=environment(everything))
        assert done.returncode == 0, f"sf {' '.join(words)}: {done.stdout[-4000:]}{done.stderr[-4000:]}"
        return done.stdout

    def result(self, *words: str, **settings: str) -> Any:
        """What a command prints for programs."""
        return json.loads(self.printed(*words, "--json", **settings))["result"]


def command_line(home: Path, served: ServedOrg, **settings: str) -> CommandLine:
    home.mkdir()
    return CommandLine(home, {"NODE_EXTRA_CA_CERTS": str(served.authority), **settings})


def test_the_command_line_works_with_an_org_behind_a_proxy(served: ServedOrg, tmp_path: Path) -> None:
    sf = command_line(tmp_path / "home", served, HTTPS_PROXY=served.proxy, **BEHIND_A_PROXY)
    (tmp_path / "tree.json").write_text(json.dumps(TREE))
    (tmp_path / "leads.csv").write_text("LastName,Company\nOkafor,Acme\nFerreira,Acme\n")
    key = private_key_file(tmp_path)
    query = "SELECT Name, Owner.Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account"

    login = ["org", "login", "jwt", "--client-id", "demo-client", "--jwt-key-file", str(key), "--set-default"]
    sf.printed(*login, "--username", "demo@example.com")
    user = sf.result("org", "display", "user")
    page = sf.result("org", "open", "--url-only", "--path", "/lightning/o/Lead/list")
    imported = sf.result("data", "import", "tree", "--files", str(tmp_path / "tree.json"))
    table = sf.printed("data", "query", "--query", query)
    sf.printed("data", "export", "tree", "--query", query, "--output-dir", str(tmp_path))
    job = sf.result("data", "import", "bulk", "--sobject", "Lead", "--file", str(tmp_path / "leads.csv"), "--wait", "1")
    totals = sf.printed("data", "query", "--query", "SELECT Company, COUNT(Id) FROM Lead GROUP BY Company", "-r", "csv")

    assert (user["username"], user["profileName"]) == ("demo@example.com", "System Administrator")
    assert page["url"].startswith("https://demo-dev-ed.develop.my.salesforce.com/secur/frontdoor.jsp?otp=")
    assert [made["refId"] for made in imported] == ["acme", "contact0", "contact1"]
    assert [word for word in table.split() if word in ("Acme", "Okafor", "Ferreira")] == ["Acme", "Ferreira", "Okafor"]
    [account] = json.loads((tmp_path / "Account-Contact.json").read_text())["records"]
    assert [contact["LastName"] for contact in account["Contacts"]["records"]] == ["Ferreira", "Okafor"]
    assert (job["processedRecords"], job["failedRecords"]) == (2, 0)
    assert totals.splitlines() == ["Company,count(Id)", "Acme,2"]


def test_the_command_line_works_with_an_access_token(served: ServedOrg, tmp_path: Path) -> None:
    """Over TLS without the proxy: it fetches the results of a bulk query past every proxy."""
    sf = command_line(tmp_path / "home", served)
    session = served.control.ask("POST", "sessions")
    exported = tmp_path / "leads.csv"

    # The URL ends in a slash, and then all paths begin with two.
    login = ["org", "login", "access-token", "--no-prompt", "--set-default", "--instance-url", f"{served.url}/"]
    sf.printed(*login, SF_ACCESS_TOKEN=session["access_token"])
    made = sf.result("data", "create", "record", "--sobject", "Lead", "--values", "LastName='Ada O' Company=Acme")
    sf.printed("data", "update", "record", "--sobject", "Lead", "--where", "Company=Acme", "--values", "Title=CEO")
    export = ["data", "export", "bulk", "--query", "SELECT Id, LastName, Title FROM Lead", "--wait", "1"]
    sf.printed(*export, "--output-file", str(exported), "--result-format", "csv")
    sf.printed("org", "logout", "--no-prompt", "--target-org", "demo@example.com")

    with exported.open() as file:
        assert [*csv.DictReader(file)] == [{"Id": made["id"], "LastName": "Ada O", "Title": "CEO"}]
