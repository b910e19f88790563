"""Versions of Salesforce's API: which one a request asks for, and whether its org answers that one.

Source: fact sheet 2.1 and 12.3.
"""

import re
from collections.abc import Sequence
from typing import Any

from domain.errors import SalesforceVersionError
from infra.salesforce.wire.answers import Answer

LIST = "/services/data/"
"""Where an org tells its versions, to anybody, without counting it as a call."""

_ASKED = re.compile(r"/services/(?:data/v|Soap/u/)(\d+\.\d)(?:/|$)")
_LISTED = re.compile(r"(\d{1,3})\.0", re.ASCII)
_UNSUPPORTED = {"UNSUPPORTED_API_VERSION", "GONE"}


def asked_version(path: str) -> str | None:
    """The version in the path of a request, such as `v59.0`."""
    found = _ASKED.match(path)
    return f"v{found[1]}" if found else None


def listed_versions(body: Any) -> list[str]:
    """The versions in the list that an org tells. Raises ValueError, TypeError or LookupError for something else."""
    versions = [str(each["version"]) for each in body]
    if not all(map(_LISTED.fullmatch, versions)):
        raise ValueError("not the versions of an API")
    return [f"v{version}" for version in versions]


def in_words(versions: Sequence[str]) -> str:
    """The versions, briefly."""
    if not versions:
        return ""
    numbers = [int(version.removeprefix("v").removesuffix(".0")) for version in versions]
    without_gaps = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return f"{versions[0]} to {versions[-1]}" if without_gaps and len(versions) > 2 else ", ".join(versions)


def may_be_about_version(answer: Answer) -> bool:
    """Whether an answer may be what Salesforce says to a version that it does not know, or no longer."""
    codes = {problem.code for problem in answer.problems}
    return _says_so(answer) or (answer.status == 404 and "NOT_FOUND" in codes)


def version_error(answer: Answer, path: str, offered: Sequence[str] | None) -> SalesforceVersionError | None:
    """The error, when it is the version that such an answer is about.

    Salesforce says the same of a record that it does not find; what tells them apart are the versions that are
    `offered`, None where the org did not say.
    """
    asked = asked_version(path)
    if offered and asked in offered and not _says_so(answer):
        return None
    if not offered and "/sobjects/" in path and not _says_so(answer):
        return None
    its_own = f", but {in_words(offered)}" if offered and asked not in offered else ""
    return SalesforceVersionError(
        f"This Salesforce org does not have version {asked} of the API{its_own}. Nothing was written; whoever runs the "
        "gateway has to set SF_API_VERSION to one that it has."
    )


def _says_so(answer: Answer) -> bool:
    return answer.status == 410 or any(problem.code in _UNSUPPORTED for problem in answer.problems)
