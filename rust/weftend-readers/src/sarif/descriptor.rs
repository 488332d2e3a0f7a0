//! Rules, the components that define them, and references to either.

use std::borrow::Cow;
use std::cell::OnceCell;

use hashbrown::HashMap;

use super::slots::{self, Place};
use super::tally::Level;
use crate::ijson::{self, Scan, Scanner, Shapes};

/// Parts of a hierarchical rule id that are looked for.
const MAX_HIERARCHY: usize = 16;

/// A rule as a tool component defines it (SARIF 2.1.0, 3.49).
#[derive(Debug, Default)]
pub(super) struct Rule<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) guid: Option<Cow<'a, str>>,
    pub(super) level: Option<Level>,
}

/// A tool's driver or one of its extensions (3.19).
#[derive(Debug, Default)]
pub(super) struct Component<'a> {
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) guid: Option<Cow<'a, str>>,
    pub(super) rules: Vec<Rule<'a>>,
    /// Made when a rule is first looked for by its name: most logs say its index.
    named: OnceCell<Named<'a>>,
}

/// Indices of rules by their names; of two with the same name the first is meant.
#[derive(Debug, Default)]
struct Named<'a> {
    by_id: HashMap<Cow<'a, str>, usize>,
    by_guid: HashMap<Cow<'a, str>, usize>,
}

/// Which rule of which component (3.52); `component` is the index of an extension, `None` the driver.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Reference<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) guid: Option<Cow<'a, str>>,
    pub(super) index: Option<usize>,
    pub(super) component: Option<Box<ComponentReference<'a>>>,
}

/// Which component (3.54).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ComponentReference<'a> {
    name: Option<Cow<'a, str>>,
    guid: Option<Cow<'a, str>>,
    index: Option<usize>,
}

/// A string member as it means.
pub(super) fn text<'a>(scanner: &mut Scanner<'a>) -> Scan<Option<Cow<'a, str>>> {
    Ok(scanner.string_or_skip()?.map(|text| text.text()))
}

/// An index member; SARIF writes −1 for none.
pub(super) fn index(scanner: &mut Scanner<'_>) -> Scan<Option<usize>> {
    Ok(scanner
        .number_or_skip()?
        .and_then(ijson::whole)
        .and_then(|index| usize::try_from(index).ok()))
}

/// A level member; `wrong` says so where it is none.
pub(super) fn level(
    scanner: &mut Scanner<'_>,
    wrong: &mut Option<&'static str>,
) -> Scan<Option<Level>> {
    let Some(name) = text(scanner)? else {
        return Ok(None);
    };
    let level = Level::named(&name);
    if level.is_none() {
        *wrong = Some(super::NO_LEVEL);
    }
    Ok(level)
}

