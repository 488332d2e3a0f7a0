//! Errors are data: a stable code and a place first, words when shown.

use std::fmt;

/// Where in the input something was refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Byte offset, from 0, in a UTF-8 text.
    Offset(usize),
    /// JSON Pointer (RFC 6901) into a value; the empty pointer is the whole value.
    Pointer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Offset(offset) => write!(f, "{offset}"),
            Place::Pointer(pointer) => f.write_str(pointer),
        }
    }
}

/// One thing that is wrong with an input, as every command reports it.
///
/// Ordered by (code, path, message), the order of issue lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue {
    /// Stable code, upper-case with underscores, such as `CANON_DEPTH`.
    pub code: &'static str,
    /// `file#place`, or the part of it that is known.
    pub path: String,
    /// One sentence for people; never parsed.
    pub message: String,
}
