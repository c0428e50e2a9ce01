"""Tests: the web process's settings over the server that tests/conftest.py starts, on the fast side where that is safe."""

import os

os.environ.setdefault("COLLOQUE_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("COLLOQUE_ORIGIN", "http://localhost:8000")
os.environ.setdefault("COLLOQUE_HOME", "/nonexistent/colloque-tests")

from colloque.config.settings.base import *  # noqa: F403  the environment first

ALLOWED_HOSTS = ["localhost", "testserver", "127.0.0.1"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
