"""The part of Flask-Babel we use; the package ships no types."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel import Locale
from flask import Flask

class Babel:
    def __init__(self) -> None: ...
    def init_app(
        self,
        app: Flask,
        *,
        default_locale: str = ...,
        default_timezone: str = ...,
        default_translation_directories: str = ...,
        locale_selector: Callable[[], str] | None = ...,
    ) -> None: ...

def gettext(string: str, **variables: Any) -> str: ...
def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str: ...
def lazy_gettext(string: str, **variables: Any) -> Any: ...
def get_locale() -> Locale | None: ...
def to_user_timezone(datetime: datetime) -> datetime: ...
def force_locale(locale: str) -> Any: ...
