"""The four stories of ``jwttool demo``: from nothing to a token, then a request that is refused.

What somebody does outside of jwttool is played here: filling in the
configuration, agreeing at a bank, bringing a code.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from jwttool.cli.demo_stage import DemoFaultError, Result
from jwttool.edge.writing import write_public, write_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jwttool.cli.demo_stage import Stage
    from jwttool.sandbox.server.running import Sandbox

_CONFIG: Final = "jwttool.toml"
_WRONG: Final = "wrong.toml"
_PASS: Final = "--passphrase-file demo.pass"  # noqa: S105  # the name of a file
_WAIT: Final = 10

OP: Final = "op-mine"
WORLDLINE: Final = "worldline-mine"
KONSENTUS: Final = "konsentus-sandbox"
STET: Final = "stet-mine"


def _text(value: str) -> str:
    """A TOML string."""
    return json.dumps(value)


def _file(name: str) -> str:
    """A secret that stands in a file, in TOML."""
    return f'{{ file = "{name}" }}'


# What the wrong requests have different, in TOML; None leaves a setting out.
OP_MISTAKE: Final[Mapping[str, str | None]] = {
    "tls_key": _text("sandbox/clients/op-sandbox.key"),
    "tls_certificate": _text("sandbox/issued/op-sandbox.crt"),
    "tls_passphrase": None,
}
WORLDLINE_MISTAKE: Final[Mapping[str, str | None]] = {
    "kid": _text("00112233445566778899AABBCCDDEEFF00112233")
}


def op(stage: Stage, sandbox: Sandbox) -> Result:
    """Client id and secret, over mutual TLS; the token is encrypted."""
    stage.heading("OP Corporate Banking: client id and secret, over mutual TLS")
    stage.run(f"jwttool init op --name {OP} {_PASS}", shown=["wrote .*key", "wrote .*csr", "wrote .*toml"])
    stage.say(
        "Upload the CSR in OP API Admin, download the certificate: here the sandbox's inbox is the portal."
    )
    stage.upload("sandbox-mtls.csr", OP, "sandbox-mtls.crt")
    stage.run(f"jwttool cert match sandbox-mtls.key sandbox-mtls.crt {_PASS}", shown=["^PASS"])
    stage.say("OP API Admin shows clientId and clientSecret; the secret stands in a file of its own.")
    _fill(
        stage,
        OP,
        {
            "client_id": _text(sandbox.clients[OP].client_id),
            "client_secret": _file(f"sandbox/secrets/{OP}.secret"),
            **_server(sandbox),
        },
    )
    stage.token(f"jwttool token request {OP}", "op.token")
    stage.run(
        "jwttool token inspect @op.token",
        shown=["^Encrypted token", "^  alg ", "^  enc ", "^  ciphertext ", "^Only the holder"],
    )
    stage.say("Refused: the same client, with the key and certificate of another one.")
    _mistake(stage, OP, OP_MISTAKE)
    stage.refused(
        f"jwttool token request {OP} --config {_WRONG}",
        "sandbox-certificate",
        ["^No token", "^FAIL  answer-error"],
    )
    return Result("OP", "an encrypted token (JWE)", "another client's certificate")


def worldline(stage: Stage, sandbox: Sandbox) -> Result:
    """A signed assertion; the token is a signed JWT."""
    stage.heading("Worldline Open Banking: an assertion, signed with your key")
    stage.run(
        f'jwttool init worldline --name {WORLDLINE} {_PASS} --subject "CN=Example Oy,C=FI"',
        shown=["wrote .*key", "wrote .*csr", "wrote .*toml"],
    )
    stage.upload("keys/signing.csr", WORLDLINE, "keys/signing.crt")
    _fill(
        stage,
        WORLDLINE,
        {
            "client_id": _text(sandbox.clients[WORLDLINE].client_id),
            "realm": _text("example-realm"),
            "scope": _text("VOP WERO"),
            **_server(sandbox),
        },
    )
    stage.say("The kid that Worldline wants is the certificate's fingerprint; jwttool sets it by itself.")
    stage.run("jwttool cert fingerprint keys/signing.crt", shown=["."])
    stage.say("What would be sent, and whether it would be accepted, in the order in which a server looks:")
    stage.run(f"jwttool assertion mint {WORLDLINE}", into="assertion.jwt")
    stage.run(
        f"jwttool assertion verify @assertion.jwt {WORLDLINE}",
        shown=["assertion-kid ", "assertion-aud ", "assertion-signature ", "^PASS"],
    )
    stage.token(f"jwttool token request {WORLDLINE}", "worldline.token")
    stage.run(
        "jwttool token inspect @worldline.token",
        shown=["^Signed token", "access token", "^  alg ", "^  azp ", "^  scope ", "^  lives "],
    )
    stage.say(
        "Refused: a kid that is not the certificate's. jwttool warns, because a bank may have chosen one."
    )
    _mistake(stage, WORLDLINE, WORLDLINE_MISTAKE)
    stage.refused(
        f"jwttool token request {WORLDLINE} --config {_WRONG}",
        "assertion-kid",
        [r"\[send-kid\]", "^No token", "^FAIL  answer-error"],
    )
    return Result("Worldline", "a signed token (JWS)", "a kid that the server does not know")


def konsentus(stage: Stage, sandbox: Sandbox) -> Result:
    """A one-time code; the token is opaque."""
    stage.heading("Konsentus: a one-time code, for a bank that is registered")
    stage.say("No key and no certificate; what the registration gave stands in files and settings.")
    secrets = f"sandbox/secrets/{KONSENTUS}"
    client = sandbox.clients[KONSENTUS]
    _fill(
        stage,
        KONSENTUS,
        {
            "provider": _text("konsentus"),
            "client_id": _text(client.client_id),
            "client_secret": _file(f"{secrets}.secret"),
            "ccg_token": _file(f"{secrets}.ccg"),
            "fi_reference_id": _text(client.fi_reference_id or ""),
            "version": _text(client.version or ""),
            "redirect_uri": _text(client.redirect_uris[0]),
            **_server(sandbox),
        },
    )
    stage.say(
        "A payment service provider brings a code, good for 60 s; it is in code.txt, which only you can read."
    )
    write_secret(stage.folder / "code.txt", f"{sandbox.konsentus_code(KONSENTUS)}\n".encode())
    stage.token(f"jwttool token request {KONSENTUS} --code-file code.txt", "konsentus.token")
    stage.run("jwttool token inspect @konsentus.token", shown=["UUID|opaque|Opaque"])
    stage.say("Refused: the same code once more.")
    stage.refused(
        f"jwttool token request {KONSENTUS} --code-file code.txt",
        "sandbox-code",
        ["^No token", "^FAIL  answer-error"],
    )
    return Result("Konsentus", "an opaque token (UUID)", "a code that was used")


def stet(stage: Stage, sandbox: Sandbox) -> Result:
    """A customer's consent, and the QWAC; access and refresh token."""
    stage.heading("A bank on STET PSD2: a customer's consent, over mutual TLS with a QWAC")
    stage.run(f"jwttool key generate -o qwac.key --type ec {_PASS}", shown=["wrote qwac.key"])
    stage.run(
        "jwttool csr create --key qwac.key -o qwac.csr --psd2 qwac --role PSP_AI --role PSP_PI"
        " --organization-identifier PSDFR-ACPR-12345"
        f' --subject "CN=tpp.example.com,O=Example SA,C=FR" --dns tpp.example.com {_PASS}',
        shown=["wrote qwac.csr"],
    )
    stage.upload("qwac.csr", STET, "qwac.crt")
    stage.run(
        "jwttool qwac check qwac.crt --client-id PSDFR-ACPR-12345 --role PSP_AI",
        shown=["^  match ", "^  because ", "qwac-statements ", "qwac-roles ", "qwac-client-id ", "^PASS"],
    )
    _fill(
        stage,
        STET,
        {
            "provider": _text("stet"),
            "client_id": _text("PSDFR-ACPR-12345"),
            "authorization_endpoint": _text(f"{sandbox.base}/authorize"),
            "redirect_uri": _text(sandbox.clients[STET].redirect_uris[0]),
            "tls_key": _text("qwac.key"),
            "tls_certificate": _text("qwac.crt"),
            "tls_passphrase": _file("demo.pass"),
            **_server(sandbox),
        },
    )
    stage.run(f"jwttool token request {STET} --authorize", into="authorize.url")
    stage.say("The customer opens that URL and agrees; the browser comes back with a code: callback.txt.")
    _agree(stage, sandbox, "authorize.url", "callback.txt")
    stage.token(f"jwttool token request {STET} --code-file callback.txt", "stet.token")
    stage.files(f".{STET}.refresh-token")
    stage.run(
        "jwttool token inspect @stet.token --cert qwac.crt",
        shown=["^Signed token", "^  typ ", "^  scope ", "^  lives ", "x5t#S256|bound"],
    )
    stage.say(
        "Refused: the client_id of another provider, which the QWAC does not match. First nothing is sent:"
    )
    other = sandbox.clients["stet"].client_id
    _mistake(stage, STET, {"client_id": _text(other)})
    stage.run(f"jwttool token request {STET} --config {_WRONG} --authorize", into="wrong.url")
    _agree(stage, sandbox, "wrong.url", "wrong-callback.txt")
    asked = f"jwttool token request {STET} --config {_WRONG} --code-file wrong-callback.txt"
    stage.run(f"{asked} -o refused.token", shown=["^Not sent", "^FAIL  qwac-client-id"], expected=1)
    stage.say("And what the bank would have said:")
    stage.refused(f"{asked} --send-anyway", "qwac-client-id", ["^No token", "^FAIL  answer-error"])
    return Result("STET", "an access and a refresh token", "a client_id that is not the QWAC's")


