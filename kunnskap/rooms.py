"""The map of the house: every room that has a door (blueprint), in menu order."""

from kunnskap.accounts.views import accounts
from kunnskap.administration.views import administration
from kunnskap.api.views import api
from kunnskap.documents.views import documents
from kunnskap.experiences.views import experiences
from kunnskap.following.views import following
from kunnskap.home.views import home
from kunnskap.insight.views import insight
from kunnskap.invitations.views import invitations
from kunnskap.moderation.views import moderation
from kunnskap.networks.views import networks
from kunnskap.organisations.views import organisations
from kunnskap.passkeys.views import passkeys
from kunnskap.people.views import people
from kunnskap.places.views import places
from kunnskap.posts.views import posts
from kunnskap.privacy.views import privacy
from kunnskap.questions.views import questions
from kunnskap.saved.views import saved
from kunnskap.search.views import search
from kunnskap.second_factor.views import second_factor
from kunnskap.themes.views import themes

ROOMS = (
    home, questions, experiences, documents, people, places, networks, themes, search, saved, insight, following, posts,
    accounts, invitations, second_factor, passkeys, organisations, privacy, moderation, administration, api,
)  # fmt: skip
