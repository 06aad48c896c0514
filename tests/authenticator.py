"""A device for tests that makes and uses passkeys as WebAuthn says, but for what it is told to get wrong."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, HAS_KEY = 0x01, 0x04, 0x40
P256, ES256, EC2 = 1, -7, 2
OWN, ENTER, ANEW = "/konto/nokler", "/logg-inn/nokkel", "/bekreft-deg/nokkel"
FAILED = "Nøkkelen kunne ikke brukes. Prøv igjen, eller logg inn på en annen måte."


def encoded(raw: bytes) -> str:
    """Bytes as browsers write them (base64url)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Bytes of what browsers write."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """Keeps one key. `counts` tells whether it counts its uses; `verifies` whether it makes sure of who holds it."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    credential_id: bytes = b"a key for tests!"
    counts: bool = True
    verifies: bool = True
    counter: int = 0
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """Make the key that `options` ask for, and give what the browser sends."""
        self.user_handle = decoded(options["user"]["id"])
        told = {"fmt": "none", "attStmt": {}, "authData": self._told(self._public())}
        response = {
            "clientDataJSON": encoded(self._client_data("webauthn.create", options, lies)),
            "attestationObject": encoded(cbor2.dumps(told)),
        }
        return self._named(response)

    def use(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """Sign the challenge of `options`; `type`, `challenge` and `origin` may be lied about."""
        data, told = self._client_data("webauthn.get", options, lies), self._told()
        signature = self.key.sign(told + hashlib.sha256(data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encoded(data),
            "authenticatorData": encoded(told),
            "signature": encoded(signature),
            "userHandle": encoded(self.user_handle),
        }
        return self._named(response)

    def _named(self, response: dict[str, str]) -> dict[str, Any]:
        name = encoded(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _client_data(self, kind: str, options: dict[str, Any], lies: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(told | lies).encode()

    def _told(self, key: bytes = b"") -> bytes:
        flags = USER_PRESENT | (USER_VERIFIED if self.verifies else 0) | (HAS_KEY if key else 0)
        if self.counts:
            self.counter += 1
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter) + key

    def _public(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: EC2, 3: ES256, -1: P256, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(cose)


def options(one, path):
    """What a page asks a device for."""
    answer = one.post(f"{path}/valg")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


def register(one, device, name="Jobb-PC", **lies):
    """Make a key on one's own page."""
    return one.post(OWN, json={"credential": device.make(options(one, OWN), **lies), "name": name})


def enter(one, device, til="", **lies):
    """Sign in with a key."""
    return one.post(ENTER, json={"credential": device.use(options(one, ENTER), **lies), "til": til})


def refused(answer, words=FAILED):
    """Whether an answer was refused, in these words."""
    return answer.status_code == 422 and answer.json == {"problem": words}
