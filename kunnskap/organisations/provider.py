"""Talking with sign-in providers. The only module that knows Authlib."""

import logging
from typing import Any, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from kunnskap.config import OrganisationSetting
from kunnskap.errors import KunnskapError, NotFound
from kunnskap.organisations.rules import Claims, is_issued_by

log = logging.getLogger(__name__)
TIMEOUT = 10
"""Seconds to wait for a provider."""
SKEW = 120
"""Seconds a provider's clock may differ from ours."""
SCOPE = "openid profile email"
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "ES512", "PS384", "PS512", "EdDSA")
"""How a token may be signed: by a key of the provider's alone, never by nobody or by a secret both know."""


class Refused(KunnskapError):
    """The provider did not say, in a way that can be believed, who somebody is."""


def init_app(app: Flask, organisations: tuple[OrganisationSetting, ...]) -> None:
    """Get to know the providers of the settings; nothing is fetched until somebody signs in."""
    known = OAuth(app)
    for one in organisations:
        known.register(  # type: ignore[no-untyped-call]
            one.key,
            client_id=one.client_id,
            client_secret=one.client_secret,
            server_metadata_url=f"{one.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "default_timeout": TIMEOUT},
        )
    app.extensions["kunnskap.providers"] = known, {one.key: one for one in organisations}


def known() -> dict[str, OrganisationSetting]:
    """Give the providers there are, by key."""
    return cast("dict[str, OrganisationSetting]", current_app.extensions["kunnskap.providers"][1])


def _client(key: str) -> Any:
    if key not in known():
        raise NotFound
    return current_app.extensions["kunnskap.providers"][0].create_client(key)


def lead_there(key: str, back: str) -> Response:
    """Lead to the provider, with state, nonce and a PKCE challenge kept in this browser's cookie; raises NotFound, Refused."""
    client = _client(key)
    try:
        return cast("Response", client.authorize_redirect(back))
    except (OSError, AuthlibBaseError, ValueError, RuntimeError, KeyError) as problem:
        raise _refused(key, problem) from problem


def come_back(key: str) -> Claims:
    """Read what the provider says of somebody who comes back from it; raises NotFound, Refused.

    Refused are: a state this browser was not sent with, a code that does not work, and a token with a wrong signature,
    issuer, audience or nonce, or one that is over.
    """
    client, organisation = _client(key), known()[key]
    try:
        metadata = client.load_server_metadata()
        metadata["id_token_signing_alg_values_supported"] = list(ALGORITHMS)
        options = _expected(organisation, metadata["issuer"])
        token = client.authorize_access_token(claims_options=options, leeway=SKEW)
        told = dict(token.get("userinfo") or {})
        if told and not told.get("email") and client.server_metadata.get("userinfo_endpoint"):
            more = client.userinfo(token=token)
            told = told | dict(more) if more.get("sub") == told.get("sub") else told
    except (OSError, AuthlibBaseError, JoseError, OAuthError, ValueError, RuntimeError, KeyError) as problem:
        raise _refused(key, problem) from problem
    claims = Claims.of(told)
    if not claims.is_whole:
        raise Refused("the answer names nobody")
    return claims


def _expected(organisation: OrganisationSetting, issuer: str) -> dict[str, Any]:
    """What a token must say of who made it and for whom; raises Refused when the provider calls itself another.

    Only an issuer that serves many workplaces (Entra ID: .../organizations/v2.0) may: it names each by its tenant.
    """
    if issuer.rstrip("/") != organisation.issuer.rstrip("/") and "{tenantid}" not in issuer:
        raise Refused("the provider calls itself another")
    return {
        "iss": {"essential": True, "validate": lambda told, value: is_issued_by(issuer, told, value)},
        "aud": {"essential": True, "values": [organisation.client_id]},
    }


def _refused(key: str, problem: Exception) -> Refused:
    # What the provider answered may hold personal data: only what sort of trouble it was is told.
    log.warning("sign-in through %s was refused: %s", key, type(problem).__name__)
    return Refused(type(problem).__name__)
