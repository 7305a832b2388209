"""The members of OAuth's requests and answers (IANA: "OAuth Parameters")."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "access_token": ("what opens the API", "RFC 6749 section 5.1"),
    "assertion": ("the assertion that stands for the authorization", "RFC 7521 section 4.1"),
    "client_assertion": ("a JWT that shows who the client is", "RFC 7521 section 4.2"),
    "client_assertion_type": ("what kind of assertion that is", "RFC 7521 section 4.2"),
    "client_id": ("who asks", "RFC 6749 section 2.2"),
    "client_secret": ("the password of the client", "RFC 6749 section 2.3.1"),
    "code": ("the one-time code from the redirect", "RFC 6749 section 4.1.3"),
    "code_verifier": ("the secret behind the code_challenge (PKCE)", "RFC 7636 section 4.5"),
    "error": ("why not, as a code", "RFC 6749 section 5.2"),
    "error_description": ("why not, in words", "RFC 6749 section 5.2"),
    "error_uri": ("a page about the error", "RFC 6749 section 5.2"),
    "expires_in": ("seconds that the access token lives from the answer on", "RFC 6749 section 5.1"),
    "grant_type": ("by which right a token is asked for", "RFC 6749 section 4"),
    "id_token": ("who the user is, signed for the client", "OpenID Connect Core section 3.1.3.3"),
    "issued_token_type": ("what kind of token was issued", "RFC 8693 section 2.2.1"),
    "nonce": ("ties the ID token to the client's session", "OpenID Connect Core section 3.1.2.1"),
    "redirect_uri": ("where the user was sent back to", "RFC 6749 section 4.1.3"),
    "refresh_token": ("what gets the next access token", "RFC 6749 section 6"),
    "resource": ("the API that the token is for", "RFC 8707 section 2"),
    "scope": ("what it allows, separated by spaces", "RFC 6749 section 3.3"),
    "state": ("what the client sent along, given back", "RFC 6749 section 4.1.1"),
    "token_type": ("how the token is to be sent", "RFC 6749 section 7.1"),
}
