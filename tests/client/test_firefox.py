"""The browser's half in another engine: Firefox makes keys, wraps them, and opens them again elsewhere.

Passkeys stay with Chromium: Firefox has no virtual authenticator to drive.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from colloque.kernel.ids import new_id
from tests.deployment import Deployment

WEB = Path(__file__).parents[2] / "web"


@pytest.mark.slow
def test_a_patient_signs_up_and_in_by_passphrase(deployment: Deployment) -> None:
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    assert firefox, "make slow installs Firefox; here it is missing"
    address = f"{new_id()}@firefox.example"
    process = subprocess.Popen(
        ["node", "tests/firefox/patient.mjs", deployment.url, address],
        cwd=WEB, env={**os.environ, "FIREFOX": firefox}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdin and process.stdout
        assert process.stdout.readline() == "code?\n"
        process.stdin.write(f"{deployment.mailbox.wait_code(address)}\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("signed up")
        told = json.loads(process.stdout.readline())
        assert process.wait(20) == 0
    assert told == {"browsers": 2, "errors": []}
