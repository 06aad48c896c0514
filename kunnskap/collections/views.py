"""Pages of collections: find, read, make, fill, order, lend, copy; and what networks pin up."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap.accounts.letting_in import settings
from kunnskap.collections import actions, pinning, queries, rules
from kunnskap.collections.forms import AddForm, CollectionForm, PinForm, PutForm, WordsForm
from kunnskap.collections.models import Collection
from kunnskap.collections.rules import Reference
from kunnskap.errors import NotAllowed
from kunnskap.following import queries as following
from kunnskap.networks import queries as networks
from kunnskap.networks.models import Network
from kunnskap.paging import page_number
from kunnskap.posts import queries as posts
from kunnskap.targets import Target
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import number_of
from kunnskap.web.limits import POSTING, limiter

collections = Blueprint("collections", __name__)


@collections.get("/samlinger")
@open_door
def index() -> str:
    """List the collections one may read, the last changed first."""
    page = queries.listed(actor(), page_number(request.args.get("side")))
    return render_template("collections/index.html", page=page)


@collections.get("/samlinger/<slug>")
@open_door
def show(slug: str) -> ResponseReturnValue:
    """Show a collection with what stands in it."""
    who = actor()
    collection = queries.collection(who, number_of(slug))
    if slug != collection.slug:
        return redirect(url_for("collections.show", slug=collection.slug), 301)
    return render_template(
        "collections/show.html",
        collection=collection,
        items=queries.items(who, collection),
        origin=queries.origin(who, collection),
        is_following=following.is_following(who, Target("collection", collection.id)),
        may_edit=rules.may_edit(who, collection),
        mine=[one for one in queries.networks_of(who) if rules.may_lend(collection, one.id)],
    )


@collections.get("/nettverk/<slug>/samlinger")
@open_door
def of_network(slug: str) -> str:
    """List a network's collections, and those it has borrowed."""
    network = networks.by_slug(slug)
    return render_template(
        "collections/of_network.html",
        network=network,
        found=queries.of_network(actor(), network.id),
        may_make=rules.may_make(actor(), network.id),
    )


@collections.get("/nettverk/<slug>/samlinger/ny")
@members
def new_form(slug: str) -> str:
    """Show the form of a new collection."""
    network = _mine(slug)
    return render_template("collections/new.html", form=CollectionForm(), network=network)


@collections.post("/nettverk/<slug>/samlinger/ny")
@members
@limiter.limit(POSTING)
def make(slug: str) -> ResponseReturnValue:
    """Begin a collection, and lead on to filling it."""
    network, form = _mine(slug), CollectionForm.sent()
    if form.validate():
        with form.gather_problems():
            made = actions.make(actor(), network, form.told())
            flash(_("Samlingen er begynt. Legg noe i den, og legg den ut når den er klar."))
            return redirect(url_for("collections.edit_form", collection_id=made.id), 303)
    return render_template("collections/new.html", form=form, network=network), 422


@collections.get("/samlinger/<int:collection_id>/rediger")
@members
def edit_form(collection_id: int) -> str:
    """Show all there is to change about a collection."""
    collection = queries.to_edit(actor(), collection_id)
    return _edit_page(collection, CollectionForm.of(collection), AddForm())


@collections.post("/samlinger/<int:collection_id>/rediger")
@members
def edit(collection_id: int) -> ResponseReturnValue:
    """Keep what a collection says of itself."""
    collection, form = queries.to_edit(actor(), collection_id), CollectionForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.edit(actor(), collection, form.told(), form.read.data or "")
            flash(_("Endringene er lagret."))
            return _back_to_edit(collection)
    stands = collection if form.read.data != rules.fingerprint_of(collection) else None
    if stands:
        form.begin_again(collection)
    return _edit_page(collection, form, AddForm(), stands), 422


@collections.post("/samlinger/<int:collection_id>/innhold")
@members
@limiter.limit(POSTING)
def add(collection_id: int) -> ResponseReturnValue:
    """Put something last in a collection."""
    collection, form = queries.to_edit(actor(), collection_id), AddForm.sent()
    if form.validate():
        with form.gather_problems():
            what = rules.reference(form.what.data, settings().address)
            actions.add(actor(), collection, what, form.title.data or "", form.note.data or "")
            flash(_("Lagt i samlingen."))
            return _back_to_edit(collection)
    return _edit_page(collection, CollectionForm.of(collection), form), 422


