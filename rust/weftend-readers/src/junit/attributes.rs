//! Attributes (XML 1.0, sections 2.3, 3.1 and 3.3.3): their values as they are written, and as they are meant.

use std::borrow::Cow;

use hashbrown::HashSet;
use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::QName;
use wide::u8x16;

use super::markup::{self, Wrong};

/// The value of an attribute, checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    raw: &'a str,
    /// It means what is written.
    plain: bool,
}

impl<'a> Value<'a> {
    /// The value that starts at `at`, behind its opening `quote`, and where its closing one stands.
    #[inline]
    pub(super) fn read(text: &'a str, at: usize, quote: u8) -> Result<(Self, usize), Wrong> {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let (length, plain) = length(rest, quote).ok_or(UNENDED)?;
        let raw = text.get(at..at + length).ok_or(UNENDED)?;
        if !plain {
            check(raw)?;
        }
        Ok((Value { raw, plain }, at + length))
    }

    /// What the value means.
    #[inline]
    pub(super) fn text(self) -> Cow<'a, str> {
        if self.plain {
            return Cow::Borrowed(self.raw);
        }
        normalized(self.raw).unwrap_or_default()
    }
}

const UNENDED: Wrong = "markup that does not end";

/// How many bytes stand before `quote`, and whether they mean what is written: no reference, no `<`, nothing that
/// becomes a space.
#[inline]
fn length(bytes: &[u8], quote: u8) -> Option<(usize, bool)> {
    let (mut plain, mut done) = (true, 0);
    while let Some(chunk) = bytes.get(done..).and_then(|rest| rest.first_chunk::<16>()) {
        let chunk = u8x16::from(*chunk);
        let is = |byte: u8| chunk.simd_eq(u8x16::splat(byte));
        let below_space = chunk.min(u8x16::splat(0x1F)).simd_eq(chunk);
        let special = (is(b'<') | is(b'&') | below_space).to_bitmask();
        let ends = is(quote).to_bitmask();
        if ends != 0 {
            let before = (ends & ends.wrapping_neg()).wrapping_sub(1);
            let length = done + ends.trailing_zeros() as usize;
            return Some((length, plain & (special & before == 0)));
        }
        plain &= special == 0;
        done += 16;
    }
    for (length, byte) in bytes.iter().enumerate().skip(done) {
        if *byte == quote {
            return Some((length, plain));
        }
        plain &= !matches!(byte, b'<' | b'&' | 0..0x20);
    }
    None
}

fn check(raw: &str) -> Result<(), Wrong> {
    if raw.contains('<') {
        return Err("`<` in an attribute");
    }
    match normalized(raw) {
        Some(value) if value.chars().all(markup::is_legal) => Ok(()),
        Some(_) => Err("a reference to a character that XML does not allow"),
        None => Err(markup::UNDEFINED),
    }
}

fn normalized(raw: &str) -> Option<Cow<'_, str>> {
    let attribute = Attribute {
        key: QName(""),
        value: Cow::Borrowed(raw),
    };
    attribute.normalized_value(XmlVersion::Implicit1_0).ok()
}

/// The attribute names of one tag, most tags having few.
#[derive(Default)]
pub(super) struct SmallNames<'a> {
    few: [&'a str; 8],
    count: usize,
    more: HashSet<&'a str>,
}

impl<'a> SmallNames<'a> {
    /// One more name; refused where it was there.
    #[inline]
    pub(super) fn insert(&mut self, name: &'a str) -> Result<(), Wrong> {
        const TWICE: Wrong = "an attribute that comes twice";
        let (few, count) = (&mut self.few, self.count);
        if few[..count.min(8)].contains(&name) || (count >= 8 && !self.more.insert(name)) {
            return Err(TWICE);
        }
        if let Some(slot) = few.get_mut(count) {
            *slot = name;
        }
        self.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_value_ends_where_a_plain_walk_ends(
            bytes in prop::collection::vec(prop::sample::select(b"ab'\"<&\t\x7f\xff ".to_vec()), 0..70)
        ) {
            let expected = bytes.iter().position(|byte| *byte == b'\'').map(|end| {
                let special = |byte: &u8| matches!(byte, b'<' | b'&' | b'\t');
                (end, !bytes[..end].iter().any(special))
            });
            prop_assert_eq!(length(&bytes, b'\''), expected);
        }
    }
}
