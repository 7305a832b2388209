"""What was read for one client, before anything is judged or sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography import x509

    from jwttool.config import Client
    from jwttool.eidas.mapping import ClientMapping
    from jwttool.keys import PrivateKey
    from jwttool.providers import Provider
    from jwttool.secret import Secret


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key with its certificate, and the certificates between it and a root."""

    key: PrivateKey | None = field(default=None, repr=False)
    certificate: x509.Certificate | None = None
    chain: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A client with all that its settings lead to.

    ``signing`` makes assertions, ``tls`` the connection; ``secrets`` are by the
    name of their setting. ``server_ca`` are the only authorities that the
    server may have its certificate from; None for those of the machine.
    """

    client: Client
    provider: Provider
    mapping: ClientMapping | None = None
    signing: Identity | None = None
    tls: Identity | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    server_ca: tuple[x509.Certificate, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTime:
    """What is good for one request, or for a while: codes and refresh tokens, and since when."""

    code: Secret | None = None
    code_issued_at: datetime | None = None
    verifier: Secret | None = None
    redirect_uri: str | None = None
    refresh_token: Secret | None = None
    refresh_issued_at: datetime | None = None
