"""Whatever is written to fields of whatever type, by whatever way: what comes back is what fact sheet 12.1 says."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import count
from typing import Any, TypeVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from infra.simulator.server.app import create_simulator
from tests.infra.simulator.bulk.jobs import ingested
from tests.infra.simulator.conftest import Clock, http_of, logged_in

_Answer = TypeVar("_Answer")

CUSTOM: list[dict[str, Any]] = [
    {"name": "Text__c", "length": 12},
    {"name": "Long__c", "type": "textarea", "length": 300},
    {"name": "Pick__c", "type": "picklist", "values": ["Gold", "Silver"], "restricted": True},
    {"name": "Many__c", "type": "multipicklist", "values": ["Red", "Green", "Blue"]},
    {"name": "Flag__c", "type": "boolean"},
    {"name": "Number__c", "type": "double", "precision": 6, "scale": 2},
    {"name": "Whole__c", "type": "int"},
    {"name": "Day__c", "type": "date"},
    {"name": "Moment__c", "type": "datetime"},
    {"name": "Mail__c", "type": "email"},
    {"name": "Price__c", "type": "currency", "precision": 6, "scale": 2},
    {"name": "Share__c", "type": "percent", "precision": 4, "scale": 1},
    {"name": "Clock__c", "type": "time"},
    {"name": "Phone__c", "type": "phone", "length": 12},
    {"name": "Site__c", "type": "url", "length": 12},
    {"name": "Geo__c", "type": "location", "scale": 3},
    {"name": "Friend__c", "type": "reference", "to": "User", "child_relationship": "Friends"},
    {"name": "Key__c", "length": 40, "unique": True, "external_id": True},
]
DECIMALS = {
    "Number__c": (2, Decimal("9999.99")),
    "Price__c": (2, Decimal("9999.99")),
    "Share__c": (1, Decimal("999.9")),
    "Geo__Latitude__s": (3, Decimal(90)),
    "Geo__Longitude__s": (3, Decimal(180)),
}
"""How many decimals are kept, and the largest number that fits."""
USER, NOBODY = "005A10000000001IAA", "005A10000009999"
REFUSED = object()
"""What the model has in place of a value that cannot be stored."""

blanks = st.sampled_from([None, "", "  "])
junk = st.sampled_from(
    ["Maybe", 10**30, -0.0, True, [], ["a"], {}, {"a": 1}, "\x01", "é" * 50, "1e5000", "NaN", "0x10", "١٢"]
)
zones = st.sampled_from([None, 0, 60, -300, 330])


def texts(at_most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=at_most)


def moments(draw_date: bool = False) -> st.SearchStrategy[str]:
    parts = st.tuples(st.datetimes(datetime(1999, 1, 2), datetime(2050, 1, 1)), zones)
    return parts.map(lambda found: _written(*found))


def _written(moment: datetime, offset: int | None) -> str:
    if offset is None:
        return moment.isoformat()
    return moment.replace(tzinfo=timezone(timedelta(minutes=offset))).isoformat()


numbers = st.one_of(
    st.integers(-20_000, 20_000), st.decimals(-20_000, 20_000, places=4).map(float), st.integers(-99, 99).map(str)
)
degrees = st.decimals(-200, 200, places=4).map(float)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Text__c": texts(14) | blanks | junk,
    "Long__c": st.lists(texts(5), max_size=4).map("\n".join) | st.just("a\rb\r\nc") | blanks | junk,
    "Pick__c": st.sampled_from(["gold", "SILVER", "Silver", "Bronze"]) | blanks | junk,
    "Many__c": st.lists(st.sampled_from(["blue", "Red", "GREEN", "Pink"]), max_size=5).map(";".join) | blanks | junk,
    "Flag__c": st.sampled_from([True, False, "true", "FALSE", "1", 0, 1]) | blanks | junk,
    "Number__c": numbers | blanks | junk,
    "Whole__c": numbers | blanks | junk,
    "Day__c": st.dates().map(str) | moments() | blanks | junk,
    "Moment__c": moments() | st.dates().map(str) | blanks | junk,
    "Mail__c": st.sampled_from(["A@B.com", "a..b.@b.co", ".a@b.com", "a@b", "ä@b.com", "x@xn--y.de"]) | blanks | junk,
    "Price__c": numbers | blanks | junk,
    "Share__c": numbers | blanks | junk,
    "Clock__c": st.times().map(str) | st.sampled_from(["7:10", "24:00:00"]) | blanks | junk,
    "Phone__c": texts(14) | blanks | junk,
    "Site__c": texts(14) | blanks | junk,
    "Geo__Latitude__s": degrees | blanks | junk,
    "Geo__Longitude__s": degrees | blanks | junk,
    "Friend__c": st.sampled_from([USER, USER[:15], USER.lower(), USER[:14], "00QA10000000001", NOBODY]) | blanks | junk,
}
NAMES = ", ".join(VALUES)
writes = st.fixed_dictionaries({}, optional=VALUES)


def model(name: str, sent: Any) -> Any:
    """What is stored of a value, by the fact sheet alone; REFUSED where it is none."""
    if name == "Flag__c":
        return _flag(sent)
    if isinstance(sent, (list, dict)):
        return REFUSED
    text = ("true" if sent else "false") if isinstance(sent, bool) else str("" if sent is None else sent).strip()
    if not text:
        return None
    if name == "Whole__c":
        return REFUSED if isinstance(sent, bool) else _whole(text)
    if name in DECIMALS:
        return REFUSED if isinstance(sent, bool) else _decimal(text, *DECIMALS[name])
    if name == "Day__c":
        return _day(text)
    if name == "Clock__c":
        found = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?", text, re.ASCII)
        return f"{text[:8]}.{text[9:12]:0<3}Z" if found else REFUSED
    if name == "Friend__c":
        return USER if (text[:15] == USER[:15] and len(text) in (15, 18)) or text == USER.lower() else REFUSED
    if name == "Moment__c":
        moment = _moment(text)
        return REFUSED if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return _text(name, text)


def _flag(sent: Any) -> Any:
    if isinstance(sent, bool):
        return sent
    known = {"true": True, "false": False}
    return known.get(sent.strip().lower(), REFUSED) if isinstance(sent, str) else REFUSED


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if text.isascii() and number.is_finite() and abs(number) <= 10**12 else None


def _whole(text: str) -> Any:
    number = _number(text)
    fits = number is not None and number == int(number) and abs(number) < 10**9
    return int(number) if number is not None and fits else REFUSED


def _decimal(text: str, scale: int, most: Decimal) -> Any:
    number = _number(text)
    if number is None:
        return REFUSED
    rounded = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    return float(rounded) if abs(rounded) <= most else REFUSED


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if "T" not in text:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def _day(text: str) -> Any:
    moment = _moment(text)
    if moment is not None:
        return moment.date().isoformat()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        return REFUSED


def _text(name: str, text: str) -> Any:
    if name == "Pick__c":
        return {"gold": "Gold", "silver": "Silver"}.get(text.lower(), REFUSED)
    if name == "Many__c":
        spelled = {"red": "Red", "green": "Green", "blue": "Blue"}
        values = [spelled.get(part.strip().lower(), part.strip()) for part in text.split(";") if part.strip()]
        order = [*spelled.values()]
        known = sorted({value for value in values if value in order}, key=order.index)
        return ";".join([*known, *dict.fromkeys(value for value in values if value not in order)]) or None
    if name == "Mail__c":
        return text.lower() if text in ("A@B.com", "a..b.@b.co", "x@xn--y.de") else REFUSED
    if name == "Long__c":
        text = "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return text if len(text) <= {"Long__c": 300}.get(name, 12) else REFUSED


@dataclass
class Kept:
    """A lead as it should be."""

    key: str
    values: dict[str, Any] = field(default_factory=lambda: {**dict.fromkeys(VALUES), "Flag__c": False})


class Typing(RuleBasedStateMachine):
    """Someone writes values of all types, and reads them."""

    leads = Bundle("leads")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.simulator = create_simulator(clock=Clock())
        self.http = http_of(self.simulator)
        self.org = self.run(logged_in(self.http))
        self.run(self.org.change_org(custom_fields=CUSTOM))
        self.kept: dict[str, Kept] = {}
        self.numbers = count()

    def run(self, work: Awaitable[_Answer]) -> _Answer:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.http.aclose())
        self.simulator.close()
        self.loop.close()

    def send(self, method: str, path: str, body: Any) -> httpx.Response:
        response = self.run(self.org.send(method, path, json=body))
        assert response.status_code < 500, response.text
        return response

    @rule(target=leads, values=writes)
    def create(self, values: dict[str, Any]) -> str:
        key = f"k{next(self.numbers)}"
        body = {"LastName": "Okafor", "Company": "Acme", "Key__c": key, **values}
        response = self.send("POST", "/sobjects/Lead", body)
        self.kept[key] = Kept(key)
        if not self.took(response, key, values):
            del self.kept[key]
            return ""
        return key

    @rule(lead=leads, values=writes)
    def update_by_key(self, lead: str, values: dict[str, Any]) -> None:
        if lead:
            self.took(self.send("PATCH", f"/sobjects/Lead/Key__c/{lead}", values), lead, values)

    @rule(lead=leads, values=writes)
    def update_in_a_collection(self, lead: str, values: dict[str, Any]) -> None:
        if not lead:
            return
        record = {"attributes": {"type": "Lead"}, "Key__c": lead, **values}
        [result] = self.send("PATCH", "/composite/sobjects/Lead/Key__c", {"records": [record]}).json()
        stored = {name: model(name, sent) for name, sent in values.items()}
        assert result["success"] == (REFUSED not in stored.values()), result
        if result["success"]:
            self.kept[lead].values.update(stored)

    @rule(lead=leads, text=texts(10), flag=st.sampled_from(["1", "no", "TRUE", "0", "on"]))
    def update_in_a_bulk_job(self, lead: str, text: str, flag: str) -> None:
        if not lead:
            return
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([["Key__c", "Text__c", "Flag__c"], [lead, text, flag]])
        self.run(ingested(self.org, out.getvalue(), operation="upsert", externalIdFieldName="Key__c"))
        if text.strip():
            self.kept[lead].values["Text__c"] = None if text.strip() == "#N/A" else text.strip()
        self.kept[lead].values["Flag__c"] = flag in ("1", "TRUE", "on")

    @rule(lead=consumes(leads))
    def read(self, lead: str) -> None:
        if not lead:
            return
        expected = self.kept.pop(lead)
        record = self.run(self.org.send("GET", f"/sobjects/Lead/Key__c/{lead}")).json()
        [queried] = self.run(self.org.query(f"SELECT {NAMES} FROM Lead WHERE Key__c = '{lead}'"))
        assert {name: record[name] for name in VALUES} == expected.values
        assert {name: queried[name] for name in VALUES} == expected.values
        again = self.send("PATCH", f"/sobjects/Lead/Key__c/{lead}", {name: record[name] for name in VALUES})
        assert again.status_code == 200, again.text
        assert {**self.run(self.org.read(again.json()["id"])), "attributes": None}.items() >= expected.values.items()

    def took(self, response: httpx.Response, lead: str, values: dict[str, Any]) -> bool:
        """Whether the values were taken, which has to be as the model says."""
        stored = {name: model(name, sent) for name, sent in values.items()}
        fits = REFUSED not in stored.values()
        assert response.is_success == fits, (values, response.text)
        if fits:
            self.kept[lead].values.update(stored)
        return fits


TestTypedValues = Typing.TestCase
TestTypedValues.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
