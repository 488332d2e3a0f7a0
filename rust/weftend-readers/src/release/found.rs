//! What reading a part of a release folder came to: observations, and all that is wrong.

use super::observation::Observation;
use crate::issues::Issues;

/// Observations and issues, in any order; whoever has them all sorts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) observations: Vec<Observation>,
    pub(crate) issues: Issues,
    /// Symbolic links that were passed by.
    pub(crate) links: u64,
}

impl Found {
    /// Nothing but what is wrong.
    pub(crate) fn refused(issues: impl Into<Issues>) -> Self {
        Found {
            issues: issues.into(),
            ..Found::default()
        }
    }

    /// With one more observation, or with what is wrong with it.
    pub(crate) fn with(mut self, read: Result<Observation, Issues>) -> Self {
        match read {
            Ok(observation) => self.observations.push(observation),
            Err(issues) => self.issues.merge(issues),
        }
        self
    }

    /// Both together.
    pub(crate) fn and(mut self, mut other: Found) -> Self {
        self.observations.append(&mut other.observations);
        self.issues.merge(other.issues);
        self.links += other.links;
        self
    }
}
