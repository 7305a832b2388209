"""The shape of the JSON answer of ``tls probe``."""

from __future__ import annotations

from typing import Literal, TypedDict

from jwttool.render.answers import JudgementAnswer
from jwttool.render.answers_chains import ChainCertificate


class AlertDetail(TypedDict):
    """A TLS alert: its number, its name in the standard, and what it means, in plain words."""

    number: int
    name: str
    message: str


class HandshakeDetail(TypedDict):
    """How a handshake ended.

    open: it stands. alert: the server refused. closed: it hung up. fault: our side gave up.
    lost: the network did. ``message`` says why in plain words, and is null for open.
    """

    ending: Literal["open", "alert", "closed", "fault", "lost"]
    alert: AlertDetail | None
    message: str | None


class ClientCertificateDetail(TypedDict):
    """What the server wants of a client.

    ``asked`` is null where the handshake failed before it could be known. ``issued_by`` is the
    CA among ``authorities`` that ours is of; ``handshake`` the one with ours, null where none was made.
    """

    asked: Literal["no", "optional", "required"] | None
    authorities: list[str]
    unreadable_authorities: int
    issued_by: str | None
    handshake: HandshakeDetail | None


class TlsProbeAnswer(JudgementAnswer):
    """``jwttool tls probe``: what the server offers, and the checks.

    ``sent`` counts the certificates that the server sent, ``chain`` is the chain that was judged.
    ``handshake`` is the one without a client certificate.
    """

    host: str
    port: int
    server_name: str
    address: str
    protocol: str | None
    cipher: str | None
    group: str | None
    alpn: str | None
    handshake: HandshakeDetail
    sent: int
    chain: list[ChainCertificate]
    client_certificate: ClientCertificateDetail
