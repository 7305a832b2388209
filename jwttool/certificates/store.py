"""OpenSSL's own verdict on a path, by way of pyOpenSSL.

It stops at the first error, and offers no way to go on behind it. What it
takes to see the others is to ask again with that one switched off: the time,
the critical extensions and the CRLs can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from jwttool.errors import MalformedError
from jwttool.keys.boundary import library

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

# X509_VERIFY_PARAM_set_flags(3); pyOpenSSL has names for the others.
_NO_CHECK_TIME: Final = 0x200000


@dataclass(frozen=True, slots=True)
class OpensslRefusal:
    """The first error: OpenSSL's number of it and its words, and which certificate (0: the leaf)."""

    code: int
    position: int
    message: str


UNREADABLE: Final = -1
"""The number that stands for what OpenSSL cannot even read."""


def ask_openssl(
    path: Sequence[x509.Certificate],
    *,
    at: datetime | None,
    revocations: Sequence[x509.CertificateRevocationList] = (),
    critical: bool = True,
) -> OpensslRefusal | None:
    """Why OpenSSL refuses a path whose last certificate is trusted; None when it does not.

    :param at: the time to judge at; None leaves the validity out.
    :param revocations: CRLs for the first certificate; without any, revocation is left out.
    :param critical: whether a critical extension that OpenSSL does not know refuses.
    """
    try:
        with library(MalformedError("OpenSSL cannot read it")):
            return _ask(path, at, revocations, critical=critical)
    except MalformedError as error:
        return OpensslRefusal(UNREADABLE, 0, error.message)


def _ask(
    path: Sequence[x509.Certificate],
    at: datetime | None,
    revocations: Sequence[x509.CertificateRevocationList],
    *,
    critical: bool,
) -> OpensslRefusal | None:
    # Imported this late because it takes longer to load than a path to judge.
    from OpenSSL.crypto import X509, X509Store, X509StoreContext, X509StoreContextError, X509StoreFlags

    store = X509Store()
    store.add_cert(X509.from_cryptography(path[-1]))
    # A trust anchor is what the caller trusts, self-signed or not (RFC 5280 section 6.1).
    flags = X509StoreFlags.PARTIAL_CHAIN
    if at is None:
        flags |= _NO_CHECK_TIME
    else:
        store.set_time(at.astimezone(UTC))
    if not critical:
        flags |= X509StoreFlags.IGNORE_CRITICAL
    if revocations:
        flags |= X509StoreFlags.CRL_CHECK
        for each in revocations:
            store.add_crl(each)
    store.set_flags(flags)
    between = [X509.from_cryptography(each) for each in path[1:-1]]
    try:
        X509StoreContext(store, X509.from_cryptography(path[0]), between).verify_certificate()
    except X509StoreContextError as error:
        code, position, message = error.errors
        return OpensslRefusal(code, position, message)
    return None
