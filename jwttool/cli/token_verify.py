"""``jwttool token verify``: judge a signed token by a key that is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from jwttool.cli.exits import Exit
from jwttool.cli.options import JSON, FileName, at_option, format_option, passphrase_options
from jwttool.cli.tokens import read_token
from jwttool.edge.terminal import print_document, print_json
from jwttool.errors import UsageError
from jwttool.jose.algorithms import TOKEN_ALGORITHMS

if TYPE_CHECKING:
    from datetime import datetime

    from jwttool.edge.passphrases import PassphraseSource
    from jwttool.verification import IssuerMetadata

# As jwttool.verification has them; that module brings cryptography along, and a test compares.
PROFILES: Final = ("access-token",)


@click.command()
@click.argument("token")
@click.option("--cert", type=FileName(), metavar="FILE", help="The issuer's signing certificate.")
@click.option("--public-key", type=FileName(), metavar="FILE", help="Its public key alone.")
@click.option("--jwks", type=FileName(), metavar="FILE", help="Its JWK Set; kid chooses the key.")
@click.option(
    "--issuer-metadata",
    type=FileName(),
    metavar="FILE",
    help="Its metadata (RFC 8414, OpenID): the issuer, and the keys unless they are given.",
)
@click.option(
    "--alg",
    "algorithms",
    multiple=True,
    type=click.Choice(TOKEN_ALGORITHMS),
    help="Allow this algorithm alone; may be repeated.  [default: all that fit the key]",
)
@click.option("--issuer", metavar="ISS", help="What iss has to be, character by character.")
@click.option("--audience", metavar="AUD", help="What aud has to be, or to have in its list.")
@click.option("--typ", metavar="TYPE", help="What typ has to be, such as at+jwt.")
@click.option(
    "--leeway",
    type=click.IntRange(min=0, max=300),
    default=0,
    show_default=True,
    metavar="SECONDS",
    help="Forgive clocks that are off by this much.",
)
@click.option(
    "--profile", type=click.Choice(PROFILES), help="Hold it to RFC 9068 too, as an access token has to be."
)
@at_option
@passphrase_options
@format_option
@click.pass_context
def verify(
    ctx: click.Context,
    token: str,
    cert: str | None,
    public_key: str | None,
    jwks: str | None,
    issuer_metadata: str | None,
    algorithms: tuple[str, ...],
    issuer: str | None,
    audience: str | None,
    typ: str | None,
    leeway: int,
    profile: str | None,
    at: datetime,
    passphrase: PassphraseSource,
    output_format: str,
) -> None:
    """Verify a signed token (JWT) with a key that you trust, and name every reason against it.

    TOKEN is '-' for standard input, @FILE, or the token itself. The key comes
    from you, never from the token, and nothing is fetched. The exit code is 0
    when nothing speaks against the token, 1 otherwise. An encrypted one has to
    be decrypted first.

    \b
      jwttool token verify - --jwks issuer.jwks --issuer https://issuer.example --audience my-api
      jwttool token verify @token.jwt --cert issuer.crt --profile access-token
      jwttool token verify @token.jwt --issuer-metadata openid-configuration.json --jwks issuer.jwks
    """
    given = [name for name in (cert, public_key, jwks) if name is not None]
    if len(given) > 1:
        raise UsageError("--cert, --public-key and --jwks contradict each other")
    if not given and issuer_metadata is None:
        raise UsageError(
            "the key to verify with is missing",
            hint="give --cert, --public-key, --jwks or --issuer-metadata",
        )
    text = read_token(token)
    metadata = None if issuer_metadata is None else _metadata(issuer_metadata)
    from jwttool.verification import TokenVerifier

    verifier = TokenVerifier(
        algorithms=algorithms or None,
        issuer=_the_issuer(issuer, metadata),
        audience=audience,
        typ=typ,
        profile=profile,
        leeway=leeway,
        **_key_source(cert, public_key, jwks, metadata, passphrase),
    )
    report = verifier.verify(text, at=at)
    from jwttool.render.report import checks_json, report_document

    if output_format == JSON:
        checks = checks_json(report)
        print_json({"version": 1, "verdict": report.verdict, "profile": profile, "checks": checks})
    else:
        print_document(report_document(report))
    ctx.exit(Exit.YES if report.passed else Exit.NO)


def _metadata(name: str) -> IssuerMetadata:
    from jwttool.edge.material import naming
    from jwttool.edge.reading import read_input
    from jwttool.encoding import Limit
    from jwttool.verification import load_issuer_metadata

    data = read_input(name, Limit.JWKS, "issuer's metadata")
    with naming(name):
        return load_issuer_metadata(data)


def _the_issuer(issuer: str | None, metadata: IssuerMetadata | None) -> str | None:
    if metadata is None or issuer in {None, metadata.issuer}:
        return issuer if metadata is None else metadata.issuer
    raise UsageError(
        "--issuer is another than the one in --issuer-metadata",
        hint="leave --issuer out: the metadata names the issuer as it stands in tokens",
    )


def _key_source(
    cert: str | None,
    public_key: str | None,
    jwks: str | None,
    metadata: IssuerMetadata | None,
    passphrase: PassphraseSource,
) -> dict[str, Any]:
    from jwttool.edge.material import naming, read_certificate
    from jwttool.edge.reading import read_input
    from jwttool.encoding import Limit

    if cert is not None:
        return {"certificate": read_certificate(cert, passphrase)}
    if public_key is not None:
        from jwttool.keys import load_token_public_key

        data = read_input(public_key, Limit.KEY, "public key")
        with naming(public_key):
            return {"public_key": load_token_public_key(data)}
    if jwks is not None:
        from jwttool.jose.jwks import load_token_jwks

        data = read_input(jwks, Limit.JWKS, "JWK Set")
        with naming(jwks):
            return {"jwks": load_token_jwks(data)}
    return {"jwks": None if metadata is None else metadata.keys()}
