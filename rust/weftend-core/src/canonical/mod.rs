//! Canonical JSON: RFC 8785 (JCS) over I-JSON (RFC 7493).
//!
//! UTF-8, no white space, member names in UTF-16 code unit order, numbers as ECMAScript prints them, the
//! shortest escapes. What is not I-JSON is refused with a stable code and a place, never repaired.
//!
//! Three roads lead to the same bytes: [`canonicalize_text`] for JSON text, [`to_vec`] for any
//! `serde::Serialize` value, and the pieces ([`number`], [`string`], [`order`]) for a walk over
//! somebody else's objects.

mod block;
mod buffer;
mod check;
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

pub use buffer::Buffer;
pub use check::is_canonical;
pub use error::{CanonCode, CanonicalError};
pub use serialize::to_vec;

/// Deepest nesting of arrays and objects; the outermost container is level 1.
pub const MAX_DEPTH: usize = 128;

/// The canonical form of a JSON text.
///
/// `text` is UTF-8 without a byte order mark, any length. Text that is already canonical is checked in one
/// pass and copied. Otherwise each member is written as it is read and an object is put in order when its
/// `}` is read, so no tree is built: time is O(n log n) in the length of the text for sorting, and each
/// level of unsorted objects moves its bytes once more (at most [`MAX_DEPTH`] times).
///
/// # Errors
/// The first thing that is not I-JSON, with its byte offset: see [`CanonCode`].
pub fn canonicalize_text(text: &[u8]) -> Result<Vec<u8>, CanonicalError> {
    if is_canonical(text) {
        return Ok(text.to_vec());
    }
    rewrite::rewrite(text)
}
