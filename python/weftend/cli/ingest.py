"""``weftend ingest``: the spool, and files of other tools, into the local store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from weftend.cli.notice import first_run
from weftend.cli.output import emit_json, machine, say
from weftend.errors import ExitStatus, Issue, IssueList, WeftendError

if TYPE_CHECKING:
    from collections.abc import Callable

    from weftend.store.local.ingest import Ingest, Ingested

_home = click.option("--home", type=click.Path(path_type=Path), metavar="DIR", help="The home; see the docs.")
_contracts = click.option(
    "--contracts",
    "extra",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Compiled contracts of your own.",
)
_json = click.option("--json", "_json", is_flag=True, help="One JSON document on stdout, nothing on stderr.")
_files = click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True)
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
    """Take in completion envelopes: a run, its findings, its detector snapshots."""
    from weftend.store.local.envelopes import ingest_completion

    return _each(options, files, ingest_completion)


@ingest.command("sarif", short_help="Take in the results of SARIF logs.")
@_files
@_json
@click.pass_obj
def sarif(options: tuple[Path | None, Path | None], files: tuple[Path, ...], _json: bool) -> ExitStatus:
    """Take in SARIF 2.1.0 logs: their results as findings, with fingerprints."""
    from weftend.store.local.sarif import ingest_sarif

    return _each(options, files, ingest_sarif)


@ingest.command("cargo", short_help="Take in the messages of a cargo build.")
@click.argument("file", metavar="-|FILE", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--repository", default="local", show_default=True, metavar="NAME", help="The repository's name."
)
@click.option("--run-name", metavar="NAME", help="What to call this build.")
@click.option(
    "--total-ms", type=click.IntRange(min=0), help="How long it took; measured while reading otherwise."
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
    status = _tell(total)
    if issues:
        from weftend.cli.output import report

        report(IssueList.of(issues), beside_document=True)
        return ExitStatus.PARTIAL if total.events else ExitStatus.INVALID
    return status


def _tell(done: Ingested) -> ExitStatus:
    if machine.get():
        emit_json(
            {"events": done.events, "refused": done.refused, "rows": done.rows, "segments": done.segments}
        )
    else:
        say(f"{done.events} events taken in, {done.rows} rows.")
        for code, count in sorted(done.refused.items()):
            say(f"  refused {count} {code}")
    return ExitStatus.PARTIAL if done.refused else ExitStatus.DONE