@collections.get("/samlinger/<int:collection_id>/innhold/<int:item_id>")
@members
def words_form(collection_id: int, item_id: int) -> str:
    """Show the title and note of an item, to be changed."""
    collection = queries.to_edit(actor(), collection_id)
    item = queries.item(collection, item_id)
    return render_template(
        "collections/item.html", collection=collection, item=item, form=WordsForm.of(item), stands=None
    )


@collections.post("/samlinger/<int:collection_id>/innhold/<int:item_id>")
@members
def rewrite(collection_id: int, item_id: int) -> ResponseReturnValue:
    """Keep the title and note of an item."""
    collection = queries.to_edit(actor(), collection_id)
    item, form = queries.item(collection, item_id), WordsForm.sent()
    if form.validate():
        with form.gather_problems():
            actions.rewrite(actor(), item, form.title.data or "", form.note.data or "", form.read.data or "")
            flash(_("Endringene er lagret."))
            return _back_to_edit(collection)
    stands = item if form.read.data != rules.fingerprint((item.title, item.note)) else None
    if stands:
        form.begin_again(item)
    return render_template("collections/item.html", collection=collection, item=item, form=form, stands=stands), 422


@collections.post("/samlinger/<int:collection_id>/innhold/<int:item_id>/flytt")
@members
def move(collection_id: int, item_id: int) -> ResponseReturnValue:
    """Move an item (`til` is opp, ned or the place it gets)."""
    collection = queries.to_edit(actor(), collection_id)
    actions.move(actor(), collection, item_id, request.form.get("til", ""))
    return _back_to_edit(collection, f"ting-{item_id}")


@collections.post("/samlinger/<int:collection_id>/innhold/<int:item_id>/fjern")
@members
def take_out(collection_id: int, item_id: int) -> ResponseReturnValue:
    """Take an item out."""
    collection = queries.to_edit(actor(), collection_id)
    actions.take_out(actor(), collection, item_id)
    flash(_("Tatt ut av samlingen."))
    return _back_to_edit(collection)


@collections.post("/samlinger/<int:collection_id>/publiser")
@members
def publish(collection_id: int) -> ResponseReturnValue:
    """Let readers see a collection, or no longer (`ut` is 1 or 0)."""
    collection = queries.to_edit(actor(), collection_id)
    is_out = request.form.get("ut", "1") != "0"
    said = _("Samlingen er lagt ut.") if is_out else _("Samlingen er tatt ned.")
    actions.publish(actor(), collection, is_out=is_out)
    flash(said)
    return _back_to_edit(collection)


@collections.post("/samlinger/<int:collection_id>/fjern")
@members
def remove(collection_id: int) -> ResponseReturnValue:
    """Remove a collection that is not out."""
    collection = queries.to_edit(actor(), collection_id)
    slug = collection.network.slug
    actions.remove(actor(), collection)
    flash(_("Samlingen er fjernet."))
    return redirect(url_for("collections.of_network", slug=slug), 303)


@collections.post("/samlinger/<int:collection_id>/del")
@members
def share(collection_id: int) -> ResponseReturnValue:
    """Have another network (`nettverk`, its short name) show a collection, or no longer (`del` is 1 or 0)."""
    collection = queries.collection(actor(), collection_id)
    network = networks.by_slug(request.form.get("nettverk", ""))
    is_shared = request.form.get("del", "1") != "0"
    said = (
        _("Samlingen står nå hos %(network)s.", network=network.name)
        if is_shared
        else _("Samlingen står ikke lenger hos %(network)s.", network=network.name)
    )
    actions.share(actor(), collection, network, is_shared=is_shared)
    flash(said)
    return redirect(url_for("collections.show", slug=collection.slug), 303)


