"""Ways in: what was sealed at sign-up opens again, and a link that is cut is told."""

from dataclasses import replace

import pytest

from colloque.client.account import Passphrase, accept_invitation, sign_in, sign_out, sign_up
from colloque.client.errors import ClientError, NotProven, Refused
from colloque.kernel import clock
from colloque.kernel.ids import new_id
from colloque.vault.totp import STEP_SECONDS, code_at
from tests.deployment import Deployment


class NextCode(Passphrase):
    """Someone whose phone is half a minute ahead, and who types the same code again however long it takes."""

    def totp(self) -> str:
        step = self.__dict__.setdefault("step", int(clock.now().timestamp()) // STEP_SECONDS + 1)
        return code_at(self.totp_secret, step)


def test_a_passphrase_and_a_code_sign_in_and_unlock(deployment: Deployment) -> None:
    passphrase = Passphrase("orge cobalt tuile vendange")
    account = sign_up(deployment.url, f"{new_id()}@smoke.example", deployment.mailbox, passphrase=passphrase)
    sign_out(account)
    account.passphrase = NextCode(passphrase.text, passphrase.totp_secret)
    sign_in(account)
    assert account.browser.get("/api/session")["person"] == account.person.id
    with pytest.raises(Refused):
        sign_in(account)  # a code counts once
    account.passphrase = replace(passphrase, text="orge cobalt tuile")
    with pytest.raises(Refused):
        sign_in(account)
    account.browser.close()


def test_another_passkey_opens_nothing(deployment: Deployment) -> None:
    account = deployment.patient()
    assert account.passkey is not None
    account.passkey._secret = bytes(32)
    with pytest.raises(NotProven):
        sign_in(account)
    account.browser.close()


def test_an_address_with_an_account_is_told_in_the_letter_alone(deployment: Deployment) -> None:
    account = deployment.patient()
    account.browser.close()
    with pytest.raises(Refused) as refused:
        sign_up(deployment.url, account.email, deployment.mailbox)
    assert refused.value.status == 409


def test_a_link_that_is_cut_is_told(deployment: Deployment) -> None:
    with pytest.raises(ClientError, match="cut"):
        accept_invitation(f"{deployment.url}/join", "a@smoke.example", deployment.mailbox)
