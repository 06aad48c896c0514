"""One file with everything the site has about a person: a ZIP with JSON, their own files, and a text that explains.

It is written piece by piece, so that it takes no more memory for somebody who has written a lot. Nothing of other
people is in it, and no secret: not even what is kept of passwords, codes and links.
"""

import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, Select, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from kunnskap import letters
from kunnskap.accounts.models import Account, AccountSession, AccountToken, KnownDomain
from kunnskap.audit import AuditEntry
from kunnskap.collections.models import Collection, CollectionItem
from kunnskap.db import Base, session
from kunnskap.desk.models import LetterRecipient, NetworkLetter, NetworkReport
from kunnskap.documents.models import DocumentDetails
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.expertise.models import LearningPair, TrackRecord
from kunnskap.files import Shelf, StoredFile, clean_name
from kunnskap.following.models import Follow
from kunnskap.handover.models import Handover
from kunnskap.invitations.models import Invitation
from kunnskap.meetings.models import CalendarKey, Homework, HomeworkDone, Meeting, MeetingSignUp, MinutesPart
from kunnskap.messages.models import Block, Conversation, ConversationSide, Message, Talk
from kunnskap.moderation.models import Decision, Report
from kunnskap.networks.models import Network, NetworkMember
from kunnskap.organisations.models import Identity
from kunnskap.passkeys.models import Passkey
from kunnskap.people.models import Consent, Person, PersonTheme, Position, ProfileReport
from kunnskap.places.models import Place
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Attachment, Comment, Draft, Post, PostPlace, PostTheme, Revision, Vote
from kunnskap.privacy.models import Export
from kunnskap.questions.models import QuestionDetails, Wonder
from kunnskap.routing.models import Offer
from kunnskap.saved.models import SavedSearch
from kunnskap.search.models import SynonymGroup
from kunnskap.themes.models import Theme

BATCH = 100
"""Rows read at a time."""
Row = Mapping[str, Any]
PRIVATE_DETAIL = "_"
"""How the names of details begin that are the house's own."""


@dataclass(frozen=True)
class Owner:
    """Whose data: the person and the account, by number."""

    person_id: int
    account_id: int


def write(target: Path, owner: Owner, shelf: Shelf) -> None:
    """Write everything about `owner` into a new ZIP at `target`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name, rows in PARTS.items():
            _put(packed, name, rows(owner))
        _put(packed, "filer", iter([_put_file(packed, file, shelf) for file in _files(owner)]))
        title, text = letters.write("privacy_readme", letters.BOKMAL)
        packed.writestr("LESMEG.txt", f"{title}\n\n{text}")


def _put(packed: zipfile.ZipFile, name: str, rows: Iterator[Row]) -> None:
    """Write rows as a JSON list, one at a time."""
    with packed.open(f"{name}.json", "w") as stream:
        before = b"[\n"
        for row in rows:
            stream.write(before + json.dumps(dict(row), ensure_ascii=False, indent=1, default=_plain).encode())
            before = b",\n"
        stream.write(b"[]\n" if before == b"[\n" else b"\n]\n")


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value)} is not written to exports")


def _rows(wanted: Executable) -> Iterator[Row]:
    for row in session.execute(wanted.execution_options(yield_per=BATCH)).mappings():
        yield dict(row)


def _all_but(model: type[Base], *left_out: str) -> Select[Any]:
    """Every column of a table but those left out."""
    columns = model.__mapper__.column_attrs
    names = [one.key for one in columns if hasattr(one.columns[0], "table") and one.key not in left_out]
    return select(*(getattr(model, name) for name in names))


def _account(owner: Owner) -> Iterator[Row]:
    told = (
        "id", "email", "role", "place_id", "created_at", "confirmed_at", "approved_at", "trusted_at", "seen_at",
        "warned_at", "suspended_until", "closed_at",
    )  # fmt: skip
    columns = [getattr(Account, name) for name in told]
    has = (Account.password_hash.is_not(None), Account.totp_secret.is_not(None))
    shown = select(*columns, has[0].label("has_password"), has[1].label("has_second_factor"))
    return _rows(shown.where(Account.id == owner.account_id))


def _profile(owner: Owner) -> Iterator[Row]:
    place = Place.name.label("place")
    wanted = _all_but(Person, "external_id").add_columns(place).outerjoin(Place, Place.id == Person.place_id)
    return _rows(wanted.where(Person.id == owner.person_id))


def _topics(owner: Owner) -> Iterator[Row]:
    wanted = select(Theme.slug, Theme.name_nb.label("name"), PersonTheme.level)
    wanted = wanted.join(PersonTheme, PersonTheme.theme_id == Theme.id)
    return _rows(wanted.where(PersonTheme.person_id == owner.person_id))


def _of_person(
    model: type[Base], column: InstrumentedAttribute[Any], *left_out: str
) -> Callable[[Owner], Iterator[Row]]:
    return lambda owner: _rows(_all_but(model, column.key, *left_out).where(column == owner.person_id))


def _of_account(
    column: InstrumentedAttribute[Any], *told: InstrumentedAttribute[Any]
) -> Callable[[Owner], Iterator[Row]]:
    return lambda owner: _rows(select(*told).where(column == owner.account_id))


def _conversations(owner: Owner) -> Iterator[Row]:
    """The conversations somebody is in; not with whom."""
    wanted = select(Conversation.id, Conversation.subject, Conversation.started_at, ConversationSide.read_at)
    wanted = wanted.join(ConversationSide, ConversationSide.conversation_id == Conversation.id)
    return _rows(wanted.where(ConversationSide.person_id == owner.person_id).order_by(Conversation.id))


def _messages(owner: Owner) -> Iterator[Row]:
    """What somebody wrote to others, with the talks they suggested; what others wrote is theirs."""
    wanted = _all_but(Message, "sender_id", "body_html", "submission_key")
    wanted = wanted.add_columns(Talk.minutes, Talk.where, Talk.times, Talk.chosen_at)
    wanted = wanted.outerjoin(Talk, Talk.message_id == Message.id)
    return _rows(wanted.where(Message.sender_id == owner.person_id).order_by(Message.id))


def _kept_posts(owner: Owner) -> Iterator[Row]:
    """Posts somebody looks after and others wrote, by number: the words are the writers'."""
    return _rows(select(Post.id, Post.kind_key).where(Post.keeper_id == owner.person_id))


