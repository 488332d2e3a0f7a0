"""What every command that reads CI reports or records takes, and the reading itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from weftend.cli import options
from weftend.cli.options import AnyPath
from weftend.cli.output import fail, say
from weftend.errors import Code, ExitStatus, Issue, IssueList, WeftendError

if TYPE_CHECKING:
    from weftend.ci import Reading
    from weftend.fold import Stream

STDIN: Final = Path("-")
_PATH: Final = AnyPath(allow_dash=True)

_OPTIONS: Final = (
    click.argument("stream_id", metavar="STREAM"),
    click.argument("inputs", nargs=-1, metavar="INPUT...", type=_PATH),
    click.option(
        "--inputs-from",
        "listed",
        type=_PATH,
        metavar="FILE",
        help="Read the inputs that FILE lists, too, one a line; - is standard input.",
    ),
    click.option(
        "--unit",
        type=click.Choice(["file", "dir", "field"]),
        help="What one run is: a file (default for tests and findings), a folder of files, or what a field names.",
    ),
    click.option(
        "--format",
        "document_format",
        type=click.Choice(["junit", "go-test", "sarif", "github", "ndjson"]),
        help="What every document is (default: what it looks like).",
    ),
    click.option(
        "--strict", is_flag=True, help="Stop at the first file that cannot be read; nothing is done."
    ),
    options.slow,
    click.option(
        "--vocabulary",
        metavar="[MAP=]FILE",
        multiple=True,
        help="Names that may show, as `weftend vocabulary collect` proposes them.",
    ),
    click.option(
        "--streams",
        "definitions",
        metavar="FILE",
        multiple=True,
        type=_PATH,
        help="Stream definitions of your own, in YAML.",
    ),
    options.contracts,
)


class Asked(NamedTuple):
    """What the command line asks to be read, and for which stream."""

    stream_id: str
    inputs: tuple[Path, ...]
    listed: Path | None
    unit: str | None
    document_format: str | None
    slow: float | None
    strict: bool
    definitions: tuple[Path, ...]
    vocabulary: tuple[str, ...]
    extra: Path | None
    """Compiled contracts beside the shipped ones."""

    def definition(self, contribution: str | None = None) -> dict[str, Any]:
        """The compiled definition of the stream, with the vocabularies and settings that were asked for.

        Raises:
            WeftendError: ``STREAM_INVALID`` where there is no such stream, or with everything wrong with it;
                ``USAGE`` where a stream that is one-map is asked to be less.
        """
        from weftend.contracts import active
        from weftend.contracts.definitions import chosen

        in_force, settings = active(self.extra), options.settings(self.slow)
        own = chosen(self.stream_id, in_force, self.definitions, self.vocabulary, None, settings)
        if contribution == "every-map" and own["contribution"] == "one-map":
            message = f"{self.stream_id} is one-map, and cannot be asked to promise less"
            fail(Issue(Code.USAGE, "argv#--contribution", message))
        return own | ({} if contribution is None else {"contribution": contribution})


class Target(NamedTuple):
    """The stream that inputs are to be read for, before anything is read."""

    definition: dict[str, Any]
    """The stream's compiled definition."""
    stream: Stream
    unit_rule: str | None
    """What one unit is, where that can be chosen; a workflow run is always itself."""

    @property
    def units(self) -> str:
        """What is counted, in the plural: the stream's own word."""
        return str(self.definition["unit"]["plural"])


class Read(NamedTuple):
    """What was read, and the stream it was read for."""

    target: Target
    reading: Reading

    @property
    def definition(self) -> dict[str, Any]:
        """The stream's compiled definition."""
        return self.target.definition

    @property
    def stream(self) -> Stream:
        """The stream."""
        return self.target.stream

    @property
    def units(self) -> str:
        """What is counted, in the plural: the stream's own word."""
        return self.target.units


