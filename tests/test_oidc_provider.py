"""Tokens from oidc-provider, which nobody here wrote: with `token request`, with curl, with openid-client.

After each way, nothing secret has been seen where other users of the machine could look.
"""

from __future__ import annotations

import functools
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from joserfc.jwk import ECKey, RSAKey

from tests import issue, oidc_provider
from tests.asking import quoted
from tests.lying_server import DAY, NOW, authority, server_certificate
from tests.shell import Done, User, one
from tests.tools import require_tool

if TYPE_CHECKING:
    from tests.oidc_provider import OpenIdProvider

RESOURCE = "https://api.example"
DOCUMENT = Path(__file__).parent.parent / "docs" / "token-request.md"

SIGNING: dict[str, Any] = {
    "RS256": functools.partial(issue.rsa_key, 310),
    "PS256": functools.partial(issue.rsa_key, 311),
    "ES256": functools.partial(issue.ec_key, 312),
}


def certificate_of(algorithm: str) -> Any:
    return authority().issue(
        SIGNING[algorithm](), f"{algorithm.lower()}.example", not_before=NOW - DAY, not_after=NOW + 9 * DAY
    )


def registered(algorithm: str) -> dict[str, Any]:
    """A client's registration, made without jwttool."""
    kind = ECKey if algorithm == "ES256" else RSAKey
    kid = certificate_of(algorithm).fingerprint(SHA1()).hex().upper()  # the kid of Worldline
    key = kind.import_key(issue.public_pem(SIGNING[algorithm]()), {"kid": kid, "use": "sig"})
    return {
        "client_id": f"client-{algorithm}",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": algorithm,
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "scope": "VOP WERO",
        "jwks": {"keys": [key.as_dict(private=False)]},
    }


SECRET = "c4n4ry-of-the-client-with-a-secret"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    modules = oidc_provider.node_modules()
    folder = tmp_path_factory.mktemp("provider")
    (folder / "server.key").touch(0o600)
    (folder / "server.key").write_bytes(issue.key_pem(issue.rsa_key(301)))
    (folder / "server.crt").write_bytes(issue.pem(server_certificate()))
    own = RSAKey.import_key(
        issue.key_pem(issue.rsa_key(313)), {"kid": "provider", "use": "sig", "alg": "RS256"}
    )
    with_secret = {
        "client_id": "client-secret",
        "client_secret": SECRET,
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["client_credentials"],
        "response_types": [],
        "redirect_uris": [],
        "scope": "VOP WERO",
    }
    settings = {
        "key": str(folder / "server.key"),
        "certificate": str(folder / "server.crt"),
        "jwks": {"keys": [own.as_dict(private=True)]},
        "clients": [*map(registered, SIGNING), with_secret],
        "resource": RESOURCE,
    }
    with oidc_provider.running(modules, folder, settings) as running:
        yield running


@dataclass
class Client:
    """A client of oidc-provider in a user's folder."""

    user: User
    provider: OpenIdProvider
    algorithm: str = "RS256"

    def write(self, **changes: str | None) -> None:
        """Its configuration: TOML values, as they stand; None leaves one out."""
        (self.user.folder / "ca.pem").write_bytes(issue.pem(authority().certificate))
        (self.user.folder / "signing.crt").write_bytes(issue.pem(certificate_of(self.algorithm)))
        key = self.user.folder / "signing.key"
        key.touch(0o600)
        key.write_bytes(issue.key_pem(SIGNING[self.algorithm]()))
        self.user.secrets |= {key.read_text().splitlines()[3]}
        settings: dict[str, str | None] = {
            "provider": '"worldline"',
            "client_id": quoted(f"client-{self.algorithm}"),
            "token_endpoint": quoted(self.provider.token_endpoint),
            "audience": quoted(self.provider.token_endpoint),
            "scope": '"VOP WERO"',
            "algorithm": quoted(self.algorithm),
            "key": '"signing.key"',
            "certificate": '"signing.crt"',
            "server_ca": '"ca.pem"',
        }
        lines = [f"{name} = {value}\n" for name, value in (settings | changes).items() if value is not None]
        (self.user.folder / "jwttool.toml").write_text(f"[clients.theirs]\n{''.join(lines)}")

    def ask(self, *more: str) -> Done:
        return self.user.jwttool("token", "request", "theirs", *more)

    def refused(self, *more: str) -> str:
        """Ask, be refused and told why in the end; what the server itself knows."""
        assert self.provider.no_refusal()
        done = self.ask(*more)
        assert (done.code, done.out) == (1, "")
        assert "No token: 127.0.0.1:" in done.err
        assert "answered 401" in done.err
        assert "invalid_client" in done.err
        detail = self.provider.refusal()
        self.user.nothing_leaked()
        return f"{detail}\n{done.err}"


