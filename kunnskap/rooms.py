"""The map of the house: every room that has a door (blueprint), in menu order."""

from kunnskap.home.views import home
from kunnskap.posts.views import posts

ROOMS = (home, posts)
