//! The stream that `go test -json` writes: one event a line, among lines that are not JSON.
//!
//! A case is one run of one test, subtests included, from its `run` to its `pass`, `fail` or `skip`. A package
//! that fails though no test in it failed (a build error, a crash in `TestMain`) is one errored case named
//! `TestMain`. A test that was running when its package failed, or when the stream ended, is errored; when its
//! package passed it passed.

mod event;

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::refusal::Refusal;
use crate::testrun::{Duration, Outcome, TestTally};
use event::{Action, Event};

/// What is running, package by package, while a stream is read.
#[derive(Debug, Default)]
pub struct GoTest {
    packages: HashMap<String, Package>,
    /// Lines that are events of `go test -json`.
    pub events: u64,
    /// Lines that are not: build output, prints of `TestMain`, torn lines.
    pub other_lines: u64,
}

/// A package whose end was not seen yet.
#[derive(Debug, Default)]
struct Package {
    running: BTreeSet<String>,
    failed: bool,
}

/// The case that stands for a package that failed on its own.
const PACKAGE_CASE: &str = "TestMain";

/// Whether a line of `block` is an event of `go test -json`.
pub fn has_event(block: &[u8]) -> bool {
    let (mut stream, mut tally) = (GoTest::default(), TestTally::new(0));
    block.split_inclusive(|byte| *byte == b'\n').any(|line| {
        // A line that begins otherwise is no event, whatever follows.
        let opens = line.trim_ascii_start().first() == Some(&b'{');
        if opens {
            stream.block(line, &mut tally);
        }
        stream.events > 0
    })
}

impl GoTest {
    /// Take in the lines of `block`; a line that is not UTF-8 is no event.
    pub fn block(&mut self, block: &[u8], tally: &mut TestTally) {
        event::each(block, |event| match event {
            Some(event) => self.event(&event, tally),
            None => self.other_lines += 1,
        });
    }

    fn event(&mut self, event: &Event<'_>, tally: &mut TestTally) {
        self.events += 1;
        if event.action == Action::Other {
            return;
        }
        let name = event.package();
        let package = self.packages.entry_ref(name.as_ref()).or_default();
        match (event.test().as_deref(), event.action) {
            (Some(test), Action::Run) => drop(package.running.insert(test.to_owned())),
            (Some(test), Action::Ended(outcome)) => {
                package.running.remove(test);
                package.failed |= outcome.is_bad();
                tally.case(&name, test, outcome, event.elapsed);
            }
            (None, Action::Ended(outcome)) => {
                std::mem::take(package).end(&name, outcome, event.elapsed, tally);
            }
            _ => {}
        }
    }

    /// The stream ended: what still runs was cut short.
    ///
    /// `INPUT_INVALID` when there was no event at all.
    pub fn finish(self, tally: &mut TestTally) -> Result<(), Refusal> {
        if self.events == 0 {
            return Err(Refusal::invalid("", "no event of go test -json"));
        }
        for (name, package) in self.packages {
            package
                .running
                .iter()
                .for_each(|test| tally.case(&name, test, Outcome::Errored, None));
        }
        Ok(())
    }
}

impl Package {
    /// The package ended as `outcome` says.
    fn end(self, name: &str, outcome: Outcome, elapsed: Duration, tally: &mut TestTally) {
        let left = if outcome.is_bad() {
            Outcome::Errored
        } else {
            outcome
        };
        for test in &self.running {
            tally.case(name, test, left, None);
        }
        if outcome.is_bad() && !self.failed && self.running.is_empty() {
            tally.case(name, PACKAGE_CASE, Outcome::Errored, elapsed);
        }
    }
}