@pytest.fixture
def theirs(tmp_path: Path, provider: OpenIdProvider) -> Client:
    provider.forget()
    client = Client(User(tmp_path), provider)
    client.write()
    return client


@pytest.mark.parametrize("algorithm", SIGNING)
def test_a_certified_provider_hands_over_a_token(theirs: Client, algorithm: str) -> None:
    theirs.algorithm = algorithm
    theirs.write()
    done = theirs.ask("-o", "token.txt")
    assert (done.code, done.out) == (0, "")
    assert "good for 5 min" in done.err
    token = theirs.user.token("token.txt")
    assert theirs.provider.no_refusal()

    inspected = theirs.user.inspect(token)
    assert (inspected["kind"], inspected["header"]["typ"]) == ("jws", "at+jwt")
    claims = inspected["claims"]
    assert (claims["iss"], claims["aud"]) == (theirs.provider.issuer, RESOURCE)
    assert (claims["client_id"], claims["scope"]) == (f"client-{algorithm}", "VOP WERO")
    theirs.user.nothing_leaked()


def test_the_token_is_verified_with_the_providers_own_keys(theirs: Client) -> None:
    user = theirs.user
    assert theirs.ask("-o", "token.txt").code == 0
    token = user.token("token.txt")
    for name, path in (("jwks.json", "jwks"), ("metadata.json", ".well-known/openid-configuration")):
        url = f"{theirs.provider.issuer}/{path}"
        assert (
            user.run(require_tool("curl"), "-sS", "--fail", "--cacert", "ca.pem", "-o", name, url).code == 0
        )
    options = ("--jwks", "jwks.json", "--audience", RESOURCE, "--profile", "access-token")
    of_issuer = ("--issuer-metadata", "metadata.json")
    verified = user.jwttool("token", "verify", "@token.txt", *options, *of_issuer, "--format", "json")
    assert (verified.code, verified.json["verdict"]) == (0, "pass"), verified.out + verified.err

    assert (
        user.jwttool("token", "verify", "@token.txt", *options, "--issuer", "https://other.example").code == 1
    )
    header, claims, signature = token.split(".")
    other = signature[:9] + ("A" if signature[9] != "A" else "B") + signature[10:]
    changed = user.jwttool("token", "verify", "-", *options, *of_issuer, stdin=f"{header}.{claims}.{other}")
    assert changed.code == 1
    assert "signature" in changed.out
    user.nothing_leaked()


def test_a_secret_works_with_the_provider_too(theirs: Client) -> None:
    theirs.user.secret("client.secret", f"{SECRET}\n")
    theirs.write(client_id='"client-secret"', client_secret='{ file = "client.secret" }')
    done = theirs.ask("--with", "secret", "-o", "token.txt")
    assert done.code == 0, done.err
    theirs.user.token("token.txt")
    theirs.user.secret("client.secret", f"{SECRET}-that-is-wrong\n")
    assert "invalid secret provided" in theirs.refused("--with", "secret")


def test_another_audience_is_refused(theirs: Client) -> None:
    theirs.write(audience='"https://other.example"')
    said = theirs.refused("--send-anyway")
    assert "audience (aud) must equal" in said


def test_another_key_is_not_sent_and_is_refused_when_it_is(theirs: Client) -> None:
    key = theirs.user.folder / "signing.key"
    key.write_bytes(issue.key_pem(issue.rsa_key(314)))
    done = theirs.ask()
    assert (done.code, done.out) == (1, "")
    assert "Not sent" in done.err
    assert "send-key-pair" in done.err
    said = theirs.refused("--send-anyway")
    assert "signature verification failed" in said


def test_a_kid_that_the_provider_does_not_have_is_refused(theirs: Client) -> None:
    kid = certificate_of("RS256").fingerprint(SHA1()).hex()  # in lower case
    theirs.write(kid=quoted(kid))
    assert "no applicable key found" in theirs.refused("--send-anyway")


