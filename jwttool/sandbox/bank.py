"""What the four systems share: keys, clients, memory, and who is at the other end of the connection."""

from __future__ import annotations

import hmac
import os
from collections import OrderedDict
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from jwttool.assertion import Verifier
from jwttool.certificates import fingerprint
from jwttool.checks.chain import verify_chain
from jwttool.errors import JwtToolError
from jwttool.sandbox.clients import Clients
from jwttool.sandbox.codes import Codes
from jwttool.sandbox.exchange import said
from jwttool.sandbox.portal import certificate_for
from jwttool.sandbox.tokens import EncryptionKey, TokenKey, uuid

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cryptography import x509

    from jwttool.replay import ReplayStore
    from jwttool.sandbox.exchange import Request
    from jwttool.sandbox.keys import SandboxKeys
    from jwttool.secret import Secret

K = TypeVar("K")
V = TypeVar("V")

_MOST_KEPT: Final = 500
NO_CERTIFICATE: Final = (
    "sandbox-certificate: the connection has no client certificate, and this system has mutual TLS "
    "(curl: --cert and --key)"
)


class Bank:
    """Everything behind the four endpoints; who may do what is decided in the systems' own modules."""

    def __init__(
        self,
        keys: SandboxKeys,
        authority: x509.Certificate,
        clients: Clients,
        memory: ReplayStore,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.keys: Final = keys
        self.authority: Final = authority
        self.clients = clients
        self.memory: Final = memory
        """The assertions that were used."""
        self.random: Final = random
        self.op_encryption: Final = EncryptionKey(keys.op_encryption)
        self.op_signing: Final = TokenKey(keys.op_signing, "ES256")
        self.worldline: Final = TokenKey(keys.worldline, "RS256")
        self.stet: Final = TokenKey(keys.stet, "ES256")
        self.konsentus_codes: Final = Codes(random)
        self.stet_codes: Final = Codes(random)
        self.verifiers: Final = Kept[tuple[str, ...], Verifier]()
        self._older: x509.Certificate | None = None
        self._chains: Final = Kept[tuple[str, int], tuple[str, ...]]()

    def with_stale_keys(self, at: datetime) -> Bank:
        """The same bank as it is when a client has changed its key and nobody told the bank.

        In the place of what was registered it has another certificate for each client.
        """
        if self._older is None:
            self._older = certificate_for(
                self.keys.worldline.public_key(),
                "an older certificate",
                self.authority,
                self.keys.authority,
                at,
            )
        older = (self._older,)
        stale = copy(self)
        stale.clients = Clients(tuple(replace(each, certificates=older, kid=None) for each in self.clients))
        return stale

    def uuid(self) -> str:
        """A random UUID."""
        return uuid(self.random(16))

    def identifier(self) -> str:
        """128 random bits in hex."""
        return self.random(16).hex()

    def chain_faults(self, request: Request, certificate: x509.Certificate) -> tuple[str, ...]:
        """Why the client's certificate is none of this sandbox's authority, or not valid now."""
        # Judging a chain takes a millisecond, and nothing of it changes within a minute but the expiry,
        # for which a second more or less is nothing.
        key = (fingerprint(certificate, "sha256"), request.now // 60)
        found = self._chains.get(key)
        if found is None:
            found = self._chain_faults(request, certificate)
            self._chains.put(key, found)
        return found

    def _chain_faults(self, request: Request, certificate: x509.Certificate) -> tuple[str, ...]:
        try:
            # The sandbox's authority has none below it, so that no intermediates are looked at.
            report = verify_chain(certificate, trust=[self.authority], at=request.at)
        except JwtToolError as error:
            return (f"sandbox-certificate: {error.message}",)
        return said(report.failures)


class Kept(Generic[K, V]):
    """A few values that are slow to make; of too many the least used goes."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most: Final = most
        self._values: Final[OrderedDict[K, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, if it is kept."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        self._values[key] = value
        while len(self._values) > self._most:
            self._values.popitem(last=False)


def is_secret(given: object, right: Secret | None) -> bool:
    """Whether a secret is the right one, in a time that does not tell how much of it is."""
    if right is None or not isinstance(given, str):
        return False
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), right.reveal())
