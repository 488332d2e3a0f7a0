//! What is read of results and rules where their shape is known: scalars, by slot.

use std::borrow::Cow;

use super::tally::Level;
use crate::ijson::{self, Fault, Name, Scalar, Scan, Str, Wanted};

/// What is wanted of a value.
#[derive(Debug)]
pub(super) enum Place {
    /// A scalar, for this slot.
    Slot(usize),
    /// Members of an object.
    Members(&'static [(&'static str, Place)]),
    /// More than slots can hold.
    Whole,
}

impl Wanted for Place {
    fn member(&self, name: &Name<'_>) -> Scan<Option<&Self>> {
        let Place::Members(members) = self else {
            return Ok(None);
        };
        let found = members.iter().find(|(known, _)| name.text.is(known));
        match found.map(|(_, place)| place) {
            Some(Place::Whole) => Err(Fault),
            found => Ok(found),
        }
    }

    fn element(&self, _: usize) -> Option<&Self> {
        None
    }

    fn slot(&self) -> Option<usize> {
        match self {
            Place::Slot(slot) => Some(*slot),
            _ => None,
        }
    }
}

/// A slot's string as it means.
pub(super) fn text<'a>(slot: Option<Scalar<'a>>) -> Option<Cow<'a, str>> {
    match slot? {
        Scalar::Text(raw, escaped) => Some(Str::new(raw, escaped).text()),
        _ => None,
    }
}

/// A slot's index; SARIF writes −1 for none.
pub(super) fn index(slot: Option<Scalar<'_>>) -> Option<usize> {
    match slot? {
        Scalar::Number(token) => usize::try_from(ijson::whole(token)?).ok(),
        _ => None,
    }
}

/// A slot's level; `wrong` says so where it is a text that is none.
pub(super) fn level(slot: Option<Scalar<'_>>, wrong: &mut Option<&'static str>) -> Option<Level> {
    let level = Level::named(&text(slot)?);
    if level.is_none() {
        *wrong = Some(super::NO_LEVEL);
    }
    level
}
