"""What can go wrong in the domain, in words a page can show."""

from kunnskap.i18n import Message


class KunnskapError(Exception):
    """Base of every error the domain raises on purpose."""


class NotFound(KunnskapError):
    """There is no such thing, or the reader may not know of it."""


class NotAllowed(KunnskapError):
    """The actor may see the thing but not do this with it."""


class Invalid(KunnskapError):
    """What was sent cannot be accepted; `problems` maps field to message."""

    def __init__(self, **problems: str | Message) -> None:
        super().__init__({name: str(message) for name, message in problems.items()})
        self.problems = problems


class AlreadyPosted(KunnskapError):
    """The same form was sent twice at the same time and the other one won; `post_id` is what it made."""

    def __init__(self, post_id: int) -> None:
        super().__init__(post_id)
        self.post_id = post_id


class BadFile(KunnskapError):
    """A file of the house's own data is wrong; says which file, which line and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason
