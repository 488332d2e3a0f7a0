//! Values as records have them, and what they stand for.

use std::borrow::Cow;

use weftend_core::canonical;

use crate::ijson::Str;
use crate::keys;

/// The values of one record that a stream asks for, by slot number.
pub type Values<'a> = Vec<Option<Value<'a>>>;

/// A value that a pointer leads to. Its bytes are UTF-8: they have been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, as it stands in the text between its quotes, and whether there are escapes in it.
    Text(&'a [u8], bool),
    /// A number, as it is written.
    Number(&'a [u8]),
    /// `true` or `false`.
    Boolean(bool),
}

impl<'a> Value<'a> {
    /// The bucket key that the value stands for: strings percent-encoded, numbers as ECMAScript prints them.
    pub fn key(&self) -> Cow<'a, str> {
        match *self {
            Value::Text(raw, false) => keys::percent_encoded(checked(raw)),
            Value::Text(raw, true) => keys::percent_encoded(&unescaped(raw)).into_owned().into(),
            Value::Number(token) => printed(token).into(),
            Value::Boolean(true) => "true".into(),
            Value::Boolean(false) => "false".into(),
        }
    }

    /// The value as canonical JSON.
    pub fn canonical(&self) -> String {
        match *self {
            Value::Text(raw, escaped) => {
                let text = canonical::to_vec(&Str::new(checked(raw), escaped).text());
                // Any text has a canonical form, which is UTF-8.
                String::from_utf8(text.unwrap_or_default()).unwrap_or_default()
            }
            Value::Number(token) => printed(token),
            Value::Boolean(truth) => truth.to_string(),
        }
    }

    /// The value as an amount: a whole number from 0 to 2^53 − 1.
    pub fn amount(&self) -> Option<u64> {
        let Value::Number(token) = self else {
            return None;
        };
        printed(token)
            .parse()
            .ok()
            .filter(|amount| *amount <= weftend_core::fold::MAX_AMOUNT)
    }
}

/// The text that a string with escapes stands for.
pub(super) fn unescaped(raw: &[u8]) -> Cow<'_, str> {
    Str::new(checked(raw), true).text()
}

fn checked(raw: &[u8]) -> &str {
    std::str::from_utf8(raw).unwrap_or_default()
}

/// A number token, already checked, as canonical JSON prints it.
fn printed(token: &[u8]) -> String {
    // An integer of fewer than 16 digits is printed as it is written: there are no zeros before it.
    if token.len() <= 15 && token.iter().all(u8::is_ascii_digit) {
        return checked(token).to_owned();
    }
    let bytes = canonical::canonicalize_text(token).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