def test_another_client_is_refused(theirs: Client) -> None:
    theirs.write(client_id='"nobody"')
    assert "client not found" in theirs.refused()


def test_a_service_that_the_client_does_not_have_is_refused(theirs: Client) -> None:
    done = theirs.ask("--scope", "IDEAL")
    assert (done.code, done.out) == (1, "")
    assert "answered 400" in done.err
    assert "invalid_scope" in done.err
    assert theirs.provider.refusal()
    theirs.user.nothing_leaked()


def test_less_than_was_asked_for_is_a_token_all_the_same(theirs: Client) -> None:
    done = theirs.ask("--scope", "VOP UNHEARD", "-o", "token.txt")
    assert (done.code, done.out) == (0, "")
    assert "scope VOP\n" in done.err
    assert theirs.user.inspect(theirs.user.token("token.txt"))["claims"]["scope"] == "VOP"
    theirs.user.nothing_leaked()


def test_an_authority_that_is_not_trusted_gets_no_request(theirs: Client) -> None:
    theirs.write(server_ca=None)
    done = theirs.ask()
    assert (done.code, done.out) == (4, "")
    assert "certificate" in done.err
    assert "--server-ca" in done.err
    assert theirs.provider.no_refusal()
    theirs.user.nothing_leaked()


def test_curl_is_given_a_token_with_the_printed_command_and_not_twice(theirs: Client) -> None:
    done = theirs.ask("--dry-run", "-o", "curl.conf")
    assert (done.code, done.out) == (0, "curl --disable --config curl.conf\n")
    first = theirs.user.curl()
    body = first.out.partition("\n\n")[2]
    theirs.user.secrets.add(json.loads(body)["access_token"])
    inspected = theirs.user.inspect(first.out)
    assert (inspected["kind"], inspected["status"]) == ("response", 200)
    assert inspected["tokens"]["access_token"]["claims"]["client_id"] == "client-RS256"

    second = theirs.user.inspect(theirs.user.curl().out)
    assert second["status"] == 401
    assert [finding["id"] for finding in second["findings"]] == ["answer-error"]
    assert "only be used once" in theirs.provider.refusal()
    theirs.user.nothing_leaked()


def test_a_changed_assertion_is_refused(theirs: Client) -> None:
    theirs.ask("--dry-run", "-o", "curl.conf")
    configuration = theirs.user.folder / "curl.conf"
    text = configuration.read_text()
    signature = one(r"client_assertion=[\w-]+\.[\w-]+\.([\w-]+)", text)
    changed = signature[:9] + ("A" if signature[9] != "A" else "B") + signature[10:]
    configuration.write_text(text.replace(signature, changed))
    inspected = theirs.user.inspect(theirs.user.curl().out)
    assert (inspected["status"], inspected["members"]["error"]) == (401, "invalid_client")
    assert [finding["id"] for finding in inspected["findings"]] == ["answer-error"]
    assert theirs.provider.refusal() == "signature verification failed"
    theirs.user.nothing_leaked()


def test_openid_client_gets_a_token_as_the_docs_say(theirs: Client, tmp_path: Path) -> None:
    modules = oidc_provider.node_modules()
    if not (modules / "openid-client").is_dir():
        oidc_provider.unavailable("openid-client is not installed")
    if shutil.which("jwttool", path=str(Path(sys.executable).parent)) is None:
        oidc_provider.unavailable("jwttool's command is not installed")
    (tmp_path / "node_modules").symlink_to(modules)
    script = one(r"^```js\n([^`]*openid-client[^`]*)^```$", DOCUMENT.read_text())
    (tmp_path / "token.mjs").write_text(script)
    done = theirs.user.run(
        oidc_provider.node(),
        "token.mjs",
        "theirs",
        NODE_EXTRA_CA_CERTS=str(tmp_path / "ca.pem"),
        ISSUER=theirs.provider.issuer,
        TOKEN_ENDPOINT=theirs.provider.token_endpoint,
        CLIENT_ID="client-RS256",
    )
    assert (done.code, done.out) == (0, "300\n"), done.err
    assert theirs.provider.no_refusal()
    theirs.user.nothing_leaked()
