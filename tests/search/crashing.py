"""What processes do that are killed in the middle of it. Apart from the tests, so that they start quickly."""

from multiprocessing.connection import Connection
from pathlib import Path

from kunnskap import clock
from kunnskap.search.engines import whoosh_builds
from kunnskap.search.engines.protocol import Document
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.targets import Target
from tests.sources import Given

POSTS, TO_BUILD = 60, 400


def post(number: int, edition: int) -> Document:
    """A post as it reads in one of its editions; every third has pages."""
    target = Target("post", number)
    return Document(target, target, "question", f"Solceller nummer{number}", body=f"utgave{edition}")


def members(number: int, edition: int) -> list[Document]:
    """A post with what belongs to it."""
    head = post(number, edition)
    pages = [
        Document(Target("page", number * 1_000 + one), head.target, "question", "", body=f"utgave{edition}", page=one)
        for one in range(1, 1 + number % 3)
    ]
    return [head, *pages]


def write(folder: Path, told: Connection, first: int) -> None:
    """Put posts in, edition after edition, and say so each time one is in."""
    engine = WhooshEngine(folder)
    for edition in range(first, first + 1_000_000):
        number = edition % POSTS
        engine.put(members(number, edition))
        told.send((number, edition))


def build(folder: Path, told: Connection) -> None:
    """Build the index anew in small chunks."""
    whoosh_builds.CHUNK = 20
    told.send(None)
    WhooshEngine(folder).replace_all(Given(everything()), clock.now())


def everything() -> list[Document]:
    """All there is to build of."""
    return [document for number in range(TO_BUILD) for document in members(number, 0)]
