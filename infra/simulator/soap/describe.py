"""What there is in the org: objects, their fields and layouts, tabs.

Source: fact sheet 2.5 and the partner WSDL.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import element, text_of, texts_of, value
from infra.simulator.schema import layouts, tabs, unverified
from infra.simulator.schema.describe import described, summarized
from infra.simulator.schema.fields import SObject
from infra.simulator.schema.ids import normalized
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import SoapFaultError, answer
from infra.simulator.soap.sobject import sobject_named, structure, unsuitable

MAX_OBJECTS = 100
_ONLY_SOAP = {"idEnabled": False}


def describe_sobject(call: SoapCall) -> Reply:
    sobject = sobject_named(call.org, text_of(call.message.body, "sObjectType") or "")
    return answer("describeSObject", [structure("result", _described(call, sobject))])


def describe_sobjects(call: SoapCall) -> Reply:
    names = texts_of(call.message.body, "sObjectType")
    if len(names) > MAX_OBJECTS:
        raise SoapFaultError("EXCEEDED_MAX_TYPES_LIMIT", unverified.TOO_MANY_DESCRIBES.format(most=MAX_OBJECTS))
    sobjects = [sobject_named(call.org, name) for name in names]
    return answer("describeSObjects", [structure("result", _described(call, sobject)) for sobject in sobjects])


def describe_global(call: SoapCall) -> Reply:
    sobjects = call.org.objects.values()
    summaries = [structure("sobjects", {**summarized(each, call.base_path), **_ONLY_SOAP}) for each in sobjects]
    result = element("result", value("encoding", "UTF-8"), value("maxBatchSize", "200"), *summaries)
    return answer("describeGlobal", [result])


def describe_layout(call: SoapCall) -> Reply:
    """The page layout of an object, which is that of all its record types, and the picklists of those asked for."""
    sobject = sobject_named(call.org, text_of(call.message.body, "sObjectType") or "")
    if not sobject.is_layoutable:
        raise unsuitable(sobject)
    layout_id = call.org.layout_id(sobject)
    found = layouts.described_layouts(sobject, call.base_path, layout_id, call.org.object)
    wanted = {normalized(text) for text in texts_of(call.message.body, "recordTypeIds")}
    mappings = [each for each in found["recordTypeMappings"] if not wanted or each["recordTypeId"] in wanted]
    layout = layouts.described_layout(sobject, layout_id, call.org.object)
    content = {**found, "layouts": [layout], "recordTypeMappings": mappings}
    return answer("describeLayout", [structure("result", content)])


def describe_tabs(call: SoapCall) -> Reply:
    """The apps and the tabs in each: we have one app with all of them."""
    app = {
        "description": unverified.APP_DESCRIPTION,
        "label": "Sales",
        "logoUrl": f"{call.origin}/img/salesforce-noname-logo-v2.svg",
        "selected": True,
        "tabSetId": call.org.fixed_id("02u", 1),
        "tabs": tabs.tabs(call.org.objects.values(), call.origin),
    }
    return answer("describeTabs", [structure("result", app)])


def describe_all_tabs(call: SoapCall) -> Reply:
    found = tabs.tabs(call.org.objects.values(), call.origin)
    return answer("describeAllTabs", [structure("result", tab) for tab in found])


def describe_theme(call: SoapCall) -> Reply:
    """Of the objects named, or of all that have a tab."""
    names = texts_of(call.message.body, "sobjectType")
    sobjects = [sobject_named(call.org, name) for name in names] if names else call.org.objects.values()
    items = tabs.theme_items(sobjects, call.origin)
    return answer("describeTheme", [structure("result", {"themeItems": items})])


def _described(call: SoapCall, sobject: SObject) -> dict[str, object]:
    pages = {"urlDetail": "{ID}", "urlEdit": "{ID}/e", "urlNew": f"{sobject.prefix}/e"}
    links = {name: f"{call.origin}/{page}" for name, page in pages.items()}
    return {**described(sobject, call.base_path, call.org.objects.values()), **links, **_ONLY_SOAP}
