"""The certificates that this system trusts."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Final

from jwttool.certificates.bundle import load_bundle
from jwttool.edge.material import naming
from jwttool.edge.reading import read_input
from jwttool.encoding import Limit
from jwttool.errors import FileMissingError

if TYPE_CHECKING:
    from cryptography import x509

# Where distributions have it, for a Python that was built for another place.
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, the BSDs
)


def system_roots() -> tuple[x509.Certificate, ...]:
    """The certificates of the system's bundle, or of the one that SSL_CERT_FILE names.

    :raises FileMissingError: there is none in any of the usual places.
    :raises InputError: it cannot be read as certificates.
    """
    name = _bundle()
    with naming(name):
        return load_bundle(read_input(name, Limit.BUNDLE, "bundle of trusted certificates"))


def _bundle() -> str:
    chosen = os.environ.get("SSL_CERT_FILE")
    if chosen:  # also if it is not there: then that is to be said
        return chosen
    found = ssl.get_default_verify_paths().cafile
    for name in (found, *_BUNDLES):
        if name and os.path.isfile(name):  # noqa: PTH113  # as reading does
            return name
    raise FileMissingError(
        "the certificates that this system trusts are not found",
        hint="install ca-certificates, or name the server's CA with --server-ca",
    )
