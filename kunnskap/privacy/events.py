"""What can happen to one's own data."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class ExportAsked(Event):
    """Somebody wants all that the site has about them."""

    slow: ClassVar[bool] = True

    export_id: int


@dataclass(frozen=True)
class AccountErased(Event):
    """An account is gone. Copies in files are still to go: mail to `email`, these exports, and files nobody holds any more."""

    slow: ClassVar[bool] = True
    secret: ClassVar[bool] = True

    email: str
    exports: list[str]
    files: list[str]
