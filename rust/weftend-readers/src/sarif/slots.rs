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

/// A string or a number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(Str<'a>),
    Number(&'a str),
}

impl<'a> Value<'a> {
    /// What `scalar` is, if it is a string or a number.
    pub(super) fn of(scalar: Scalar<'a>) -> Option<Self> {
        let text = |raw| std::str::from_utf8(raw).ok();
        match scalar {
            Scalar::Text(raw, escaped) => Some(Value::Text(Str::new(text(raw)?, escaped))),
            Scalar::Number(token) => Some(Value::Number(text(token)?)),
            _ => None,
        }
    }
}

/// A slot's string as it means.
pub(super) fn text<'a>(slot: Option<Value<'a>>) -> Option<Cow<'a, str>> {
    match slot? {
        Value::Text(text) => Some(text.text()),
        Value::Number(_) => None,
    }
}

/// A slot's index; SARIF writes −1 for none.
pub(super) fn index(slot: Option<Value<'_>>) -> Option<usize> {
    match slot? {
        Value::Text(_) => None,
        Value::Number(token) => usize::try_from(ijson::whole(token)?).ok(),
    }
}

/// A slot's level; `wrong` says so where it is a text that is none.
pub(super) fn level(slot: Option<Value<'_>>, wrong: &mut Option<&'static str>) -> Option<Level> {
    let level = Level::named(&text(slot)?);
    if level.is_none() {
        *wrong = Some(super::NO_LEVEL);
    }
    level
}
