"""All addresses of the sandbox: a request goes to its system, and an answer comes out, always."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from jwttool.encoding import printable
from jwttool.errors import JwtToolError, UsageError
from jwttool.sandbox import konsentus, op, portal, stet, worldline
from jwttool.sandbox.exchange import (
    FAULT,
    MOST_BODY,
    NO_STORE,
    Answer,
    Kind,
    Refusal,
    Request,
    json_body,
)
from jwttool.sandbox.faults import WHAT, FaultName, clock, dressed, parse_faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwttool.sandbox.bank import Bank
    from jwttool.sandbox.faults import Fault

INDEX: Final = "/sandbox"
AUTHORITY: Final = "/sandbox/ca.pem"
CODE: Final = "/sandbox/code"


@dataclass(frozen=True, slots=True)
class _Resource:
    """What is at an address: who answers, who refuses, and with which methods."""

    answer: Callable[[Request, Bank], Answer]
    refuse: Callable[[Refusal, Request, Bank], Answer]
    methods: tuple[str, ...] = ("POST",)


def _plain(refusal: Refusal, request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the systems do
    """A refusal of what no bank has: one line of text."""
    status = {Kind.UNKNOWN: 404, Kind.METHOD: 405, Kind.TOO_LARGE: 413}.get(refusal.kind, 400)
    return Answer(
        status=status,
        body="".join(f"{printable(reason)}\n" for reason in refusal.reasons).encode(),
        content_type="text/plain; charset=utf-8",
        headers=NO_STORE,
        reasons=refusal.reasons,
        client=refusal.client,
    )


def _index(request: Request, bank: Bank) -> Answer:
    """What there is here, for who looks with a browser or curl. No secret is among it."""
    lines = [
        "The sandbox of jwttool. Its certificates, clients and tokens are worth nothing.",
        "",
        f"OP          POST {request.base}{op.PATH}",
        f"Worldline   POST {request.base}{worldline.PATH}",
        f"            GET  {request.base}{worldline.METADATA}",
        f"            GET  {request.base}{worldline.KEYS}",
        f"Konsentus   POST {request.base}{konsentus.PATH}",
        f"STET        GET  {request.base}{stet.AUTHORIZE}",
        f"            POST {request.base}{stet.PATH}",
        f"            GET  {request.base}{stet.ACCOUNTS}",
        f"sandbox     GET  {request.base}{AUTHORITY}",
        f"            POST {request.base}{portal.CSR}?client=NAME   signs the CSR in the body",
        f"            POST {request.base}{CODE}?client=NAME  a one-time code of Konsentus",
        "",
        "clients:",
        *(
            f"  {client.name}: {client.system}, client_id {printable(client.client_id, 80)}"
            for client in bank.clients
        ),
        "",
        f"faults, in a header {FAULT}:",
        *(f"  {name}: {what}" for name, what in WHAT.items()),
    ]
    return Answer(status=200, body="".join(f"{line}\n" for line in lines).encode(), content_type=_TEXT)


_TEXT: Final = "text/plain; charset=utf-8"


def _authority(request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the systems do
    return Answer(
        status=200, body=bank.authority.public_bytes(Encoding.PEM), content_type="application/x-pem-file"
    )


def _code(request: Request, bank: Bank) -> Answer:
    """A one-time code of Konsentus, alone, as a PSP would hand it over."""
    asked = request.parameters()
    client = bank.clients.named(asked.get("client", ""))
    if client is None or client.system != "konsentus":
        raise Refusal(Kind.REQUEST, "sandbox-code: name a client of Konsentus with ?client=NAME")
    code = konsentus.new_code(
        bank, client, request.now, redirect_uri=asked.get("redirect_uri"), state=asked.get("state")
    )
    return Answer(
        status=201, body=f"{code}\n".encode(), content_type=_TEXT, headers=NO_STORE, client=client.name
    )


_RESOURCES: Final = {
    op.PATH: _Resource(op.answer, op.refuse),
    worldline.PATH: _Resource(worldline.answer, worldline.refuse),
    worldline.KEYS: _Resource(worldline.keys, worldline.refuse, ("GET",)),
    worldline.METADATA: _Resource(worldline.metadata, worldline.refuse, ("GET",)),
    konsentus.PATH: _Resource(konsentus.answer, konsentus.refuse),
    stet.AUTHORIZE: _Resource(stet.authorize, stet.refuse, ("GET",)),
    stet.PATH: _Resource(stet.answer, stet.refuse),
    stet.ACCOUNTS: _Resource(stet.accounts, stet.refuse, ("GET",)),
    portal.CSR: _Resource(portal.post_csr, _plain),
    CODE: _Resource(_code, _plain),
    AUTHORITY: _Resource(_authority, _plain, ("GET",)),
    INDEX: _Resource(_index, _plain, ("GET",)),
    "/": _Resource(_index, _plain, ("GET",)),
}


def respond(request: Request, bank: Bank, faults: tuple[Fault, ...] = ()) -> Answer:
    """The answer to a request, whatever it is.

    :param faults: those of the whole server; a request may ask for more.
    """
    resource = _RESOURCES.get(request.path) or _nothing(request)
    try:
        asked = request.header(FAULT)
        faults = (*faults, *(() if asked is None else parse_faults(asked)))
    except UsageError as error:
        refusal = Refusal(Kind.REQUEST, f"sandbox-fault: {error.message}: {error.hint}")
        return resource.refuse(refusal, request, bank)
    moved = replace(request, at=request.at + timedelta(seconds=clock(faults)))
    return dressed(_with_faults(resource, moved, bank, faults), faults)


def _nothing(request: Request) -> _Resource:
    if request.path.startswith("/auth/realms/"):
        return _Resource(_no_realm, worldline.refuse, _ALL)
    return _Resource(_nowhere, _plain, _ALL)


_ALL: Final = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")


def _nowhere(request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the systems do
    raise Refusal(Kind.UNKNOWN, f"sandbox-address: there is nothing here; GET {INDEX} says what there is")


def _no_realm(request: Request, bank: Bank) -> Answer:  # noqa: ARG001  # as the systems do
    raise Refusal(
        Kind.UNKNOWN,
        f"sandbox-address: nothing is here; the realm is {worldline.REALM}, tokens are at {worldline.PATH}",
        words="Realm does not exist",
    )


def _with_faults(resource: _Resource, request: Request, bank: Bank, faults: tuple[Fault, ...]) -> Answer:
    names = {fault.name for fault in faults}
    if FaultName.SERVER_ERROR in names:
        return Answer(status=500, body=json_body({"error": "server_error"}))
    if FaultName.UNAVAILABLE in names:
        body = json_body({"error": "temporarily_unavailable"})
        return Answer(status=503, body=body, headers=(("Retry-After", "1"),))
    if FaultName.STALE_KEY in names:
        bank = bank.with_stale_keys(request.at)
    return _judged(resource, request, bank)


def _refuse_form(resource: _Resource, request: Request) -> None:
    """A method that is not for this address, and a body that is too large."""
    if request.method not in resource.methods:
        raise Refusal(
            Kind.METHOD,
            f"request-method: the method is {printable(request.method, 20)}, not {resource.methods[0]}",
        )
    if len(request.body) > MOST_BODY:
        raise Refusal(Kind.TOO_LARGE, f"sandbox-size: the body has more than {MOST_BODY:,} bytes")


def _judged(resource: _Resource, request: Request, bank: Bank) -> Answer:
    try:
        _refuse_form(resource, request)
        return resource.answer(request, bank)
    except Refusal as refusal:
        answer = resource.refuse(refusal, request, bank)
        if answer.status == 405:
            return replace(answer, headers=(*answer.headers, ("Allow", ", ".join(resource.methods))))
        return answer
    except JwtToolError as error:  # a store that is full, say: the server's fault, and it says so
        return Answer(
            status=500,
            body=json_body({"error": "server_error"}),
            reasons=(f"sandbox-error: {error.message}",),
        )
