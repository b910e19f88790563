"""What a converted lead became, and what of a later wish that does not meet."""

from collections.abc import Iterator, Sequence

from domain.values.ids import same_id
from domain.values.inputs import ConvertOptions
from domain.values.lead import Lead
from domain.values.org import LeadStatus
from domain.values.results import AccountKind, Conversion


def conversion_of(lead: Lead, *, already_converted: bool) -> Conversion:
    """What a converted lead became."""
    return Conversion(
        lead_id=lead.id,
        account_id=lead.converted_account_id,
        account_kind=kind_of_account(lead),
        contact_id=lead.converted_contact_id,
        opportunity_id=lead.converted_opportunity_id,
        status=lead.status,
        already_converted=already_converted,
    )


def kind_of_account(lead: Lead) -> AccountKind | None:
    """Which kind of account Salesforce makes of the lead: that follows from its company. None for who may not see it.

    Source: fact sheet 12.1.
    """
    if "company" not in lead.model_fields_set:
        return None
    return "business" if lead.company else "person"


def what_is_not_met(
    lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions, *, wants_opportunity: bool
) -> str | None:
    """What an earlier conversion of this lead did not do as these options want it now; None when all is as wanted."""
    differences = [*_differences(lead, statuses, options, wants_opportunity)]
    # What the earlier conversion did about these does not show in the lead.
    without_effect = {
        "owner_id": options.owner_id,
        "opportunity_name": options.opportunity_name and lead.converted_opportunity_id,
        "overwrite_lead_source": options.overwrite_lead_source,
        "send_notification_email": options.send_notification_email,
    }
    names = [f"{options.path}{name}" for name, asked in without_effect.items() if asked]
    if not (differences or names):
        return None
    before = ", ".join(["The lead was converted before", *differences])
    now = f"Nothing was done now (without effect: {', '.join(names)})" if names else "Nothing was done now"
    return f"{before}. {now}; change it in Salesforce."


def _differences(
    lead: Lead, statuses: Sequence[LeadStatus], options: ConvertOptions, wants_opportunity: bool
) -> Iterator[str]:
    if options.account_id and not same_id(options.account_id, lead.converted_account_id):
        yield f"into account {lead.converted_account_id} instead of {options.account_id}"
    if options.contact_id and not same_id(options.contact_id, lead.converted_contact_id):
        yield f"into contact {lead.converted_contact_id} instead of {options.contact_id}"
    if options.converted_status and not _is_called(lead.status, options.converted_status, statuses):
        yield f"to the status {lead.status} instead of {options.converted_status}"
    if wants_opportunity and not lead.converted_opportunity_id:
        yield "without an opportunity"
    if options.create_opportunity is False and lead.converted_opportunity_id:
        yield f"with opportunity {lead.converted_opportunity_id}"


def _is_called(status: str | None, asked: str, statuses: Sequence[LeadStatus]) -> bool:
    names = {asked.casefold()}
    names |= {each.name.casefold() for each in statuses if each.label.casefold() == asked.casefold()}
    return (status or "").casefold() in names
