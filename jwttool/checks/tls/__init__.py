"""What is judged of a TLS server, and of our certificate before it.

The steps, and where each is taken:

1. handshakes, without our certificate and with it    ``edge.tls_probe``
2. did one come about, and how good is it             ``checks.tls.connection``
3. the server's chain, up to what is trusted          ``checks.chain``
4. the server's name, and what its certificate is for ``checks.tls.server``
5. is a client certificate asked for, would ours do   ``checks.tls.client``
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jwttool.checks.tls import client, connection, server

if TYPE_CHECKING:
    from jwttool.checks.rule import Rule
    from jwttool.checks.tls.seen import TlsView

__all__ = ["CONNECTION_RULES", "PEER_RULES", "TLS_RULES"]

CONNECTION_RULES: Final[tuple[Rule[TlsView], ...]] = (
    connection.handshake,
    connection.cipher,
    server.certificate,
)
PEER_RULES: Final[tuple[Rule[TlsView], ...]] = (
    server.name,
    server.usage,
    server.order,
    client.given,
    client.key,
    client.validity,
    client.usage,
    client.issuer,
    client.accepted,
)
TLS_RULES: Final = (*CONNECTION_RULES, *PEER_RULES)
"""All of them; those of the server's chain stand between the two parts."""
