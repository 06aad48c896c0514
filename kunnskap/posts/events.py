"""What can happen to a post."""

from dataclasses import dataclass
from typing import ClassVar

from kunnskap.events import Event


@dataclass(frozen=True)
class PostEvent(Event):
    """Base: something happened to post `post_id`; `root_id` is the post whose page shows it (an answer's question)."""

    post_id: int
    root_id: int


@dataclass(frozen=True)
class PostPublished(PostEvent):
    """A post is new."""


@dataclass(frozen=True)
class CommentPublished(Event):
    """A comment is new."""

    comment_id: int


@dataclass(frozen=True)
class PostChanged(PostEvent):
    """Its content, state or visibility changed."""


@dataclass(frozen=True)
class AttachmentArrived(Event):
    """A file hangs on a post that nobody has looked through for identity and account numbers yet."""

    slow: ClassVar[bool] = True

    attachment_id: int
