"""The web's settings in a try-out: those of production, and the page that shows the demo."""

from colloque.config.settings.web import *  # noqa: F403  a settings module is its base and what differs
from colloque.config.settings.web import INSTALLED_APPS as _WEB

INSTALLED_APPS = [*_WEB, "colloque.embedded"]
ROOT_URLCONF = "colloque.embedded.urls"
