"""What the rules about sending a request look at: settings, keys and certificates, times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.rule import Finding
    from jwttool.keys import PublicKey, TokenPublicKey
    from jwttool.providers.base import Provider
    from jwttool.providers.shapes import TokenRequest


@dataclass(frozen=True, slots=True)
class PairView:
    """A key and its certificate, either of which may be missing, and what they are for.

    ``setting`` is the name of the certificate's setting; ``kid`` is the literal
    one that the configuration names beside the certificate.
    """

    purpose: str
    setting: str
    key: PublicKey | TokenPublicKey | None = None
    certificate: x509.Certificate | None = None
    kid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingView:
    """A request that is about to be sent, as far as this machine can judge it.

    ``missing`` names the settings that the request needs and that are not there;
    ``names`` are those under which the client and its files go; ``headers`` are
    the header values by name, secrets included. Ages are in seconds, None where
    nothing tells them. ``assertion`` is what speaks against the assertion.
    """

    provider: Provider
    shape: TokenRequest
    at: datetime
    url: str | None = None
    server: str | None = None
    audience: str | None = None
    missing: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pairs: tuple[PairView, ...] = ()
    user: str | None = None
    """The user name of the Basic header, where there is one."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    code_age: float | None = None
    refresh_age: float | None = None
    assertion: Finding | None = None
