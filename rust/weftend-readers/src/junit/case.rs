//! One test case: its attributes, and what its children say became of it.

use super::markup::{self, Wrong};
use crate::testrun::{Outcome, TestTally, seconds};

/// The test case that is open; its strings are reused from case to case.
#[derive(Default)]
pub(super) struct Case {
    class: String,
    name: String,
    nanos: Option<u64>,
    /// What attributes say (googletest, tst, CTest), where no child says anything.
    told: Option<Outcome>,
    /// The greatest outcome that a child gives.
    found: Option<Outcome>,
}

impl Case {
    /// A `<testcase>` opens; `attributes` is what stands after its name.
    pub(super) fn begin(&mut self, attributes: &str) -> Result<(), Wrong> {
        let Case {
            class,
            name,
            nanos,
            told,
            found,
        } = self;
        class.clear();
        name.clear();
        (*nanos, *told, *found) = (None, None, None);
        markup::attributes(attributes, |attribute, raw| {
            match attribute {
                "classname" => class.push_str(&markup::value(raw)),
                "name" => name.push_str(&markup::value(raw)),
                "time" => *nanos = seconds(&markup::value(raw)),
                "status" | "result" => *told = (*told).max(outcome_told(&markup::value(raw))),
                _ => {}
            }
            Ok(())
        })
    }

    /// A child element of the test case opens.
    pub(super) fn child(
        &mut self,
        name: &str,
        attributes: &str,
        tally: &mut TestTally,
    ) -> Result<(), Wrong> {
        let outcome = match name {
            "error" => Some(Outcome::Errored),
            "failure" => Some(Outcome::Failed),
            "skipped" => Some(Outcome::Skipped),
            "flakyFailure" | "flakyError" | "rerunFailure" | "rerunError" => Some(Outcome::Flaky),
            _ => None,
        };
        self.found = self.found.max(outcome);
        let counts = outcome.is_some_and(Outcome::is_bad);
        markup::attributes(attributes, |attribute, raw| {
            if counts && attribute == "type" {
                tally.failure_type(&markup::value(raw));
            }
            Ok(())
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