@collections.post("/samlinger/<int:collection_id>/kopier")
@members
@limiter.limit(POSTING)
def copy(collection_id: int) -> ResponseReturnValue:
    """Begin a collection of one's own network (`nettverk`) with what one may see of another."""
    collection = queries.collection(actor(), collection_id)
    network = networks.by_slug(request.form.get("nettverk", ""))
    made = actions.copy(actor(), collection, network)
    flash(_("Kopien er din å endre. Den vises ikke for andre før du legger den ut."))
    return redirect(url_for("collections.edit_form", collection_id=made.id), 303)


@collections.get("/innlegg/<int:post_id>/samling")
@members
def put_form(post_id: int) -> str:
    """Ask which collection a post is to be put in, or on which network's page it is to be pinned up."""
    post = posts.post(actor(), post_id)
    return _put_page(post_id, PutForm().offer(_to_put_in()), title=post.title or _("Et svar"))


@collections.post("/innlegg/<int:post_id>/samling")
@members
@limiter.limit(POSTING)
def put(post_id: int) -> ResponseReturnValue:
    """Put a post in a collection."""
    post, form = posts.post(actor(), post_id), PutForm.sent().offer(_to_put_in())
    if form.validate():
        with form.gather_problems():
            collection = queries.to_edit(actor(), int(form.collection.data))
            actions.add(actor(), collection, Reference(post_id=post.id), note=form.note.data or "")
            flash(_("Lagt i samlingen %(title)s.", title=collection.title))
            return redirect(url_for("posts.show", post_id=post.id), 303)
    return _put_page(post_id, form, title=post.title or _("Et svar")), 422


@collections.get("/nettverk/<slug>/festet")
@members
def pins(slug: str) -> str:
    """Show what a network has pinned up, to be changed."""
    return _pins_page(_mine(slug), PinForm())


@collections.post("/nettverk/<slug>/festet")
@members
@limiter.limit(POSTING)
def pin(slug: str) -> ResponseReturnValue:
    """Pin something up."""
    network, form = _mine(slug), PinForm.sent()
    if form.validate():
        with form.gather_problems():
            pinning.pin(actor(), network, rules.reference(form.what.data, settings().address))
            flash(_("Festet på siden til nettverket."))
            return redirect(url_for("collections.pins", slug=network.slug), 303)
    return _pins_page(network, form), 422


@collections.post("/nettverk/<slug>/festet/<int:pin_id>/flytt")
@members
def move_pin(slug: str, pin_id: int) -> ResponseReturnValue:
    """Move what is pinned up (`til` is opp or ned)."""
    network = _mine(slug)
    pinning.move(actor(), network, pin_id, request.form.get("til", ""))
    return redirect(url_for("collections.pins", slug=network.slug, _anchor=f"festet-{pin_id}"), 303)


@collections.post("/nettverk/<slug>/festet/<int:pin_id>/fjern")
@members
def unpin(slug: str, pin_id: int) -> ResponseReturnValue:
    """Take something down."""
    network = _mine(slug)
    pinning.unpin(actor(), network, pin_id)
    return redirect(url_for("collections.pins", slug=network.slug), 303)


def _mine(slug: str) -> Network:
    network = networks.by_slug(slug)
    if not rules.may_make(actor(), network.id):
        raise NotAllowed
    return network


def _to_put_in() -> list[Collection]:
    found = queries.looked_after(actor())
    if not actor().is_coordinator:
        raise NotAllowed
    return found


def _edit_page(
    collection: Collection, form: CollectionForm, add_form: AddForm, stands: Collection | None = None
) -> str:
    return render_template(
        "collections/edit.html",
        collection=collection,
        form=form,
        add_form=add_form,
        stands=stands,
        items=queries.items(actor(), collection, editing=True),
        shared_with=queries.shared_with(collection),
        most=rules.MOST_ITEMS,
    )


def _put_page(post_id: int, form: PutForm, title: str) -> str:
    return render_template(
        "collections/put.html", form=form, post_id=post_id, post_title=title, networks=queries.networks_of(actor())
    )


def _pins_page(network: Network, form: PinForm) -> str:
    found = queries.pins(actor(), network.id, editing=True)
    return render_template("collections/pins.html", network=network, pins=found, form=form, most=rules.MOST_PINS)


def _back_to_edit(collection: Collection, anchor: str = "innhold") -> ResponseReturnValue:
    return redirect(url_for("collections.edit_form", collection_id=collection.id, _anchor=anchor), 303)
