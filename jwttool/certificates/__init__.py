"""Certificates: read, named by their fingerprints, described, matched with keys.

The names are fetched when they are first used, so that ``cert fingerprint``
pays for nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jwttool.certificates.access import (
        any_public_key,
        issuer,
        not_after,
        not_before,
        public_key,
        serial_number,
        subject,
        token_public_key,
    )
    from jwttool.certificates.chain import issuers_above, refuse_strangers
    from jwttool.certificates.describe import (
        CertificateDescription,
        KeyDescription,
        describe_certificate,
        describe_key,
        header_value,
    )
    from jwttool.certificates.form_names import DEFAULT_FORM, FORM_NAMES
    from jwttool.certificates.forms import FORMS, Form, fingerprint, fingerprints
    from jwttool.certificates.kid import (
        KidIndex,
        KidMatch,
        KidsInText,
        describe_match,
        identify_kid,
        parse_kids,
        parse_server_message,
    )
    from jwttool.certificates.load import CertificateFile, end_entity, load_certificates, needs_passphrase
    from jwttool.certificates.matching import group_by_key
    from jwttool.certificates.validity import days_left, refuse_outside_validity

__all__ = [
    "DEFAULT_FORM",
    "FORMS",
    "FORM_NAMES",
    "CertificateDescription",
    "CertificateFile",
    "Form",
    "KeyDescription",
    "KidIndex",
    "KidMatch",
    "KidsInText",
    "any_public_key",
    "days_left",
    "describe_certificate",
    "describe_key",
    "describe_match",
    "end_entity",
    "fingerprint",
    "fingerprints",
    "group_by_key",
    "header_value",
    "identify_kid",
    "issuer",
    "issuers_above",
    "load_certificates",
    "needs_passphrase",
    "not_after",
    "not_before",
    "parse_kids",
    "parse_server_message",
    "public_key",
    "refuse_outside_validity",
    "refuse_strangers",
    "serial_number",
    "subject",
    "token_public_key",
]

_HOMES: Final = {
    "access": (
        "any_public_key",
        "issuer",
        "not_after",
        "not_before",
        "public_key",
        "serial_number",
        "subject",
        "token_public_key",
    ),
    "chain": ("issuers_above", "refuse_strangers"),
    "describe": (
        "CertificateDescription",
        "KeyDescription",
        "describe_certificate",
        "describe_key",
        "header_value",
    ),
    "form_names": ("DEFAULT_FORM", "FORM_NAMES"),
    "forms": ("FORMS", "Form", "fingerprint", "fingerprints"),
    "kid": (
        "KidIndex",
        "KidMatch",
        "KidsInText",
        "describe_match",
        "identify_kid",
        "parse_kids",
        "parse_server_message",
    ),
    "load": ("CertificateFile", "end_entity", "load_certificates", "needs_passphrase"),
    "matching": ("group_by_key",),
    "validity": ("days_left", "refuse_outside_validity"),
}
_HOME: Final = {name: home for home, names in _HOMES.items() for name in names}

if not TYPE_CHECKING:  # a type checker sees the imports above instead

    def __getattr__(name: str) -> Any:
        home = _HOME.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return globals().setdefault(name, getattr(import_module(f"{__name__}.{home}"), name))
