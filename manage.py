#!/usr/bin/env python
"""Django's own commands over the web process's settings."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colloque.config.settings.web")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
