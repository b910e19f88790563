"""Web-to-Lead: a form on somebody's web site becomes a lead.

Source: Salesforce Help on Web-to-Lead. Nobody is told what went wrong: the header `Is-Processed` alone says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from infra.simulator.exchange.exchange import SessionKilledError
from infra.simulator.exchange.media_types import FORM, media_type
from infra.simulator.exchange.reply import Reply, error_reply
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import Orgs
from infra.simulator.org.org import Org
from infra.simulator.records.write_options import WriteOptions
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError
from infra.simulator.schema.fields import Field
from infra.simulator.schema.ids import normalized

OPERATION = "web_to_lead"
MAX_FIELDS = 1000
_NAMES = {
    "salutation": "Salutation",
    "first_name": "FirstName",
    "last_name": "LastName",
    "title": "Title",
    "company": "Company",
    "email": "Email",
    "phone": "Phone",
    "mobile": "MobilePhone",
    "fax": "Fax",
    "url": "Website",
    "street": "Street",
    "city": "City",
    "state": "State",
    "state_code": "StateCode",
    "zip": "PostalCode",
    "country": "Country",
    "country_code": "CountryCode",
    "description": "Description",
    "lead_source": "LeadSource",
    "industry": "Industry",
    "rating": "Rating",
    "revenue": "AnnualRevenue",
    "employees": "NumberOfEmployees",
    "emailoptout": "HasOptedOutOfEmail",
    "faxoptout": "HasOptedOutOfFax",
    "donotcall": "DoNotCall",
    "currency": "CurrencyIsoCode",
    "recordtype": "RecordTypeId",
}
"""What the form Salesforce generates calls the standard fields, lower-case."""
_ENCODINGS = {
    "big5": "big5",
    "euc-jp": "euc_jp",
    "gb2312": "gb2312",
    "iso-2022-jp": "iso2022_jp",
    "iso-8859-1": "latin-1",
    "ks_c_5601-1987": "euc_kr",
    "shift_jis": "shift_jis",
    "windows-1252": "cp1252",
}
"""Besides UTF-8 those the form may be in, with Python's names."""
_URL_CHARACTERS = ":/%#?=@[]!$&'()*+,;"

Form = Mapping[str, list[str]]


class WebToLead:
    """Answers /servlet/servlet.WebToLead."""

    def __init__(self, orgs: Orgs) -> None:
        self._orgs = orgs

    async def __call__(self, request: Request) -> Response:
        form = await _form(request)
        context = self._orgs.named(_first(form, "oid"))
        if context is None:
            return _answer(form, unverified.WEB_LEAD_REFUSED).response()
        exchange = context.exchange
        exchange.calls.add_part(OPERATION)
        try:
            reply = await exchange.perform(
                exchange.faults.for_call(OPERATION), lambda: _answer(form, _outcome(context, form)), limited=False
            )
        except SalesforceError as error:
            reply = error_reply(error)
        except SessionKilledError:
            # There is no session that could end.
            reply = _answer(form, unverified.WEB_LEAD_REFUSED)
        return reply.response()


async def _form(request: Request) -> Form:
    """Every value of every field, from the URL and from the body, in the encoding that the URL or the form names."""
    texts = [request.scope["query_string"].decode("ascii", "replace")]
    if media_type(request.headers) == FORM:
        texts.append((await request.body()).decode("latin-1"))
    named = next((value for text in texts for value in _values(text).get("encoding", [])), "")
    encoding = _ENCODINGS.get(named.lower(), "utf-8")
    form: dict[str, list[str]] = {}
    for text in texts:
        for name, values in _values(text, encoding).items():
            form.setdefault(name, []).extend(values)
    return form


def _values(text: str, encoding: str = "utf-8") -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    raw = text.encode("latin-1", "replace").decode(encoding, "replace")
    for name, value in parse_qsl(raw, keep_blank_values=True, encoding=encoding, errors="replace")[:MAX_FIELDS]:
        values.setdefault(name, []).append(value)
    return values


def _first(form: Form, name: str) -> str:
    return next(iter(form.get(name, [])), "").strip()


def _outcome(context: Context, form: Form) -> str:
    """Make the lead; answers what `Is-Processed` says about that."""
    org, options = context.org, WriteOptions(context.org.user.id, notation="csv")
    campaign_id = _first(form, "Campaign_ID")
    try:
        with org.tables.database.transaction():
            lead_id = context.records.create(org.all_objects["lead"], _lead(org, form), options)
            if campaign_id:
                member = {"CampaignId": campaign_id, "LeadId": lead_id, "Status": _first(form, "member_status") or None}
                context.records.create(org.all_objects["campaignmember"], member, options)
    except SalesforceError:
        return unverified.WEB_LEAD_REFUSED
    return unverified.WEB_LEAD_ACCEPTED


def _lead(org: Org, form: Form) -> dict[str, str]:
    """The fields of the lead; what is none of its fields is left out, as is what was left empty."""
    lead = org.all_objects["lead"]
    ids = {field_id: each.name for field_id, each in org.custom_fields_by_id().items() if each.object == "Lead"}
    found = {}
    for name, values in form.items():
        field = lead.field(_NAMES.get(name.lower()) or ids.get(normalized(name) or "") or name)
        asked_for = field is not None and (field.custom or name.lower() in _NAMES)
        text = _text(field, values) if field and asked_for else ""
        if field and text:
            found[field.name] = text
    return found


def _text(field: Field, values: list[str]) -> str:
    """What a form says about a field: many choices, or the last of its values; days as people write them."""
    if field.type == "multipicklist":
        return ";".join(value for value in values if value)
    text = values[-1].strip()
    if field.type == "date" and re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", text, re.ASCII):
        try:
            return datetime.strptime(text, "%m/%d/%Y").date().isoformat()
        except ValueError:
            return text
    return text


def _answer(form: Form, outcome: str) -> Reply:
    """On to the page the form names, or a page of ours; with `debug` a page that tells what would happen."""
    headers = {"Is-Processed": outcome}
    target = _target(_first(form, "retURL"))
    if _first(form, "debug") == "1":
        return _page(headers, unverified.WEB_LEAD_DEBUG.format(target=escape(target or "")))
    if target is None:
        return _page(headers, unverified.WEB_LEAD_QUEUED)
    return Reply(302, headers={**headers, "Location": target})


def _target(url: str) -> str | None:
    """A URL a browser may be sent to, safe to stand in a header; None for all others."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    return quote(url, safe=_URL_CHARACTERS)


def _page(headers: Mapping[str, str], text: str) -> Reply:
    page = f"<!DOCTYPE html>\n<html><head><title>Web-to-Lead</title></head><body>{text}</body></html>"
    return Reply(200, headers=headers, text=page, media_type="text/html;charset=UTF-8")
