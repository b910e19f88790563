"""What the objects of an org look like: the standard ones, with what its set-up adds, replaces and hides.

Source: fact sheet 2.5 and 12.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from infra.simulator.schema.declarations import picklist, read_only, reference
from infra.simulator.schema.fields import ChildRelationship, Choice, Field, RecordType, SObject
from infra.simulator.schema.lead import STATUS
from infra.simulator.schema.objects import STANDARD_OBJECTS, related
from infra.simulator.schema.person_accounts import with_person_fields
from infra.simulator.setup.consistency import field_of, refuse_unknown
from infra.simulator.setup.countries import Countries
from infra.simulator.setup.custom_fields import CustomField
from infra.simulator.setup.set_up import Access, PicklistValue, widest
from infra.simulator.setup.set_up import RecordType as RecordTypeSetting
from infra.simulator.setup.setting_checks import SetUpError, unknown
from infra.simulator.setup.settings import Settings

_ACCESSED_WITH = {
    "leadhistory": "lead",
    "campaignmember": "campaign",
    "campaignmemberstatus": "campaign",
    "opportunityhistory": "opportunity",
    "opportunitycontactrole": "opportunity",
}
"""Objects without permissions of their own, and those whose permissions hold for them."""
_UNCONTROLLED = "there is no controlling_field"
FixedId = Callable[[str, int], str]
_FRESH = related(STANDARD_OBJECTS)
"""The objects of an org without custom ones."""
Objects = dict[str, SObject]
"""By their names in lower case."""


def shaped(settings: Settings, countries: Countries | None, fixed_id: FixedId) -> Objects:
    """All objects with all their fields. Raises SetUpError where the settings speak of what there is not."""
    custom_objects = (custom.as_object(number) for number, custom in enumerate(settings.custom_objects))
    objects = related((*STANDARD_OBJECTS, *custom_objects)) if settings.custom_objects else {**_FRESH}
    if not settings.currencies:
        del objects["currencytype"]
    _add(objects, "lead", [_status_field(settings)])
    if settings.person_accounts:
        objects |= {sobject.name.lower(): sobject for sobject in with_person_fields(objects)}
    for custom in settings.all_custom_fields():
        sobject = _named(objects, custom.object, "custom_fields")
        place = f"custom_fields: {sobject.name}.{custom.name}"
        controller = _controller(sobject, custom.controlling_field, place)
        target = _named(objects, custom.to, "custom_fields").name if custom.to else ""
        spelled = custom.model_copy(update={"controlling_field": controller and controller.name, "to": target})
        _add(objects, sobject.name.lower(), spelled.as_fields(choices_of(custom.values, controller, place)))
        if custom.to:
            _add_lookup(objects, sobject, custom, place)
    for path, offered in settings.picklists.items():
        sobject, field = _field(objects, path, "picklists")
        place = f"picklists: {path}"
        if field.type not in ("picklist", "multipicklist"):
            raise SetUpError(f"{place} is no picklist", "picklists")
        if (sobject.name, field.name) == ("Lead", "Status"):
            raise SetUpError(f"{place} has the values of lead_statuses", "picklists")
        controller = _controller(sobject, offered.controlling_field, place)
        choices = choices_of(offered.values, controller, place)
        controller_name = controller.name if controller else None
        changed = replace(field, choices=choices, restricted=offered.restricted, controller=controller_name)
        _add(objects, sobject.name.lower(), [replace(changed, default=_default(choices))])
    for name, sobject in objects.items():
        if sobject.writable:
            objects[name] = sobject.with_fields(*_currency(settings), *_codes(countries, sobject))
    _add_record_types(objects, settings, fixed_id)
    refuse_unknown(settings, objects)
    return objects


def permitted(objects: Objects, settings: Settings) -> Objects:
    """The objects and fields that the user may see; what may only be read is so marked. Raises SetUpError."""
    sets = {f"permission_sets.{place}": each for place, each in enumerate(settings.permission_sets)}
    by_setting = {"profile": settings.profile, **sets}
    for setting, grant in by_setting.items():
        for path in grant.fields:
            _, field = _field(objects, path, f"{setting}.fields")
            if field.required or not field.permissionable:
                message = f"{grant.name}: {path} can neither be hidden nor be made read-only"
                raise SetUpError(message, f"{setting}.fields")
        for name in grant.objects:
            _named(objects, name, f"{setting}.objects")
    grants = by_setting.values()
    fields = {path.lower() for grant in grants for path in grant.fields}
    access = {path: _granted(path, [grant.fields for grant in grants]) for path in fields}
    names = {name.lower() for grant in grants for name in grant.objects}
    if not fields and not names:
        return objects
    seen = {name: _granted(name, [grant.objects for grant in grants]) for name in names}
    shown = {
        name: _as_seen(sobject, seen.get(name, "full"), access)
        for name, sobject in objects.items()
        if "hidden" not in (seen.get(name), seen.get(_ACCESSED_WITH.get(name, name)))
    }
    if "leadhistory" in shown:
        shown["leadhistory"] = _history_of(shown.get("lead"), objects["lead"], shown["leadhistory"])
    return {name: _with_children(sobject, shown) for name, sobject in shown.items()}


def choices_of(values: Iterable[PicklistValue], controller: Field | None, place: str) -> tuple[Choice, ...]:
    """What `describe` says about the values of a picklist. Raises SetUpError for a controlling value there is not."""
    places = {choice.value.casefold(): n for n, choice in enumerate(controller.choices)} if controller else {}
    if controller is not None and controller.type == "boolean":
        places = {"false": 0, "true": 1}
    choices = []
    for value in values:
        for other in value.valid_for or ():
            if other.casefold() not in places:
                offered = f"{controller.name} offers {', '.join(places) or 'nothing'}" if controller else _UNCONTROLLED
                message = f"{place}: {value.value} cannot be valid for {other}: {offered}"
                raise SetUpError(message, place.partition(":")[0])
        valid_for = None if value.valid_for is None else tuple(places[other.casefold()] for other in value.valid_for)
        choices.append(Choice(value.value, value.default, value.label, is_active=value.active, valid_for=valid_for))
    return (*choices,)


def _add(objects: Objects, name: str, fields: Iterable[Field]) -> None:
    objects[name] = objects[name].with_fields(*fields)


def _add_lookup(objects: Objects, child: SObject, custom: CustomField, place: str) -> None:
    """Let the target of a reference know the records that point to it: `Leads__r`."""
    target = _named(objects, custom.to, "custom_fields")
    if not target.writable and target.name != "User":
        raise SetUpError(f"custom_fields: {custom.name}: no field can refer to {target.name}", "custom_fields")
    name = f"{custom.child_relationship or child.plural.replace(' ', '_')}__r"
    if name.lower() in {each.name.lower() for each in target.children}:
        message = f"{place}: {target.name} has {name} already: give this field another child_relationship"
        raise SetUpError(message, "custom_fields")
    children = (*target.children, ChildRelationship(name, child.name, custom.name))
    objects[target.name.lower()] = replace(target, children=children)


def _named(objects: Objects, name: str, setting: str) -> SObject:
    found = objects.get(name.lower())
    if found is None:
        known = [sobject.name for sobject in objects.values()]
        raise SetUpError(f"{setting}: {unknown(name, known, of='objects')}", setting)
    return found


def _field(objects: Objects, path: str, setting: str) -> tuple[SObject, Field]:
    name, _, field_name = path.partition(".")
    sobject = _named(objects, name, setting)
    return sobject, field_of(sobject, field_name, setting, setting)


def _controller(sobject: SObject, name: str | None, place: str) -> Field | None:
    if name is None:
        return None
    field = sobject.field(name)
    if field is None or field.type not in ("picklist", "boolean"):
        message = f"{place}: controlling_field: {sobject.name} has no picklist and no checkbox {name}"
        raise SetUpError(message, place.partition(":")[0])
    return field


def _default(choices: tuple[Choice, ...]) -> str | None:
    return next((choice.value for choice in choices if choice.is_default), None)


def _status_field(settings: Settings) -> Field:
    choices = tuple(Choice(status.name, status.is_default) for status in settings.lead_statuses)
    return replace(STATUS, choices=choices, default=_default(choices))


def _currency(settings: Settings) -> list[Field]:
    """The currency of a record, in an org that has several."""
    if not settings.currencies:
        return []
    choices = tuple(Choice(each.code, each.corporate, is_active=each.active) for each in settings.currencies)
    field = picklist("CurrencyIsoCode", length=3, label="Currency ISO Code", restricted=True)
    return [replace(field, choices=choices, default=_default(choices))]


def _codes(countries: Countries | None, sobject: SObject) -> list[Field]:
    """The codes of state and country in every address."""
    addresses = [field for field in sobject.fields if field.type == "address"]
    if countries is None or not addresses:
        return []
    country_choices = tuple(Choice(country.code, label=country.name) for country in countries.all)
    valid: dict[tuple[str, str], list[int]] = {}
    for place, country in enumerate(countries.all):
        for state in country.states:
            valid.setdefault((state.code, state.name), []).append(place)
    state_choices = tuple(Choice(code, label=name, valid_for=(*places,)) for (code, name), places in valid.items())
    fields = []
    for whole in addresses:
        prefix = whole.name.removesuffix("Address")
        label = whole.label.removesuffix("Address")
        for part, choices, name in (("StateCode", state_choices, "State"), ("CountryCode", country_choices, "Country")):
            code = picklist(f"{prefix}{part}", length=10, label=f"{label}{name} Code", restricted=True)
            controller = f"{prefix}CountryCode" if part == "StateCode" else None
            fields.append(replace(code, choices=choices, compound=whole.name, controller=controller))
    return fields


def _check_processes(settings: Settings) -> None:
    known = [status.name for status in settings.lead_statuses]
    for process in settings.lead_processes:
        for name in process.statuses:
            if name not in known:
                message = f"lead_processes: {process.name}: {unknown(name, known, of='lead_statuses')}"
                raise SetUpError(message, "lead_processes")
        if process.default is not None and process.default not in process.statuses:
            raise SetUpError(f"lead_processes: {process.name} has no status {process.default}", "lead_processes")


def _add_record_types(objects: Objects, settings: Settings, fixed_id: FixedId) -> None:
    _check_processes(settings)
    by_object: dict[str, list[RecordType]] = {}
    for number, each in enumerate(settings.record_types, 1):
        sobject = _named(objects, each.object, "record_types")
        if not sobject.writable:
            raise SetUpError(f"record_types: {sobject.name} has no record types", "record_types")
        found = RecordType(
            fixed_id("012", number),
            each.name,
            each.label or each.name.replace("_", " "),
            is_active=each.active,
            is_available=each.available and each.active,
            is_default=each.default,
            is_person=each.person,
            picklists=_offered(sobject, settings, each),
        )
        by_object.setdefault(sobject.name.lower(), []).append(found)
    for name, types in by_object.items():
        if sum(each.is_default for each in types) > 1:
            raise SetUpError(f"record_types: {objects[name].name} has more than one default", "record_types")
        field = reference("RecordTypeId", "RecordType", label="Record Type ID")
        objects[name] = replace(objects[name].with_fields(field), record_types=(*types,))


def _offered(sobject: SObject, settings: Settings, wanted: RecordTypeSetting) -> Mapping[str, tuple[str, ...]]:
    """Which values of its picklists the records of a type may have; the first of a process is where they begin."""
    offered: dict[str, tuple[str, ...]] = {}
    for name, values in wanted.picklists.items():
        place = f"record_types: {wanted.name}: picklists"
        field = field_of(sobject, name, place, "record_types")
        lacking = [value for value in values if not field.offers(value)]
        if lacking:
            offers = f"it has {', '.join(choice.value for choice in field.choices) or 'none'}"
            message = f"{place}: {sobject.name}.{field.name} has no value {', '.join(lacking)}; {offers}"
            raise SetUpError(message, "record_types")
        offered[field.name] = tuple(field.spelled(value) for value in values)
    if wanted.lead_process is not None:
        process = next(each for each in settings.lead_processes if each.name == wanted.lead_process)
        first = process.default or process.statuses[0]
        offered["Status"] = (first, *(status for status in process.statuses if status != first))
    return offered


def _granted(name: str, grants: list[dict[str, Access]]) -> Access:
    """The widest permission: the profile is open where it says nothing, a permission set adds what it names."""
    own, *added = ({key.lower(): access for key, access in grant.items()} for grant in grants)
    return widest(own.get(name, "full"), *(each[name] for each in added if name in each))


def _with_children(sobject: SObject, shown: Mapping[str, SObject]) -> SObject:
    """Without what leads to objects, or over fields, that the user does not see."""
    children = tuple(
        each
        for each in sobject.children
        if (child := shown.get(each.child.lower())) is not None and child.has(each.field)
    )
    return sobject if children == sobject.children else replace(sobject, children=children)


def _history_of(seen: SObject | None, whole: SObject, history: SObject) -> SObject:
    """The history tells nothing of fields that are hidden. Source: "LeadHistory", Object Reference."""
    hidden = [field.name for field in whole.fields if seen is None or not seen.has(field.name)]
    names = ", ".join(f"'{name}'" for name in hidden)
    return replace(history, seen=f"t0.Field NOT IN ({names})") if hidden else history


def _as_seen(sobject: SObject, access: Access, fields: Mapping[str, Access]) -> SObject:
    shown = []
    for field in sobject.fields:
        permitted = fields.get(f"{sobject.name}.{field.name}".lower(), "full")
        if permitted != "hidden":
            shown.append(field if permitted == "full" else read_only(field))
    if access == "full" and (*shown,) == sobject.fields:
        return sobject
    return replace(sobject, fields=(*shown,), writable=sobject.writable and access == "full")
