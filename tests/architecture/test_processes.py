"""What runs as the web and as the vault cannot open an item: the code that could is not in the process (T-01)."""

import os
import subprocess
import sys

import pytest

LOOK = """
import json, sys
{start}
others = ("django", "channels", "ibis", "pyarrow")
print(json.dumps(sorted(name for name in sys.modules if name.startswith("colloque.") or name in others)))
"""
SETTINGS = {
    "COLLOQUE_SECRET_KEY": "only-for-tests-" + "x" * 50,
    "COLLOQUE_ORIGIN": "http://localhost:8000",
    "COLLOQUE_DATABASE_URL": "postgresql://colloque@/colloque?host=/nowhere",
    "COLLOQUE_VAULT_DATABASE_URL": "postgresql://colloque_vault@/colloque_vault?host=/nowhere",
    "COLLOQUE_VAULT_KEK_FILE": "/nowhere/kek",
}
WEB = "import colloque.config.asgi_web\nfrom django.urls import get_resolver\nget_resolver().reverse_dict"


def modules_of(start: str, **environ: str) -> set[str]:
    """The modules of a process that has started as in production, its URLs and views loaded."""
    ran = subprocess.run(
        [sys.executable, "-c", LOOK.format(start=start)],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **SETTINGS, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return set(__import__("json").loads(ran.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", ["colloque.config.settings.web", "colloque.embedded.settings"])
def test_the_web_process_has_nothing_that_decrypts(module: str) -> None:
    embedded = {"COLLOQUE_EMBEDDED": "true"} if "embedded" in module else {}
    found = modules_of(WEB, DJANGO_SETTINGS_MODULE=module, **embedded)
    assert "colloque.records.views" in found
    assert not [
        name
        for name in found
        if name.startswith(("colloque.envelope", "colloque.client", "colloque.notifications.contact"))
    ]


def test_the_web_process_has_not_loaded_the_engine_of_the_scope() -> None:
    """It is a quarter of what a process loads to start, and only the worker asks it."""
    found = modules_of(WEB, DJANGO_SETTINGS_MODULE="colloque.config.settings.web")
    assert "colloque.incidents.scope_views" in found
    assert not {"ibis", "pyarrow"} & found


def test_the_vault_process_has_nothing_that_decrypts_and_no_web_framework() -> None:
    found = modules_of("from colloque.config import asgi_vault\nfrom colloque.vault import views, release")
    assert "colloque.vault.release" in found
    assert not [name for name in found if name.startswith(("colloque.envelope", "colloque.client"))]
    assert not {"django", "channels"} & found


def test_the_look_would_see_it() -> None:
    assert "colloque.envelope.item" in modules_of("import colloque.envelope.item")
