//! A pull scanner over one I-JSON text: values are read where they are wanted and checked where they are not.
//!
//! Everything is validated, wanted or not: grammar (RFC 8259), duplicate names, surrogates, number range and
//! depth, as canonical JSON has it; a text need not be known to be UTF-8. The scanner only says *that* a text is
//! refused; which code and place that is, [`refusal`] asks the canonicalizer, which is the one implementation of those
//! rules.

mod names;
mod number;
mod or_skip;
mod scalar;
mod scanner;
mod shape;
mod space;
mod string;
#[cfg(test)]
mod tests;

pub(crate) use names::{Name, fingerprint};
pub(crate) use number::whole;
pub(crate) use scalar::Scalar;
pub(crate) use scanner::{Kind, Scanner};
pub(crate) use shape::{Shapes, Wanted};
pub(crate) use string::Str;

use crate::refusal::Refusal;
use weftend_core::canonical;

/// Containers may nest this deep; the outermost is level 1.
pub(crate) const MAX_DEPTH: u32 = 128;

/// The text is not I-JSON, or the caller's callback gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault;

/// What a scan of a part of a text comes to.
pub(crate) type Scan<T> = Result<T, Fault>;

/// Why `text` was refused by a scan: the canonicalizer's code and byte offset, or `otherwise` where the text
/// is I-JSON and it was the caller's callback that gave up.
pub(crate) fn refusal(text: &[u8], otherwise: impl FnOnce() -> Refusal) -> Refusal {
    match canonical::canonicalize_text(text) {
        Ok(_) => otherwise(),
        Err(error) => Refusal::new(error.code.as_str(), error.place.to_string(), "not I-JSON"),
    }
}

/// Run `read` over the one value that `text` holds.
///
/// `Fault` when the text is not I-JSON, when something follows the value, or when `read` gave up.
pub(crate) fn read<'a, T>(
    text: &'a [u8],
    read: impl FnOnce(&mut Scanner<'a>) -> Scan<T>,
) -> Scan<T> {
    let mut scanner = Scanner::new(text);
    scanner.skip_space();
    let value = read(&mut scanner)?;
    scanner.finish()?;
    Ok(value)
}
