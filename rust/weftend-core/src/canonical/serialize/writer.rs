//! The serializer itself: scalars, and the opening of containers.

use serde::{Serialize, Serializer};

use super::super::MAX_DEPTH;
use super::super::error::CanonCode;
use super::super::number::{write_f64, write_i64};
use super::super::output::Output;
use super::super::string;
use super::Refused;
use super::containers::{List, Members};

/// Canonical bytes so far, and how many containers are open.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) output: Output,
    pub(super) depth: usize,
}

impl Writer {
    /// One level deeper.
    pub(super) fn open(&mut self) -> Result<(), Refused> {
        if self.depth == MAX_DEPTH {
            return Err(CanonCode::Depth.into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Writes `{"variant":`, one level deeper.
    fn open_variant(&mut self, variant: &'static str) -> Result<(), Refused> {
        self.open()?;
        self.output.bytes.push(b'{');
        string::write(&mut self.output.bytes, variant);
        self.output.bytes.push(b':');
        Ok(())
    }

    fn list(&mut self, variant: Option<&'static str>) -> Result<List<'_>, Refused> {
        if let Some(name) = variant {
            self.open_variant(name)?;
        }
        self.open().map_err(|refused| within(refused, variant))?;
        Ok(List::begin(self, variant))
    }

    fn members(&mut self, variant: Option<&'static str>) -> Result<Members<'_>, Refused> {
        if let Some(name) = variant {
            self.open_variant(name)?;
        }
        self.open().map_err(|refused| within(refused, variant))?;
        Ok(Members::begin(self, variant))
    }

    fn literal(&mut self, text: &[u8]) -> Result<(), Refused> {
        self.output.bytes.extend_from_slice(text);
        Ok(())
    }

    /// An integer that may not fit an `i64`; what does not is out of range anyway.
    fn integer<T: TryInto<i64>>(&mut self, value: T) -> Result<(), Refused> {
        let value = value.try_into().map_err(|_| CanonCode::NumberRange)?;
        Ok(write_i64(&mut self.output.bytes, value)?)
    }
}

/// Adds the token of the enum variant around the refused value, if there is one.
pub(super) fn within(refused: Refused, variant: Option<&'static str>) -> Refused {
    match variant {
        Some(name) => refused.under_name(name),
        None => refused,
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<(), Refused> {
            self.integer(value)
        })*
    };
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    integers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    );

    fn serialize_bool(self, value: bool) -> Result<(), Refused> {
        self.literal(if value { b"true" } else { b"false" })
    }

    fn serialize_f32(self, value: f32) -> Result<(), Refused> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Refused> {
        Ok(write_f64(&mut self.output.bytes, value)?)
    }

    fn serialize_char(self, value: char) -> Result<(), Refused> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Refused> {
        string::write(&mut self.output.bytes, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), Refused> {
        self.literal(b"null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Refused> {
        self.literal(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        self.literal(b"null")
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Refused> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        self.open_variant(variant)?;
        value
            .serialize(&mut *self)
            .map_err(|refused| refused.under_name(variant))?;
        self.depth -= 1;
        self.literal(b"}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Refused> {
        self.list(None)
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Refused> {
        self.list(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Refused> {
        self.list(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, Refused> {
        self.list(Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Refused> {
        self.members(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, Refused> {
        self.members(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a>, Refused> {
        self.members(Some(variant))
    }
}