impl<'a> Component<'a> {
    pub(super) fn read(
        scanner: &mut Scanner<'a>,
        shapes: &mut Shapes,
        wrong: &mut Option<&'static str>,
    ) -> Scan<Self> {
        let mut component = Component::default();
        scanner.object_or_skip(|scanner, name| {
            match &*name.bytes() {
                b"name" => component.name = text(scanner)?,
                b"guid" => component.guid = text(scanner)?,
                b"rules" => scanner.array_or_skip(|scanner| {
                    component.rules.push(Rule::read(scanner, shapes, wrong)?);
                    Ok(())
                })?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(component)
    }

    fn named(&self) -> &Named<'a> {
        self.named.get_or_init(|| {
            let mut named = Named::default();
            for (index, rule) in self.rules.iter().enumerate() {
                named.by_id.entry(rule.id.clone()).or_insert(index);
                if let Some(guid) = &rule.guid {
                    named.by_guid.entry(guid.clone()).or_insert(index);
                }
            }
            named
        })
    }

    /// The index of the rule that `reference` means: by index, by guid, by id, or by the id that a hierarchical
    /// id (3.27.5: `id/further/parts`) starts with.
    pub(super) fn rule(&self, reference: &Reference<'_>) -> Option<usize> {
        if let Some(index) = reference.index.filter(|index| *index < self.rules.len()) {
            return Some(index);
        }
        if let Some(guid) = &reference.guid {
            return self.named().by_guid.get(guid.as_ref()).copied();
        }
        let mut id = reference.id.as_deref()?;
        for _ in 0..MAX_HIERARCHY {
            if let Some(index) = self.named().by_id.get(id) {
                return Some(*index);
            }
            id = id.rsplit_once('/')?.0;
        }
        None
    }
}

/// What is wanted of a rule.
const RULE: Place = Place::Members(&[
    ("id", Place::Slot(0)),
    ("guid", Place::Slot(1)),
    (
        "defaultConfiguration",
        Place::Members(&[("level", Place::Slot(2))]),
    ),
]);

impl<'a> Rule<'a> {
    fn read(
        scanner: &mut Scanner<'a>,
        shapes: &mut Shapes,
        wrong: &mut Option<&'static str>,
    ) -> Scan<Self> {
        let (mut rule, mut slots) = (Rule::default(), [None; 3]);
        let read = |scanner: &mut Scanner<'a>| rule.members(scanner, wrong);
        if scanner.shaped(shapes, &RULE, &mut slots, Some, read)? {
            let [id, guid, level] = slots;
            rule.id = slots::text(id).unwrap_or_default();
            rule.guid = slots::text(guid);
            rule.level = slots::level(level, wrong);
        }
        Ok(rule)
    }

    fn members(&mut self, scanner: &mut Scanner<'a>, wrong: &mut Option<&'static str>) -> Scan<()> {
        scanner.object_or_skip(|scanner, name| {
            match &*name.bytes() {
                b"id" => self.id = text(scanner)?.unwrap_or_default(),
                b"guid" => self.guid = text(scanner)?,
                b"defaultConfiguration" => self.level = configured_level(scanner, wrong)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })
    }
}

/// The level of a `reportingConfiguration` (3.50).
pub(super) fn configured_level(
    scanner: &mut Scanner<'_>,
    wrong: &mut Option<&'static str>,
) -> Scan<Option<Level>> {
    let mut found = None;
    scanner.object_or_skip(|scanner, name| match &*name.bytes() {
        b"level" => level(scanner, wrong).map(|level| found = level),
        _ => scanner.skip(),
    })?;
    Ok(found)
}

impl<'a> Reference<'a> {
    pub(super) fn read(scanner: &mut Scanner<'a>) -> Scan<Self> {
        let mut reference = Reference::default();
        scanner.object_or_skip(|scanner, name| {
            match &*name.bytes() {
                b"id" => reference.id = text(scanner)?,
                b"guid" => reference.guid = text(scanner)?,
                b"index" => reference.index = index(scanner)?,
                b"toolComponent" => {
                    reference.component = Some(Box::new(ComponentReference::read(scanner)?))
                }
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(reference)
    }
}

impl<'a> ComponentReference<'a> {
    fn read(scanner: &mut Scanner<'a>) -> Scan<Self> {
        let mut reference = ComponentReference::default();
        scanner.object_or_skip(|scanner, name| {
            match &*name.bytes() {
                b"name" => reference.name = text(scanner)?,
                b"guid" => reference.guid = text(scanner)?,
                b"index" => reference.index = index(scanner)?,
                _ => scanner.skip()?,
            }
            Ok(())
        })?;
        Ok(reference)
    }

    /// The index of the extension that is meant: by index, else by guid, else by name.
    pub(super) fn find(&self, extensions: &[Component<'_>]) -> Option<usize> {
        if self.index.is_some() {
            return self.index.filter(|index| *index < extensions.len());
        }
        let wanted = |component: &Component<'_>| match &self.guid {
            Some(guid) => component.guid.as_deref() == Some(guid.as_ref()),
            None => self.name.is_some() && component.name.as_deref() == self.name.as_deref(),
        };
        extensions.iter().position(wanted)
    }
}