def _networks(owner: Owner) -> Iterator[Row]:
    wanted = select(
        Network.slug,
        Network.name,
        NetworkMember.role,
        NetworkMember.task,
        NetworkMember.joined_at,
        NetworkMember.gets_letters,
    )
    wanted = wanted.join(NetworkMember, NetworkMember.network_id == Network.id)
    return _rows(wanted.where(NetworkMember.person_id == owner.person_id))


def _posts(owner: Owner) -> Iterator[Row]:
    """Posts with what belongs to them, a batch at a time."""
    last = 0
    while True:
        wanted = _all_but(Post, "author_id", "submission_key", "body_html", "excerpt")
        mine = wanted.where(Post.author_id == owner.person_id, Post.id > last).order_by(Post.id).limit(BATCH)
        found = [dict(row) for row in session.execute(mine).mappings()]
        if not found:
            return
        last = found[-1]["id"]
        added = _added([row["id"] for row in found])
        yield from (row | added[row["id"]] for row in found)


def _added(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Themes, places and what only its kind has, by post."""
    added: defaultdict[int, dict[str, Any]] = defaultdict(lambda: {"themes": [], "places": []})
    themes = select(PostTheme.post_id, Theme.slug).join(Theme, Theme.id == PostTheme.theme_id)
    for number, slug in session.execute(themes.where(PostTheme.post_id.in_(ids))):
        added[number]["themes"].append(slug)
    places = select(PostPlace.post_id, Place.name).join(Place, Place.id == PostPlace.place_id)
    for number, name in session.execute(places.where(PostPlace.post_id.in_(ids)).order_by(PostPlace.position)):
        added[number]["places"].append(name)
    for model in (QuestionDetails, ExperienceDetails, DocumentDetails):
        # Somebody else may be the contact; who that is is not the author's to take along.
        for row in session.execute(_all_but(model, "contact_id").where(model.post_id.in_(ids))).mappings():
            added[row["post_id"]]["details"] = {key: value for key, value in row.items() if key != "post_id"}
    return added


def _revisions(owner: Owner) -> Iterator[Row]:
    """Every version of one's own posts; of other people's posts only that one changed them."""
    is_mine = Revision.editor_id == owner.person_id
    wanted = _all_but(Revision, "editor_id").add_columns(is_mine.label("by_me"), Post.author_id.label("author_id"))
    wanted = wanted.join(Post, Post.id == Revision.post_id).where(or_(is_mine, Post.author_id == owner.person_id))
    for row in _rows(wanted.order_by(Revision.id)):
        kept = {key: value for key, value in row.items() if key != "author_id"}
        if row["author_id"] != owner.person_id:
            kept = {key: kept[key] for key in ("id", "post_id", "made_at", "by_me")}
        else:
            kept["details"] = {
                key: value
                for key, value in kept["details"].items()
                if not key.startswith((PRIVATE_DETAIL, "contact_id"))
            }
        yield kept


def _contact(owner: Owner) -> Iterator[Row]:
    wanted = select(Post.id, Post.title, ExperienceDetails.contact_role)
    wanted = wanted.join(ExperienceDetails, ExperienceDetails.post_id == Post.id)
    return _rows(wanted.where(ExperienceDetails.contact_id == owner.person_id))


def _decisions(owner: Owner) -> Iterator[Row]:
    """What moderators decided about one and what one wrote, with appeals; not which moderator."""
    posts = select(Post.id).where(Post.author_id == owner.person_id)
    comments = select(Comment.id).where(Comment.author_id == owner.person_id)
    mine = or_(Decision.person_id == owner.person_id, Decision.post_id.in_(posts), Decision.comment_id.in_(comments))
    wanted = _all_but(Decision, "made_by_id", "answered_by_id", "person_id").where(mine)
    return _rows(wanted.order_by(Decision.id))


def _audit(owner: Owner) -> Iterator[Row]:
    """What one did with power over others, and what was done to one: by number only, and not by whom."""
    mine, by_me = (f"account:{owner.account_id}", f"person:{owner.person_id}"), AuditEntry.person_id == owner.person_id
    columns = (AuditEntry.id, AuditEntry.happened_at, AuditEntry.act, AuditEntry.target, AuditEntry.facts)
    by_whom = func.coalesce(by_me, false()).label("by_me")
    wanted = select(*columns, by_whom).where(or_(by_me, AuditEntry.target.in_(mine)))
    return _rows(wanted.order_by(AuditEntry.id))


PARTS: Mapping[str, Callable[[Owner], Iterator[Row]]] = {
    "konto": _account,
    "profil": _profile,
    "profil-temaer": _topics,
    "samtykker": _of_person(Consent, Consent.person_id),
    "innlogginger": _of_account(
        AccountSession.account_id,
        *(getattr(AccountSession, name) for name in ("how", "browser", "address", "created_at", "seen_at")),
    ),
    "lenker-sendt-til-meg": _of_account(
        AccountToken.account_id, AccountToken.purpose, AccountToken.email, AccountToken.expires_at, AccountToken.used_at
    ),
    "innlogging-gjennom-arbeidsgiver": _of_account(
        Identity.account_id, Identity.issuer, Identity.subject, Identity.made_at, Identity.used_at
    ),
    "passnokler": _of_account(Passkey.account_id, Passkey.name, Passkey.made_at, Passkey.used_at),
    "innlegg": _posts,
    "versjoner": _revisions,
    "kommentarer": _of_person(Comment, Comment.author_id, "submission_key", "body_html"),
    "kontaktperson-for": _contact,
    "nyttig": _of_person(Vote, Vote.voter_id),
    "lurer-jeg-ogsa-pa": _of_person(Wonder, Wonder.person_id),
    "folger": _of_person(Follow, Follow.person_id),
    "utkast": _of_person(Draft, Draft.person_id),
    "lagrede-sok": _of_person(SavedSearch, SavedSearch.person_id),
    "nettverk": _networks,
    "invitasjoner": _of_person(Invitation, Invitation.invited_by_id, "digest"),
    "meldinger-til-moderator": _of_person(Report, Report.reporter_id, "person_id", "settled_by_id", "decision_id"),
    "avgjorelser-om-meg": _decisions,
    "synonymer": _of_person(SynonymGroup, SynonymGroup.changed_by_id),
    "domener": _of_person(KnownDomain, KnownDomain.added_by_id, "tenant"),
    "kopier-bestilt": _of_person(Export, Export.person_id, "filename"),
    "tidligere-stillinger": _of_person(Position, Position.person_id),
    "meldinger-om-profiler": _of_person(ProfileReport, ProfileReport.reporter_id, "person_id", "settled_by_id"),
    "hva-jeg-har-vist": _of_person(TrackRecord, TrackRecord.person_id),
    "par-der-jeg-vil-laere": _of_person(LearningPair, LearningPair.learner_id, "guide_id"),
    "par-der-jeg-kan-veilede": _of_person(LearningPair, LearningPair.guide_id, "learner_id"),
    "sporsmal-jeg-er-spurt-om": _of_person(Offer, Offer.person_id, "chosen_by_id", "passed_to_id"),
    "sporsmal-jeg-har-spurt-andre-om": _of_person(
        Offer, Offer.chosen_by_id, "person_id", "reply", "replied_at", "passed_to_id"
    ),
    "samtaler": _conversations,
    "meldinger": _messages,
    "folk-jeg-ikke-tar-imot-fra": _of_person(Block, Block.blocker_id),
    "overtakelser-fra-meg": _of_person(Handover, Handover.person_id, "made_by_id", "successor_id", "seen_at"),
    "overtakelser-til-meg": _of_person(Handover, Handover.successor_id, "made_by_id", "person_id"),
    "innlegg-jeg-har-tatt-over": _kept_posts,
    "samlinger": _of_person(Collection, Collection.made_by_id, "introduction_html"),
    "samlinger-jeg-star-i": _of_person(CollectionItem, CollectionItem.person_id),
    "moter-jeg-har-laget": _of_person(Meeting, Meeting.made_by_id, "description_html", "minutes", "minutes_html"),
    "pameldinger": _of_person(MeetingSignUp, MeetingSignUp.person_id),
    "oppgaver": _of_person(Homework, Homework.person_id),
    "oppgaver-gjort": _of_person(HomeworkDone, HomeworkDone.person_id),
    "referat-i-mitt-navn": _of_person(MinutesPart, MinutesPart.speaker_id, "proposed_by_id"),
    "kalender": _of_person(CalendarKey, CalendarKey.person_id),
    "brev-til-nettverk": _of_person(NetworkLetter, NetworkLetter.sender_id, "body_html", "submission_key"),
    "brev-til-meg": _of_person(LetterRecipient, LetterRecipient.person_id),
    "nettverksrapporter": _of_person(NetworkReport, NetworkReport.made_by_id),
    "logg": _audit,
}
"""What is given out, by the name of its file."""


@dataclass(frozen=True)
class Handed:
    """A file somebody handed in: what it was called, and where it hangs."""

    sha256: str
    media_type: str
    name: str
    post_id: int


def _files(owner: Owner) -> Iterator[Handed]:
    """Every file somebody handed in: documents, what they were before, and attachments; each of a post once."""
    mine, seen = Post.author_id == owner.person_id, set()
    attached = select(Attachment.sha256, Attachment.filename, Attachment.post_id).join(Post).where(mine)
    documents = select(DocumentDetails.sha256, DocumentDetails.filename, DocumentDetails.post_id).join(Post).where(mine)
    for sha256, name, post_id in chain(session.execute(attached), session.execute(documents), _earlier(owner)):
        kept = session.get(StoredFile, sha256)
        if kept is not None and (sha256, post_id) not in seen:
            seen.add((sha256, post_id))
            yield Handed(sha256, kept.media_type, clean_name(name, kept.ending), post_id)


def _earlier(owner: Owner) -> Iterator[tuple[str, str, int]]:
    mine = select(Revision.details, Revision.post_id).join(Post, Post.id == Revision.post_id)
    mine = mine.where(
        Post.author_id == owner.person_id, Revision.editor_id == owner.person_id, Post.kind_key == DOCUMENT.key
    )
    for details, post_id in session.execute(mine):
        if "_sha256" in details:
            yield details["_sha256"], details.get("filename") or "", post_id


def _put_file(packed: zipfile.ZipFile, file: Handed, shelf: Shelf) -> Row:
    """Put a file in, and tell what it is; one that has been lost is told too."""
    place, path = f"filer/{file.post_id}-{file.sha256[:8]}-{file.name}", shelf.path(file.sha256)
    there = path.is_file()
    if there:
        packed.write(path, place, zipfile.ZIP_STORED)
    return {
        "post_id": file.post_id,
        "filename": file.name,
        "media_type": file.media_type,
        "file": place if there else None,
    }
