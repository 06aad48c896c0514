"""The map of the house: every room that has a door (blueprint), in menu order."""

from kunnskap.accounts.views import accounts
from kunnskap.experiences.views import experiences
from kunnskap.following.views import following
from kunnskap.home.views import home
from kunnskap.places.views import places
from kunnskap.posts.views import posts
from kunnskap.themes.views import themes

ROOMS = (home, experiences, places, themes, following, posts, accounts)
