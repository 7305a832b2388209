"""What was inspected, as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from jwttool.checks.token.kinds import kind_of
from jwttool.encoding import b64url_encode
from jwttool.inspection.explain import explain
from jwttool.inspection.model import (
    InspectedJwe,
    InspectedJws,
    InspectedMessage,
    InspectedOpaque,
    Inspection,
)
from jwttool.render.masking import cut, masked, masked_member, masked_payload
from jwttool.render.message import shown_findings, shown_headers, shown_members
from jwttool.render.report import check_json
from jwttool.times import rfc3339_from_unix

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.inspection.model import Disclosure, TokenTime
    from jwttool.jose.encrypted import EncryptedToken
    from jwttool.render.answers_inspection import DisclosureDetail, InspectionDetail, PartDetail, TimeDetail


def inspection_json(
    inspection: Inspection, *, show_secrets: bool = False, brief: bool = False
) -> InspectionDetail:
    """An inspection in the shape of :class:`InspectionDetail`.

    :param brief: leave out what the members mean, and the parts that are cut anyway: for streams of many.
    """
    return _Describer(show_secrets=show_secrets, brief=brief).describe(inspection)


class _Describer:
    """Carries the two choices through what is nested."""

    __slots__ = ("_brief", "_show")

    def __init__(self, *, show_secrets: bool, brief: bool) -> None:
        self._show = show_secrets
        self._brief = brief

    def describe(self, inspection: Inspection) -> InspectionDetail:
        inner = inspection.inner
        answer: InspectionDetail = {
            "kind": inspection.kind.value,
            "form": _form(inspection),
            "system": inspection.system,
            "recognised_by": inspection.recognised_by,
            "around": inspection.around,
            "characters": len(inspection.text),
            "header": self._seen(inspection.header),
            "claims": self._seen(inspection.claims),
            "times": {time.name: _time(time, inspection.now) for time in inspection.times()},
            "lifetime": inspection.lifetime(),
            "findings": [check_json(check) for check in shown_findings(inspection)],
            "inner": None if inner is None else self.describe(inner),
        }
        if not self._brief:
            answer["explanations"] = [
                {"where": each.where, "meaning": each.text, "reference": each.reference}
                for each in explain(inspection)
            ]
        match inspection:
            case InspectedJws():
                self._signed(inspection, answer)
            case InspectedJwe():
                self._encrypted(inspection, answer)
            case InspectedMessage():
                self._message(inspection, answer)
            case _:
                pass
        return answer

    def _seen(self, value: JsonObject | None) -> Any:
        return value if value is None or self._show else masked(value)

    def _part(self, name: str, data: bytes, undecoded: frozenset[str]) -> PartDetail:
        encoded = b64url_encode(data)
        value = encoded if self._show else cut(encoded)
        return {"name": name, "bytes": None if name in undecoded else len(data), "value": value}

    def _signed(self, inspection: InspectedJws, answer: InspectionDetail) -> None:
        token = inspection.token
        if not self._brief:
            guess = kind_of(inspection.header, inspection.claims or {})
            answer["seems"] = None if guess is None else guess.kind.value
        if self._show or not self._brief:
            answer["parts"] = [self._part("signature", token.signature, token.undecoded)]
        if inspection.payload is not None:
            text = inspection.payload.decode("utf-8", "replace")
            answer["payload"] = text if self._show else masked_payload(text)
        if inspection.unprotected:
            answer["unprotected"] = self._seen(inspection.unprotected)
        if inspection.others:
            answer["signatures"] = [
                {"header": self._seen(other.token.header), "unprotected": self._seen(other.unprotected)}
                for other in inspection.others
            ]
        if inspection.disclosures:
            answer["disclosures"] = [self._disclosure(each) for each in inspection.disclosures]

    def _disclosure(self, disclosure: Disclosure) -> DisclosureDetail:
        value = disclosure.value if self._show else masked_member(disclosure.name or "", disclosure.value)
        return {"name": disclosure.name, "value": value, "readable": disclosure.readable}

    def _encrypted(self, inspection: InspectedJwe, answer: InspectionDetail) -> None:
        if self._show or not self._brief:
            answer["parts"] = [
                self._part(name, data, inspection.token.undecoded)
                for name, data in parts_of(inspection.token)
            ]
        answer["made_for"] = inspection.made_for
        answer["keys"] = [
            {"file": each.name, "fits": each.fit.fits, "reason": each.fit.reason} for each in inspection.fits
        ]
        if inspection.unprotected:
            answer["unprotected"] = self._seen(inspection.unprotected)
        if inspection.others:
            answer["recipients"] = [
                {"header": self._seen(other.token.header), "unprotected": self._seen(other.unprotected)}
                for other in inspection.others
            ]

    def _message(self, inspection: InspectedMessage, answer: InspectionDetail) -> None:
        message = inspection.message
        answer["status"] = message.status
        headers = shown_headers(inspection, show_secrets=self._show)
        answer["headers"] = None if headers is None else [list(header) for header in headers]
        answer["members"] = shown_members(inspection, show_secrets=self._show)
        answer["tokens"] = {where: self.describe(token) for where, token in inspection.tokens}


def parts_of(token: EncryptedToken) -> tuple[tuple[str, bytes], ...]:
    """The parts of an encrypted token after its header."""
    return (
        ("encrypted_key", token.encrypted_key),
        ("iv", token.iv),
        ("ciphertext", token.ciphertext),
        ("tag", token.tag),
    )


def _form(inspection: Inspection) -> str:
    match inspection:
        case InspectedJws() | InspectedJwe():
            return inspection.form.value
        case InspectedMessage():
            return inspection.message.form
        case InspectedOpaque():
            return inspection.what
        case _:
            return inspection.kind.value


def _time(time: TokenTime, now: int) -> TimeDetail:
    return {
        "value": time.value,
        "time": rfc3339_from_unix(time.value),
        "seconds": seconds if math.isfinite(seconds := time.value - now) else None,
    }
