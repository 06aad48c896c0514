"""Taking in comments."""

from sqlalchemy import func, select, update

from kunnskap import clock, text
from kunnskap.cli.importing.known import Known, comments_by_name, post_name, posts_by_name
from kunnskap.cli.importing.lines import BadLine, Line
from kunnskap.db import session
from kunnskap.posts.kinds import KINDS
from kunnskap.posts.models import Comment, Post

LONGEST = 10_000


class Comments:
    """Takes comment lines; `on` names what it is on: a question, answer, experience or document by its outside id."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen: dict[str, Comment] = {}
        self._posts: dict[str, Post] = {}
        self._touched: set[int] = set()

    def prepare(self, lines: list[Line]) -> None:
        """Look up the comments that are here already and what they are on; two statements."""
        self._seen = comments_by_name({post_name("comment", line.id) for line in lines})
        self._posts = posts_by_name(
            {post_name(kind, str(line.data[kind])) for line in lines for kind in KINDS if kind in line.data}
        )
        self._touched = set()

    def take(self, line: Line) -> bool:
        """Take one line; returns whether the comment is new. Raises BadLine."""
        author, body, post = self._known.person(line, "author"), line.needed("body", LONGEST), self._post(line)
        name = post_name("comment", line.id)
        comment = self._seen.get(name)
        is_new = comment is None
        comment = comment or Comment(external_id=name)
        comment.post_id, comment.author_id, comment.body, comment.body_html = (
            post.id,
            author.id,
            body,
            text.to_html(body),
        )
        comment.made_at = line.moment("created") or comment.made_at or clock.now()
        session.add(comment)
        self._seen[name] = comment
        self._touched.add(post.id)
        return is_new

    def finish(self) -> None:
        """Count the comments on what was touched."""
        session.flush()
        count = select(func.count()).where(Comment.post_id == Post.id, Comment.withdrawn_at.is_(None)).scalar_subquery()
        chosen = update(Post).where(Post.id.in_(self._touched)).execution_options(synchronize_session=False)
        session.execute(chosen.values(comment_count=count))

    def _post(self, line: Line) -> Post:
        named = [kind for kind in KINDS if line.key(kind)]
        if len(named) != 1:
            raise BadLine(f"must name what it is on, by one of {', '.join(KINDS)}")
        found = self._posts.get(post_name(named[0], line.key(named[0])))
        if found is None:
            raise BadLine(f"{named[0]}: there is no {named[0]} {line.key(named[0])!r}")
        return found
