"""Who is logged in: login, logout, getUserInfo, and the time.

Source: fact sheet 7.7.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from infra.simulator.exchange.reply import Reply
from infra.simulator.exchange.xml_tree import element, text_of, value
from infra.simulator.instance.context import Context
from infra.simulator.instance.orgs import CLIENT_ID, Orgs
from infra.simulator.org.org import Org
from infra.simulator.org.users import PASSWORD, User, is_password
from infra.simulator.org.values import text_for
from infra.simulator.schema import unverified
from infra.simulator.schema.dates import to_stamp, with_z
from infra.simulator.soap.call import SoapCall
from infra.simulator.soap.envelope import Message, SoapFaultError, answer

LAST_VERSION_WITH_LOGIN = 64


def caller_of_login(orgs: Orgs, message: Message) -> tuple[Context, User]:
    """The user who logs in, and their org. Raises SoapFaultError INVALID_LOGIN for one who is unknown or inactive."""
    found = orgs.of_user(text_of(message.body, "username") or "")
    if found is None or not found[1].is_active:
        raise _invalid_login()
    return found


def refuse_without_login(org: Org, version: str) -> None:
    """Raise SoapFaultError where login() is gone or switched off.

    Source: fact sheet 12.3; the texts are those of forcedotcom/wsc#363 and OpenFn/adaptors#1715.
    """
    if float(version) > LAST_VERSION_WITH_LOGIN:
        message = (
            f"The SOAP Login operation is not available in the API version specified ({version}). "
            "Refer to the documentation for supported versions."
        )
        raise SoapFaultError("INVALID_OPERATION", message)
    if not org.settings.soap_login:
        message = (
            "SOAP API login() is disabled by default in this org. "
            "Contact the org administrator to enable SOAP API login()."
        )
        raise SoapFaultError("INVALID_OPERATION", message)


def login(orgs: Orgs, org: Org, user: User, message: Message, version: str, origin: str) -> Reply:
    """A session for a user who knows password and security token. Raises SoapFaultError."""
    given = text_of(message.body, "password") or ""
    if not is_password(given, trusted_network=org.settings.trusted_network):
        if given == PASSWORD:
            raise SoapFaultError("LOGIN_MUST_USE_SECURITY_TOKEN", unverified.NEEDS_TOKEN)
        raise _invalid_login()
    scope = message.headers.get("LoginScopeHeader")
    if scope is not None and (text_of(scope, "organizationId") or "")[:15] != org.id[:15]:
        raise _invalid_login()
    session = orgs.sessions.begin(org, user.id, CLIENT_ID)
    path = f"{version}/{org.id[:15]}"
    result = element(
        "result",
        value("metadataServerUrl", f"{origin}/services/Soap/m/{path}"),
        value("passwordExpired", "false"),
        value("sandbox", "false"),
        value("serverUrl", f"{origin}/services/Soap/u/{path}"),
        value("sessionId", session.token),
        value("userId", user.id),
        _user_info(org, user.id, "userInfo"),
    )
    return answer("login", [result])


def log_out(orgs: Orgs, call: SoapCall) -> Reply:
    orgs.sessions.end(call.session.token)
    return answer("logout", [])


def user_info(call: SoapCall) -> Reply:
    return answer("getUserInfo", [_user_info(call.org, call.session.user_id, "result")])


def server_timestamp(call: SoapCall) -> Reply:
    timestamp = value("timestamp", with_z(to_stamp(call.org.clock())))
    return answer("getServerTimestamp", [element("result", timestamp)])


def lacking_right(call: SoapCall) -> Reply:
    """Passwords of users are set by administrators, and our user is none."""
    raise SoapFaultError("INSUFFICIENT_ACCESS", unverified.NOT_ADMINISTRATOR)


def _invalid_login() -> SoapFaultError:
    message = "Invalid username, password, security token; or user locked out."
    return SoapFaultError("INVALID_LOGIN", message)


def _user_info(org: Org, user_id: str, name: str) -> Element:
    user = org.tables.get("User", user_id) or {}
    organization = org.tables.get("Organization", org.id) or {}
    corporate = org.settings.corporate_currency
    values: dict[str, str | None] = {
        "accessibilityMode": "false",
        "chatterExternal": "false",
        "currencySymbol": None if corporate else "$",
        "orgAttachmentFileSizeLimit": "5242880",
        "orgDefaultCurrencyIsoCode": None if corporate else "USD",
        "orgDefaultCurrencyLocale": "en_US",
        "orgDisallowHtmlAttachments": "false",
        "orgHasPersonAccounts": text_for(org.settings.person_accounts),
        "organizationId": org.id,
        "organizationMultiCurrency": text_for(corporate is not None),
        "organizationName": organization.get("Name"),
        "profileId": user.get("ProfileId"),
        "roleId": user.get("UserRoleId"),
        "sessionSecondsValid": str(org.settings.session_seconds),
        "userDefaultCurrencyIsoCode": corporate,
        "userEmail": user.get("Email"),
        "userFullName": user.get("Name"),
        "userId": user_id,
        "userLanguage": user.get("LanguageLocaleKey"),
        "userLocale": user.get("LocaleSidKey"),
        "userName": user.get("Username"),
        "userTimeZone": user.get("TimeZoneSidKey"),
        "userType": user.get("UserType"),
        "userUiSkin": "Theme3",
    }
    return element(name, *(value(key, content) for key, content in values.items()))