PLAYS: Final = (op, worldline, konsentus, stet)


# --- what somebody does outside of jwttool --------------------------------------


def _server(sandbox: Sandbox) -> dict[str, str]:
    return {"server": _text(sandbox.base), "server_ca": _text("sandbox/ca.pem")}


def _fill(stage: Stage, client: str, values: Mapping[str, str | None]) -> None:
    """Fill in settings of a client's table, as one would in an editor."""
    path = stage.folder / _CONFIG
    text = with_settings(path.read_text(encoding="utf-8"), client, values)
    write_public(path, text.encode(), force=True)
    stage.settings(_CONFIG, client, _lines(values))


def _mistake(stage: Stage, client: str, values: Mapping[str, str | None]) -> None:
    """The same configuration with something wrong in it, in a file of its own."""
    text = with_settings((stage.folder / _CONFIG).read_text(encoding="utf-8"), client, values)
    write_public(stage.folder / _WRONG, text.encode(), force=True)
    stage.settings(f"{_WRONG}: {_CONFIG}, but", client, _lines(values))


def _lines(values: Mapping[str, str | None]) -> list[str]:
    return [f"# no {name}" if value is None else f"{name} = {value}" for name, value in values.items()]


_SETTING: Final = re.compile(r"(?:# )?(?P<name>\w+) = ")


