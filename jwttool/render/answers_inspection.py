"""The shapes of what the ``token`` commands answer in JSON."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from jwttool.render.answers import CheckAnswer, ErrorDetail, JudgementAnswer


class TimeDetail(TypedDict):
    """A claim that is a time: as it stands, in RFC 3339 (null: no calendar holds it), seconds from now on."""

    value: int | float
    time: str | None
    seconds: int | float | None


class MeaningDetail(TypedDict):
    """What a member of a header, of claims or of a message means, and which document says so."""

    where: str
    meaning: str
    reference: str


class PartDetail(TypedDict):
    """A part of a token; the value is base64url, cut unless secrets are to be shown."""

    name: str
    bytes: int | None
    value: str


class KeyFitDetail(TypedDict):
    """Whether a key would open an encrypted token, judged without decrypting."""

    file: str
    fits: bool
    reason: str


class DisclosureDetail(TypedDict):
    """What an SD-JWT discloses; the name is null for an element of an array."""

    name: str | None
    value: Any
    readable: bool


class SignerDetail(TypedDict):
    """One more signature, or recipient, of a token in general JSON form."""

    header: dict[str, Any]
    unprotected: dict[str, Any]


class InspectionDetail(TypedDict):
    """What was inspected. Nothing in it is verified.

    ``seems`` is what kind of signed token it seems to be. Tokens, signatures and
    secrets are cut unless they are to be shown. ``inner``
    is what is nested: the principal token of a message, or the token in a token;
    ``tokens`` are all tokens of a message by where they stand.
    """

    kind: Literal["jws", "jwe", "opaque", "response", "request"]
    form: str
    system: str | None
    recognised_by: str | None
    around: str | None
    characters: int
    header: dict[str, Any] | None
    claims: dict[str, Any] | None
    times: dict[str, TimeDetail]
    lifetime: int | float | None
    findings: list[CheckAnswer]
    inner: InspectionDetail | None
    explanations: NotRequired[list[MeaningDetail]]
    seems: NotRequired[str | None]
    parts: NotRequired[list[PartDetail]]
    payload: NotRequired[str]
    unprotected: NotRequired[dict[str, Any]]
    signatures: NotRequired[list[SignerDetail]]
    recipients: NotRequired[list[SignerDetail]]
    disclosures: NotRequired[list[DisclosureDetail]]
    made_for: NotRequired[str | None]
    keys: NotRequired[list[KeyFitDetail]]
    status: NotRequired[int | None]
    headers: NotRequired[list[list[str]] | None]
    members: NotRequired[dict[str, Any]]
    tokens: NotRequired[dict[str, InspectionDetail]]


class TokenVerifyAnswer(JudgementAnswer):
    """``jwttool token verify``: the profile that the token was held to, null for none."""

    profile: str | None


class TokenInspectAnswer(InspectionDetail):
    """``jwttool token inspect``; with ``--lines`` one a line, numbered, without explanations and parts."""

    version: Literal[1]
    line: NotRequired[int]


class LineErrorAnswer(TypedDict):
    """A line of ``jwttool token inspect --lines`` that is no token, answer or request."""

    version: Literal[1]
    line: int
    error: ErrorDetail


class TokenDecryptAnswer(TypedDict):
    """``jwttool token decrypt``: the encrypted token's header and what was inside.

    ``authenticated`` is true only with ``--verify-with``, when every check passed;
    ``verdict`` and ``checks`` are there with it alone. ``plaintext`` is there
    where what was inside is no token, as text where it is UTF-8, else in
    base64url.
    """

    version: Literal[1]
    header: dict[str, Any]
    authenticated: bool
    inner: InspectionDetail | None
    plaintext: NotRequired[str]
    plaintext_base64url: NotRequired[str]
    verdict: NotRequired[Literal["pass", "fail"]]
    checks: NotRequired[list[CheckAnswer]]
