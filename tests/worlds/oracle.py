"""Who may see what, said as simply as can be and by nothing that the site itself asks."""

from collections import Counter
from collections.abc import Iterator

from tests.worlds.facts import Person, Said, Words, World

SIZES = {3_000: "under-5000", 30_000: "20000-50000", 12_000: "5000-20000", 90_000: "over-50000"}


def as_whom(person: Person) -> Person:
    """Whoever is shut out for a time is a visitor."""
    return Person(person.number, "visitor") if person.is_suspended else person


def looks_after(person: Person) -> bool:
    """Moderators and administrators see what others wrote, whatever became of it."""
    return person.role in ("moderator", "administrator")


def sees(world: World, reader: Person, number: int) -> bool:
    """Whether a post may be seen; an answer only where its question may."""
    post = world.posts[number]
    if looks_after(reader):
        return True
    if post.parent is not None and not sees(world, reader, post.parent):
        return False
    if reader.role != "visitor" and post.author == reader.number:
        return True
    return post.state == "stands" and is_for(reader, post)


def is_for(reader: Person, post: Said) -> bool:
    """Whether the reader is one of those the post is for."""
    if post.audience == "everyone":
        return True
    if reader.role == "visitor":
        return False
    if post.audience == "network":
        return post.network in reader.networks
    if post.audience == "place":
        return reader.is_proven and reader.place == post.place
    return True


def knows_who(reader: Person, post: Said) -> bool:
    """Whether the reader may know who wrote it."""
    return not post.hides or looks_after(reader) or (reader.role != "visitor" and reader.number == post.author)


def sees_remark(world: World, reader: Person, number: int) -> bool:
    """Whether a comment may be seen: by those its post is for, while it stands; what waits or is hidden, by its author too.

    Who wrote a post for a network and has left it sees the post, and not what those in the network say of it.
    """
    remark = world.remarks[number]
    if not sees(world, reader, remark.on) or remark.state == "withdrawn":
        return False
    is_own = reader.role != "visitor" and remark.author == reader.number
    stands = remark.state == "stands" and is_for(reader, world.posts[remark.on])
    return stands or is_own or looks_after(reader)


def sees_file(world: World, reader: Person, number: int) -> bool:
    """Whether what hangs on a post may be had; what is held waits for a moderator."""
    post = world.posts[number]
    is_own = reader.role != "visitor" and post.author == reader.number
    is_given = post.kind == "document" or not post.file_is_held
    return sees(world, reader, number) and (is_given or is_own or looks_after(reader))


def sees_older(world: World, reader: Person, number: int) -> bool:
    """Whether an earlier version may be read: by those who may read the post and whom it was for then."""
    post = world.posts[number]
    is_own = reader.role != "visitor" and post.author == reader.number
    was_for = not post.older_was_closed or (reader.role != "visitor" and post.network in reader.networks)
    return sees(world, reader, number) and (was_for or is_own or looks_after(reader))


def allowed(world: World, reader: Person) -> set[Words]:
    """Everything the reader may read anywhere."""
    found = {reader.words}  # one's own draft
    for number, post in enumerate(world.posts):
        if sees(world, reader, number):
            found.add(post.words)
        if sees_older(world, reader, number):
            found.add(post.older)
        if sees_file(world, reader, number):
            found.add(post.file)
    return found | {one.words for number, one in enumerate(world.remarks) if sees_remark(world, reader, number)}


def every_word(world: World) -> Iterator[Words]:
    """Everything there is to read."""
    for post in world.posts:
        yield from (post.words, post.older, post.file)
    yield from (one.words for one in (*world.remarks, *world.people[1:]))


def without_a_name(world: World, person: int) -> set[Words]:
    """What somebody wrote without a name."""
    own = [number for number, post in enumerate(world.posts) if post.hides and post.author == person]
    return {words for number in own for words in (world.posts[number].words, world.posts[number].older)}


def in_lists(world: World, reader: Person, kind: str, county: str = "") -> list[Said]:
    """What a list of a kind holds: what stands and is for the reader, from the county or about it.

    Lists are the same for all in the same circles: what one wrote for a network one has left is on one's own page.
    """
    return [
        post
        for post in world.posts
        if post.kind == kind and post.state == "stands" and (looks_after(reader) or is_for(reader, post))
        if not county or county in counties(world, post, for_moderators=looks_after(reader))
    ]


def found(world: World, reader: Person) -> list[Said]:
    """What a search for what every post says finds."""
    return [post for number, post in enumerate(world.posts) if post.parent is None and sees(world, reader, number)]


def counties(world: World, post: Said, *, for_moderators: bool = False) -> set[str]:
    """The counties a post is from or about, as far as that is told."""
    where = [post.about] if post.hides and not for_moderators else [post.about, world.people[post.author].place]
    return {world.places[one].county for one in where if one is not None}


def sizes(world: World, post: Said) -> set[str]:
    """The sizes of the municipalities it is from or about."""
    where = (post.about, world.people[post.author].place)
    return {SIZES[world.places[one].population] for one in where if one is not None}


def facets(world: World, posts: list[Said]) -> dict[str, dict[str, int]]:
    """How many of these there are of each kind, county, size and theme."""
    paths = {"question": "sporsmal", "experience": "erfaring", "document": "dokument"}
    return {
        "type": dict(Counter(paths[post.kind] for post in posts)),
        "fylke": dict(Counter(one for post in posts for one in counties(world, post))),
        "storrelse": dict(Counter(one for post in posts for one in sizes(world, post))),
        "tema": dict(Counter(f"tema{post.theme}" for post in posts)),
    }
