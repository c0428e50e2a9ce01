"""Colloque: teleconsultation that a practice runs itself."""

__version__ = "0.1.0"
