//! Canonical JSON: RFC 8785 (JCS) over I-JSON (RFC 7493).
//!
//! UTF-8, no white space, member names in UTF-16 code unit order, numbers as ECMAScript prints them, the
//! shortest escapes. What is not I-JSON is refused with a stable code and a place, never repaired.
//!
//! Three roads lead to the same bytes: [`canonicalize_text`] for JSON text, [`to_vec`] for any
//! `serde::Serialize` value, and the pieces ([`number`], [`string`], [`order`], [`Counts`]) for a walk over
//! somebody else's objects.

mod block;
mod buffer;
mod check;
mod counts;
mod error;
mod escape;
mod members;
pub mod number;
pub mod order;
mod output;
pub mod pointer;
mod rewrite;
mod scan;
mod serialize;
pub mod sort;
pub mod string;

#[cfg(test)]
mod tests;

pub use buffer::Buffer;
pub use check::is_canonical;
pub use counts::Counts;
pub use error::{CanonCode, CanonicalError};
pub use serialize::to_vec;

/// Deepest nesting of arrays and objects; the outermost container is level 1.
pub const MAX_DEPTH: usize = 128;

/// The canonical form of a JSON text.
///
/// `text` is UTF-8 without a byte order mark, any length. Text that is already canonical is checked in one
/// pass and copied. Otherwise it is copied up to where it departs from its canonical form, and an object is put
/// in order when its `}` is read; no tree is built.
///
/// For a text of `n` bytes, memory is O(n): the form, one copy of the largest object out of order, and 64 bytes for
/// each member of the objects that are open at once. Time is O(n log n) for sorting names and O(n) for the rest,
/// but that an object out of order has its bytes moved twice at its end: at most 2 · [`MAX_DEPTH`] · `n` bytes,
/// where such objects hold each other.
///
/// # Errors
/// The first thing that is not I-JSON, with its byte offset: see [`CanonCode`].
pub fn canonicalize_text(text: &[u8]) -> Result<Vec<u8>, CanonicalError> {
    if is_canonical(text) {
        return Ok(text.to_vec());
    }
    rewrite::rewrite(text)
}
