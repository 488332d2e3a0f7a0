//! One test case: its attributes, and what its children say became of it.

use std::borrow::Cow;

use super::markup::Wrong;
use super::tokens::Tokens;
use crate::testrun::{Outcome, TestTally, seconds};

/// The test case that is open.
#[derive(Default)]
pub(super) struct Case<'a> {
    class: Cow<'a, str>,
    name: Cow<'a, str>,
    nanos: Option<u64>,
    /// What attributes say (googletest, tst, CTest), where no child says anything.
    told: Option<Outcome>,
    /// The greatest outcome that a child gives.
    found: Option<Outcome>,
}

impl<'a> Case<'a> {
    /// A `<testcase>` opens, whose attributes come next; whether it is empty.
    #[inline]
    pub(super) fn begin(&mut self, tokens: &mut Tokens<'a>) -> Result<bool, Wrong> {
        *self = Case::default();
        tokens.attributes(|attribute, value| match attribute {
            "classname" => self.class = value.text(),
            "name" => self.name = value.text(),
            "time" => self.nanos = seconds(&value.text()),
            "status" | "result" => self.told = self.told.max(outcome_told(&value.text())),
            _ => {}
        })
    }

    /// A child element of the test case opens, whose attributes come next; whether it is empty.
    pub(super) fn child(
        &mut self,
        name: &str,
        tokens: &mut Tokens<'a>,
        tally: &mut TestTally,
    ) -> Result<bool, Wrong> {
        let outcome = match name {
            "error" => Some(Outcome::Errored),
            "failure" => Some(Outcome::Failed),
            "skipped" => Some(Outcome::Skipped),
            "flakyFailure" | "flakyError" | "rerunFailure" | "rerunError" => Some(Outcome::Flaky),
            _ => None,
        };
        self.found = self.found.max(outcome);
        let counts = outcome.is_some_and(Outcome::is_bad);
        tokens.attributes(|attribute, value| {
            if counts && attribute == "type" {
                tally.failure_type(&value.text());
            }
        })
    }

    /// The test case closes.
    pub(super) fn end(&mut self, tally: &mut TestTally) {
        let outcome = self.found.or(self.told).unwrap_or(Outcome::Passed);
        tally.case(&self.class, &self.name, outcome, self.nanos);
    }
}

/// What the attributes `status` and `result` say; words that say nothing are passed over.
fn outcome_told(word: &str) -> Option<Outcome> {
    match word.to_ascii_lowercase().as_str() {
        "error" | "errored" => Some(Outcome::Errored),
        "fail" | "failed" | "failure" => Some(Outcome::Failed),
        "disabled" | "ignored" | "notrun" | "pending" | "skipped" | "suppressed" => {
            Some(Outcome::Skipped)
        }
        _ => None,
    }
}
