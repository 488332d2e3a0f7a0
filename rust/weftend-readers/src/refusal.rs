//! Why a document was refused: a code, a place in it, and a sentence.

use weftend_core::error::Issue;

/// A known file that does not hold what its format says.
pub const INPUT_INVALID: &str = "INPUT_INVALID";
/// Nothing stands at this path.
pub const INPUT_NOT_FOUND: &str = "INPUT_NOT_FOUND";
/// Beyond a bound: bytes, members of an archive, or what it unpacks to.
pub const INPUT_TOO_LARGE: &str = "INPUT_TOO_LARGE";
/// The system, or the compression, says that it cannot be read.
pub const INPUT_UNREADABLE: &str = "INPUT_UNREADABLE";

/// One document's refusal, before anybody knows which file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A stable code.
    pub code: &'static str,
    /// Where in the document: a byte offset, `line:N`, a JSON Pointer, or empty for all of it.
    pub place: String,
    /// One sentence for people; it never quotes the document.
    pub message: String,
}

impl Refusal {
    /// A refusal with any code.
    pub fn new(code: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Refusal {
            code,
            place: place.into(),
            message: message.into(),
        }
    }

    /// `INPUT_INVALID` at `place`.
    pub fn invalid(place: impl Into<String>, message: impl Into<String>) -> Self {
        Refusal::new(INPUT_INVALID, place, message)
    }

    /// `INPUT_INVALID` at a byte offset of the (decoded) document.
    pub fn at(offset: usize, message: impl Into<String>) -> Self {
        Refusal::invalid(offset.to_string(), message)
    }

    /// The same refusal, its byte offset counted from `start` bytes further back.
    pub fn moved(mut self, start: usize) -> Self {
        if let Ok(offset) = self.place.parse::<usize>() {
            self.place = (start + offset).to_string();
        }
        self
    }

    /// The same refusal in line `line` (from 1) of a document that is read by lines.
    pub fn in_line(mut self, line: u64) -> Self {
        self.place = format!("line:{line}");
        self
    }

    /// The issue as commands report it, for the document named `document`.
    pub fn issue(self, document: &str) -> Issue {
        Issue {
            code: self.code,
            path: format!("{document}#{}", self.place),
            message: self.message,
        }
    }
}
