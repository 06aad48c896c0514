"""A sign-in provider for tests that can lie: it answers as OpenID Connect says, but for what it is told to get wrong."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from kunnskap import clock

KEY = RSAKey.generate_key(2048, {"kid": "test", "use": "sig"})
STRANGERS_KEY = RSAKey.generate_key(2048, {"kid": "test", "use": "sig"})


class Provider:
    """Tells of the same person each time; `lies` replace claims (None removes one), `key` signs, `issuer` is its name."""

    client_id, client_secret = "kunnskap", "hemmelig"

    def __init__(self) -> None:
        self.issuer = ""
        self.claims: dict[str, Any] = {"sub": "42", "email": "test.person@skien.kommune.no", "email_verified": True}
        self.lies: dict[str, Any] = {}
        self.key = KEY
        self.algorithm = "RS256"
        self.told_issuer = ""
        self.is_down = False
        self._nonces: dict[str, str] = {}
        self.verifiers: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer as a WSGI application."""
        request = Request(environ)
        answer = (
            Response("down", 503)
            if self.is_down
            else getattr(self, request.path.rpartition("/")[2].replace("-", "_"))(request)
        )
        return answer(environ, start_response)

    def openid_configuration(self, _request: Request) -> Response:
        """Tell where everything is."""
        ends = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")}
        return _json({"issuer": self.told_issuer or self.issuer, "jwks_uri": f"{self.issuer}/jwks", **ends})

    def jwks(self, _request: Request) -> Response:
        """Tell the public key."""
        return _json({"keys": [KEY.as_dict(private=False)]})

    def authorization(self, request: Request) -> Response:
        """Sign the person in at once and lead back."""
        code = f"code{len(self._nonces)}"
        self._nonces[code] = request.args["nonce"]
        back = urlencode({"code": code, "state": request.args["state"]})
        return Response("", 302, {"Location": f"{request.args['redirect_uri']}?{back}"})

    def token(self, request: Request) -> Response:
        """Give the token for a code, once."""
        sent = {name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()}
        if sent.get("code") not in self._nonces or not sent.get("code_verifier"):
            return _json({"error": "invalid_grant"}, 400)
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": self._nonces.pop(sent["code"]),
        }
        told = {name: value for name, value in (claims | self.claims | self.lies).items() if value is not None}
        signed = jwt.encode({"alg": self.algorithm, "kid": "test"}, told, self.key, algorithms=[self.algorithm])
        return _json({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": signed})

    def userinfo(self, _request: Request) -> Response:
        """Tell the claims again."""
        return _json(self.claims | self.lies)


def _json(told: object, status: int = 200) -> Response:
    return Response(json.dumps(told), status, content_type="application/json")


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serve on a port of this machine."""
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
