"""Tokens taken apart and looked at, whichever way they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.answer.recognise import recognise_token
from jwttool.checks.encrypted import ENCRYPTED_RULES, EncryptedView
from jwttool.checks.rule import RuleSet
from jwttool.checks.token import CERTIFICATE_RULES, CertificateFacts, TokenView, inspection_findings
from jwttool.encoding import b64url_decode, parse_json
from jwttool.errors import InputError, MalformedError
from jwttool.inspection.model import (
    Disclosure,
    Form,
    InspectedJwe,
    InspectedJws,
    KeyFit,
    Recipient,
    Signer,
)
from jwttool.inspection.opaque import begins_like_token, is_nested_token
from jwttool.jose.compact import UnverifiedToken, read_compact
from jwttool.jose.encrypted import fits, made_for, read_encrypted
from jwttool.jose.serialisations import is_encrypted, is_serialisation, read_recipients, read_signed
from jwttool.report import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jwttool.encoding import JsonObject
    from jwttool.inspection.model import Inspection
    from jwttool.jose.encrypted import EncryptedToken
    from jwttool.jose.serialisations import EncryptedPart
    from jwttool.keys import PrivateKey
    from jwttool.providers import Provider
    from jwttool.report import Check

MAX_DISCLOSURES: Final = 500
"""Disclosures of an SD-JWT that are looked at: more are not a credential but an attack."""
MAX_NESTED: Final = 4
"""Tokens inside tokens that are looked into."""
_JWE_DOTS: Final = 4
NO_TOKEN: Final = UnverifiedToken(b"", {}, {}, b"", {})
_ENCRYPTED: Final = RuleSet(ENCRYPTED_RULES)
_BESIDE_CERTIFICATE: Final = RuleSet(CERTIFICATE_RULES)


class TokenInspector:
    """Takes tokens apart; ``inner`` inspects what is nested in one."""

    __slots__ = ("_certificate", "_inner", "_keys", "_provider")

    def __init__(
        self,
        inner: Callable[[str, int, int], Inspection],
        certificate: CertificateFacts | None,
        keys: Mapping[str, PrivateKey],
        provider: Provider | None,
    ) -> None:
        self._inner: Final = inner
        self._certificate: Final = certificate
        self._keys: Final = keys
        self._provider: Final = provider

    def whole(self, text: str, now: int) -> InspectedJws | None:
        """A signed token with nothing odd about it, which is what most are; None for all else."""
        if text.count(".") != 2:
            return None
        token = read_compact(text)
        return None if token.faults else self._signed(token, text, now)

    def compact(self, text: str, now: int, depth: int) -> Inspection:
        """A token in compact form, signed or encrypted, as sound as it may be."""
        if text.count(".") == _JWE_DOTS:
            return self._encrypted(read_encrypted(text), text, now)
        token, form, payload = _with_payload(text)
        nested = self._nested(payload, now, depth)
        return self._signed(token, text, now, form=form, payload=payload, nested=nested)

    def sd_jwt(self, text: str, now: int, depth: int) -> InspectedJws:
        """An SD-JWT: the signed token, its disclosures, and the key binding where there is one."""
        if text.count("~") > MAX_DISCLOSURES:
            raise MalformedError(f"an SD-JWT with more than {MAX_DISCLOSURES} disclosures")
        issued, *disclosures, binding = text.split("~")
        found = self.compact(issued, now, depth)
        if not isinstance(found, InspectedJws):  # the issuer's part is a JWS (RFC 9901 section 4.1)
            raise MalformedError("an SD-JWT whose first part is no signed token")
        return replace(
            found,
            text=text,
            form=Form.SD_JWT,
            disclosures=tuple(map(_disclosure, disclosures)),
            nested=self._inner(binding, now, depth + 1) if binding else None,
        )

    def in_json(self, document: JsonObject, text: str, now: int) -> Inspection | None:
        """A token in one of the JSON forms; None for another object.

        :raises MalformedError: a member of another type than the standard gives it.
        """
        if not is_serialisation(document):
            return None
        form = Form.GENERAL if {"signatures", "recipients"} & document.keys() else Form.FLATTENED
        if is_encrypted(document):
            return self._recipients(read_recipients(document), text, now, form)
        signed, *more = read_signed(document)
        token, spelling, payload = _with_payload(signed.compact)
        if spelling is Form.UNENCODED:  # in JSON it may have dots (RFC 7797 section 5.3)
            payload = str(document.get("payload", "")).encode("utf-8", "replace")
        found = self._signed(
            token,
            text,
            now,
            form=form,
            payload=payload,
            unprotected=signed.unprotected,
            others=tuple(Signer(part.token, part.unprotected) for part in more),
            nested=self._nested(payload, now, 0),
        )
        further = [self._signed(part.token, "", now, unprotected=part.unprotected) for part in more]
        return replace(found, findings=found.findings + _of_headers(further, "signatures"))

    # --- signed -------------------------------------------------------------------

    def _signed(self, token: UnverifiedToken, text: str, now: int, **more: Any) -> InspectedJws:
        unprotected = more.get("unprotected")
        header = {**unprotected, **token.header} if unprotected else token.header
        view = TokenView(token, header, token.claims, now)
        findings = inspection_findings(view)
        if self._certificate is not None:
            findings += self._beside_certificate(view)
        provider, reason = self._recognised(header, token.claims)
        return InspectedJws(
            text=text,
            now=now,
            token=token,
            findings=findings,
            provider=provider,
            recognised_by=reason,
            **more,
        )

    def _nested(self, payload: bytes | None, now: int, depth: int) -> Inspection | None:
        """The token that is the payload, as RFC 7519 section 5.2 has it for cty JWT."""
        if payload is None or depth >= MAX_NESTED:
            return None
        text = payload.decode("ascii", "replace")
        return self._inner(text, now, depth + 1) if is_nested_token(text) else None

    def _beside_certificate(self, view: TokenView) -> tuple[Check, ...]:
        """What the certificate says: whether cnf names it, and which of its fingerprints kid is."""
        checks = _BESIDE_CERTIFICATE.run(replace(view, certificate=self._certificate))
        return tuple(check for check in checks if check.status is not Status.SKIPPED)

    def _recognised(self, header: JsonObject, claims: JsonObject) -> tuple[Provider | None, str | None]:
        if self._provider is not None:
            return self._provider, None
        return recognised(recognise_token(header, claims))

    # --- encrypted ----------------------------------------------------------------

    def _encrypted(
        self,
        token: EncryptedToken,
        text: str,
        now: int,
        unprotected: JsonObject | None = None,
        form: Form = Form.COMPACT,
    ) -> InspectedJwe:
        header = {**(unprotected or {}), **token.header}
        provider, reason = self._recognised(header, {})
        findings = _ENCRYPTED.findings(EncryptedView(token, header))
        if self._certificate is not None:
            # Only its kid may name the certificate: what it claims is not to be seen.
            findings += self._beside_certificate(TokenView(NO_TOKEN, header, {}, now))
        return InspectedJwe(
            text=text,
            now=now,
            token=token,
            form=form,
            unprotected=unprotected or {},
            made_for=made_for(token, header),
            fits=tuple(KeyFit(name, fits(token, key, header)) for name, key in self._keys.items()),
            findings=findings,
            provider=provider,
            recognised_by=reason,
        )

    def _recipients(self, parts: tuple[EncryptedPart, ...], text: str, now: int, form: Form) -> InspectedJwe:
        """The first recipient, with what there is to say of the others beside it."""
        first, *more = (self._encrypted(part.token, text, now, part.unprotected, form) for part in parts)
        fits = first.fits
        for other in more:
            # A key that opens the token for one recipient opens it.
            fits = tuple(
                mine if mine.fit.fits else theirs for mine, theirs in zip(fits, other.fits, strict=True)
            )
        return replace(
            first,
            fits=fits,
            others=tuple(Recipient(each.token, each.unprotected, each.made_for) for each in more),
            findings=first.findings + _of_headers(more, "recipients"),
        )


def _of_headers(parts: Sequence[Inspection], name: str) -> tuple[Check, ...]:
    """The findings about the headers of further signatures or recipients: not about what all share."""
    return tuple(
        replace(check, where=f"{name}[{number}].{check.where}")
        for number, part in enumerate(parts, start=1)
        for check in part.findings
        if check.where is not None and check.where.startswith(("header", "encrypted_key"))
    )


def recognised(answer: tuple[Provider | None, str]) -> tuple[Provider | None, str | None]:
    """A system and what gave it away; nothing gave away none."""
    provider, reason = answer
    return provider, None if provider is None else reason.removeprefix("recognised by ")


def _with_payload(text: str) -> tuple[UnverifiedToken, Form, bytes | None]:
    """A signed token, and its payload where that is no JSON object."""
    token = read_compact(text)
    segments = text.split(".")
    if len(segments) != 3:
        return token, Form.COMPACT, None
    segment = segments[1]
    if token.header.get("b64") is False:
        # RFC 7797 section 5.2: the payload stands in the token as it is.
        return replace(token, faults=_without(token, "form", "claims")), Form.UNENCODED, segment.encode()
    if not segment:
        return token, Form.DETACHED, b""
    if "claims" not in token.faults:
        return token, Form.COMPACT, None
    return token, Form.COMPACT, b64url_decode(segment)


def has_unencoded_payload(text: str) -> bool:
    """Whether the header says that the payload stands there as it is (RFC 7797 section 3)."""
    return begins_like_token(text) and text.count(".") == 2 and read_compact(text).header.get("b64") is False


def _without(token: UnverifiedToken, *parts: str) -> dict[str, str]:
    return {part: fault for part, fault in token.faults.items() if part not in parts}


def _disclosure(text: str) -> Disclosure:
    """RFC 9901 section 4.2: base64url of [salt, name, value], or [salt, value] for an element of an array."""
    try:
        parts = parse_json(b64url_decode(text))
    except InputError:
        return Disclosure(None, None, readable=False)
    match parts:
        case [str(), str() as name, value]:
            return Disclosure(name, value)
        case [str(), value]:
            return Disclosure(None, value)
        case _:
            return Disclosure(None, None, readable=False)
