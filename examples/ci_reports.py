"""Write a folder of JUnit reports as a CI fleet leaves them, the same bytes every time.

    python examples/ci_reports.py FOLDER [--runs 1200] [--first 1] [--seed 1]

Three services, each with a runner of its own (Surefire, pytest, Jest); a report is one test run. Some tests fail
now and then, some are flaky, some slow. Beside what is counted the reports hold what real ones hold: host names,
branches, commits, paths, e-mail addresses, messages and stack traces, all of them invented. None of it may show up
in a snapshot. Runs --first to --first + --runs - 1 are written, so that next week's follow on this week's.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

Chance = Callable[[], float]
"""A number from 0 to 1, the next one each time."""


@dataclass(frozen=True)
class Test:
    """A test case: how long it takes, and in which share of the runs what becomes of it."""

    group: str
    name: str
    seconds: float = 0.08
    fails: float = 0.0
    flaky: float = 0.0
    skipped: float = 0.0
    type: str = "Error"
    """What its failures call themselves."""


@dataclass(frozen=True)
class Service:
    """A code base with its tests, and who writes its reports."""

    name: str
    runner: str
    source: str
    """A file of its, as stack traces show it."""
    tests: tuple[Test, ...]


def steady(group: str, names: str, seconds: float = 0.08) -> Iterator[Test]:
    """Tests that pass, as most do."""
    return (Test(group, name, seconds) for name in names.split())


JAVA = "org.opentest4j.AssertionFailedError"
TIMEOUT = "java.net.SocketTimeoutException"
SERVICES = (
    Service(
        "checkout",
        "surefire",
        "PaymentIT.java",
        (
            *steady("shop.CartTest", "addsAnItem removesAnItem emptiesItself keepsItemsAcrossLogins"),
            *steady("shop.PriceTest", "roundsHalfUp addsTax showsEuros showsYen appliesCoupons"),
            Test("shop.StockTest", "reservesOnce", 0.3, fails=0.11, type=JAVA),
            Test("shop.StockTest", "releasesAfterTimeout", 5.0, fails=0.03, type=JAVA),
            Test("shop.PaymentIT", "retriesTheGateway", 4.0, fails=0.04, flaky=0.16, type=TIMEOUT),
            Test("shop.PaymentIT", "settlesOvernight", 14.0, fails=0.01, type=JAVA),
            Test("shop.PaymentIT", "refundsToVoucher", 0.9, skipped=1.0),
        ),
    ),
    Service(
        "search",
        "pytest",
        "tests/test_ranking.py",
        (
            *steady("tests.test_query", "test_terms test_phrases test_quotes test_unicode test_empty"),
            *steady("tests.test_index", "test_adds test_removes test_merges test_reopens", 0.4),
            Test("tests.test_ranking", "test_fresh_first", 0.6, fails=0.12, type="AssertionError"),
            Test("tests.test_ranking", "test_stable_ties", 0.2, flaky=0.14, type="AssertionError"),
            Test("tests.test_index", "test_rebuilds", 17.0, fails=0.05, type="TimeoutError"),
            Test("tests.test_index", "test_full_disk", 2.0, fails=0.01, skipped=0.3, type="OSError"),
        ),
    ),
    Service(
        "web",
        "jest",
        "src/basket/page.test.tsx",
        (
            *steady("Header", "links folds searches"),
            *steady("Basket", "adds removes shows-the-sum keeps-the-coupon", 0.15),
            Test("Basket", "waits for the stock", 1.4, fails=0.09, flaky=0.1),
            Test("Search", "shows hits while typing", 0.8, fails=0.05),
            Test("Search", "scrolls to the end", 11.0, fails=0.02),
        ),
    ),
)


def report(number: int, seed: int = 1) -> tuple[str, str]:
    """The name and the text of the report of run ``number``; ``seed``: another one, another history."""
    service = SERVICES[number % len(SERVICES)]
    chance = random.Random(f"{seed}/{number}").random
    cases = [_case(service, test, chance) for test in service.tests]
    failed = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    suite = (
        f'<testsuite name="{service.name}" tests="{len(cases)}" failures="{failed}" errors="0" skipped="{skipped}"'
        f' hostname="build-{number % 40:02}.ci.shop.example" timestamp="2026-07-{1 + number % 28:02}T04:12:00">'
    )
    body = "".join([suite, _properties(number, chance), *cases, "</testsuite>"])
    if service.runner != "surefire":
        body = f"<testsuites>{body}</testsuites>"
    return f"{service.name}/run-{number:05}.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _properties(number: int, chance: Chance) -> str:
    """What runners note down about where they ran."""
    noted = {
        "git.branch": f"feature/pear-{number % 90}",
        "git.commit": f"{int(chance() * 16**12):012x}",
        "user.email": f"dev{number % 25}@shop.example",
        "user.dir": f"/home/build/work/{number}",
    }
    lines = (f'<property name="{name}" value={quoteattr(value)}/>' for name, value in noted.items())
    return f"<properties>{''.join(lines)}</properties>\n"


def _case(service: Service, test: Test, chance: Chance) -> str:
    """One test case, or two where it was tried again, with what became of it."""
    seconds = test.seconds * (0.6 + chance())
    head = f'<testcase classname="{test.group}" name="{test.name}"'
    lot = chance()
    if lot < test.skipped:
        return f'{head} time="0"><skipped message="not on this runner"/></testcase>\n'
    lot -= test.skipped
    if lot < test.fails:
        return f'{head} time="{seconds:.3f}">{_trouble("failure", service, test, chance)}</testcase>\n'
    if lot < test.fails + test.flaky:
        return _flaky(head, seconds, service, test, chance)
    return f'{head} time="{seconds:.3f}"/>\n'


def _flaky(head: str, seconds: float, service: Service, test: Test, chance: Chance) -> str:
    """Surefire notes what failed before it passed; other runners report the case once more."""
    if service.runner == "surefire":
        return f'{head} time="{seconds:.3f}">{_trouble("flakyFailure", service, test, chance)}</testcase>\n'
    again = f'{head} time="{seconds:.3f}"/>\n'
    return f'{head} time="{seconds:.3f}">{_trouble("failure", service, test, chance)}</testcase>\n{again}'


def _trouble(element: str, service: Service, test: Test, chance: Chance) -> str:
    """A failure with its message and stack trace."""
    order = int(chance() * 90_000) + 10_000
    trace = (
        f"at {test.group}.{test.name}({service.source}:{order % 300})\nGET https://pay.shop.example/{order}"
    )
    message = quoteattr(f"order {order} of dev{order % 25}@shop.example: expected <paid> but was <open>")
    return f'<{element} type="{test.type}" message={message}>{escape(trace)}</{element}>'


def write_reports(folder: Path, *, runs: int = 1200, first: int = 1, seed: int = 1) -> None:
    """Write the reports of ``runs`` runs, from number ``first`` on; what is there under their names is replaced."""
    for number in range(first, first + runs):
        name, text = report(number, seed)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    for name, default in (("runs", 1200), ("first", 1), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = vars(parser.parse_args())
    folder = options.pop("folder")
    write_reports(folder, **options)
    print(f"wrote {options['runs']} reports under {folder}", file=sys.stderr)


if __name__ == "__main__":
    main()
