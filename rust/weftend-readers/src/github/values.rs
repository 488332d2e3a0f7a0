//! Finding the records in a value: a payload, a page, an array of either, or the record itself.

use super::record::{self, Class, Record};
use crate::ijson::{Kind, Scan, Scanner};

/// Append the records of the value at the cursor to `found`.
pub(super) fn read(scanner: &mut Scanner<'_>, found: &mut Vec<Record>) -> Scan<()> {
    match scanner.kind()? {
        Kind::Array => scanner.array(|scanner| read(scanner, found)),
        Kind::Object => object(scanner, found),
        _ => scanner.skip(),
    }
}

/// A payload or page has records in members; an object without any may be a record itself.
fn object(scanner: &mut Scanner<'_>, found: &mut Vec<Record>) -> Scan<()> {
    let first = found.len();
    let mut repository = None;
    let mut bare = Record::new(Class::Run);
    scanner.object(|scanner, name| match &*name.bytes() {
        b"workflow_run" => one(scanner, Class::Run, found),
        b"workflow_job" => one(scanner, Class::Job, found),
        b"check_run" => one(scanner, Class::Check, found),
        b"workflow_runs" => page(scanner, Class::Run, found),
        b"jobs" => page(scanner, Class::Job, found),
        b"check_runs" => page(scanner, Class::Check, found),
        b"repository" => record::repository(scanner).map(|name| repository = name),
        _ => bare.member(scanner, &name),
    })?;
    if found.len() == first {
        bare.repository = repository.take();
        found.extend(classified(bare));
    }
    for record in found.iter_mut().skip(first) {
        // The payload's repository is the one the event is about; a run's own may be a fork's.
        record.repository = repository.clone().or(record.repository.take());
    }
    Ok(())
}

fn one(scanner: &mut Scanner<'_>, class: Class, found: &mut Vec<Record>) -> Scan<()> {
    if scanner.kind()? != Kind::Object {
        return scanner.skip();
    }
    let mut record = Record::new(class);
    scanner.object(|scanner, name| record.member(scanner, &name))?;
    found.push(record);
    Ok(())
}

fn page(scanner: &mut Scanner<'_>, class: Class, found: &mut Vec<Record>) -> Scan<()> {
    scanner.array_or_skip(|scanner| one(scanner, class, found))
}

/// The record that an object is on its own, told by members that only such a record has.
fn classified(mut record: Record) -> Option<Record> {
    record.id?;
    record.class = if record.run_id.is_some() && record.has_steps {
        Class::Job
    } else if record.has_workflow && record.event.is_some() {
        Class::Run
    } else if record.suite_id.is_some() && record.status.is_some() {
        Class::Check
    } else {
        return None;
    };
    Some(record)
}
