//! One object of GitHub's: the members that are read, of a run, a job or a check run alike.

use crate::ijson::{self, Kind, Name, Scan, Scanner};

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Run,
    Job,
    Check,
}

/// The members of a run, a job or a check run that are read; absent, null and of another type are the same.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) class: Class,
    /// `owner/name` where the record, or what it came in, says so.
    pub(super) repository: Option<String>,
    pub(super) id: Option<u64>,
    pub(super) run_id: Option<u64>,
    pub(super) attempt: Option<u64>,
    pub(super) url: Option<String>,
    pub(super) details_url: Option<String>,
    pub(super) status: Option<String>,
    pub(super) conclusion: Option<String>,
    pub(super) event: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) created_at: Option<String>,
    pub(super) run_started_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) suite_id: Option<u64>,
    pub(super) suite_status: Option<String>,
    pub(super) suite_conclusion: Option<String>,
    pub(super) has_workflow: bool,
    pub(super) has_steps: bool,
}

impl Record {
    pub(super) fn new(class: Class) -> Self {
        Record {
            class,
            repository: None,
            id: None,
            run_id: None,
            attempt: None,
            url: None,
            details_url: None,
            status: None,
            conclusion: None,
            event: None,
            labels: Vec::new(),
            created_at: None,
            run_started_at: None,
            updated_at: None,
            suite_id: None,
            suite_status: None,
            suite_conclusion: None,
            has_workflow: false,
            has_steps: false,
        }
    }

    pub(super) fn completed(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }

    /// Read the value of the member `name`.
    pub(super) fn member(&mut self, scanner: &mut Scanner<'_>, name: &Name<'_>) -> Scan<()> {
        let text = match &*name.bytes() {
            b"id" => return number(scanner).map(|id| self.id = id),
            b"run_id" => return number(scanner).map(|id| self.run_id = id),
            b"run_attempt" => return number(scanner).map(|attempt| self.attempt = attempt),
            b"repository" => {
                return repository(scanner)
                    .map(|name| self.repository = name.or(self.repository.take()));
            }
            b"check_suite" => return self.suite(scanner),
            b"labels" => return self.read_labels(scanner),
            b"workflow_id" | b"run_number" => {
                self.has_workflow = true;
                return scanner.skip();
            }
            b"steps" | b"runner_name" => {
                self.has_steps = true;
                return scanner.skip();
            }
            b"url" => &mut self.url,
            b"details_url" => &mut self.details_url,
            b"status" => &mut self.status,
            b"conclusion" => &mut self.conclusion,
            b"event" => &mut self.event,
            b"created_at" => &mut self.created_at,
            b"run_started_at" => &mut self.run_started_at,
            b"updated_at" => &mut self.updated_at,
            _ => return scanner.skip(),
        };
        *text = string(scanner)?;
        Ok(())
    }

    fn suite(&mut self, scanner: &mut Scanner<'_>) -> Scan<()> {
        scanner.object_or_skip(|scanner, name| {
            match &*name.bytes() {
                b"id" => self.suite_id = number(scanner)?,
                b"status" => self.suite_status = string(scanner)?,
                b"conclusion" => self.suite_conclusion = string(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })
    }

    fn read_labels(&mut self, scanner: &mut Scanner<'_>) -> Scan<()> {
        scanner.array_or_skip(|scanner| {
            self.labels.extend(string(scanner)?);
            Ok(())
        })
    }
}

fn string(scanner: &mut Scanner<'_>) -> Scan<Option<String>> {
    Ok(scanner
        .string_or_skip()?
        .map(|text| text.text().into_owned()))
}

fn number(scanner: &mut Scanner<'_>) -> Scan<Option<u64>> {
    Ok(scanner.number_or_skip()?.and_then(ijson::whole))
}

/// `full_name` of the repository object at the cursor.
pub(super) fn repository(scanner: &mut Scanner<'_>) -> Scan<Option<String>> {
    let mut found = None;
    if scanner.kind()? != Kind::Object {
        scanner.skip()?;
        return Ok(None);
    }
    scanner.object(|scanner, name| match &*name.bytes() {
        b"full_name" => string(scanner).map(|name| found = name),
        _ => scanner.skip(),
    })?;
    Ok(found)
}
