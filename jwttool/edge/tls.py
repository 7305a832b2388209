"""TLS contexts, by hand: the server is always verified, and a key is never written in the clear."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from typing import TYPE_CHECKING, Final

from jwttool.errors import TlsError, raise_alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import IO

    from cryptography import x509

    from jwttool.grant.material import Identity

_RSA_OR_EC_FAULTS: Final = {
    "KEY_VALUES_MISMATCH": "key and certificate do not belong together",
    "EE_KEY_TOO_SMALL": "the key is too small for OpenSSL's security level",
    "CA_MD_TOO_WEAK": "the certificate is signed with a hash that OpenSSL no longer takes",
}


def client_context(
    identity: Identity | None = None, server_ca: Sequence[x509.Certificate] | None = None
) -> ssl.SSLContext:
    """A context that verifies the server's certificate and name, and shows ours where there is one.

    :param server_ca: trusted in the place of the machine's store, each as it is: a root, a CA
        below it, or the server's own certificate.
    :raises TlsError: OpenSSL does not take the key or the certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # CERT_REQUIRED, and check_hostname
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server_ca is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        context.load_verify_locations(cadata="".join(_pem(server_ca)))
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if identity is not None and identity.key is not None and identity.certificate is not None:
        _load(context, identity)
    return context


def _pem(certificates: Iterable[x509.Certificate]) -> Iterable[str]:
    from cryptography.hazmat.primitives.serialization import Encoding

    return (certificate.public_bytes(Encoding.PEM).decode("ascii") for certificate in certificates)


def _load(context: ssl.SSLContext, identity: Identity) -> None:
    """Hand key and certificates to OpenSSL, which takes them from a file alone.

    The key was read already, with its passphrase, from whatever format it was
    in. It goes through a file without a name (in memory, where the system has
    that), encrypted under a random passphrase that nothing but this call knows:
    whoever sees the file, or the swap that it went to, has nothing.
    """
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    assert identity.key is not None  # noqa: S101  # the caller looked
    assert identity.certificate is not None  # noqa: S101
    passphrase = secrets.token_urlsafe(32).encode("ascii")
    encrypted = identity.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
    )
    with _nameless_file() as file:
        file.write(encrypted)
        file.writelines(text.encode("ascii") for text in _pem((identity.certificate, *identity.chain)))
        file.flush()
        try:
            context.load_cert_chain(f"/dev/fd/{file.fileno()}", password=passphrase)
        except ssl.SSLError as error:
            why = _RSA_OR_EC_FAULTS.get(error.reason or "", "the key or the certificate is of no use to it")
            raise_alone(
                TlsError(
                    f"OpenSSL makes no connection with this certificate: {why}",
                    hint="`jwttool cert match KEY CERT` and `jwttool key show KEY` say more",
                )
            )
        except OSError as error:  # no /dev/fd, in a container without /proc
            raise_alone(TlsError(f"the key cannot be handed to OpenSSL: {error.strerror}"))


def _nameless_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("jwttool", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()
