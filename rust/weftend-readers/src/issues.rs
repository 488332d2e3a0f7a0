//! All that is wrong with an input at once: the first issues in their order, and a count of the rest.

use std::collections::BTreeSet;

use weftend_core::error::Issue;

/// How many issues a list keeps; the rest is only counted.
pub const MAX_ISSUES: usize = 64;

/// Issues in the order (code, path, message), bounded however much is wrong.
///
/// Which issues are kept and how many there were depends on the issues alone, never on the order in which
/// threads found them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issues {
    kept: BTreeSet<Issue>,
    more: u64,
}

impl Issues {
    /// Adds one; an issue that is already there counts once.
    pub fn push(&mut self, issue: Issue) {
        self.kept.insert(issue);
        self.cut();
    }

    /// Adds those of another list.
    pub fn merge(&mut self, other: Issues) {
        self.kept.extend(other.kept);
        self.more += other.more;
        self.cut();
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// At most [`MAX_ISSUES`] issues in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Issue> {
        self.kept.iter()
    }

    /// How many issues there were beyond those kept.
    pub fn more(&self) -> u64 {
        self.more
    }

    fn cut(&mut self) {
        while self.kept.len() > MAX_ISSUES {
            self.kept.pop_last();
            self.more += 1;
        }
    }
}

impl From<Issue> for Issues {
    fn from(issue: Issue) -> Self {
        let mut issues = Issues::default();
        issues.push(issue);
        issues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(number: usize) -> Issue {
        Issue {
            code: "INPUT_INVALID",
            path: format!("{number:04}#"),
            message: String::new(),
        }
    }

    fn list(numbers: impl Iterator<Item = usize>) -> Issues {
        let mut issues = Issues::default();
        numbers.map(issue).for_each(|issue| issues.push(issue));
        issues
    }

    #[test]
    fn keeps_the_first_and_counts_the_rest_in_whatever_order_they_come() {
        let whole = list(0..200);
        let mut merged = list((100..200).rev());
        merged.merge(list(0..100));
        assert_eq!(merged, whole);
        assert_eq!(whole.iter().count(), MAX_ISSUES);
        assert_eq!(whole.more(), 200 - MAX_ISSUES as u64);
        assert_eq!(whole.iter().next(), Some(&issue(0)));
        assert_eq!(whole.iter().last(), Some(&issue(MAX_ISSUES - 1)));
    }
}
