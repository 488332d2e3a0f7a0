"""``weftend ingest``: the spool, and files of other tools, into the local store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weftend.cli.notice import first_run
from weftend.cli.options import AnyPath, Name
from weftend.cli.output import emit_json, machine, report, say, shown
from weftend.errors import ExitStatus, Issue, IssueList, WeftendError

if TYPE_CHECKING:
    from collections.abc import Callable

    from weftend.store.local.ingest import Ingest, Ingested

_home = click.option("--home", type=AnyPath(), metavar="DIR", help="The home; see the docs.")
_contracts = click.option(
    "--contracts",
    "extra",
    type=AnyPath(),
    metavar="FILE",
    help="Compiled contracts of your own.",
)
_json = click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")
_files = click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=AnyPath(allow_dash=True),
)


@click.group("ingest", short_help="Take what was recorded into the local store.", invoke_without_command=True)
@_home
@_contracts
@_json
@click.pass_context
def ingest(context: click.Context, home: Path | None, extra: Path | None, _json: bool) -> ExitStatus | None:
    """Take what was recorded into the local store, exactly once.

    Without a subcommand: the spool, unless the mode is off. Refused events are counted by code; exit status 4 says
    that there were any.
    """
    if context.invoked_subcommand is not None:
        context.obj = (home, extra)
        return None
    from weftend import recording
    from weftend.store.local import opening
    from weftend.store.local.ingest import Ingested

    first_run(opening.home(home))
    decision = recording.mode()
    if decision.mode == "off":
        say(f"Mode off, decided by {decision.layer}: what is on the spool stays there.")
        return _tell(Ingested())
    return _tell(opening.ingest(opening.home(home), extra))


@ingest.command("completion", short_help="Take in a completion run with its findings.")
@_files
@_json
@click.pass_obj
def completion(options: tuple[Path | None, Path | None], files: tuple[Path, ...], _json: bool) -> ExitStatus:
    """Take in completion envelopes: a run, its findings, its detector snapshots.

    JSON objects whose member event is completion-run, completion-finding or completion-detector-snapshot; the
    other members are those that `weftend contracts show` lists. Findings and snapshots belong to the run before
    them, in the same FILE or the one before.
    """
    from weftend.store.local.envelopes import Completion

    return _each(options, files, Completion().take)


@ingest.command("suppressions", short_help="Take in findings that people live with.")
@_files
@_json
@click.pass_obj
def suppressions(
    options: tuple[Path | None, Path | None], files: tuple[Path, ...], _json: bool
) -> ExitStatus:
    """Take in suppressions: findings that people decided to live with, by detector and scope.

    JSON objects with detector_id, scope (a fingerprint, or a pattern of paths), reason and owner; created_at,
    expires_at and approved_by where they are known. Findings that come in later are marked.
    """
    from weftend.store.local.suppression_files import ingest_suppressions

    return _each(options, files, ingest_suppressions)


@ingest.command("content", short_help="Take in chat, tool calls and retrieval (S3).")
@_files
@_json
@click.pass_obj
def content(options: tuple[Path | None, Path | None], files: tuple[Path, ...], _json: bool) -> ExitStatus:
    """Take in content (S3): chat, messages, tool calls, retrieval, into a database file of its own.

    JSON objects with the member table and that table's columns, as docs/telemetry lists them. No command releases or
    exports any of it.
    """
    from weftend.store.content.files import ingest_content

    return _each(options, files, ingest_content)


@ingest.command("sarif", short_help="Take in the results of SARIF logs.")
@_files
@_json
@click.pass_obj
def sarif(options: tuple[Path | None, Path | None], files: tuple[Path, ...], _json: bool) -> ExitStatus:
    """Take in SARIF 2.1.0 logs: their results as findings, with fingerprints."""
    from weftend.store.local.sarif import ingest_sarif

    return _each(options, files, ingest_sarif)


@ingest.command("cargo", short_help="Take in the messages of a cargo build.")
@click.argument("file", metavar="-|FILE", type=AnyPath(allow_dash=True))
@click.option(
    "--repository",
    type=Name(),
    default="local",
    show_default=True,
    metavar="NAME",
    help="The repository's name.",
)
@click.option("--run-name", type=Name(), metavar="NAME", help="What to call this build.")
@click.option(
    "--total-ms",
    type=click.IntRange(min=0, max=2**53 - 1),
    metavar="MILLISECONDS",
    help="How long it took; measured while reading otherwise.",
)
@_json
@click.pass_obj
def cargo(
    options: tuple[Path | None, Path | None],
    file: Path,
    repository: str,
    run_name: str | None,
    total_ms: int | None,
    _json: bool,
) -> ExitStatus:
    """Take in the messages of `cargo build --message-format=json`: the build, its crates and warnings."""
    import time

    from weftend import contracts
    from weftend.store.local import cargo as messages
    from weftend.store.local import opening

    started = time.monotonic()
    with click.open_file(str(file), "rb") as lines:
        build = messages.read(lines)
    took = round((time.monotonic() - started) * 1000)
    with opening.way_in(opening.home(options[0]), contracts.active(options[1])) as way:
        done = messages.insert(
            way,
            build,
            source=str(file),
            total_ms=took if total_ms is None else total_ms,
            repository=repository,
            run_name=run_name,
        )
    return _tell(done)


def _each(
    options: tuple[Path | None, Path | None],
    files: tuple[Path, ...],
    take: Callable[[Ingest, Path], Ingested],
) -> ExitStatus:
    """Take each file whole or not at all; what is wrong with one does not stop the others."""
    from weftend import contracts
    from weftend.store.local import opening
    from weftend.store.local.ingest import Ingested

    total, issues = Ingested(), list[Issue]()
    with opening.way_in(opening.home(options[0]), contracts.active(options[1])) as way:
        for file in files:
            try:
                total.add(take(way, file))
            except WeftendError as error:
                issues += error.issues.issues
    if issues and not total.events:
        raise WeftendError(IssueList.of(issues))
    return _tell(total, IssueList.of(issues))


def _tell(done: Ingested, issues: IssueList | None = None) -> ExitStatus:
    """Say what was taken in and what was not; under ``--json`` the issues are part of the one document."""
    wrong = issues if issues is not None and issues.issues else None
    if machine.get():
        taken = {"events": done.events, "refused": done.refused, "rows": done.rows, "segments": done.segments}
        emit_json(taken | (shown(wrong) if wrong else {}))
    else:
        say(f"{done.events} events taken in, {done.rows} rows.")
        for code, count in sorted(done.refused.items()):
            say(f"  refused {count} {code}")
        if wrong:
            report(wrong)
    return ExitStatus.PARTIAL if done.refused or wrong else ExitStatus.DONE
