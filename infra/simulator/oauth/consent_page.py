"""The pages a person sees in the browser while an app asks for access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from starlette.responses import HTMLResponse

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}
_MEANINGS = {
    "address": "see your address",
    "api": "manage your data (API)",
    "email": "see your email address",
    "full": "do everything you can do",
    "id": "see who you are (identity URL)",
    "offline_access": "act for you at any time",
    "openid": "get a proof of who you are",
    "phone": "see your phone number",
    "profile": "see your profile",
    "refresh_token": "act for you at any time",
    "web": "show you pages as if you were logged in",
}
_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; background: #f3f3f3; color: #181818; margin: 0 }}
main {{ max-width: 24rem; margin: 10vh auto; padding: 2rem; background: #fff; border-radius: 4px }}
label {{ display: block; margin: .75rem 0 }}
input {{ display: block; width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }}
button {{ padding: .5rem 1.5rem; font: inherit; margin-right: .5rem }}
[role=alert] {{ color: #b60554 }}
</style>
</head>
<body><main>{content}</main></body>
</html>
"""
_CONSENT = """<h1>Allow access?</h1>
{message}<p>The app <strong>{client}</strong> wants to:</p>
<ul>{wishes}</ul>
<form method="post" action="/services/oauth2/authorize">
{hidden}<label>Username <input name="username" value="{username}" autocomplete="username"></label>
<label>Password <input name="password" type="password" value="demo-password" autocomplete="current-password"></label>
<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button>
</form>
<p><small>This is the simulator: the password is filled in for you.</small></p>"""


def consent_page(form: Mapping[str, str], scopes: Sequence[str], username: str, message: str = "") -> HTMLResponse:
    """Who are you, and may this app act for you? The parameters of the request come back with the answer."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n' for name, value in form.items()
    )
    wishes = "".join(f"<li>{escape(_MEANINGS[scope])}</li>" for scope in scopes)
    alert = f'<p role="alert">{escape(message)}</p>\n' if message else ""
    content = _CONSENT.format(
        message=alert, client=escape(form["client_id"]), wishes=wishes, hidden=hidden, username=escape(username)
    )
    return HTMLResponse(_FRAME.format(title="Allow access?", content=content), headers=PAGE_HEADERS)


def error_page(error: str, description: str) -> HTMLResponse:
    """There is no app to send the person back to."""
    content = f"<h1>We can't authorize you</h1>\n<p>error={escape(error)}</p>\n<p>{escape(description)}</p>"
    return HTMLResponse(_FRAME.format(title="OAuth Error", content=content), 400, headers=PAGE_HEADERS)