def takes_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the arguments and options of :class:`Asked`, as its first argument."""

    @wraps(command)
    def asking(**given: Any) -> Any:
        asked = Asked(**{name: given.pop(name) for name in Asked._fields})
        return command(asked, **given)

    decorated: Callable[..., Any] = asking
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def target(asked: Asked, contribution: str | None = None) -> Target:
    """The stream that was asked for, with everything checked that needs no input.

    Raises:
        WeftendError: ``STREAM_INVALID``; ``USAGE`` where no input is named, standard input twice, or a unit or
            format that the stream does not have.
    """
    from weftend import ci
    from weftend.canonical import canonicalize
    from weftend.fold import Stream

    _require_inputs(asked)
    definition = asked.definition(contribution)
    with _placed(asked.stream_id):
        stream = Stream(canonicalize(definition))
        rule = ci.unit_rule(stream, unit=asked.unit, format=asked.document_format)
    return Target(definition, stream, None if definition["reader"] == "jobs" else rule)


@contextmanager
def _placed(stream_id: str) -> Iterator[None]:
    """What is wrong inside a definition, whatever files it came from, is said of the stream."""
    try:
        yield
    except WeftendError as error:
        placed = [
            item._replace(path=f"{stream_id}{item.path}") if item.path.startswith("#") else item
            for item in error.issues.issues
        ]
        raise WeftendError(IssueList.of(placed, error.issues.more)) from error


def read(asked: Asked, of: Target) -> Read:
    """Read everything that was asked for, showing progress at a terminal.

    Raises:
        WeftendError: what was refused, under ``--strict`` or when there is nothing at all to read. Exit status
            2; nothing was written.
    """
    from weftend import ci
    from weftend.cli.progress import reading

    inputs = list(_inputs(asked))
    with reading() as progress:
        read = ci.read(
            of.stream,
            inputs,
            unit=asked.unit,
            format=asked.document_format,
            strict=asked.strict,
            progress=progress,
        )
    _refuse_if_nothing(read, strict=asked.strict)
    return Read(of, read)


def _require_inputs(asked: Asked) -> None:
    """At least one input, and standard input at most once."""
    if not asked.inputs and asked.listed is None:
        message = "say what to read: files, folders, patterns, - for standard input, or --from-store"
        fail(Issue(Code.USAGE, "argv#INPUT...", message))
    if [*asked.inputs, asked.listed].count(STDIN) > 1:
        fail(
            Issue(
                Code.USAGE, "argv#-", "standard input can be read once: as one input, or as the list of them"
            )
        )


def _inputs(asked: Asked) -> Iterator[Path]:
    """The inputs, given and listed."""
    yield from asked.inputs
    if asked.listed is not None:
        yield from _listed(asked.listed)


def _listed(file: Path) -> Iterator[Path]:
    """The inputs that ``file`` lists: one a line, or, as ``find -print0`` writes them, each before a NUL."""
    with click.open_file(str(file), "rb") as lines:
        whole = os.fsdecode(lines.read())
    names = whole.split("\0") if "\0" in whole else [line.removesuffix("\r") for line in whole.split("\n")]
    yield from (Path(name) for name in names if name)


def recorded(asked: Asked, contribution: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The definition and the contracts in force for ``--from-store``, which takes no inputs beside it.

    Raises:
        WeftendError: ``USAGE`` where there are inputs; ``STREAM_INVALID`` as :meth:`Asked.definition`.
    """
    from weftend.contracts import active

    if asked.inputs or asked.listed is not None:
        fail(
            Issue(Code.USAGE, "argv#--from-store", "--from-store reads the local store, and no inputs beside")
        )
    return asked.definition(contribution), active(asked.extra)


def _refuse_if_nothing(read: Reading, *, strict: bool) -> None:
    """Under ``--strict`` any refusal is one of the command; so is naming only what is not there."""
    issues = read.issues
    missing = all(issue.code == Code.INPUT_NOT_FOUND for issue in issues.issues)
    if issues.issues and (strict or (missing and read.counts.documents == 0)):
        fail(issues)


def status_of(read: Read, status: ExitStatus = ExitStatus.DONE) -> ExitStatus:
    """The exit status: that part of the input was refused outranks whatever else there is to say."""
    return ExitStatus.PARTIAL if read.reading.counts.refused else status


def tell(read: Read) -> None:
    """Say on stderr what was read and what was not; silent under ``--json``."""
    from weftend.report.reading import lines

    for line in lines(read.reading, read.definition["unit"]):
        say(line)
