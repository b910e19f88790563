"""What clients were told, held against what really happened."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Told = Literal["created", "updated", "unchanged", "refused", "unknown"]
"""Refused: surely nothing was written. Unknown: the gateway said so, or no answer came."""


@dataclass(frozen=True)
class Attempt:
    """One request of a client and what it was told."""

    email: str
    marker: str
    """The value that this write, and its repetitions, put into the lead's phone."""
    told: Told
    why: str = ""
    """The error code, or how the answer got lost."""


@dataclass(frozen=True)
class Effect:
    """One thing that happened in the org."""

    lead_id: str
    created: bool
    email: str
    marker: str


def effects_in(ledger: Iterable[Mapping[str, Any]]) -> list[Effect]:
    """The writes to leads, in order. The same values written again at once, as an update may be, count once."""
    emails: dict[str, str] = {}
    last: dict[str, str] = {}
    effects = []
    for entry in ledger:
        if entry["object"] != "Lead":
            continue
        lead_id, fields = entry["id"], entry["fields"] or {}
        created = entry["op"] == "create"
        if created:
            emails[lead_id] = fields["Email"]
        marker = str(fields.get("Phone", ""))
        if created or last.get(lead_id) != marker:
            effects.append(Effect(lead_id, created, emails[lead_id], marker))
        last[lead_id] = marker
    return effects


def problems(attempts: Sequence[Attempt], effects: Sequence[Effect]) -> list[str]:
    """Everything in which the org differs from what was told; empty when all is well."""
    return [*_doubled(effects), *_not_as_told(attempts, effects), *_phantoms(attempts, effects)]


def _doubled(effects: Sequence[Effect]) -> list[str]:
    created = Counter(effect.email for effect in effects if effect.created)
    return [f"duplicate: {email} was created {times} times" for email, times in created.items() if times > 1]


def _not_as_told(attempts: Sequence[Attempt], effects: Sequence[Effect]) -> list[str]:
    told: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for attempt in attempts:
        told[attempt.email, attempt.marker][attempt.told] += 1
    happened = Counter((effect.email, effect.marker) for effect in effects)
    found = []
    for (email, marker), answers in told.items():
        times, sure = happened[email, marker], answers["created"] + answers["updated"]
        needed = max(sure, min(1, answers["unchanged"]))
        if times < needed:
            found.append(f"loss: {email} {marker} was acknowledged {needed} times and happened {times} times")
        if times > sure + answers["unknown"]:
            found.append(f"phantom: {email} {marker} happened {times} times and was told as {dict(answers)}")
    return found


def _phantoms(attempts: Sequence[Attempt], effects: Sequence[Effect]) -> list[str]:
    sent = {(attempt.email, attempt.marker) for attempt in attempts}
    return [
        f"phantom: {effect.email} {effect.marker} was never asked for"
        for effect in effects
        if (effect.email, effect.marker) not in sent
    ]
