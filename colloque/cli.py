"""The command line. Settings come from the environment, or, beside a try-out, from the folder that it left."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colloque import __version__

if TYPE_CHECKING:
    from colloque.vault.client import VaultClient


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="colloque")
def cli() -> None:
    """Teleconsultation that a practice runs itself: content sealed end to end, every opening written down first."""
    from colloque.embedded.environment import read_settings
    from colloque.embedded.home import Home

    # A try-out's settings, unless the environment names settings of its own.
    if "COLLOQUE_DATABASE_URL" not in os.environ and "COLLOQUE_DATABASE_URL_FILE" not in os.environ:
        for name, value in read_settings(Home(home_folder())).items():
            os.environ.setdefault(name, value)


def home_folder() -> Path:
    return Path(os.environ.get("COLLOQUE_HOME") or ".colloque").expanduser().resolve()


@cli.command("try")
def try_() -> None:
    """Run everything on this machine, with a demo practice. PORT= and COLLOQUE_HOME= choose where."""
    from colloque.embedded.start import main as start

    sys.exit(start(home_folder()))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def web(host: str, port: int) -> None:
    """Run the web process: pages, API, sockets."""
    import uvicorn

    _settle("colloque.config.settings.web")
    from colloque.pages.publishing import publish_or_warn

    publish_or_warn()
    # No access log: an invitation's token is in a path.
    uvicorn.run(
        "colloque.config.asgi_web:application",
        host=host,
        port=port,
        lifespan="off",
        ws="websockets-sansio",
        access_log=False,
    )


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
def vault(host: str, port: int) -> None:
    """Run the vault. Only the web and the reverse proxy may reach it."""
    import uvicorn

    # Whose request it is, the vault reads from the proxy's header itself; the server need not, for each of them.
    uvicorn.run(
        "colloque.config.asgi_vault:make",
        factory=True,
        host=host,
        port=port,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )


@cli.command()
def worker() -> None:
    """Run the worker: letters and sweeping."""
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "colloque.config.settings.worker"
    _settle("colloque.config.settings.worker")
    _refuse_unsafe()
    # Two at a time: while one asks the scope over a long ledger, the other goes on noticing and writing letters.
    call_command("procrastinate", "worker", concurrency=2)


@cli.command()
def migrate() -> None:
    """Bring the web's database up to date. The vault's own is `colloque vault-init`."""
    from django.core.management import call_command

    _settle("colloque.config.settings.web")
    call_command("migrate", interactive=False, verbosity=1)


@cli.command("vault-init")
@click.option("--keys", type=click.Path(path_type=Path), help="Folder for the services' key files.")
def vault_init(keys: Path | None) -> None:
    """Make the vault's key, its tables, and the keys of the web, the mailer and the operator. Harmless again."""
    from colloque.vault import commands, service, store
    from colloque.vault.settings import from_env

    settings = from_env()
    click.echo(commands.init(settings.kek_file))
    click.echo(commands.migrate(settings.database_url))
    folder = keys or home_folder() / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in service.NAMES:
        service.enrol(settings, name, folder / f"{name}.json")
        click.echo(f"Key of the service {name}: {folder / f'{name}.json'}")
    click.echo(f"Key of the ledger, for its witnesses: {store.read_vkey(settings)}")


