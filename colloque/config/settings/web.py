"""The web process: pages, API and sockets. It can open nothing, and loads no job."""

from colloque.config.settings.base import *  # noqa: F403  a settings module is its base and what differs
from colloque.config.settings.base import COLLOQUE_DATABASE_POOL, DATABASES

DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": COLLOQUE_DATABASE_POOL, "timeout": 10}
