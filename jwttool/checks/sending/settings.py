"""Rules for what the configuration says: all there, one place, one environment."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jwttool.checks.rule import Finding, Outcome, Unjudged, rule
from jwttool.encoding import printable, shown
from jwttool.report import Severity

if TYPE_CHECKING:
    from jwttool.checks.sending.view import SendingView

_SANDBOX: Final = re.compile(
    r"(?<![a-z])(?:sandbox|sbx|test|testing|demo|staging|uat)(?![a-z])", re.IGNORECASE
)
_PRODUCTION: Final = re.compile(r"(?<![a-z])(?:prod|production|live)(?![a-z])", re.IGNORECASE)
# RFC 9110 section 5.5: what a field value may hold, as far as every server takes it.
_FIELD_VALUE: Final = re.compile(r"[!-~](?:[ \t!-~]*[!-~])?")


@rule(
    "send-settings",
    Severity.ERROR,
    "every setting that the request needs is there",
    "the system's document",
)
def complete(view: SendingView) -> Outcome:
    """What the system's document asks for has to come from somewhere: the configuration names it.

    All that is missing is told at once. `jwttool status` says where each of them comes from.
    """
    if not view.missing:
        return None
    named = " and ".join(filter(None, (", ".join(view.missing[:-1]), view.missing[-1])))
    verb = "is" if len(view.missing) == 1 else "are"
    return Finding(
        f"{named} {verb} missing for {view.provider.title} ({view.shape.title})",
        f"set {', '.join(view.missing)} in jwttool.toml",
        view.missing[0],
    )


def is_loopback(host: str) -> bool:
    """Whether what is sent to a host stays on this machine."""
    if host == "localhost":  # a name below it is asked of DNS by some machines
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@rule(
    "send-url",
    Severity.ERROR,
    "the request goes to an https URL with nothing but a path behind the host",
    "RFC 6749 section 3.2",
)
def url(view: SendingView) -> Outcome:
    """A token endpoint is reached over TLS, or whoever listens has the credentials and the token.

    Plain http is let through, with a warning, to this machine alone. User name
    and password in the URL would be sent as one more authentication; a fragment
    is never sent.
    """
    if view.url is None:
        return Unjudged("the token endpoint is not known")
    try:
        parts = urlsplit(view.url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return Finding("the token endpoint is no URL", "https://HOST/PATH", "token_endpoint")
    if not host:
        return Finding("the token endpoint names no host", "https://HOST/PATH", "token_endpoint")
    if parts.username is not None:
        return Finding(
            "the token endpoint has a user name in it",
            "take it out of the URL; the client authenticates itself as the system's document says",
            "token_endpoint",
        )
    if "#" in view.url:
        hint = "take out the # and what follows"
        return Finding("the token endpoint has a fragment", hint, "token_endpoint")
    if parts.scheme.lower() == "https":
        return None
    if is_loopback(host):
        return Finding(
            "the token endpoint is plain http, on this machine",
            "fine for a server of your own; a bank's is https",
            "token_endpoint",
            Severity.WARNING,
        )
    return Finding(
        "the token endpoint is plain http: whoever listens gets the credentials and the token",
        "write https:// into the configuration",
        "token_endpoint",
    )


@rule(
    "send-environment",
    Severity.ERROR,
    "server, token endpoint and files are of one environment",
    "the servers that the system's document publishes",
    needs=("send-url",),
)
def environment(view: SendingView) -> Outcome:
    """Credentials of the sandbox do not work in production; those of production have no place in the sandbox.

    Where the system publishes its servers, a token endpoint of the one and a
    server of the other is an error. Names of files and clients that speak of
    the other environment are a warning: they may be only names.
    """
    if view.url is None:
        return Unjudged("the token endpoint is not known")
    there = _environment(view, view.url)
    if view.server is not None and there is not None:
        set_to = _environment(view, view.server)
        if set_to not in {None, there}:
            return Finding(
                f"the token endpoint is that of the {there}, and server that of the {set_to}",
                "set one of them, and let the other follow from it",
                "token_endpoint",
            )
    kind = there or _by_host(view.url)
    if kind is None:
        return None
    other = _SANDBOX if kind == "production" else _PRODUCTION
    strange = [name for name in view.names if other.search(name)]
    if not strange:
        return None
    return Finding(
        f"the request goes to the {kind}, and {printable(strange[0], 60)} speaks of another environment",
        "do the key, the certificate and the secret belong to this environment?",
        "server",
        Severity.WARNING,
    )


def _environment(view: SendingView, url: str) -> str | None:
    """The environment of a URL, by the servers that the system publishes."""
    host = (urlsplit(url).hostname or "").lower()
    servers = view.provider.servers.items()
    return next((name for name, base in servers if urlsplit(base).hostname == host), None)


def _by_host(url: str) -> str | None:
    host = urlsplit(url).hostname or ""
    if _SANDBOX.search(host):
        return "sandbox"
    return "production" if _PRODUCTION.search(host) else None


@rule(
    "send-audience",
    Severity.WARNING,
    "the assertion's audience is at the host that it is sent to",
    "RFC 7523 section 3, item 3",
    needs=("send-url",),
)
def audience(view: SendingView) -> Outcome:
    """An assertion names the server that it is for, and only that server takes it.

    Another host in the audience than in the token endpoint is most often a line
    of the configuration that was left over from another environment.
    """
    if view.audience is None or view.url is None:
        return None
    try:
        meant, sent_to = urlsplit(view.audience).hostname, urlsplit(view.url).hostname
    except ValueError:
        meant, sent_to = None, ""
    if meant == sent_to:
        return None
    return Finding(
        f"the audience is {shown(view.audience)}, which is not at {shown(sent_to)}, where the assertion goes",
        "set server and realm alone: audience and token endpoint follow from them",
        "audience",
    )


@rule(
    "send-headers",
    Severity.ERROR,
    "every header value can be sent",
    "RFC 9110 section 5.5; RFC 7617 section 2",
)
def headers(view: SendingView) -> Outcome:
    """A header holds visible ASCII on one line; the user name of a Basic header holds no colon.

    A line end in a secret's file, or a copied typographic quote, is the usual cause.
    """
    if view.user is not None and ":" in view.user:
        return Finding(
            "client_id has a colon in it, which ends the user name of a Basic header",
            "is it the client_id alone? The password is client_secret",
            "client_id",
        )
    wrong = [name for name, value in view.headers.items() if _FIELD_VALUE.fullmatch(value) is None]
    if not wrong:
        return None
    return Finding(
        f"{wrong[0]} is empty or holds a character that no header can carry",
        "one line of visible ASCII; was more copied than the value?",
        wrong[0],
    )