@cli.command()
@click.option(
    "--state", type=click.Path(path_type=Path), required=True, help="What the witness has seen, and its key."
)
@click.option(
    "--log", "logs", multiple=True, required=True, help="The vkey of a ledger to witness; may be repeated."
)
@click.option("--name", default="colloque-witness", show_default=True, help="The name that it signs under.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8010, show_default=True)
def witness(state: Path, logs: tuple[str, ...], name: str, host: str, port: int) -> None:
    """Run a witness: it cosigns checkpoints of ledgers that show one history. On a host of its own."""
    from colloque.witness.commands import serve

    sys.exit(serve(state, logs, name, host=host, port=port, say=click.echo))


@cli.command("vault-rotate")
def vault_rotate() -> None:
    """Wrap every secret of the vault by a new data key. Vaults go on meanwhile; stopped halfway, run it again."""
    from colloque.vault import commands
    from colloque.vault.settings import from_env

    commands.rotate(from_env(), click.echo)


@cli.command("vault-rekey")
@click.option(
    "--to", required=True, type=click.Choice(["file", "openbao"]), help="Who keeps the keys from now on."
)
def vault_rekey(to: str) -> None:
    """Hand the vault's data keys to another keeper. The settings of both must be there."""
    from colloque.vault import commands
    from colloque.vault.settings import from_env

    click.echo(commands.move_keys(from_env(), to))


@cli.command()
def check() -> None:
    """Say what is unsafe or missing in the settings."""
    from django.core.management import call_command

    _settle("colloque.config.settings.web")
    call_command("check", deploy=False)


@cli.command("first-manager")
@click.option("--practice", "name", required=True, help="Name of the new practice.")
@click.option("--city", required=True)
def first_manager(name: str, city: str) -> None:
    """Make a practice, and the one-time link for who will be its first manager."""
    _settle("colloque.config.settings.web")
    from colloque.accounts.actions import invite_first_manager

    click.echo(invite_first_manager(name, city))


@cli.group()
def archive() -> None:
    """A practice's recovery sheet in three parts, and its records opened with two of them, beside the databases."""


TWO_PARTS = click.option(
    "--part", "typed", multiple=True, required=True, help="Twenty words in quotes; given twice."
)


@archive.command("split")
@click.option("--code", prompt="The code on the sheet", hide_input=True, help="Asked for when not given.")
def archive_split(code: str) -> None:
    """Write the code of a recovery sheet as three parts, two of which make it whole. On a computer without a network."""
    from colloque.archive import parts_at_hand

    sys.exit(parts_at_hand.split(code, click.echo))


@archive.command("check")
@TWO_PARTS
def archive_check(typed: tuple[str, ...]) -> None:
    """Read two parts back, to see that they fit."""
    from colloque.archive import parts_at_hand

    sys.exit(parts_at_hand.check(typed, click.echo))


@archive.command("ask")
@click.option("--practice", required=True, help="Its id.")
@TWO_PARTS
def archive_ask(practice: str, typed: tuple[str, ...]) -> None:
    """Ask to open a practice's records: leaves a line, and starts the wait. Beside the vault's database."""
    from colloque.archive import commands
    from colloque.vault.settings import from_env

    _settle("colloque.config.settings.web")
    sys.exit(commands.ask(from_env(), practice, typed, click.echo))


@archive.command("open")
@click.option("--practice", required=True, help="Its id.")
@TWO_PARTS
@click.option("--record", "records", multiple=True, help="Only this record; may be repeated.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def archive_open(practice: str, typed: tuple[str, ...], records: tuple[str, ...], folder: Path) -> None:
    """Open a practice's records into FOLDER once the wait is over, each with its lines. Beside both databases."""
    from colloque.archive import commands
    from colloque.vault.settings import from_env

    _settle("colloque.config.settings.web")
    sys.exit(commands.open_records(from_env(), practice, typed, folder, wanted=records, say=click.echo))


@cli.group()
def ledger() -> None:
    """Export the ledger of openings, and check an export."""


@ledger.command("witness")
@click.option("--vault", "vault_url", required=True, help="The vault's address, or the site's.")
@click.option("--url", required=True, help="The witness's address.")
@click.option("--vkey", required=True, help="The witness's key, as it printed it.")
@click.option("--log", "log_vkey", required=True, help="The ledger's key, as you noted it.")
@click.option(
    "--keep", type=click.Path(path_type=Path), required=True, help="Folder for cosigned checkpoints."
)
@click.option("--every", type=int, help="Go on, every so many seconds.")
def ledger_witness(
    *, vault_url: str, url: str, vkey: str, log_vkey: str, keep: Path, every: int | None
) -> None:
    """Have the newest checkpoint cosigned by a witness on another host, and keep it."""
    from colloque.witness.commands import submit_checkpoints

    sys.exit(submit_checkpoints(vault_url, url, vkey, log_vkey, keep, every=every, say=click.echo))


@ledger.command("witnesses")
@click.option("--vault", "vault_url", required=True, help="The vault's address, or the site's.")
def ledger_witnesses(vault_url: str) -> None:
    """Print the ledger's key and witnesses, each with the six words that browsers show when it changes, to compare by
    telephone."""
    from colloque.envelope.words import fingerprint
    from colloque.vault.client import VaultClient

    told = _told(VaultClient(vault_url).key)
    named, quorum = sorted(told["witnesses"]), told["quorum"]
    text = "".join(f"{one}\n" for one in [*named, str(quorum)])
    click.echo(f"{told['vkey']}\n{' · '.join(fingerprint(told['vkey'].encode()))}\n")
    click.echo(f"{text}{' · '.join(fingerprint(text.encode()))}")


@ledger.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--practice", help="The id of one practice: its lines alone, in which no patient is named as elsewhere."
)
def ledger_export(folder: Path, practice: str | None) -> None:
    """Write every line, with its signatures and the checkpoint, to FOLDER; or one practice's lines, with their proofs."""
    from colloque.vault import commands
    from colloque.vault.settings import from_env

    if practice is None:
        click.echo(commands.ledger_export(from_env(), folder))
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.ClickException(f"{folder} is not empty. Name a folder that is not there yet: files of another export "
                                   "would stay beside, and some of them tell who is who.")  # fmt: skip
    try:
        click.echo(commands.ledger_export_practice(from_env(), folder, practice))
    except LookupError as error:
        raise click.ClickException(str(error)) from error


@ledger.command("erase")
@click.argument("first", type=int)
@click.argument("last", type=int)
@click.option(
    "--why",
    type=click.Choice(["retention", "right-to-erasure", "mistake"]),
    default="retention",
    show_default=True,
)
@click.option("--vault", "vault_url", required=True, help="The vault's address.")
@click.option(
    "--key", type=click.Path(exists=True, path_type=Path), required=True, help="The operator's key file."
)
def ledger_erase(*, first: int, last: int, why: str, vault_url: str, key: Path) -> None:
    """Take the text of lines FIRST to LAST, past the time they are kept. Their hashes stay, and a line says so."""
    from colloque.vault import commands

    sys.exit(commands.ledger_erase(vault_url, key, first, last, why, say=click.echo))


@cli.group()
def budget() -> None:
    """How many records may be opened in a minute, an hour, a day, thirty days."""


@budget.command("suggest")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.option("--practice", help="The id of one practice: what its own people open.")
def budget_suggest(folder: Path | None, practice: str | None) -> None:
    """Propose budgets from what was opened: in FOLDER, an export, or in the vault's own ledger. Changes nothing."""
    from colloque.vault import commands

    click.echo(commands.budget_suggest(folder, practice))


@ledger.command("verify", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ledger_verify(arguments: tuple[str, ...]) -> None:
    """Check an export, as `python -m colloque.ledger.verify` does. Exit code 1 when something is wrong."""
    from colloque.ledger.verify import main as verify

    sys.exit(verify(list(arguments)))


@cli.command()
@click.option(
    "--ledger",
    "ledger",
    required=True,
    help="A folder of `colloque ledger export`, or one that --keep wrote; or the https address of one.",
)
@click.option(
    "--hypothesis", required=True, type=click.Path(path_type=Path), help="What was compromised, in YAML."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write everyone to this file.")
@click.option(
    "--parquet", type=click.Path(dir_okay=False, path_type=Path), help="Write everyone to this file."
)
@click.option(
    "--against", type=click.Path(path_type=Path), help="An earlier answer (--json): say what is different."
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep the loaded ledger for next time."
)
@click.option("--unsigned", is_flag=True, help="Do not check signatures: for rehearsals; the answer says so.")
@click.option("--lines", "first", type=int, help="Only its first so many lines: the ledger as it was then.")
@click.option(
    "--lang", type=click.Choice(["fr", "en"]), help="Language of sentences; else that of the terminal."
)
def scope(
    *,
    ledger: str,
    hypothesis: Path,
    as_json: bool,
    csv: Path | None,
    parquet: Path | None,
    against: Path | None,
    keep: Path | None,
    unsigned: bool,
    first: int | None,
    lang: str | None,
) -> None:
    """Say whose data a hypothesis reached: consulted, reachable, sealed or untouched, with the lines that prove it."""
    from colloque.scope.command import Asked, run
    from colloque.scope.errors import ScopeRefused
    from colloque.scope.remote import is_address

    if not is_address(ledger) and not Path(ledger).is_dir():
        raise click.BadParameter(f"{ledger} is neither a folder nor an https address.", param_hint="--ledger")
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    lang = lang or ("fr" if told.startswith("fr") else "en")
    asked = Asked(
        ledger if is_address(ledger) else Path(ledger),
        hypothesis,
        as_json=as_json,
        csv=csv,
        parquet=parquet,
        against=against,
        keep=keep,
        signed=not unsigned,
        first=first,
        lang=lang,
    )
    try:
        run(asked, click.echo)
    except ScopeRefused as error:
        raise click.ClickException(error.public if lang == "fr" else error.english) from error


@cli.group()
def assets() -> None:
    """What this release serves to browsers: its manifest, and its line in the ledger."""


@assets.command("manifest")
def assets_manifest() -> None:
    """Print the name and six words of this installation's asset manifest: the same wherever its source is built."""
    _settle("colloque.config.settings.web")
    from colloque.envelope.words import fingerprint
    from colloque.ledger.assets import digest
    from colloque.pages.asset_manifest import manifest_bytes

    data = _told(manifest_bytes)
    click.echo(f"{digest(data)}\n{' · '.join(fingerprint(data))}")


@assets.command("publish")
def assets_publish() -> None:
    """Write the manifest's hash into the ledger, by the web's key. `colloque web` does it at each start; harmless again."""
    _settle("colloque.config.settings.web")
    from colloque.pages.publishing import publish

    click.echo(_told(publish))


@cli.command("watch-assets")
@click.argument("url")
@click.option(
    "--as",
    "accounts",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An account to look with, besides anonymously: a JSON file with email, passphrase, totp_secret. May be repeated.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    help="Folder in which to remember the ledger between two looks.",
)
@click.option(
    "--witness", "witnesses", multiple=True, help="Key of a witness that must have cosigned; may be repeated."
)
@click.option("--expect", help="The manifest hash that you built yourself (`colloque assets manifest`).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def watch_assets(
    url: str,
    *,
    accounts: tuple[Path, ...],
    witnesses: tuple[str, ...],
    keep: Path | None,
    expect: str | None,
    as_json: bool,
) -> None:
    """Compare what the server at URL delivers, to strangers and to accounts, with its ledger. Exit code 1: they differ."""
    from colloque.client.watching import main as watch

    sys.exit(watch(url, accounts, witnesses, keep=keep, expect=expect, as_json=as_json))


@cli.group()
def rules() -> None:
    """Detection rules: name them, and try one on lines."""


@rules.command("list")
def rules_list() -> None:
    """Name every rule that the worker would run, with what it may stop by itself."""
    from colloque.detection.errors import BadRule
    from colloque.detection.sigma import read_rules

    try:
        found = read_rules(_rule_folders())
    except BadRule as error:
        raise click.ClickException(str(error)) from error
    for rule in found:
        stops = f", freezes the {rule.stops}" if rule.stops else ""
        click.echo(f"{rule.name:28} {rule.level}{stops}: {rule.title}")


@rules.command("test")
@click.argument("rule")
@click.option(
    "--lines", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="lines.jsonl of an export."
)
def rules_test(rule: str, lines: Path | None) -> None:
    """Run RULE (a name, or a file) alone: on the examples beside it, or on the lines of a file."""
    from colloque.detection import examples
    from colloque.detection.errors import BadRule
    from colloque.detection.sigma import find_rule, read_rule

    try:
        path = find_rule(rule, _rule_folders())
        read = read_rule(path)
        tried = (
            examples.Tried(examples.run_rule(read, told := examples.read_lines(lines)), len(told))
            if lines
            else examples.try_rule(read, path)
        )
    except BadRule as error:
        raise click.ClickException(str(error)) from error
    for hit in tried.hits:
        click.echo(
            f"line {hit.seq}, {hit.time}: {read.title} ({hit.key or 'no group'}; {hit.count} in evidence)"
        )
    click.echo(f"{read.name}: {len(tried.hits)} findings in {tried.lines} lines.")
    if tried.wrong:
        raise click.ClickException(f"{path}: {tried.wrong}.")


def _rule_folders() -> list[Path]:
    from colloque.detection.told import OWN_RULES

    own = os.environ.get("COLLOQUE_RULES")
    return [OWN_RULES, *([Path(own)] if own else [])]


@cli.group()
def officer() -> None:
    """Security and data protection officers: who they are, canaries, findings to send."""


_operators_key = click.option(
    "--key",
    type=click.Path(exists=True, path_type=Path),
    help="The operator's key file, kept off the web's machine.",
)


def _operator(key: Path | None) -> "VaultClient | None":
    from django.conf import settings

    from colloque.vault.client import VaultClient, load

    return VaultClient(settings.COLLOQUE_VAULT_URL, load(key)) if key else None


@officer.command("appoint")
@click.argument("person")
@click.option("--office", type=click.Choice(["security", "dpo"]), default="security", show_default=True)
@_operators_key
def officer_appoint(person: str, office: str, key: Path | None) -> None:
    """Open the officer's pages to the account PERSON (its id). It gets no role in a practice, and no key.

    With the operator's key, the vault counts them when a freeze is lifted, from a day later on.
    """
    _settle("colloque.config.settings.web")
    from colloque.incidents import appointing

    click.echo(_told(lambda: appointing.appoint(person, office, _operator(key))))


@officer.command("end")
@click.argument("person")
@_operators_key
def officer_end(person: str, key: Path | None) -> None:
    """Close the officer's pages to the account PERSON; with the operator's key, in the vault too."""
    _settle("colloque.config.settings.web")
    from colloque.incidents import appointing

    click.echo(_told(lambda: appointing.end(person, _operator(key))))


@officer.command("canary")
@click.argument("account")
@click.option("--kind", type=click.Choice(["patient", "address", "credential", "backup"]), default="patient")
@click.option("--label", required=True, help="A word to know it by.")
@click.option(
    "--plant",
    nargs=2,
    metavar="ADDRESS DIR",
    help="Write a backup that is none into DIR, with a way in by ADDRESS, the canary's.",
)
def officer_canary(account: str, kind: str, label: str, plant: tuple[str, str] | None) -> None:
    """Make ACCOUNT (its id) a canary: whoever touches it, or a record of it, is frozen and found."""
    _settle("colloque.config.settings.web")
    from django.conf import settings

    from colloque.incidents import appointing, planting

    click.echo(_told(lambda: appointing.add_canary(account, kind, label)))
    if plant:
        address, folder = plant
        click.echo(_told(lambda: planting.plant(Path(folder), address, settings.COLLOQUE_ORIGIN)))


@officer.command("canaries")
def officer_canaries() -> None:
    """List the canaries, by kind and the word to know them by."""
    _settle("colloque.config.settings.web")
    from colloque.incidents import appointing

    for line in appointing.canaries_told():
        click.echo(line)


@officer.command("export")
@click.option("--what", type=click.Choice(["findings", "lines"]), default="findings", show_default=True)
@click.option("--to", required=True, help="A file, syslog://host:port, or an https address.")
@click.option("--first", default=0, show_default=True, help="With lines: the number to begin at.")
@click.option(
    "--mark",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With lines: a file that notes how far this came, and from which the next one goes on.",
)
@click.option(
    "--header",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a header for the https address (Authorization: Bearer …).",
)
def officer_export(what: str, to: str, first: int, mark: Path | None, header: Path | None) -> None:
    """Send findings, or lines of the ledger, as OCSF JSON."""
    _settle("colloque.config.settings.worker")
    from colloque.incidents import exports, queries, sending, tail

    marked = _told(lambda: sending.Mark(mark, first))
    objects = (
        map(exports.ocsf_finding, queries.findings_told())
        if what == "findings"
        else map(exports.ocsf_line, marked.follow(tail.lines_from(marked.next)))
    )
    head = header.read_text("utf-8").strip() if header else ""
    count = _told(lambda: sending.send(objects, to, head))
    if what == "lines":
        marked.keep()
    click.echo(f"{count} {what} sent to {to.rpartition('@')[2]}")


def _told[T](act: Callable[[], T]) -> T:
    """Run an act; its refusal becomes a sentence of the command line."""
    from colloque.kernel.errors import ColloqueError

    try:
        return act()
    except ColloqueError as error:
        raise click.ClickException(f"{error.public} ({error.word}: {error})") from error


@cli.command()
@click.argument("url")
@click.option(
    "--words",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Texts to use, one per line.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option(
    "--mail",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of caught letters (.eml).",
)
@click.option("--manager-link", help="One-time link of a first manager (`colloque first-manager`).")
def smoke(url: str, words: Path | None, as_json: bool, mail: Path | None, manager_link: str | None) -> None:
    """Play a whole consultation against the deployment at URL, with real keys."""
    from colloque.client.smoke import main as run

    sys.exit(run(url, words=words, as_json=as_json, mail=mail, manager_link=manager_link))


@cli.command()
@click.argument("scenario")
@click.option(
    "--persons", type=int, help="How many; past a few dozen it is replayed without HTTP, and says so."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="An empty folder for what was found."
)
@click.option("--url", help="Attack this instance of yours, beside which you run; else one is started here.")
@click.option("--mail", type=click.Path(path_type=Path), help="Folder of caught letters, with --url.")
@click.option("--replayed", is_flag=True, help="Replay it even where few persons would be played live.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def drill(
    *,
    scenario: str,
    persons: int | None,
    seed: int,
    out: Path,
    url: str | None,
    mail: Path | None,
    replayed: bool,
    as_json: bool,
) -> None:
    """Rehearse an intrusion on synthetic people, and hold the scope against what the attacker itself wrote down."""
    import json

    from colloque.drill.command import Asked, run
    from colloque.drill.errors import CannotDrill

    asked = Asked(scenario, out, persons=persons, seed=seed, url=url, mail=mail, replayed=replayed)
    try:
        told = run(asked, (lambda _: None) if as_json else click.echo)
    except CannotDrill as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _settle(module: str) -> None:
    """Load Django with the settings that the environment names, or with this process's own."""
    from colloque.config.env import BadSetting

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)
    import django

    try:
        django.setup()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error


def _refuse_unsafe() -> None:
    from colloque.config.checks import refuse_unsafe

    refuse_unsafe()


def main() -> None:
    cli(prog_name="colloque")


if __name__ == "__main__":
    main()
