"""The session does not allow it: sign in again, or ask an administrator."""

from domain.errors.base import LeadError


class AccessError(LeadError):
    """The caller's session does not allow this."""


class AuthenticationRequiredError(AccessError):
    """The request brings no session, or not in the form that is asked for."""

    def __init__(self, message: str = "Authentication required to access this resource") -> None:
        super().__init__(message)


class SessionExpiredError(AccessError):
    """The access token is no longer valid and could not be refreshed."""


class ReauthenticationRequiredError(AccessError):
    """The refresh token is no longer valid: the user has to sign in again."""


class PermissionDeniedError(AccessError):
    """The Salesforce user may not do this."""


class ServiceLoginError(AccessError):
    """Salesforce refuses the gateway's own login: whoever runs the gateway has to correct something."""


class SalesforceVersionError(AccessError):
    """The org does not have the API version that is set: whoever runs the gateway has to set another one."""


class ReadOnlyError(AccessError):
    """Only reading is allowed here."""

    def __init__(self) -> None:
        super().__init__(
            "This gateway is read-only: nothing in Salesforce can be changed through it. Whoever runs it decides that "
            "with READ_ONLY, a client with read_only in the URL."
        )
