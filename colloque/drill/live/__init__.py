"""Played for real: people with keys of their own at a running instance, and a thief in a process of its own."""

from colloque.drill.live.play import play

__all__ = ["play"]
