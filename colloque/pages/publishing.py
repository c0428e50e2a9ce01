"""Telling the ledger which release is served: by a deployment's command, and at each start of the web."""

import logging

from colloque import __version__
from colloque.accounts.vault_door import vault
from colloque.kernel.errors import ColloqueError
from colloque.ledger import assets
from colloque.pages.asset_manifest import manifest_bytes

logger = logging.getLogger(__name__)


def publish() -> str:
    """Publish what is served; return the sentence to print. Raises the vault's refusal, or NotBuilt."""
    data = manifest_bytes()
    name, files = assets.digest(data), len(assets.read(data).files)
    if vault().publish_assets(name, version=__version__, files=files):
        return f"Published in the ledger: {name} ({files} files, version {__version__})."
    return f"The ledger has it already: {name}."


def publish_or_warn() -> None:
    """At the start: a vault that is not there yet is no reason not to serve; watchers and the page say what is missing."""
    try:
        logger.info("%s", publish())
    except ColloqueError as error:
        logger.warning(
            "The release is not published in the ledger (%s). Run `colloque assets publish`.", error.word
        )
