//! What makes two records speak of the same run, and of the same job.

use super::record::{Class, Record};

/// What a record's unit is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// A workflow run.
    Run {
        /// `owner/name`, lower-case: GitHub does not tell upper from lower.
        repository: String,
        /// The run's id.
        id: u64,
        /// From 1; running again all or some jobs of a run is another attempt.
        attempt: u64,
    },
    /// A check suite that is not a workflow run.
    Suite {
        /// `owner/name`, lower-case.
        repository: String,
        /// The suite's id.
        id: u64,
    },
}

/// Which record of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The run itself.
    Whole,
    /// A job of a workflow run, by its id, which is also its check run's.
    Job(u64),
    /// A check run of a suite.
    Check(u64),
}

impl Part {
    /// Whether it is a job of a workflow run.
    pub fn is_job(self) -> bool {
        matches!(self, Part::Job(_))
    }
}

type Wrong = &'static str;

/// The unit and the part that `record` is about.
pub(super) fn of(record: &Record) -> Result<(Unit, Part), Wrong> {
    let repository = repository(record).ok_or("a record that does not say its repository")?;
    let id = record.id.ok_or("a record without an id")?;
    match record.class {
        Class::Run => Ok((run(repository, id, record.attempt), Part::Whole)),
        Class::Job => {
            let run_id = record.run_id.ok_or("a job without a run id")?;
            Ok((run(repository, run_id, record.attempt), Part::Job(id)))
        }
        Class::Check => match record.details_url.as_deref().and_then(run_of_url) {
            Some(run_id) => Ok((run(repository, run_id, record.attempt), Part::Job(id))),
            None => {
                let suite = record.suite_id.ok_or("a check run without a suite")?;
                Ok((
                    Unit::Suite {
                        repository,
                        id: suite,
                    },
                    Part::Check(id),
                ))
            }
        },
    }
}

/// A record that does not say which attempt it is of (check runs, and runs of old) is taken for the first.
fn run(repository: String, id: u64, attempt: Option<u64>) -> Unit {
    Unit::Run {
        repository,
        id,
        attempt: attempt.unwrap_or(1),
    }
}

fn repository(record: &Record) -> Option<String> {
    let of_url = || record.url.as_deref().and_then(repository_of_url);
    record
        .repository
        .as_deref()
        .or_else(of_url)
        .map(str::to_ascii_lowercase)
}

/// `owner/name` in `https://…/repos/owner/name/…`.
fn repository_of_url(url: &str) -> Option<&str> {
    let (_, path) = url.split_once("/repos/")?;
    let owner = path.find('/')?;
    let name = path.get(owner + 1..)?.find('/')?;
    path.get(..owner + 1 + name)
}

/// The run id in `https://…/actions/runs/ID/…`.
fn run_of_url(url: &str) -> Option<u64> {
    let (_, path) = url.split_once("/actions/runs/")?;
    path.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_say_repository_and_run() {
        let url = "https://api.github.com/repos/o/r/actions/runs/7";
        assert_eq!(repository_of_url(url), Some("o/r"));
        assert_eq!(
            repository_of_url("https://h/api/v3/repos/o/r/check-runs/4"),
            Some("o/r")
        );
        assert_eq!(repository_of_url("https://h/o/r"), None);
        assert_eq!(repository_of_url("https://h/repos/o"), None);
        assert_eq!(
            run_of_url("https://github.com/o/r/actions/runs/12/job/3"),
            Some(12)
        );
        assert_eq!(run_of_url("https://ci.example/runs/12"), None);
    }
}
