//! Values of one kind, where anything else is checked and passed over.

use super::Scan;
use super::names::Name;
use super::scanner::{Kind, Scanner};
use super::string::Str;

impl<'a> Scanner<'a> {
    /// Read the string at the cursor, or skip what is no string.
    pub(crate) fn string_or_skip(&mut self) -> Scan<Option<Str<'a>>> {
        if self.kind()? == Kind::String {
            return self.string().map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    /// Read the number at the cursor, or skip what is no number.
    pub(crate) fn number_or_skip(&mut self) -> Scan<Option<&'a [u8]>> {
        if self.kind()? == Kind::Number {
            return self.number().map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    /// Read the `true` or `false` at the cursor, or skip what is neither.
    pub(crate) fn boolean_or_skip(&mut self) -> Scan<Option<bool>> {
        let kind = self.kind()?;
        self.skip()?;
        Ok(match kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        })
    }

    /// Read the object at the cursor, or skip what is no object.
    pub(crate) fn object_or_skip(
        &mut self,
        member: impl FnMut(&mut Self, Name<'a>) -> Scan<()>,
    ) -> Scan<()> {
        if self.kind()? == Kind::Object {
            self.object(member)
        } else {
            self.skip()
        }
    }

    /// Read the array at the cursor, or skip what is no array.
    pub(crate) fn array_or_skip(&mut self, element: impl FnMut(&mut Self) -> Scan<()>) -> Scan<()> {
        if self.kind()? == Kind::Array {
            self.array(element)
        } else {
            self.skip()
        }
    }
}
