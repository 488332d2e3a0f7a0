//! Values as records have them, and what they stand for.

use std::borrow::Cow;

use weftend_core::canonical;

use super::meaning::{Kind, Meaning};
use crate::ijson::{self, Scalar, Str};
use crate::keys;

/// The values of one record that a stream asks for, by slot number.
pub(super) type Values<'a> = Vec<Option<Value<'a>>>;

/// A value that a pointer leads to. Its bytes are UTF-8: they have been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A string: what stands between its quotes, and whether there are escapes in it.
    Text(&'a [u8], bool),
    /// A number, as it is written.
    Number(&'a [u8]),
    /// `true` or `false`.
    Boolean(bool),
}

impl<'a> Value<'a> {
    /// The bucket key that the value stands for: strings percent-encoded, numbers as ECMAScript prints them.
    pub(super) fn key(&self) -> Cow<'a, str> {
        match *self {
            Value::Text(raw, escaped) => match Str::new(raw, escaped).text() {
                Cow::Borrowed(text) => keys::percent_encoded(text),
                Cow::Owned(text) => keys::percent_encoded(&text).into_owned().into(),
            },
            Value::Number(token) => printed(token),
            Value::Boolean(truth) => word(truth).into(),
        }
    }

    /// What the value means, however it is spelled.
    #[inline]
    pub(super) fn meaning(&self) -> Meaning<'a> {
        let (kind, bytes) = match *self {
            Value::Text(raw, escaped) => (Kind::Text, Str::new(raw, escaped).bytes()),
            Value::Number(token) => (Kind::Number, bytes(printed(token))),
            Value::Boolean(truth) => (Kind::Boolean, word(truth).as_bytes().into()),
        };
        Meaning { kind, bytes }
    }

    /// The value as an amount: a whole number from 0 to 2^53 − 1.
    pub(super) fn amount(&self) -> Option<u64> {
        let Value::Number(token) = self else {
            return None;
        };
        ijson::whole(token).filter(|amount| *amount <= weftend_core::fold::MAX_AMOUNT)
    }
}

/// The value that a scalar is; `None` for `null`.
pub(super) fn of(scalar: Scalar<'_>) -> Option<Value<'_>> {
    match scalar {
        Scalar::Text(raw, escaped) => Some(Value::Text(raw, escaped)),
        Scalar::Number(token) => Some(Value::Number(token)),
        Scalar::Boolean(truth) => Some(Value::Boolean(truth)),
        Scalar::Null => None,
    }
}

fn checked(raw: &[u8]) -> &str {
    std::str::from_utf8(raw).unwrap_or_default()
}

fn word(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => text.as_bytes().into(),
        Cow::Owned(text) => text.into_bytes().into(),
    }
}

/// A number token, already checked, as canonical JSON prints it.
fn printed(token: &[u8]) -> Cow<'_, str> {
    // An integer of fewer than 16 digits is printed as it is written: there are no zeros before it.
    if token.len() <= 15 && token.iter().all(u8::is_ascii_digit) {
        return checked(token).into();
    }
    let bytes = canonical::canonicalize_text(token).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_as_canonical_json_as_the_canonicalizer_has_it(text in any::<String>()) {
            let quoted = canonical::to_vec(&text).unwrap();
            let raw = &quoted[1..quoted.len() - 1];
            let value = Value::Text(raw, raw.contains(&b'\\'));
            let meaning = value.meaning();
            prop_assert_eq!(&*meaning.canonical(), &quoted[..]);
        }
    }

    #[test]
    fn equal_values_mean_the_same_and_others_do_not() {
        let text = |raw: &'static str| Value::Text(raw.as_bytes(), raw.contains('\\'));
        let number = |token: &'static str| Value::Number(token.as_bytes());
        let alike = [
            vec![text("a"), text("\\u0061")],
            vec![text("1")],
            vec![number("1"), number("1.0"), number("10e-1")],
            vec![number("0"), number("-0"), number("0.0")],
            vec![text("true")],
            vec![Value::Boolean(true)],
        ];
        for (place, values) in alike.iter().enumerate() {
            for (other, others) in alike.iter().enumerate() {
                for (a, b) in values.iter().zip(others) {
                    assert_eq!(a.meaning() == b.meaning(), place == other, "{a:?} {b:?}");
                    assert_eq!(
                        a.meaning().canonical() == b.meaning().canonical(),
                        place == other,
                        "{a:?} {b:?}"
                    );
                }
            }
        }
    }
}
