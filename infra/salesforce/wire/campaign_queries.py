"""The queries behind every look at campaigns, as SOQL, and what is in the answers to them.

Source: Object Reference, Campaign, CampaignMember and CampaignMemberStatus.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import PermissionDeniedError
from domain.values.campaigns import NO_CAMPAIGNS, Campaign, CampaignMember, CampaignRef, CampaignsAsked, FoundCampaigns
from infra.salesforce.wire.answers import Answer
from infra.salesforce.wire.composite import Subrequest
from infra.salesforce.wire.paths import Paths
from infra.salesforce.wire.query_results import records_with_ids_in
from infra.salesforce.wire.soql_builder import select, string_literal

_MOST_MEMBERS = 2000
"""What Salesforce gives at once (fact sheet 4.1); nobody is in more campaigns than that."""
_MOST_SAME_NAME = 20

_MEMBER = (
    *("Id", "CampaignId", "Campaign.Name", "Campaign.IsActive", "LeadId", "ContactId", "Status", "HasResponded"),
    "CreatedDate",
)
_NOT_SEEN = {"INVALID_TYPE", "INVALID_FIELD"}

ACTIVE_NAMES = select(["Name"], "Campaign", ["IsActive = true"], "CreatedDate DESC", limit=200)


def campaign_looks(paths: Paths, keys: Mapping[str, str], campaign: CampaignsAsked) -> list[Subrequest]:
    """What is asked besides the leads themselves, which have one of the `keys` (values by Salesforce's fields): the
    campaigns that are meant and the leads' places in them, or their places in every one.

    A lead that was converted has its places as a contact (fact sheet 7.5), also those that it got later.
    """
    this = [] if campaign == "every" else [_is("Campaign.", campaign)]
    as_lead = _any_of({f"Lead.{field}": value for field, value in keys.items()})
    became = select(["ConvertedContactId"], "Lead", [_any_of(keys)])
    queries = {
        "members": members([*this, as_lead]),
        "contact_members": members([*this, f"ContactId IN ({became})"]),
    }
    if campaign != "every":
        queries["campaigns"] = _campaigns(campaign)
    return [Subrequest(name, "GET", paths.query(soql)) for name, soql in queries.items()]


def members(where: Sequence[str]) -> str:
    """The members for which these conditions hold, the latest first."""
    return select(_MEMBER, "CampaignMember", where, "CreatedDate DESC, Id DESC", limit=_MOST_MEMBERS)


def found_campaigns(answers: Mapping[str, Answer]) -> FoundCampaigns:
    """What the answers to `campaign_looks` tell. Raises PermissionDeniedError when the user does not see campaigns."""
    if "members" not in answers:
        return NO_CAMPAIGNS
    campaigns = seen(answers["campaigns"]) if "campaigns" in answers else []
    both = [*members_in(answers["members"]), *members_in(answers["contact_members"])]
    each_once = {member.member_id: member for member in both}.values()
    return FoundCampaigns(
        [_to_campaign(record) for record in campaigns],
        sorted(each_once, key=lambda member: (member.added_at, member.member_id), reverse=True),
    )


def members_in(answer: Answer) -> list[CampaignMember]:
    """The members in the answer to their query."""
    return [_to_member(record) for record in seen(answer)]


def seen(answer: Answer) -> list[dict[str, Any]]:
    """The records of a query; PermissionDeniedError when the user does not see what it asks for."""
    if not answer.ok and answer.problems and answer.problems[0].code in _NOT_SEEN:
        raise PermissionDeniedError(f"Salesforce does not show this user campaigns and their members. {NEXT_STEP}")
    return records_with_ids_in(answer)


NEXT_STEP = (
    "An administrator gives the right to: Read on campaigns and on leads, where leads are added also Edit on leads, "
    "and in some orgs Marketing User."
)


def _campaigns(campaign: CampaignRef) -> str:
    statuses = "(SELECT Label, IsDefault FROM CampaignMemberStatuses ORDER BY SortOrder ASC)"
    columns = ["Id", "Name", "IsActive", statuses]
    order = "IsActive DESC, CreatedDate DESC, Id DESC"
    return select(columns, "Campaign", [_is("", campaign)], order, limit=_MOST_SAME_NAME)


def _any_of(values: Mapping[str, str]) -> str:
    conditions = [f"{field} = {string_literal(value)}" for field, value in values.items()]
    return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"


def _is(relation: str, campaign: CampaignRef) -> str:
    if campaign.name is not None:
        return f"{relation}Name = {string_literal(campaign.name)}"
    return f"{relation}Id = {string_literal(campaign.id or '')}"


def _to_campaign(record: Mapping[str, Any]) -> Campaign:
    statuses = (record["CampaignMemberStatuses"] or {"records": []})["records"]
    return Campaign(
        id=record["Id"],
        name=record["Name"],
        is_active=record["IsActive"],
        statuses=[status["Label"] for status in statuses],
        default_status=next((status["Label"] for status in statuses if status["IsDefault"]), None),
    )


def _to_member(record: Mapping[str, Any]) -> CampaignMember:
    campaign = record["Campaign"] or {}
    return CampaignMember(
        campaign_id=record["CampaignId"],
        campaign_name=campaign.get("Name"),
        is_active=bool(campaign.get("IsActive")),
        member_id=record["Id"],
        lead_id=record["LeadId"],
        contact_id=record["ContactId"],
        status=record["Status"],
        has_responded=record["HasResponded"],
        added_at=record["CreatedDate"],
    )
