"""A practice with synthetic people whose keys are real, made as anyone makes theirs: by the reference client.

Run as a process of its own: `python -m colloque.embedded.demo FOLDER URL`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from colloque.client.account import Account, Passphrase, accept_invitation
from colloque.client.mailbox import Mailbox
from colloque.client.practice import Practice, confirm_member, first_manager, invite
from colloque.embedded.environment import read_settings
from colloque.embedded.home import Home
from colloque.kernel.encoding import b64u_encode

PRACTICE, CITY = "Cabinet des Tilleuls", "Tours"
# Invented. The RPPS numbers have a valid key and are made up.
MANAGER = {"given": "Manon", "family": "Roux", "profession": "Responsable du cabinet"}
PRACTITIONERS = (
    {"given": "Anil", "family": "Bose", "profession": "Médecin généraliste", "rpps": "10003456786"},
    {"given": "Li", "family": "Chen", "profession": "Dermatologue", "rpps": "10009876540"},
)
PASSPHRASES = ("tilleul marelle cobalt fougère", "orge cobalt tuile vendange", "brume sextant cerise ardoise")


def is_made(home: Home) -> bool:
    return home.demo.exists()


def make(home: Home, url: str) -> None:
    """Make the practice; the file that says so is written last, so that a start cut short begins again."""
    mailbox = Mailbox(home.mail)
    phrases = iter(PASSPHRASES)
    practice = first_manager(
        _first_link(home),
        "manon.roux@tilleuls.example",
        mailbox,
        passphrase=Passphrase(next(phrases)),
        **MANAGER,
    )
    people = [_describe(practice.manager, "Manon Roux", "responsable du cabinet / manager")]
    for who in PRACTITIONERS:
        account = _add(practice, mailbox, who, Passphrase(next(phrases)))
        people.append(
            _describe(
                account, f"Dr {who['given']} {who['family']}", f"{who['profession'].lower()} / practitioner"
            )
        )
    _write(home, {"url": url, "practice": practice.id, "people": people})


def sentences(home: Home, port: int) -> list[str]:
    """How to sign in, in a few lines."""
    told = json.loads(home.demo.read_text(encoding="utf-8"))
    doctor = next(one for one in told["people"] if one["name"].startswith("Dr"))
    return [
        f"  Patient       http://localhost:{port}/sign-up with any address; its code appears on /try",
        f"  Practitioner  in a private window, http://localhost:{port}/sign-in",
        f"                {doctor['email']}",
        f"                passphrase “{doctor['passphrase']}”, six-digit code on /try",
    ]


def _add(practice: Practice, mailbox: Mailbox, who: dict[str, str], passphrase: Passphrase) -> Account:
    link = invite(practice.manager, practice.id, roles=["practitioner"], **who)
    address = f"{who['given']}.{who['family']}@tilleuls.example".lower()
    account = accept_invitation(link, address, mailbox, passphrase=passphrase)
    confirm_member(practice.manager, practice.id, account.person.id, "practitioner")
    account.browser.post("/api/duty", {"practice": practice.id, "on": True})
    return account


def _first_link(home: Home) -> str:
    """As `colloque first-manager` makes it, beside the database."""
    os.environ.update(read_settings(home))
    import django

    django.setup()
    from colloque.accounts.actions import invite_first_manager

    return invite_first_manager(PRACTICE, CITY)


def _describe(account: Account, name: str, role: str) -> dict[str, Any]:
    assert account.passphrase is not None
    return {
        "name": name,
        "role": role,
        "email": account.email,
        "passphrase": account.passphrase.text,
        "totp_secret": b64u_encode(account.passphrase.totp_secret),
    }


def _write(home: Home, told: dict[str, Any]) -> None:
    temporary = home.demo.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    temporary.replace(home.demo)


if __name__ == "__main__":
    make(Home(Path(sys.argv[1])), sys.argv[2])
