"""Settings come from the environment. What is unreadable is refused: nothing here guesses."""

import os
from pathlib import Path

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off", "")


class BadSetting(Exception):
    """A setting with which nothing may start. Its text is for the operator, and never repeats a secret."""


def envtext(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def envbool(name: str, *, default: bool = False) -> bool:
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() in _TRUE:
        return True
    if text.strip().lower() in _FALSE:
        return False
    raise BadSetting(f"{name} must be true or false.")


def envint(name: str, default: int, *, least: int, most: int) -> int:
    text = os.environ.get(name)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError as error:
        raise BadSetting(f"{name} must be a whole number between {least} and {most}.") from error
    if not least <= number <= most:
        raise BadSetting(f"{name} must be a whole number between {least} and {most}.")
    return number


def envsecret(name: str, default: str = "") -> str:
    """Read a secret from NAME, or from the file that NAME_FILE names; both at once is refused."""
    direct, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if direct is not None and file is not None:
        raise BadSetting(f"{name} and {name}_FILE are both set: keep one.")
    if file is None:
        return (direct or default).strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{name}_FILE names a file that cannot be read: {file}") from error


def envpath(name: str, default: str) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()
