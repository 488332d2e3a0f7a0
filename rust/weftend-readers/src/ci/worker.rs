//! One thread's share: documents in, a partial fold out.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;

use hashbrown::HashSet;
use weftend_core::fold::{FoldError, Partial, UnitDigest};

use super::document::{Recognised, recognise};
use super::group::{Group, Tally};
use super::pairing::Pairing;
use super::plan::{Format, Plan};
use super::progress::Progress;
use super::reading::Counts;
use crate::input::peek::{Memory, Peeked};
use crate::input::{Documents, Source};
use crate::issues::Issues;
use crate::refusal::Refusal;
use crate::sarif;
use crate::testrun::Outcome;
use crate::units::UnitRule;

/// What all threads of one reading share.
pub(super) struct Shared<'a> {
    pub(super) plan: &'a Plan,
    pub(super) progress: &'a Progress,
    /// Held by whoever holds a large document.
    pub(super) large: Mutex<()>,
}

/// One thread's share.
pub(super) struct Worker<'a> {
    pub(super) shared: &'a Shared<'a>,
    named: bool,
    groups: BTreeMap<String, Group>,
    pub(super) pairing: Pairing,
    /// How large the document may be, as far as its file tells; 0 for a member of an archive.
    pub(super) size: usize,
    pub(super) sarif: sarif::Reader,
    pub(super) partial: Partial,
    pub(super) issues: Issues,
    pub(super) counts: Counts,
    /// Runs and jobs that were met before they had completed, with their runs.
    pub(super) open: HashSet<(UnitDigest, UnitDigest)>,
    /// Runs and jobs that were met when they had.
    pub(super) completed: HashSet<UnitDigest>,
    /// Files whose records belong to units of their own.
    pub(super) files: HashSet<UnitDigest>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(shared: &'a Shared<'a>) -> Result<Self, FoldError> {
        Ok(Worker {
            shared,
            named: true,
            groups: BTreeMap::new(),
            pairing: Pairing::default(),
            size: 0,
            sarif: sarif::Reader::default(),
            partial: Partial::new(shared.plan.channels.clone())?,
            issues: Issues::default(),
            counts: Counts::default(),
            open: HashSet::new(),
            completed: HashSet::new(),
            files: HashSet::new(),
        })
    }

    /// The documents that follow come from `source`.
    pub(super) fn begin(&mut self, source: &Source) {
        self.named = source.named;
        self.size = usize::try_from(source.size).unwrap_or(0);
    }

    /// All documents of what may be one unit have been read.
    pub(super) fn end_of_folder(&mut self) {
        if self.shared.plan.rule == UnitRule::Dir {
            self.end_of_pairs();
        }
        for (name, group) in std::mem::take(&mut self.groups) {
            if group.broken {
                self.counts.incomplete += 1;
            } else if let Some((unit, tally)) = group.finish()
                && let Err(refusal) = self.unit(&unit, &tally)
            {
                self.refused(&name, refusal);
            }
        }
    }

    /// One document that is a unit, or one of several that are one.
    pub(super) fn tally(
        &mut self,
        name: &str,
        content: UnitDigest,
        tally: Tally,
    ) -> Result<(), Refusal> {
        if let Tally::Tests(tests) = &tally {
            self.counts.declared.add(tests.declared);
            self.counts.found.tests += tests.found();
            self.counts.found.failures += tests.found_with(Outcome::Failed);
            self.counts.found.errors += tests.found_with(Outcome::Errored);
            self.counts.found.skipped += tests.found_with(Outcome::Skipped);
        }
        if self.shared.plan.rule == UnitRule::Dir {
            let new = self.group(name).push(content, tally);
            self.counts.unit_records += u64::from(!new);
            return Ok(());
        }
        self.unit(&content, &tally)
    }

    fn group(&mut self, name: &str) -> &mut Group {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.groups.entry(folder.to_owned()).or_default()
    }

    fn unit(&mut self, unit: &UnitDigest, tally: &Tally) -> Result<(), Refusal> {
        self.counts.unit_records += 1;
        let added = tally.add_to(&mut self.partial, unit, &self.shared.plan.reader);
        added.map_err(|error| of_fold(&error))
    }

    fn read(
        &mut self,
        format: Format,
        name: &str,
        source: Peeked<&mut dyn Read>,
    ) -> Result<(), Refusal> {
        match format {
            Format::Junit => self.junit(name, source),
            Format::GoTest => self.go_test(name, source),
            Format::Sarif => self.sarif(name, source),
            Format::Github => self.github(name, source),
            Format::Ndjson => self.records(name, &mut source.into_reader()),
        }
    }
}

impl Documents for Worker<'_> {
    fn document(&mut self, name: &str, source: Peeked<&mut dyn Read>, member: bool) {
        let named = self.named && !member;
        if member {
            self.size = 0;
        }
        let read = match recognise(source.head(), name, named, &self.shared.plan.formats) {
            Recognised::Ignored => {
                self.counts.ignored += 1;
                self.keep(source.into_parts().0);
                return;
            }
            Recognised::Unknown => Err(Refusal::invalid(
                "",
                "none of the formats that this stream is read from",
            )),
            Recognised::As(format) => self.read(format, name, source),
        };
        match read {
            Ok(()) => self.counts.documents += 1,
            Err(refusal) => self.refused(name, refusal),
        }
    }

    fn memory(&mut self) -> Memory {
        self.spare()
    }

    fn refused(&mut self, name: &str, refusal: Refusal) {
        if self.shared.progress.is_stopped() {
            return;
        }
        self.issues.push(refusal.issue(name));
        self.counts.refused += 1;
        if self.shared.plan.rule == UnitRule::Dir {
            self.group(name).broken = true;
            // An archive that breaks off leaves the folders in it half read.
            let inside = format!("{name}!");
            let within = self
                .groups
                .range_mut(inside.clone()..)
                .take_while(|(folder, _)| folder.starts_with(&inside));
            within.for_each(|(_, group)| group.broken = true);
        }
        if self.shared.plan.strict {
            self.shared.progress.stop();
        }
    }

    fn goes_on(&self) -> bool {
        !self.shared.progress.is_stopped()
    }
}

/// A fold that has no room left.
pub(super) fn of_fold(error: &FoldError) -> Refusal {
    Refusal::new(error.code(), "", error.to_string())
}
