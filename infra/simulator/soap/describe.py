"""describeSObject.

Source: fact sheet 2.5.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import text_of
from infra.simulator.schema.describe import described
from infra.simulator.schema.errors import failure
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import answer
from infra.simulator.soap.sobject import structure

_ONLY_REST = {"urls", "sobjectDescribeOption"}


def describe_sobject(call: SoapCall) -> Reply:
    name = text_of(call.message.body, "sObjectType") or ""
    sobject = call.org.object(name)
    if sobject is None:
        raise failure(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    content = {key: value for key, value in described(sobject, call.base_path).items() if key not in _ONLY_REST}
    return answer("describeSObject", [structure("result", content)])
