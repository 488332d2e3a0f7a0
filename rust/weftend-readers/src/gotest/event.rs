//! One line of `go test -json` (`go doc test2json`).

use std::borrow::Cow;

use crate::ijson::{Name, Scan, Scanner, Str};
use crate::testrun::{Duration, Outcome, seconds};

/// What an event says, as far as it concerns us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// A test begins.
    Run,
    /// A test, or a package, has come to its end.
    Ended(Outcome),
    /// Output, pauses, attributes and whatever may be added to the format.
    Other,
}

/// One event.
#[derive(Debug)]
pub(super) struct Event<'a> {
    pub(super) action: Action,
    package: Option<Str<'a>>,
    test: Option<Str<'a>>,
    pub(super) elapsed: Duration,
}

impl<'a> Event<'a> {
    /// Its package; empty where the event does not say.
    pub(super) fn package(&self) -> Cow<'a, str> {
        self.package.map(|name| name.text()).unwrap_or_default()
    }

    /// Its test; `None` for events of the package itself.
    pub(super) fn test(&self) -> Option<Cow<'a, str>> {
        self.test.map(|name| name.text())
    }
}

/// Call `each` with every line of `text` that holds anything: the event that it is, or `None` for whatever is not one
/// JSON object with a text in `Action`.
pub(super) fn each<'a>(text: &'a [u8], mut each: impl FnMut(Option<Event<'a>>)) {
    let mut scanner = Scanner::new(text);
    let mut start = 0;
    while start < text.len() {
        let rest = text.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |length| start + length);
        if !text
            .get(start..end)
            .is_some_and(|line| line.trim_ascii().is_empty())
        {
            scanner.line(start, end);
            each(read(&mut scanner));
        }
        start = end + 1;
    }
}

fn read<'a>(scanner: &mut Scanner<'a>) -> Option<Event<'a>> {
    let mut members = Members::default();
    scanner.skip_space();
    scanner
        .object(|scanner, name| members.member(scanner, &name))
        .ok()?;
    scanner.finish().ok()?;
    Some(Event {
        action: action(&members.action?),
        package: members.package,
        test: members.test,
        elapsed: members.elapsed,
    })
}

/// The members of an event that are read.
#[derive(Default)]
struct Members<'a> {
    action: Option<Str<'a>>,
    package: Option<Str<'a>>,
    test: Option<Str<'a>>,
    elapsed: Duration,
}

impl<'a> Members<'a> {
    fn member(&mut self, scanner: &mut Scanner<'a>, name: &Name<'a>) -> Scan<()> {
        match &*name.bytes() {
            b"Action" => self.action = scanner.string_or_skip()?,
            b"Package" => self.package = scanner.string_or_skip()?,
            b"Test" => self.test = scanner.string_or_skip()?,
            b"Elapsed" => self.elapsed = elapsed(scanner)?,
            _ => scanner.skip()?,
        }
        Ok(())
    }
}

/// A number of seconds.
fn elapsed(scanner: &mut Scanner<'_>) -> Scan<Duration> {
    let token = scanner.number_or_skip()?;
    Ok(token.and_then(|token| seconds(std::str::from_utf8(token).ok()?)))
}

fn action(word: &Str<'_>) -> Action {
    match &*word.text() {
        "run" => Action::Run,
        "pass" | "bench" => Action::Ended(Outcome::Passed),
        "fail" => Action::Ended(Outcome::Failed),
        "skip" => Action::Ended(Outcome::Skipped),
        _ => Action::Other,
    }
}
