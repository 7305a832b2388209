"""``jwttool assertion``: mint and verify client assertions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from jwttool.certificates.form_names import FORM_NAMES
from jwttool.cli.clients import Choice, refuse_missing, settings
from jwttool.cli.exits import Exit
from jwttool.cli.options import (
    JSON,
    ClientName,
    FileName,
    ProviderName,
    at_option,
    config_option,
    format_option,
    passphrase_options,
)
from jwttool.cli.tokens import read_token
from jwttool.edge.terminal import print_document, print_json, print_product, warn
from jwttool.encoding import parse_json
from jwttool.errors import JsonError, UsageError, raise_alone
from jwttool.jose.algorithms import ALGORITHMS

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.assertion import MintedAssertion
    from jwttool.cli.clients import Settings
    from jwttool.edge.passphrases import PassphraseSource


@click.group()
def assertion() -> None:
    """Mint and verify client assertions (RFC 7523)."""


def _provider_option(command: Any) -> Any:
    return click.option(
        "--provider",
        type=ProviderName(),
        metavar="P",
        help="The system whose rules hold.  [default: the CLIENT's, or worldline]",
    )(command)


def _kid_options(command: Any) -> Any:
    command = click.option("--kid", metavar="LITERAL", help="A kid that the system handed out, as it is.")(
        command
    )
    return click.option(
        "--kid-as",
        type=click.Choice(FORM_NAMES),
        help="The form of fingerprint that kid is.  [default: the system's]",
    )(command)


@assertion.command()
@click.argument("client", required=False, type=ClientName())
@click.option(
    "--key", type=FileName(), metavar="FILE", help="The private key that signs ('-' for standard input)."
)
@click.option(
    "--cert", type=FileName(), metavar="FILE", help="Its certificate, whose fingerprint is the kid."
)
@click.option("--client-id", metavar="ID", help="The client id: iss and sub.")
@click.option(
    "--audience", metavar="URL", help="aud, one string: the issuer's (for Worldline the realm's) URL."
)
@_provider_option
@click.option(
    "--lifetime", type=click.IntRange(min=1), metavar="SECONDS", help="From iat to exp.  [default: 60]"
)
@click.option(
    "--alg", type=click.Choice(ALGORITHMS), help="The algorithm.  [default: RS256, or ES256 with an EC key]"
)
@_kid_options
@click.option(
    "--typ", metavar="TYPE", help="JWT, client-authentication+jwt, or none to leave it out.  [default: JWT]"
)
@click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="NAME=VALUE",
    help="One more claim, or another value; JSON, else a string.",
)
@click.option("--omit", multiple=True, metavar="NAME", help="Leave a claim out.")
@click.option(
    "--as",
    "output",
    type=click.Choice(["jwt", "form", "json"]),
    default="jwt",
    show_default=True,
    help="The token alone, or the fields of the token request around it.",
)
@click.option(
    "--scope", metavar="SCOPE", help="The scope for --as form and json: services, separated by spaces."
)
@at_option
@config_option
@passphrase_options
def mint(
    client: str | None,
    key: str | None,
    cert: str | None,
    client_id: str | None,
    audience: str | None,
    provider: str | None,
    lifetime: int | None,
    alg: str | None,
    kid_as: str | None,
    kid: str | None,
    typ: str | None,
    claims: tuple[str, ...],
    omit: tuple[str, ...],
    output: str,
    scope: str | None,
    at: datetime,
    config: str | None,
    passphrase: PassphraseSource,
) -> None:
    """Mint a client assertion and print it, alone, on standard output.

    Without options everything comes from CLIENT in jwttool.toml. The token is
    verified before it leaves, by the rules of `assertion verify`.

    \b
      jwttool assertion mint worldline-test
      jwttool assertion mint --key signing.key --cert signing.crt \\
          --client-id 5734699 --audience https://example-domain/auth/realms/example-realm
      jwttool assertion mint worldline-test --as form | curl --data @- TOKEN_ENDPOINT
    """
    chosen = settings(
        client,
        config,
        provider=provider,
        client_id=client_id,
        audience=audience,
        key=key,
        certificate=cert,
        passphrase=passphrase,
        kid=kid,
        algorithm=alg,
        lifetime=lifetime,
        scope=scope,
    )
    # A flag for the form beats a literal kid of the configuration.
    literal = kid if kid_as else chosen.kid
    given = _parse_claims(claims)
    refuse_missing(
        client,
        Choice(chosen.key, "the private key", "--key", "key"),
        Choice(chosen.client_id or given.get("sub"), "the client id", "--client-id", "client_id"),
        Choice(chosen.audience or given.get("aud"), "the audience", "--audience", "server and realm"),
        Choice(chosen.certificate or literal, "the certificate", "--cert", "certificate"),
    )
    minted = _mint(chosen, literal, kid_as, typ, given, omit, at)
    for check in minted.warnings:
        warn(f"{check.message}; {check.hint} [{check.reference}]")
    _print_minted(minted, output, chosen)


def _mint(
    chosen: Settings,
    kid: str | None,
    kid_form: str | None,
    typ: str | None,
    claims: dict[str, Any],
    omit: tuple[str, ...],
    at: datetime,
) -> MintedAssertion:
    from jwttool.assertion import mint as mint_assertion
    from jwttool.edge.material import read_certificate, read_private_key

    certificate = None
    if chosen.certificate is not None:
        certificate = read_certificate(chosen.certificate, chosen.passphrase)
    return mint_assertion(
        read_private_key(chosen.key or "", chosen.passphrase).private_key,
        client_id=chosen.client_id or claims["sub"],
        audience=chosen.audience or claims["aud"],
        certificate=certificate,
        kid=kid,
        kid_form=kid_form,
        provider=chosen.provider,
        algorithm=chosen.algorithm,
        lifetime=chosen.lifetime,
        typ=typ,
        claims=claims,
        omit=omit,
        at=at,
    )


def _parse_claims(pairs: tuple[str, ...]) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not name or not separator:
            raise UsageError("--claim is not NAME=VALUE")
        if name in claims:
            raise UsageError("one claim is given twice")
        claims[name] = _claim_value(text)
    return claims


def _claim_value(text: str) -> Any:
    """JSON where it parses as JSON, else a string; JSON that is not strict is neither."""
    try:
        return parse_json(text.encode("utf-8", "surrogateescape"))
    except JsonError as error:
        fault = error.message
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is JSON too, and int() takes no more than 4,300.
        if not isinstance(error, json.JSONDecodeError):
            raise_alone(UsageError(f"the value of a --claim is no strict JSON: {fault}"))
        return text
    raise UsageError(
        f"the value of a --claim is no strict JSON: {fault}", hint="put a text into double quotes"
    )


def _print_minted(minted: MintedAssertion, output: str, chosen: Settings) -> None:
    if output == "jwt":
        print_product(minted.token)
        return
    if chosen.scope is None:
        warn(
            "the request has no scope; the system asks for one (--scope, or scope of CLIENT in jwttool.toml)"
        )
    try:
        (chosen.scope or "").encode("utf-8")
    except UnicodeEncodeError:
        raise_alone(UsageError("the scope is no text"))
    fields = minted.form(chosen.scope)
    print_product(urlencode(fields) if output == "form" else json.dumps(fields, indent=2))


@assertion.command()
@click.argument("token")
@click.argument("client", required=False, type=ClientName())
@click.option(
    "--cert",
    type=FileName(),
    metavar="FILE",
    help="The signing certificate (the rest of a chain helps to name a wrong kid).",
)
@click.option("--public-key", type=FileName(), metavar="FILE", help="The public key alone.")
@click.option("--jwks", type=FileName(), metavar="FILE", help="A JWK Set; kid chooses the key.")
@click.option("--audience", metavar="URL", help="What aud has to be, character by character.")
@click.option("--any-audience", is_flag=True, help="Accept whichever audience the token names.")
@click.option("--client-id", metavar="ID", help="What sub has to be.")
@click.option("--any-client", is_flag=True, help="Accept whichever client the token names.")
@_provider_option
@_kid_options
@click.option(
    "--alg",
    "algorithms",
    multiple=True,
    type=click.Choice(ALGORITHMS),
    help="Allow this algorithm alone; may be repeated.  [default: the system's]",
)
@click.option(
    "--leeway",
    type=click.IntRange(min=0, max=300),
    default=0,
    show_default=True,
    metavar="SECONDS",
    help="Forgive clocks that are off by this much.",
)
@click.option(
    "--replay-store",
    metavar="URL",
    help="Remember it there if it passes, so that it passes once: sqlite:FILE or redis://HOST:PORT/DB; "
    "a URL with a password as @FILE or env:NAME.",
)
@at_option
@config_option
@passphrase_options
@format_option
@click.pass_context
def verify(
    ctx: click.Context,
    token: str,
    client: str | None,
    cert: str | None,
    public_key: str | None,
    jwks: str | None,
    audience: str | None,
    any_audience: bool,
    client_id: str | None,
    any_client: bool,
    provider: str | None,
    kid_as: str | None,
    kid: str | None,
    algorithms: tuple[str, ...],
    leeway: int,
    replay_store: str | None,
    at: datetime,
    config: str | None,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Judge a client assertion as the server would, and name every reason against it.

    TOKEN is '-' for standard input, @FILE, or the token itself. The exit code
    is 0 when nothing speaks against it, 1 otherwise.

    \b
      jwttool assertion mint worldline-test | jwttool assertion verify - worldline-test
      jwttool assertion verify @token.jwt --cert signing.crt --any-client \\
          --audience https://example-domain/auth/realms/example-realm
    """
    if audience and any_audience:
        raise UsageError("--audience and --any-audience contradict each other")
    if client_id and any_client:
        raise UsageError("--client-id and --any-client contradict each other")
    text = read_token(token)
    sources = [cert, public_key, jwks]
    if sum(source is not None for source in sources) > 1:
        raise UsageError("--cert, --public-key and --jwks contradict each other")
    chosen = settings(
        client,
        config,
        provider=provider,
        client_id=client_id,
        audience=audience,
        certificate=cert,
        passphrase=passphrase,
        kid=kid,
    )
    from jwttool.assertion import ANY, Verifier
    from jwttool.edge.stores import chosen_store

    refuse_missing(
        client,
        Choice(any_audience or chosen.audience, "the audience to expect", "--audience", "server and realm"),
        Choice(any_client or chosen.client_id, "the client id to expect", "--client-id", "client_id"),
        Choice(
            chosen.certificate or public_key or jwks,
            "the key to verify with",
            "--cert, --public-key or --jwks",
            "certificate",
        ),
    )
    with chosen_store(replay_store) as store:
        verifier = Verifier(
            audience=ANY if any_audience or chosen.audience is None else chosen.audience,
            client_id=ANY if any_client or chosen.client_id is None else chosen.client_id,
            # A literal kid of the configuration is the certificate's, and not one of a set.
            kid=kid if kid_as or jwks else chosen.kid,
            kid_form=kid_as,
            provider=chosen.provider,
            algorithms=algorithms or ([chosen.algorithm] if chosen.algorithm else None),
            leeway=leeway,
            replay_store=store,
            **_key_source(chosen, public_key, jwks),
        )
        report = verifier.verify(text, at=at)
    from jwttool.render.report import checks_json, report_document

    if output_format == JSON:
        print_json({"version": 1, "verdict": report.verdict, "checks": checks_json(report)})
    else:
        print_document(report_document(report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


def _key_source(chosen: Settings, public_key: str | None, jwks: str | None) -> dict[str, Any]:
    from jwttool.edge.material import naming, read_certificate_file, read_public_key
    from jwttool.edge.reading import read_input
    from jwttool.encoding import Limit

    if public_key is not None:
        return {"public_key": read_public_key(public_key).public_key}
    if jwks is not None:
        from jwttool.jose.jwks import load_jwks

        data = read_input(jwks, Limit.JWKS, "JWK Set")
        with naming(jwks):
            return {"jwks": load_jwks(data)}
    loaded = read_certificate_file(chosen.certificate or "", chosen.passphrase)
    with naming(chosen.certificate or ""):
        return {"certificate": loaded.end_entity, "chain": loaded.chain}