def with_settings(text: str, client: str, values: Mapping[str, str | None]) -> str:
    """A configuration with other settings in the table of a client, which is made where there is none."""
    header = f"[clients.{client}]"
    before, found, rest = text.partition(f"{header}\n")
    table, following, after = rest.partition("\n[")
    kept = [
        line
        for line in table.splitlines()
        if line and not ((named := _SETTING.match(line)) and named["name"] in values)
    ]
    lines = [header, *kept, *_lines({name: value for name, value in values.items() if value is not None})]
    gap = "" if found or not before else "\n"
    return before + gap + "\n".join(lines) + "\n" + following + after


def _agree(stage: Stage, sandbox: Sandbox, url: str, into: str) -> None:
    """The customer's part: open the URL, agree, and be sent back with a code."""
    asked = urlsplit((stage.folder / url).read_text(encoding="ascii").strip())
    context = ssl.create_default_context(cafile=sandbox.authority)
    connection = http.client.HTTPSConnection("127.0.0.1", sandbox.port, timeout=_WAIT, context=context)
    try:
        connection.request("GET", f"{asked.path}?{asked.query}")
        back = connection.getresponse().getheader("Location", "")
    finally:
        connection.close()
    if "code=" not in back:
        raise DemoFaultError("the bank sent the customer back without a code")
    write_secret(stage.folder / into, f"{back}\n".encode())
