"""What was inspected, as text for somebody who looks for a mistake at five in the afternoon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jwttool.checks.token.kinds import TokenKind, kind_of
from jwttool.encoding import printable, shown
from jwttool.inspection.explain import explain
from jwttool.inspection.model import (
    Form,
    InspectedJwe,
    InspectedJws,
    InspectedMessage,
    InspectedOpaque,
)
from jwttool.render.document import Document, Line, Role, Span
from jwttool.render.masking import cut, masked, masked_member, masked_payload
from jwttool.render.members import LONGEST, MOST, Look, member_table, moment_spans, say_rest, value_text
from jwttool.render.message import shown_findings, shown_headers, shown_members
from jwttool.render.report import check_document
from jwttool.render.timeline import timeline
from jwttool.times import duration

if TYPE_CHECKING:
    from jwttool.encoding import JsonObject
    from jwttool.inspection.model import Disclosure, Inspection

_SIGNED_ROLES: Final = (Role.HEADER, Role.PAYLOAD, Role.SIGNATURE)
_ENCRYPTED_ROLES: Final = (Role.HEADER, Role.ENCRYPTED_KEY, Role.IV, Role.PAYLOAD, Role.SIGNATURE)


def inspection_document(inspection: Inspection, look: Look) -> Document:
    """All that is known of it: what it is, its members explained, its times, what is wrong, what to do."""
    document = Document()
    document.line(Span(_title(inspection), Role.HEADING))
    _facts(document, inspection)
    match inspection:
        case InspectedMessage():
            _message(document, inspection, look)
        case InspectedJws() | InspectedJwe():
            _token(document, inspection, look)
        case InspectedOpaque():
            document.line()
            document.line(
                "  ", Span(inspection.text if look.show_secrets else cut(inspection.text), whole=True)
            )
        case _:
            pass
    _findings(document, inspection)
    if not look.verified and (next_step := _next_step(inspection)):
        document.line()
        for line in next_step.splitlines():
            document.line(Span(line, Role.LABEL))
    for where, token in _nested(inspection):
        document.line()
        document.line(Span(f"── {where} ".ljust(60, "─"), Role.LABEL))
        document.extend(inspection_document(token, look))
    return document


def _title(inspection: Inspection) -> str:
    size = f"{len(inspection.text):,} characters"
    match inspection:
        case InspectedJws():
            return f"Signed token (JWS), {inspection.form.value}, {size}"
        case InspectedJwe():
            return f"Encrypted token (JWE), {inspection.form.value}, {size}"
        case InspectedOpaque():
            return f"Opaque token: {inspection.what}"
        case InspectedMessage():
            status = f" {inspection.message.status}" if inspection.message.status is not None else ""
            return f"{inspection.kind.value.capitalize()}: {inspection.message.form}{status}"
        case _:
            return inspection.kind.value


def _facts(document: Document, inspection: Inspection) -> None:
    if inspection.around is not None:
        document.line("  found in ", inspection.around)
    if isinstance(inspection, InspectedJws) and (
        guess := kind_of(inspection.header, inspection.claims or {})
    ):
        document.line(
            "  it seems to be ", Span(guess.kind.value, Role.ACCENT), Span(f"  {guess.evidence}", Role.LABEL)
        )
    if inspection.provider is not None:
        reason = inspection.recognised_by
        why = f"recognised by {reason}" if reason else "named with --provider"
        document.line("  ", Span(inspection.provider.title, Role.ACCENT), Span(f"  {why}", Role.LABEL))


def _nested(inspection: Inspection) -> tuple[tuple[str, Inspection], ...]:
    if isinstance(inspection, InspectedMessage):
        return inspection.tokens
    if inspection.inner is None:
        return ()
    key_binding = isinstance(inspection, InspectedJws) and inspection.form is Form.SD_JWT
    return (("the key binding" if key_binding else "inside it", inspection.inner),)


# --- tokens -------------------------------------------------------------------


def _token(document: Document, inspection: InspectedJws | InspectedJwe, look: Look) -> None:
    document.line()
    document.lines.append(_parts(inspection, look))
    meanings = {each.where: each.text for each in explain(inspection)}
    if inspection.header:
        of_header = _within(meanings, "header.")
        member_table(document, "Header", _seen(inspection.header, look), of_header, look, role=Role.HEADER)
    if inspection.unprotected:
        unprotected = _seen(inspection.unprotected, look)
        member_table(document, "Unprotected header", unprotected, {}, look, role=Role.WARN)
    if inspection.claims is not None:
        below = {time.name: moment_spans(time, inspection.now, look) for time in inspection.times()}
        of_claims = _within(meanings, "claims.")
        claims = _seen(inspection.claims, look)
        member_table(document, "Claims", claims, of_claims, look, role=Role.PAYLOAD, below=below)
    if isinstance(inspection, InspectedJws):
        _signed(document, inspection, look)
    else:
        _encrypted(document, inspection)


def _seen(members: JsonObject, look: Look) -> JsonObject:
    shown: JsonObject = members if look.show_secrets else masked(members)
    return shown


def _within(meanings: dict[str, str], prefix: str) -> dict[str, str]:
    """The meanings of the members of one object, by their names."""
    return {where.removeprefix(prefix): text for where, text in meanings.items() if where.startswith(prefix)}


def _parts(inspection: InspectedJws | InspectedJwe, look: Look) -> Line:
    """The parts of a token, each in its own colour."""
    signed = isinstance(inspection, InspectedJws)
    roles = _SIGNED_ROLES if signed else _ENCRYPTED_ROLES
    if inspection.form in {Form.FLATTENED, Form.GENERAL}:
        text = inspection.text if look.show_secrets else f"JSON of {len(inspection.text):,} characters"
        return (Span("  "), Span(text, whole=True))
    token, *tail = inspection.text.split("~") if inspection.form is Form.SD_JWT else [inspection.text]
    spans: list[Span] = [Span("  ")]
    for number, part in enumerate(token.split(".")):
        role = roles[min(number, len(roles) - 1)]
        spans += [Span(".")] * (number > 0)
        spans.append(Span(part if look.show_secrets else cut(part), role, whole=True))
    for part in tail[:MOST]:
        spans += [Span("~"), Span(part if look.show_secrets else cut(part), whole=True)]
    return tuple(spans)


def _signed(document: Document, inspection: InspectedJws, look: Look) -> None:
    if inspection.payload:
        document.heading("Payload, as it stands")
        text = inspection.payload.decode("utf-8", "replace")
        visible = text if look.show_secrets else masked_payload(text)
        document.line("  ", Span(value_text(visible, look), Role.PAYLOAD, whole=look.show_secrets))
    if inspection.disclosures:
        document.heading("Disclosed")
        for each in inspection.disclosures[:MOST]:
            name = Span(printable(each.name, 60) if each.name is not None else "(element)", Role.PAYLOAD)
            value = value_text(_disclosed(each, look), look) if each.readable else "cannot be read"
            document.line("  ", name, "  ", Span(value, whole=look.show_secrets))
        say_rest(document, len(inspection.disclosures))
    document.heading("Life and signature")
    _life(document, inspection, look)
    if "signature" not in inspection.token.undecoded:
        document.line("  ", Span(_signature(inspection, look), Role.SIGNATURE))
    for number, other in enumerate(inspection.others, start=2):
        document.line(
            "  ",
            Span(f"signature {number}: {value_text(_seen(other.token.header, look), look)}", Role.SIGNATURE),
        )


def _disclosed(disclosure: Disclosure, look: Look) -> Any:
    return disclosure.value if look.show_secrets else masked_member(disclosure.name or "", disclosure.value)


def _life(document: Document, inspection: Inspection, look: Look) -> None:
    times = {time.name: time.value for time in inspection.times()}
    start, end = times.get("iat", times.get("nbf")), times.get("exp")
    if start is not None and end is not None and start < end:
        document.line("  ", f"lives {duration(end - start)}")
        if look.pictures:
            document.line("  ", *timeline(start, end, inspection.now, ascii_only=look.ascii_only))
    elif end is None:
        document.line("  it does not say when it ends")


def _signature(inspection: InspectedJws, look: Look) -> str:
    octets = len(inspection.token.signature)
    if not octets:
        return "no signature"
    algorithm = inspection.token.header.get("alg")
    size = f", made by an RSA key of {octets * 8} bits" if str(algorithm)[:2] in {"RS", "PS"} else ""
    return f"signature of {octets:,} bytes{size}" + ("" if look.verified else "; not verified")


def _encrypted(document: Document, inspection: InspectedJwe) -> None:
    token = inspection.token
    document.heading("Without the key")
    document.fields(
        {
            "made for": inspection.made_for,
            "encrypted key": f"{len(token.encrypted_key):,} bytes",
            "iv": f"{len(token.iv):,} bytes",
            "ciphertext": f"{len(token.ciphertext):,} bytes",
            "tag": f"{len(token.tag):,} bytes",
        }
    )
    for number, other in enumerate(inspection.others, start=2):
        document.line("  ", Span(f"recipient {number}: {other.made_for}", Role.ENCRYPTED_KEY))
    if inspection.fits:
        document.heading("Your keys")
        for each in inspection.fits:
            mark = Span("fits ", Role.GOOD) if each.fit.fits else Span("no   ", Role.BAD)
            document.line("  ", mark, "  ", each.name, "  ", Span(each.fit.reason, Role.LABEL))


# --- messages -----------------------------------------------------------------


def _message(document: Document, inspection: InspectedMessage, look: Look) -> None:
    message = inspection.message
    if headers := shown_headers(inspection, show_secrets=look.show_secrets):
        document.heading("Headers")
        for name, value in headers[:MOST]:
            document.line("  ", Span(printable(name, 60), Role.HEADER), "  ", printable(value, LONGEST))
    members = shown_members(inspection, show_secrets=look.show_secrets)
    meanings = {each.where: each.text for each in explain(inspection)}
    envelope = message.envelope
    if envelope is not None and isinstance(inside := members.pop(envelope, None), dict):
        of_inside = _within(meanings, f"{envelope}.")
        member_table(document, f"Members of {envelope}", inside, of_inside, look, role=Role.ACCENT)
    if members:
        member_table(document, "Members", members, meanings, look, role=Role.ACCENT)


# --- what is wrong, what to do ------------------------------------------------


def _findings(document: Document, inspection: Inspection) -> None:
    if not inspection.findings:
        return
    document.heading("Findings")
    width = max(len(check.id) for check in inspection.findings)
    for check in shown_findings(inspection):
        document.extend(check_document(check, width))


def _next_step(inspection: Inspection) -> str | None:
    match inspection:
        case InspectedJws():
            return _verification(inspection)
        case InspectedJwe():
            return "Only the holder of the key can open it: `jwttool token decrypt`, if that is you."
        case _:
            return None


def _verification(inspection: InspectedJws) -> str:
    claims = inspection.claims or {}
    guess = kind_of(inspection.header, claims)
    if guess is None or guess.kind is not TokenKind.CLIENT_ASSERTION:
        return "Nothing here was verified: `jwttool token verify` checks the signature."
    client, audience = (shown(claims.get(name)).strip('"') for name in ("sub", "aud"))
    return (
        "Nothing here was verified. Every reason why the server would refuse it:\n"
        f"  jwttool assertion verify @FILE --cert CERT --client-id {client} --audience {audience}"
    )
