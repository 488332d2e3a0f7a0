//! Why a text or value was refused.

use std::fmt;

use crate::error::Place;

/// Stable code of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CanonCode {
    /// The text begins with a byte order mark.
    Bom,
    /// A value contains itself.
    Cycle,
    /// A container at level 129.
    Depth,
    /// A name occurs twice in one object, compared after unescaping.
    DuplicateName,
    /// A member name that is not a string.
    KeyType,
    /// NaN or infinite, or a number in text whose nearest double is infinite.
    NumberNotFinite,
    /// An integer outside ±(2^53−1) that is not exactly what ECMAScript prints for its double.
    NumberRange,
    /// A lone surrogate.
    Surrogate,
    /// No JSON text can go on with this byte.
    Syntax,
    /// Something other than white space after the value.
    Trailing,
    /// The text ended inside or before a value.
    Truncated,
    /// A type that JSON does not have.
    Type,
    /// Not UTF-8.
    Utf8,
}

impl CanonCode {
    /// Every code, in the order of its text.
    pub const ALL: [CanonCode; 13] = [
        CanonCode::Bom,
        CanonCode::Cycle,
        CanonCode::Depth,
        CanonCode::DuplicateName,
        CanonCode::KeyType,
        CanonCode::NumberNotFinite,
        CanonCode::NumberRange,
        CanonCode::Surrogate,
        CanonCode::Syntax,
        CanonCode::Trailing,
        CanonCode::Truncated,
        CanonCode::Type,
        CanonCode::Utf8,
    ];

    /// The code as every language and command shows it, such as `CANON_DEPTH`.
    pub const fn as_str(self) -> &'static str {
        match self {
            CanonCode::Bom => "CANON_BOM",
            CanonCode::Cycle => "CANON_CYCLE",
            CanonCode::Depth => "CANON_DEPTH",
            CanonCode::DuplicateName => "CANON_DUPLICATE_NAME",
            CanonCode::KeyType => "CANON_KEY_TYPE",
            CanonCode::NumberNotFinite => "CANON_NUMBER_NOT_FINITE",
            CanonCode::NumberRange => "CANON_NUMBER_RANGE",
            CanonCode::Surrogate => "CANON_SURROGATE",
            CanonCode::Syntax => "CANON_SYNTAX",
            CanonCode::Trailing => "CANON_TRAILING",
            CanonCode::Truncated => "CANON_TRUNCATED",
            CanonCode::Type => "CANON_TYPE",
            CanonCode::Utf8 => "CANON_UTF8",
        }
    }
}

impl fmt::Display for CanonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text or value that is not I-JSON.
///
/// `place` is a byte offset in text and a JSON Pointer in values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalError {
    /// What is wrong.
    pub code: CanonCode,
    /// Where.
    pub place: Place,
}

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Offset(offset) => write!(f, "{} at byte {offset}", self.code),
            Place::Pointer(pointer) => write!(f, "{} at {pointer:?}", self.code),
        }
    }
}

impl std::error::Error for CanonicalError {}

/// A refusal on its way up through a text; small, because it travels in every result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: CanonCode,
    pub(crate) offset: usize,
}

impl Refusal {
    pub(crate) const fn at(code: CanonCode, offset: usize) -> Self {
        Refusal { code, offset }
    }
}

impl From<Refusal> for CanonicalError {
    fn from(refusal: Refusal) -> Self {
        CanonicalError {
            code: refusal.code,
            place: Place::Offset(refusal.offset),
        }
    }
}
