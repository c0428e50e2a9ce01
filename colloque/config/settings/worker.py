"""The worker: sends mail, sweeps. The only process of the server that opens something: `contact`, to write to people."""

from colloque.config.settings.base import *  # noqa: F403  a settings module is its base and what differs

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
