"""What is this token, answer or request? Every question that can be asked without trusting it.

The steps, and where each is taken:

1. what stands around a token: a prefix, a header line    ``inspection.message.unwrap``
2. an answer or a request, with tokens in it               ``inspection.message``
3. a token in one of the JSON forms                        ``jose.serialisations``
4. a signed or an encrypted token in compact form          ``inspection.tokens``
5. something that only its issuer understands              ``inspection.opaque``
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jwttool.ambient import utc_now
from jwttool.checks.answer import judge_message
from jwttool.checks.answer.recognise import recognise
from jwttool.checks.opaque import OPAQUE_RULES, OpaqueView
from jwttool.checks.rule import RuleSet
from jwttool.checks.token import CertificateFacts
from jwttool.encoding import Limit, check_size, decode_pasted, parse_json_object
from jwttool.errors import InputError, JsonError, NotATokenError, raise_alone
from jwttool.inspection import opaque
from jwttool.inspection.message import read_message, unwrap
from jwttool.inspection.model import InspectedMessage, InspectedOpaque
from jwttool.inspection.tokens import TokenInspector, has_unencoded_payload, recognised
from jwttool.jose.compact import looks_like_token
from jwttool.providers import BUILT_IN, get_provider
from jwttool.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography import x509

    from jwttool.checks.answer.message import Message
    from jwttool.encoding import JsonObject
    from jwttool.inspection.model import Inspection
    from jwttool.keys import PrivateKey
    from jwttool.providers import Provider

_OPAQUE: Final = RuleSet(OPAQUE_RULES)
_WHITE: Final = re.compile(r"\s++")
_MARKUP: Final = re.compile(r"<[!?A-Za-z]")
_NO_VALUES: Final = frozenset({"null", "None", "undefined", "nil"})
"""What programs print that took a member out of an answer which has no such member."""
WITHIN: Final = "a text that is neither an answer nor a request"
BROKEN: Final = "white space, which a terminal or a mail puts into long lines"


class Inspector:
    """Inspects one thing after the other; what is known of them beforehand is said once."""

    __slots__ = ("_provider", "_tokens")

    def __init__(
        self,
        *,
        provider: Provider | str | None = None,
        certificate: x509.Certificate | None = None,
        keys: Mapping[str, PrivateKey] | None = None,
    ) -> None:
        """Fix what is known.

        :param provider: the system that it comes from; recognised, where it can be, by default.
        :param certificate: the one that ``cnf`` and ``kid`` are compared with.
        :param keys: by name, those of which it is to be said whether they would open an encrypted token.
        :raises UnknownProviderError: there is no provider of that name.
        """
        self._provider: Final = get_provider(provider) if isinstance(provider, str) else provider
        facts = None if certificate is None else CertificateFacts.of(certificate)
        self._tokens: Final = TokenInspector(self._inner, facts, dict(keys or {}), self._provider)

    def inspect(self, text: str | bytes, *, at: datetime | None = None) -> Inspection:
        """Say what a text is and all that can be found wrong with it.

        :param text: bytes are taken as UTF-8, or as UTF-16 where they begin with its byte order mark.
        :param at: the time to judge at, aware; the present by default.
        :raises TooLargeError: over the limit for tokens.
        :raises NotATokenError: nothing in it is a token, an answer or a request.
        """
        check_size(text, Limit.TOKEN, "what is to be inspected")
        if isinstance(text, bytes):
            text = decode_pasted(text)
        now = unix_seconds(utc_now() if at is None else at)
        if opaque.begins_like_token(text) and (signed := self._tokens.whole(text, now)) is not None:
            return signed
        stripped = text.strip()
        if not stripped:
            raise NotATokenError("there is nothing to inspect: the input is empty")
        return self._look(stripped, now)

    def _look(self, text: str, now: int) -> Inspection:
        message = read_message(text)
        if message is not None:
            return self._message(message, text, now)
        if _MARKUP.match(text):
            raise NotATokenError(
                "HTML or XML: a page, and no token",
                hint="such pages come from a proxy or a gateway: look at the URL and the status (curl -i)",
            )
        bare, around = unwrap(text)
        found = self._json_form(bare, now) or self._token(bare, now)
        return replace(found, around=around) if around else found

    # --- messages -----------------------------------------------------------------

    def _message(self, message: Message, text: str, now: int) -> Inspection:
        provider, reason = (self._provider, None) if self._provider else recognised(recognise(message))
        return InspectedMessage(
            text=text,
            now=now,
            message=message,
            tokens=tuple((found.where, self._inner(found.text, now, 0)) for found in message.tokens),
            findings=judge_message(message, provider, now),
            provider=provider,
            recognised_by=reason,
        )

    def _inner(self, text: str, now: int, depth: int) -> Inspection:
        """What stands inside something else: a token, or a text that is none."""
        try:
            return self._token(text, now, depth)
        except InputError:
            return self._opaque(text, now)

    # --- tokens -------------------------------------------------------------------

    def _json_form(self, text: str, now: int) -> Inspection | None:
        if not text.startswith("{"):
            return None
        try:
            document = parse_json_object(text.encode("utf-8", "replace"))
        except JsonError as error:
            if opaque.token_within(text):
                return None
            raise_alone(NotATokenError(f"neither a token nor an answer in strict JSON: {error.message}"))
        found = self._tokens.in_json(document, text, now)
        if found is None:
            raise _other_json(document)
        return found

    def _token(self, text: str, now: int, depth: int = 0) -> Inspection:
        """A token in compact form, or an opaque one."""
        if "~" in text and looks_like_token(text[: text.index("~")]):
            return self._tokens.sd_jwt(text, now, depth)
        if looks_like_token(text) and (not _WHITE.search(text) or has_unencoded_payload(text)):
            return self._tokens.compact(text, now, depth)
        joined = _WHITE.sub("", text)
        if joined != text and looks_like_token(joined) and opaque.is_opaque(joined):
            return replace(self._tokens.compact(joined, now, depth), around=BROKEN)
        if text in _NO_VALUES:
            raise NotATokenError(
                f"{text}, and no token: the answer had none",
                hint="inspect the whole answer instead: it says why",
            )
        if opaque.is_opaque(text):
            return self._opaque(text, now)
        if found := opaque.token_within(text):
            return replace(self._tokens.compact(found, now, depth), around=WITHIN)
        raise _nothing(text)

    def _opaque(self, text: str, now: int) -> InspectedOpaque:
        issuer = _issuer_of_placeholder(text)
        view = OpaqueView(
            length=len(text),
            dots=text.count("."),
            begins_like_token=opaque.begins_like_token(text),
            placeholder_of=None if issuer is None else issuer.title,
        )
        return InspectedOpaque(
            text=text,
            now=now,
            what=opaque.describe(text),
            findings=_OPAQUE.findings(view),
            provider=self._provider or issuer,
            recognised_by="its placeholder" if issuer and not self._provider else None,
        )


def inspect(
    text: str | bytes,
    *,
    provider: Provider | str | None = None,
    certificate: x509.Certificate | None = None,
    keys: Mapping[str, PrivateKey] | None = None,
    at: datetime | None = None,
) -> Inspection:
    """Say what a text is; the arguments are those of :class:`Inspector`."""
    return Inspector(provider=provider, certificate=certificate, keys=keys).inspect(text, at=at)


def _issuer_of_placeholder(text: str) -> Provider | None:
    """The system whose placeholder a text is."""
    for provider in map(get_provider, BUILT_IN):
        if provider.answer is not None and text in provider.answer.placeholders:
            return provider
    return None


def _other_json(document: JsonObject) -> NotATokenError:
    if "kty" in document or "keys" in document:
        return NotATokenError("a JWK or a JWK Set: keys, and no token", hint="`jwttool key show` reads a JWK")
    return NotATokenError(
        "a JSON object that is neither a token nor an answer or request of a token endpoint",
        hint="give the token itself, the whole HTTP answer, or its JSON body",
    )


def _nothing(text: str) -> NotATokenError:
    if text.startswith("-----BEGIN"):
        return NotATokenError(
            "PEM: a key or a certificate, and no token",
            hint="`jwttool key show` or `jwttool cert show` reads it",
        )
    return NotATokenError(
        "nothing in it is a token, an answer or a request",
        hint="give the token itself, the whole HTTP answer, its JSON body, or a form with client_assertion",
    )
