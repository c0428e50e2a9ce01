"""The ledger's public half through the web process, where no reverse proxy reaches the vault."""

from aics_tlog import HttpTileReader, audit_tiles
from pytest_django.fixtures import Settings

from colloque.ledger import checkpoint
from colloque.vault import store
from tests.care import RunningVault
from tests.live import running_web
from tests.people import Ward


def test_the_tree_rebuilt_through_the_web_has_the_signed_root(
    live_ward: Ward, care: RunningVault, settings: Settings
) -> None:
    settings.COLLOQUE_VAULT_PROXY = True
    with running_web() as web:
        answer = web.http.get("/ledger/checkpoint")
        head = checkpoint.read(answer.text, checkpoint.parse_vkey(store.read_vkey(care.settings)))
        assert audit_tiles(
            HttpTileReader(str(web.http.base_url) + "/ledger"), head.size, head.root, entries=False
        ).tiles
        assert "no-cache" in answer.headers["cache-control"]
        tile = web.http.get("/ledger/tile/0/000.p/1")
        assert (tile.headers["content-type"], len(tile.content)) == ("application/octet-stream", 32)
        assert tile.headers["cache-control"] == "public, max-age=3600"
        for path in ("tile/entries/000", "tile/0/1", "tile/0/%2e%2e/x", "lines"):
            assert web.http.get(f"/ledger/{path}").status_code == 404, path
        assert web.http.post("/ledger/checkpoint").status_code == 403
        refused = web.http.get("/ledger/lines").json()
        assert refused["error"] == "not-found"
