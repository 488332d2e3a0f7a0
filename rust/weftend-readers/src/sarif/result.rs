//! Results, put together by what decides their level, since the rules may stand behind them in the log.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use hashbrown::HashMap;

use super::descriptor::{self, Reference};
use super::slots::{self, Place};
use super::tally::Level;
use crate::ijson::{Scan, Scanner, Shapes};

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

/// What is wanted of a result.
const RESULT: Place = Place::Members(&[
    ("ruleId", Place::Slot(0)),
    ("ruleIndex", Place::Slot(1)),
    ("rule", Place::Whole),
    ("level", Place::Slot(2)),
    ("kind", Place::Slot(3)),
    (
        "provenance",
        Place::Members(&[("invocationIndex", Place::Slot(4))]),
    ),
]);

/// Read one result and count it.
pub(super) fn read<'a>(
    scanner: &mut Scanner<'a>,
    results: &mut Results<'a>,
    shapes: &mut Shapes,
    wrong: &mut Option<&'static str>,
) -> Scan<()> {
    let (mut shape, mut slots) = (Shape::default(), [None; 5]);
    let read = |scanner: &mut Scanner<'a>| shape.members(scanner, wrong);
    if scanner.shaped(shapes, &RESULT, &mut slots, Some, read)? {
        let [id, index, level, kind, invocation] = slots;
        shape.rule.id = slots::text(id);
        shape.rule.index = slots::index(index);
        shape.level = slots::level(level, wrong);
        shape.not_a_failure = slots::text(kind).is_some_and(|kind| kind != "fail");
        shape.invocation = slots::index(invocation);
    }
    match results.get_mut(&shape) {
        Some(count) => *count += 1,
        None => drop(results.insert(shape, 1)),
    }
    Ok(())
}

impl<'a> Shape<'a> {
    fn members(&mut self, scanner: &mut Scanner<'a>, wrong: &mut Option<&'static str>) -> Scan<()> {
        let mut rule = Reference::default();
        scanner.object_or_skip(|scanner, name| {
            match &*name.bytes() {
                b"ruleId" => self.rule.id = descriptor::text(scanner)?,
                b"ruleIndex" => self.rule.index = descriptor::index(scanner)?,
                b"rule" => rule = Reference::read(scanner)?,
                b"level" => self.level = descriptor::level(scanner, wrong)?,
                b"kind" => {
                    let kind = descriptor::text(scanner)?;
                    self.not_a_failure = kind.is_some_and(|kind| kind != "fail");
                }
                b"provenance" => self.invocation = invocation(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        rule.id = self.rule.id.take().or(rule.id);
        rule.index = self.rule.index.or(rule.index);
        self.rule = rule;
        Ok(())
    }
}

fn invocation(scanner: &mut Scanner<'_>) -> Scan<Option<usize>> {
    let mut index = None;
    scanner.object_or_skip(|scanner, name| match &*name.bytes() {
        b"invocationIndex" => descriptor::index(scanner).map(|found| index = found),
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
