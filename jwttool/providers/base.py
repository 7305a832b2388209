"""What a system is: a value, with every rule beside the document it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from jwttool.providers.source import Basis, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwttool.providers.shapes import ErrorAnswer, Mark, TokenAnswer, TokenRequest

__all__ = ["AssertionRules", "Basis", "Bound", "KeyPair", "Provider", "Source", "Step", "StepCheck"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionRules:
    """What a system asks of a client assertion (RFC 7523).

    Times are in seconds. ``demanded`` names the checks that the system's own
    document asks for: they fail, and name it. ``softened`` names those which a
    standard demands but which the document itself does not keep: they warn, and
    the source says why.
    """

    algorithms: tuple[str, ...]
    kid_form: str
    type: str
    claims: tuple[str, ...]
    claims_source: Source
    lifetime: int
    lifetime_source: Source
    clock_skew: int
    token_endpoint_suffix: str
    audience_pattern: str
    """A regular expression for the whole of an audience of the right form."""
    audience_example: str
    demanded: Mapping[str, Source] = field(default_factory=dict)
    softened: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A key pair that a system wants from its client.

    The file names are those of the system's own document where it has some;
    ``config_key``, ``config_certificate`` and ``config_passphrase`` are the
    names of the settings that hold them. ``qualified`` says that the certificate
    has to be a QWAC that matches the client_id.
    """

    purpose: str
    bits: int
    source: Source
    key_file: str
    csr_file: str
    certificate_file: str
    config_key: str
    config_certificate: str
    config_passphrase: str
    key_usage: tuple[str, ...] = ()
    qualified: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """The most characters that a value may have, and who says so."""

    most: int
    source: Source


class StepCheck(StrEnum):
    """How ``status`` sees whether a step is done."""

    BY_HAND = "by hand"
    """Nothing on this machine shows it."""
    CLIENT_ID = "client_id"
    CLIENT_SECRET = "client_secret"  # noqa: S105  # the name of a setting
    KEY = "key"
    CSR = "csr"
    CERTIFICATE = "certificate"
    ENDPOINT = "endpoint"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a system's onboarding, in the order of its document."""

    id: str
    text: str
    check: StepCheck
    source: Source
    settings: tuple[str, ...] = ()
    """For ``SETTINGS``: the settings that have to be there."""
    optional: bool = False
    """For the files of a key pair: the document asks for none, so only what is configured is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A system that hands out tokens.

    ``token_endpoint`` and ``audience`` are templates over ``{server}`` and
    ``{realm}``; ``servers`` are the base URLs that its document publishes, by
    environment. A provider of your own is such a value under the entry-point
    group ``jwttool.providers``.
    """

    name: str
    title: str
    document: Source
    authentication: str
    servers: Mapping[str, str]
    token_endpoint: str
    audience: str | None
    key_pairs: tuple[KeyPair, ...]
    steps: tuple[Step, ...]
    client_name: str
    settings: tuple[str, ...]
    """The lines of a new client's configuration beside the files, comments included."""
    assertion: AssertionRules | None = None
    client_id_limit: Bound | None = None
    """The longest client_id that it, or one of its banks, takes; None where nothing is known of one."""
    requests: tuple[TokenRequest, ...] = ()
    """The ways to ask for a token. What is left out here and below is judged by the standards alone."""
    answer: TokenAnswer | None = None
    errors: ErrorAnswer | None = None
    marks: tuple[Mark, ...] = ()
    """What gives the system away in a message or a token; the first that fits is told."""

    def endpoint(self, server: str | None, realm: str | None) -> str | None:
        """The token endpoint's URL, or None when a part of it is not known."""
        return _fill(self.token_endpoint, server, realm)

    def issuer(self, server: str | None, realm: str | None) -> str | None:
        """The audience of an assertion: the issuer's URL, or None when a part is not known."""
        return None if self.audience is None else _fill(self.audience, server, realm)


def _fill(template: str, server: str | None, realm: str | None) -> str | None:
    values = {"server": (server or "").rstrip("/"), "realm": quote(realm or "", safe="")}
    needed = [name for name in values if f"{{{name}}}" in template]
    if any(not values[name] for name in needed):
        return None
    return template.format(**values)
