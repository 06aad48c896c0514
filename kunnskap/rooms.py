"""The map of the house: every room that has a door (blueprint), in menu order."""

from kunnskap.accounts.views import accounts
from kunnskap.administration.views import administration
from kunnskap.api.views import api
from kunnskap.collections.views import collections
from kunnskap.desk.views import desk
from kunnskap.documents.views import documents
from kunnskap.experiences.views import experiences
from kunnskap.expertise.views import expertise
from kunnskap.following.views import following
from kunnskap.handover.views import handover
from kunnskap.home.views import home
from kunnskap.insight.views import insight
from kunnskap.invitations.views import invitations
from kunnskap.meetings.calendar_views import calendars
from kunnskap.meetings.minutes_views import minutes
from kunnskap.meetings.views import meetings
from kunnskap.messages.views import messages
from kunnskap.moderation.views import moderation
from kunnskap.networks.views import networks
from kunnskap.organisations.views import organisations
from kunnskap.overview.views import overview
from kunnskap.passkeys.views import passkeys
from kunnskap.people.views import people
from kunnskap.places.views import places
from kunnskap.posts.views import posts
from kunnskap.privacy.views import privacy
from kunnskap.questions.views import questions
from kunnskap.routing.views import routing
from kunnskap.saved.views import saved
from kunnskap.search.views import search
from kunnskap.second_factor.views import second_factor
from kunnskap.themes.views import themes
from kunnskap.year_wheel.views import year_wheel

ROOMS = (
    home, questions, experiences, documents, people, expertise, places, networks, collections, meetings, minutes, calendars, desk, themes,
    year_wheel, overview, search, saved, insight, following, posts, routing, messages, handover,
    accounts, invitations, second_factor, passkeys, organisations, privacy, moderation, administration, api,
)  # fmt: skip
