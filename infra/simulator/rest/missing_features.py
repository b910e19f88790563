"""What other orgs have and ours does not: how an org answers that lacks it.

Approval processes are a feature every org has, and an org may have none of them: then this is all there is to them.
"""

from __future__ import annotations

from infra.simulator.exchange.reply import Reply
from infra.simulator.rest.call import Call
from infra.simulator.schema import unverified
from infra.simulator.schema.errors import SalesforceError, failure, no_such_resource, refusal


def unknown_path(path: str) -> SalesforceError:
    """What is said about a path that none of our resources has."""
    feature = unverified.MISSING_FEATURES.get(path.strip("/").partition("/")[0].lower())
    if feature is None:
        return no_such_resource()
    message = f"This feature is not currently enabled for this user type or org: [{feature}]"
    return failure(403, "FUNCTIONALITY_NOT_ENABLED", message)


def no_apex_class() -> SalesforceError:
    """Whatever Apex REST is asked for, nobody has deployed it."""
    return failure(404, "NOT_FOUND", "Could not find a match for URL")


def approvals(call: Call) -> Reply:
    return Reply(200, {"approvals": {}})


def submit_for_approval(call: Call) -> Reply:
    raise refusal("NO_APPLICABLE_PROCESS", "No applicable approval process was found.")


def rules(call: Call) -> Reply:
    return Reply(200, {"rules": {}})
