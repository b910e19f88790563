"""Objects, fields and tabs over SOAP."""

from __future__ import annotations

import pytest

from tests.infra.simulator.conftest import OrgClient
from tests.infra.simulator.soap.test_soap import PARTNER, fault_of, results, text

LEAD = "<sObjectType>Lead</sObjectType>"


async def test_all_objects_are_listed_as_rest_lists_them(org: OrgClient) -> None:
    [result] = await results(org, "<describeGlobal/>")

    rest = (await org.send("GET", "/sobjects")).json()
    sobjects = [*result.iter(f"{PARTNER}sobjects")]
    assert (text(result, "encoding"), text(result, "maxBatchSize")) == ("UTF-8", "200")
    assert [text(each, "name") for each in sobjects] == [each["name"] for each in rest["sobjects"]]
    assert (text(sobjects[0], "keyPrefix"), text(sobjects[0], "createable")) == ("00Q", "true")


async def test_many_objects_are_described_in_the_order_asked_for(org: OrgClient) -> None:
    names = "".join(f"<sObjectType>{name}</sObjectType>" for name in ("Lead", "account", "User"))

    described = await results(org, f"<describeSObjects>{names}</describeSObjects>")
    [lead] = await results(org, "<describeSObject><sObjectType>Lead</sObjectType></describeSObject>")

    assert [each.findtext(f"{PARTNER}name") for each in described] == ["Lead", "Account", "User"]
    assert [element.tag for element in described[0].iter()] == [element.tag for element in lead.iter()]
    assert lead.findtext(f"{PARTNER}urlDetail") == "http://salesforce.test/{ID}"


async def test_the_layout_of_an_object_is_that_of_rest(org: OrgClient) -> None:
    [result] = await results(org, "<describeLayout><sObjectType>lead</sObjectType></describeLayout>")

    rest = (await org.send("GET", "/sobjects/Lead/describe/layouts")).json()
    [layout] = rest["layouts"]
    rows = [row for section in layout["detailLayoutSections"] for row in section["layoutRows"]]
    items = [item["label"] for row in rows for item in row["layoutItems"]]
    path = f"{PARTNER}layouts/{PARTNER}detailLayoutSections/{PARTNER}layoutRows/{PARTNER}layoutItems/{PARTNER}label"
    assert result.findtext(f"{PARTNER}layouts/{PARTNER}id") == layout["id"]
    assert [each.text for each in result.findall(path)] == items
    names = [each.text for each in result.findall(f"{PARTNER}recordTypeMappings/{PARTNER}name")]
    assert names == [each["name"] for each in rest["recordTypeMappings"]]


@pytest.mark.parametrize("operation", ["describeTabs", "describeAllTabs"])
async def test_tabs_are_those_of_rest(org: OrgClient, operation: str) -> None:
    found = await results(org, f"<{operation}/>")

    tabs = [*found[0].iter(f"{PARTNER}tabs")] if operation == "describeTabs" else found
    rest = (await org.send("GET", "/tabs")).json()
    told = [[tab.findtext(f"{PARTNER}{key}") for key in ("name", "label", "url")] for tab in tabs]
    assert told == [[tab[key] for key in ("name", "label", "url")] for tab in rest]
    assert (text(found[0], "selected") == "true") == (operation == "describeTabs")


@pytest.mark.parametrize(
    ("body", "names"),
    [("", None), ("<sobjectType>Lead</sobjectType>", ["Lead"]), ("<sobjectType>User</sobjectType>", [])],
)
async def test_a_theme_is_told_of_the_objects_asked_for(org: OrgClient, body: str, names: list[str] | None) -> None:
    [theme] = await results(org, f"<describeTheme>{body}</describeTheme>")

    everything = [item["name"] for item in (await org.send("GET", "/theme")).json()["themeItems"]]
    found = [item.findtext(f"{PARTNER}name") for item in theme.iter(f"{PARTNER}themeItems")]
    assert found == (everything if names is None else names)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"<describeSObjects>{LEAD}<sObjectType>X</sObjectType></describeSObjects>", "sf:INVALID_TYPE"),
        ("<describeTheme><sobjectType>X</sobjectType></describeTheme>", "sf:INVALID_TYPE"),
        ("<describeSObject/>", "sf:INVALID_TYPE"),
        ("<describeLayout/>", "sf:INVALID_TYPE"),
        ("<describeLayout><sObjectType>LeadStatus</sObjectType></describeLayout>", "sf:INVALID_TYPE_FOR_OPERATION"),
        (f"<describeSObjects>{LEAD * 101}</describeSObjects>", "sf:EXCEEDED_MAX_TYPES_LIMIT"),
        ("<setPassword><userId>005</userId><password>x</password></setPassword>", "sf:INSUFFICIENT_ACCESS"),
        ("<resetPassword><userId>005</userId></resetPassword>", "sf:INSUFFICIENT_ACCESS"),
        ("<describeEverything/>", "soapenv:Client"),
    ],
)
async def test_what_cannot_be_told_is_a_fault(org: OrgClient, body: str, code: str) -> None:
    assert fault_of(await org.soap(body)) == (500, code)


async def test_an_unknown_operation_is_named_in_the_fault(org: OrgClient) -> None:
    response = await org.soap("<describeEverything/>")

    text = "No operation available for request {urn:partner.soap.sforce.com}describeEverything"
    assert f"<faultstring>{text}, please check the WSDL for the service.</faultstring>" in response.text
