//! JSON Pointers (RFC 6901), put together from the inside out.

use super::error::{CanonCode, CanonicalError};
use super::string;
use crate::error::Place;

/// A refusal on its way out of a value: each container that it passes adds its own token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    code: CanonCode,
    /// Innermost first, not escaped.
    tokens: Vec<String>,
    /// How many tokens, outermost first, lead to the refused value.
    length: usize,
}

impl Trail {
    /// A refusal of the value at hand.
    pub fn new(code: CanonCode) -> Self {
        Trail {
            code,
            tokens: Vec::new(),
            length: usize::MAX,
        }
    }

    /// The refused value stands under this member name.
    #[must_use]
    pub fn under_name(mut self, name: &str) -> Self {
        self.tokens.push(name.to_owned());
        self
    }

    /// The refused value stands under the name with which `written` begins: canonical JSON, from its opening
    /// quote on.
    #[must_use]
    pub fn under_written_name(self, written: &[u8]) -> Self {
        self.under_name(&string::read(written))
    }

    /// The refused value stands at this index of an array.
    #[must_use]
    pub fn under_index(mut self, index: usize) -> Self {
        self.tokens.push(index.to_string());
        self
    }

    /// The refused value is an ancestor of where it was noticed: only the outermost `length` tokens, of all
    /// that will have been added in the end, lead to it.
    #[must_use]
    pub fn outermost(mut self, length: usize) -> Self {
        self.length = length;
        self
    }
}

impl From<Trail> for CanonicalError {
    fn from(trail: Trail) -> Self {
        let mut pointer = String::new();
        for token in trail.tokens.iter().rev().take(trail.length) {
            pointer.push('/');
            pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
        }
        CanonicalError {
            code: trail.code,
            place: Place::Pointer(pointer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_escaped_and_stand_outermost_first() {
        let inner = Trail::new(CanonCode::Type).under_index(3);
        let trail = inner.under_name("a/~b").under_name("");
        let error: CanonicalError = trail.clone().into();
        assert_eq!(error.place, Place::Pointer("//a~1~0b/3".to_owned()));
        let outer: CanonicalError = trail.outermost(1).into();
        assert_eq!(outer.place, Place::Pointer("/".to_owned()));
    }
}
