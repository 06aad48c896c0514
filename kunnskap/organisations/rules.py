"""What an organisation's sign-in tells of somebody, and how much of it may be believed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 254


@dataclass(frozen=True)
class Claims:
    """Who somebody is, as a provider that was asked and answered in order says (OpenID Connect Core 1.0, section 5.1).

    `is_verified` says that the provider vouches for the address; only then may it lead to an account. `tenant` is the
    workplace's own name at a provider that serves many (Entra ID: tid). `is_strong` says that a second factor was shown.
    """

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False
    name: str = ""
    tenant: str | None = None
    is_strong: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Claims":
        """Read the claims of a token that was checked; what is not text counts as not told."""
        issuer, tenant = _text(told, "iss"), _text(told, "tid")
        # A tenant is known by its own issuer; to others the word may mean anything.
        is_tenant = bool(tenant) and tenant in issuer.split("/")
        return cls(
            issuer=issuer,
            subject=_text(told, "sub"),
            email=_text(told, "email").strip().lower(),
            # Entra ID has no email_verified, so a tenant that tells one made it up; its xms_edov says that the domain's
            # owner vouches for the address.
            is_verified=(told.get("email_verified") is True and not is_tenant)
            or told.get("xms_edov") in (True, "1", "true", 1),
            name=" ".join(_text(told, "name").split()),
            tenant=tenant if is_tenant else None,
            is_strong=isinstance(told.get("amr"), list) and "mfa" in told["amr"],
        )

    @property
    def is_whole(self) -> bool:
        """Whether it names somebody at all."""
        return bool(self.issuer and self.subject)


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value[:LONGEST].replace("\x00", "") if isinstance(value, str) else ""


def is_issued_by(issuer: str, told: Mapping[str, Any], value: object) -> bool:
    """Say whether a token's `iss` is the provider's. Entra ID's common issuer has {tenantid} for the token's `tid`."""
    expected = issuer.replace("{tenantid}", _text(told, "tid") or "-")
    return value == expected
