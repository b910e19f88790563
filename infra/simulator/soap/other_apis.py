"""SOAP APIs besides the partner one: how an org answers where they are not to be used.

The texts are those of public reports; that it is these two that are missing is our choice.
"""

from __future__ import annotations

from infra.simulator.soap.envelope import METADATA, SoapFaultError

PARTNER, ENTERPRISE = "u", "c"


def refusal(api: str) -> SoapFaultError:
    """Why the API of this letter is not answered: `c` is the enterprise one; `m`, `s` and `T` are for developers."""
    if api == ENTERPRISE:
        return SoapFaultError("API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner")
    message = "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
    return SoapFaultError("INSUFFICIENT_ACCESS", message, namespace=METADATA)
