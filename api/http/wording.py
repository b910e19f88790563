"""What is said about a wrong field: plain sentences that tell what is allowed, the same over REST and MCP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from pydantic import StringConstraints

from domain.suggestions import printable, same_letters, suggestion
from domain.values.campaigns import CampaignName
from domain.values.ids import AccountId, AssignmentRuleId, CampaignId, ContactId, LeadId, LeadRef, OwnerId, UserId
from domain.values.lead import is_custom
from domain.values.lead_fields import CurrencyCode

Problem = Mapping[str, Any]
"""As pydantic reports it: `type`, `loc`, `msg` and `ctx`."""


def field_of(problem: Problem) -> str:
    """The name of the field that is wrong, as the caller wrote it; the input itself is never repeated."""
    named = problem.get("ctx", {}).get("field")
    if named:
        return str(named)
    path = [printable(str(part)) for part in problem["loc"][1:]]
    parts = path[:2] if path[:1] and path[0] in _OBJECTS else path[:1]
    return ".".join(parts or ["body"])


def message(problem: Problem, body_fields: Sequence[str], parameters: Sequence[str]) -> str:
    """The sentence. `body_fields` and `parameters` of the query are what the route takes."""
    kind, field, context = problem["type"], field_of(problem), problem.get("ctx", {})
    if kind == "extra_forbidden":
        # A tool takes more arguments than the fields of its route: parts of the path, a confirmation, a key.
        return _unknown_field(field, context.get("known") or body_fields, parameters)
    if field.startswith("custom_fields."):
        if kind in ("string_pattern_mismatch", "unknown_name"):
            return "custom fields are named by their API name, which ends with __c or __s"
        if kind == "string_type":
            # The first of the types that a custom value can have.
            return "must be text, a finite number, true, false or null"
    if kind == "string_pattern_mismatch":
        form = _FORMS.get(context.get("pattern", "")) or _OTHER_FORMS.get(field, "does not have the right form")
        return f"{form}{_INSTEAD_OF_EMAILS.get(field, '')}" if form == _ID else form
    if kind in _OBJECT_EXPECTED:
        return f"must be an object, such as {_OBJECTS.get(field, _OBJECTS['body'])}"
    if kind in _LENGTHS:
        return _length(kind, context, "items" if isinstance(problem.get("input"), list) else "characters")
    if kind in _SAID:
        return _SAID[kind](context)
    said = str(problem["msg"])
    return said[:1].lower() + said[1:]


def _pattern(kind: Any) -> str:
    constraints = [each for each in get_args(kind) if isinstance(each, StringConstraints)]
    return next(str(each.pattern) for each in constraints if each.pattern)


_ID = "must be the Salesforce Id of a lead (15 or 18 characters, beginning with 00Q)"
_INSTEAD_OF_EMAILS = {
    "lead": ", not an email: deleted leads can not be searched. The answer to the deletion gave the Id as lead_id; a "
    "person finds it in Salesforce's recycle bin",
    "others": "; salesforce_get_lead tells the Id of an email",
}
"""Where an Id comes from, by the fields that take nothing else."""
_FORMS = {
    _pattern(LeadRef): "must be a Salesforce Id (15 or 18 characters, beginning with 00Q) or an email address; a name "
    "or company is found with search of salesforce_list_leads (GET /v1/leads)",
    _pattern(LeadId): _ID,
    _pattern(OwnerId): "must be the Id of a user (005…) or a queue (00G…)",
    _pattern(UserId): "must be the Id of a user (005…)",
    _pattern(AssignmentRuleId): "must be the Id of an assignment rule (01Q…)",
    _pattern(AccountId): "must be the Id of an account (001…)",
    _pattern(ContactId): "must be the Id of a contact (003…)",
    _pattern(CampaignId): "must be the Id of a campaign (701…)",
    _pattern(CampaignName): "must be the Id or the name of a campaign",
    _pattern(CurrencyCode): "must be the code of a currency, such as EUR",
}
"""By the pattern that did not match."""
_KEY = "must be printable ASCII characters without blanks, such as a UUID"
_OTHER_FORMS = {"Idempotency-Key": _KEY, "idempotency_key": _KEY}
_OBJECTS = {
    "body": '{"email": "ada@example.com"}',
    "custom_fields": '{"Segment__c": "Enterprise"}',
    "conversion": '{"match_existing": true}',
    "campaign": '{"name": "Spring Webinar"}',
}
_OBJECT_EXPECTED = frozenset({"model_type", "model_attributes_type", "dict_type", "mapping_type"})
_A_WHOLE_NUMBER = "must be a whole number, such as 12"
_A_NUMBER = "must be a number, such as 12.5"
_A_MOMENT = "must be a date and time, such as 2026-01-31T09:00:00Z"


_LENGTHS = frozenset({"string_too_long", "too_long", "string_too_short", "too_short"})


def _length(kind: str, context: Mapping[str, Any], unit: str) -> str:
    if kind.endswith("long"):
        return f"must have at most {context['max_length']} {unit}"
    fewest = context["min_length"]
    return "must not be empty" if fewest == 1 else f"must have at least {fewest} {unit}"


def _multiple(context: Mapping[str, Any]) -> str:
    factor = context["multiple_of"]
    return _A_WHOLE_NUMBER if factor == 1 else f"must be a multiple of {factor:g}"


_SAID: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "field required",
    "string_type": lambda _: "must be text",
    "string_unicode": lambda _: "must be text without halves of surrogate pairs",
    "list_type": lambda _: "must be a list",
    "bool_type": lambda _: "must be true or false",
    "bool_parsing": lambda _: "must be true or false",
    "int_type": lambda _: _A_WHOLE_NUMBER,
    "int_parsing": lambda _: _A_WHOLE_NUMBER,
    "int_parsing_size": lambda _: "must be a smaller number",
    "int_from_float": lambda _: _A_WHOLE_NUMBER,
    "float_type": lambda _: _A_NUMBER,
    "float_parsing": lambda _: _A_NUMBER,
    "finite_number": lambda _: "must be a finite number",
    "multiple_of": _multiple,
    "greater_than_equal": lambda context: f"must be {context['ge']:.0f} or more",
    "less_than_equal": lambda context: f"must be {context['le']:.0f} or less",
    "less_than": lambda context: f"must be less than {context['lt']:.0f}",
    "literal_error": lambda context: (
        "must be one of: " + str(context["expected"]).replace("'", "").replace(" or ", ", ")
    ),
    "datetime_type": lambda _: _A_MOMENT,
    "datetime_parsing": lambda _: _A_MOMENT,
    "datetime_from_date_parsing": lambda _: _A_MOMENT,
    "datetime_object_invalid": lambda _: _A_MOMENT,
}
"""By pydantic's name of the problem."""


def _unknown_field(name: str, known: Sequence[str], parameters: Sequence[str]) -> str:
    apart = [parameter for parameter in parameters if parameter not in known]
    if meant := next((parameter for parameter in apart if same_letters(name, parameter)), None):
        return f"a query parameter here, not a field of the body: ?{meant}=…"
    if is_custom(name):
        return f'custom fields go under custom_fields: {{"{name}": …}}'
    if name == "status":
        return "not set here; use salesforce_update_lead_status (PUT /v1/leads/{lead}/status) or salesforce_sync_lead"
    # Who sends these means the lead's own, which is said better below.
    if name not in ("id", "name") and (home := next((each for each in known if each.endswith(f".{name}")), None)):
        return f"not a field of the lead; it is {home}"
    object_name, _, part = name.rpartition(".")
    if name in known:
        return f'goes into the object {object_name}: {{"{object_name}": {{"{part}": …}}}}'
    siblings = [each for each in known if each.rpartition(".")[0] == object_name]
    return f"there is no such field here; {suggestion(name, siblings)}"
