//! Results, put together by what decides their level, since the rules may stand behind them in the log.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use hashbrown::HashMap;

use super::descriptor::{self, Reference};
use super::tally::Level;
use crate::ijson::{Scan, Scanner};

/// What decides the level of a result, and which rule it is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape<'a> {
    pub(super) rule: Reference<'a>,
    pub(super) level: Option<Level>,
    /// A `kind` other than `fail`: the result is no problem, so its level is none (3.27.9).
    pub(super) not_a_failure: bool,
    /// Which invocation of the tool found it.
    pub(super) invocation: Option<usize>,
}

/// Only what tells shapes apart in most logs: it is asked for with every result.
impl Hash for Shape<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let level = self.level.map_or(0, |level| level as u64 + 1);
        let index = self.rule.index.map_or(0, |index| index as u64 + 1);
        state.write_u64(index << 3 | level);
        if let Some(id) = &self.rule.id {
            state.write(id.as_bytes());
        }
    }
}

/// How many results there are of each shape; about as many shapes as rules.
pub(super) type Results<'a> = HashMap<Shape<'a>, u64, foldhash::fast::RandomState>;

/// Read one result and count it.
pub(super) fn read<'a>(
    scanner: &mut Scanner<'a>,
    results: &mut Results<'a>,
    wrong: &mut Option<&'static str>,
) -> Scan<()> {
    let mut shape = Shape::default();
    let mut rule = Reference::default();
    scanner.object_or_skip(|scanner, name| {
        match &*name.text() {
            "ruleId" => shape.rule.id = descriptor::text(scanner)?,
            "ruleIndex" => shape.rule.index = descriptor::index(scanner)?,
            "rule" => rule = Reference::read(scanner)?,
            "level" => shape.level = descriptor::level(scanner, wrong)?,
            "kind" => {
                shape.not_a_failure = descriptor::text(scanner)?.is_some_and(|kind| kind != "fail")
            }
            "provenance" => shape.invocation = invocation(scanner)?,
            _ => scanner.skip()?,
        }
        Ok(())
    })?;
    shape.rule = Reference {
        id: shape.rule.id.or(rule.id),
        index: shape.rule.index.or(rule.index),
        ..rule
    };
    *results.entry(shape).or_insert(0) += 1;
    Ok(())
}

fn invocation(scanner: &mut Scanner<'_>) -> Scan<Option<usize>> {
    let mut index = None;
    scanner.object_or_skip(|scanner, name| match &*name.text() {
        "invocationIndex" => descriptor::index(scanner).map(|found| index = found),
        _ => scanner.skip(),
    })?;
    Ok(index)
}

impl<'a> Shape<'a> {
    /// The rule's id as the result gives it.
    pub(super) fn rule_id(&self) -> Option<&Cow<'a, str>> {
        self.rule.id.as_ref()
    }
}
