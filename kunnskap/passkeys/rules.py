"""What passkeys must keep to: ours, made on our page, for a challenge of ours, by a person the device has recognised.

The only module that knows py_webauthn. Nothing a browser sends makes it raise anything but Refused.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

T = TypeVar("T")
GOOD_FOR = 5 * 60
"""Seconds a challenge may be answered within."""
MOST_KEYS = 20
LONGEST_NAME = 60
LONGEST_CREDENTIAL = 1_400
"""Characters of a credential's id in base64url: the standard allows 1 023 bytes."""
VERIFIED = UserVerificationRequirement.REQUIRED


class Refused(Exception):
    """What the browser sent proves nothing; the text says why, for the log."""


@dataclass(frozen=True)
class Party:
    """Who asks: the host passkeys are bound to, and the origin pages are served from."""

    id: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    """A key pair's public half, as the device told it."""

    credential_id: str
    public_key: bytes
    sign_count: int


def party(address: str) -> Party:
    """Tell who asks by the site's address."""
    parts = urlsplit(address)
    return Party(parts.hostname or "", f"{parts.scheme}://{parts.netloc}".lower())


def can_have_keys(address: str) -> bool:
    """Whether browsers make keys for this address: it must have a name, and be HTTPS or this machine."""
    asked = party(address)
    is_number = bool(re.fullmatch(r"[0-9.]+", asked.id)) or ":" in asked.id
    return not is_number and (asked.origin.startswith("https://") or asked.id == "localhost")


def handle(account_id: int) -> bytes:
    """What a device calls the account: a number of ours, and nothing of the person."""
    return f"account:{account_id}".encode()


def options_to_make(asked: Party, account_id: int, email: str, known: list[str]) -> dict[str, Any]:
    """What the browser is asked for when a key is made: one that the device keeps, for an account without keys `known`."""
    options = webauthn.generate_registration_options(
        rp_id=asked.id,
        rp_name="Kunnskap",
        user_id=handle(account_id),
        user_name=email,
        timeout=GOOD_FOR * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=_described(known),
    )
    return _as_json(options)


def options_to_use(asked: Party, allowed: list[str]) -> dict[str, Any]:
    """What the browser is asked for when a key is used: one of those allowed, or any of this site's."""
    options = webauthn.generate_authentication_options(
        rp_id=asked.id,
        timeout=GOOD_FOR * 1000,
        allow_credentials=_described(allowed),
        user_verification=VERIFIED,
    )
    return _as_json(options)


def made(credential: Mapping[str, Any], challenge: str, asked: Party) -> NewKey:
    """Check what a device made; raises Refused."""
    found = _checked(
        lambda: webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=asked.id,
            expected_origin=asked.origin,
            require_user_verification=True,
        )
    )
    name = bytes_to_base64url(found.credential_id)
    if name != credential_id(credential):
        raise Refused("the browser and the device call the credential different things")
    return NewKey(name, found.credential_public_key, found.sign_count)


def used(credential: Mapping[str, Any], challenge: str, asked: Party, key: NewKey) -> int:
    """Check that a device has used `key` for this challenge; gives its counter. Raises Refused, also when that fell."""
    found = _checked(
        lambda: webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=asked.id,
            expected_origin=asked.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    )
    return found.new_sign_count


def credential_id(credential: Mapping[str, Any]) -> str:
    """Which key a browser says was used; raises Refused."""
    found = credential.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_CREDENTIAL or not found.isascii() or "\0" in found:
        raise Refused("no credential is named")
    return found


def names(credential: Mapping[str, Any], account_id: int) -> bool:
    """Whether the device says the key is this account's; one that says nothing says nothing else."""
    response = credential.get("response")
    told = response.get("userHandle") if isinstance(response, dict) else None
    if told is None:
        return True
    return isinstance(told, str) and told.rstrip("=") == bytes_to_base64url(handle(account_id))


def _described(credentials: list[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in credentials]


def _as_json(options: Any) -> dict[str, Any]:
    return dict(json.loads(webauthn.options_to_json(options)))


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except Exception as problem:
        # The library raises its own kinds, and those of the decoders under it, for what browsers never send.
        raise Refused(f"{type(problem).__name__}: {problem}") from problem
