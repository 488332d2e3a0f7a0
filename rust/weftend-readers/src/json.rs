//! A cursor over JSON text that the core has already checked, so that what is wanted is found without a tree.
//!
//! Nothing is checked again here. On text that was not checked first the cursor finds nonsense, but it neither
//! panics nor loops: every step moves on or stops at the end.

use std::borrow::Cow;

use memchr::memchr2;

/// What kind of value stands at a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// A string as it stands in the text, between its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Whether the string is `wanted`, escaped or not.
    pub(crate) fn is(self, wanted: &str) -> bool {
        self.0 == wanted.as_bytes() || (self.escaped() && self.decoded() == wanted)
    }

    /// The string without its escapes.
    pub(crate) fn decoded(self) -> Cow<'a, str> {
        if self.escaped() {
            let quoted = [b"\"", self.0, b"\""].concat();
            return Cow::Owned(serde_json::from_slice(&quoted).unwrap_or_default());
        }
        String::from_utf8_lossy(self.0)
    }

    fn escaped(self) -> bool {
        memchr::memchr(b'\\', self.0).is_some()
    }
}

/// A place in checked JSON text, at a value or between two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor at the value that `text` is.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let mut cursor = Cursor { text, at: 0 };
        cursor.skip_space();
        cursor
    }

    /// The byte offset of the value, from 0.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// What kind of value stands here.
    pub(crate) fn kind(&self) -> Kind {
        match self.byte() {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' | b'f' | b'n' => Kind::Literal,
            _ => Kind::Number,
        }
    }

    /// Goes into the object or array that stands here; then [`Cursor::member`] or [`Cursor::element`] until
    /// they end.
    pub(crate) fn enter(&mut self) {
        self.at += 1;
    }

    /// The name of the next member, with the cursor at its value; `None` behind the object. The value has to be
    /// read or skipped before the next call.
    pub(crate) fn member(&mut self) -> Option<Text<'a>> {
        if !self.element() {
            return None;
        }
        let name = self.string();
        self.skip_space();
        self.at += 1; // the colon
        self.skip_space();
        Some(name)
    }

    /// Whether there is a next element, with the cursor at it; `false` behind the array.
    pub(crate) fn element(&mut self) -> bool {
        self.skip_space();
        if self.byte() == b',' {
            self.at += 1;
            self.skip_space();
        }
        let ended = matches!(self.byte(), b']' | b'}' | 0);
        self.at += usize::from(ended);
        !ended
    }

    /// The string that stands here.
    pub(crate) fn string(&mut self) -> Text<'a> {
        let start = self.at + 1;
        self.skip_string();
        Text(
            self.text
                .get(start..self.at.saturating_sub(1))
                .unwrap_or_default(),
        )
    }

    /// The number that stands here, or `None` where something else stands; the cursor passes it either way.
    pub(crate) fn number(&mut self) -> Option<f64> {
        let is_number = self.kind() == Kind::Number;
        let text = std::str::from_utf8(self.raw()).ok().filter(|_| is_number)?;
        text.parse().ok()
    }

    /// The text of the value that stands here, which the cursor passes.
    pub(crate) fn raw(&mut self) -> &'a [u8] {
        let start = self.at;
        self.skip();
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Passes the value that stands here.
    pub(crate) fn skip(&mut self) {
        match self.kind() {
            Kind::String => self.skip_string(),
            Kind::Object | Kind::Array => self.skip_nested(),
            Kind::Number | Kind::Literal => self.skip_scalar(),
        }
    }

    fn skip_nested(&mut self) {
        let mut depth = 0usize;
        while self.at < self.text.len() {
            match self.byte() {
                b'"' => {
                    self.skip_string();
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(found) = self
            .text
            .get(self.at..)
            .and_then(|rest| memchr2(b'"', b'\\', rest))
        {
            self.at += found;
            if self.byte() == b'"' {
                self.at += 1;
                return;
            }
            self.at += 2; // the backslash and what it escapes; a `\u` has only letters and digits behind it
        }
        self.at = self.text.len();
    }

    fn skip_scalar(&mut self) {
        while !matches!(
            self.byte(),
            b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r' | 0
        ) {
            self.at += 1;
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// The byte here, or 0 behind the end; checked text holds no 0.
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// The tree that the cursor sees.
    fn tree(cursor: &mut Cursor<'_>) -> Value {
        match cursor.kind() {
            Kind::Object => {
                let mut members = Map::new();
                cursor.enter();
                while let Some(name) = cursor.member() {
                    assert!(name.is(&name.decoded()));
                    members.insert(name.decoded().into(), tree(cursor));
                }
                Value::Object(members)
            }
            Kind::Array => {
                let mut elements = Vec::new();
                cursor.enter();
                while cursor.element() {
                    elements.push(tree(cursor));
                }
                Value::Array(elements)
            }
            Kind::String => cursor.string().decoded().into(),
            Kind::Number | Kind::Literal => serde_json::from_slice(cursor.raw()).expect("a scalar"),
        }
    }

    proptest! {
        #[test]
        fn sees_what_is_there(value in value(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) };
            let text = text.expect("JSON");
            let mut cursor = Cursor::new(&text);
            prop_assert_eq!(tree(&mut cursor.clone()), value);
            prop_assert_eq!(cursor.raw(), &text[..]);
        }

        #[test]
        fn ends_on_anything(text in prop::collection::vec(prop::sample::select(b"{}[]\",:\\ u0a\n".to_vec()), 0..64)) {
            let mut cursor = Cursor::new(&text);
            cursor.clone().skip();
            cursor.clone().string();
            cursor.enter();
            let mut names = 0;
            while cursor.member().is_some() {
                names += 1;
            }
            prop_assert!(names <= text.len());
        }
    }

    #[test]
    fn escaped_names_are_the_names_they_stand_for() {
        let mut cursor = Cursor::new(br#" {"reason\u0043odes" : 1, "a\"b":[{}] } "#);
        cursor.enter();
        assert!(cursor.member().is_some_and(|name| name.is("reasonCodes")));
        assert_eq!(cursor.number(), Some(1.0));
        assert!(cursor.member().is_some_and(|name| name.is("a\"b")));
        assert_eq!(cursor.number(), None);
        assert!(cursor.member().is_none());
    }
}
