//! Arrays and objects as serde hands them over, element by element.

use serde::{Serialize, ser};

use super::super::error::CanonCode;
use super::super::output::Object;
use super::super::string;
use super::name::NameOf;
use super::writer::{Writer, within};
use super::{Refused, writer};

/// An array that is being written.
pub(super) struct List<'a> {
    writer: &'a mut Writer,
    variant: Option<&'static str>,
    length: usize,
}

impl<'a> List<'a> {
    pub(super) fn begin(writer: &'a mut Writer, variant: Option<&'static str>) -> Self {
        writer.output.bytes.push(b'[');
        List {
            writer,
            variant,
            length: 0,
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        if self.length > 0 {
            self.writer.output.bytes.push(b',');
        }
        value
            .serialize(&mut *self.writer)
            .map_err(|refused| within(refused.under_index(self.length), self.variant))?;
        self.length += 1;
        Ok(())
    }

    fn close(self) {
        self.writer.output.bytes.push(b']');
        close_levels(self.writer, self.variant);
    }
}

/// An object that is being written.
pub(super) struct Members<'a> {
    writer: &'a mut Writer,
    variant: Option<&'static str>,
    object: Object,
    count: usize,
    /// Where the current member's name begins in the output.
    name: usize,
}

impl<'a> Members<'a> {
    pub(super) fn begin(writer: &'a mut Writer, variant: Option<&'static str>) -> Self {
        let object = writer.output.begin_object();
        Members {
            writer,
            variant,
            object,
            count: 0,
            name: 0,
        }
    }

    fn name(&mut self, name: &str) {
        let output = &mut self.writer.output;
        let start = output.begin_member(&self.object);
        string::write(&mut output.bytes, name);
        self.name = start;
        output.end_name(&mut self.object, start, self.count);
        self.count += 1;
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        value.serialize(&mut *self.writer).map_err(|refused| {
            let name = string::read(&self.writer.output.bytes.as_slice()[self.name..]);
            within(refused.under_name(&name), self.variant)
        })
    }

    fn close(self) -> Result<(), Refused> {
        let ended = self.writer.output.end_object(self.object);
        ended.map_err(|_| writer::within(CanonCode::DuplicateName.into(), self.variant))?;
        close_levels(self.writer, self.variant);
        Ok(())
    }
}

fn close_levels(writer: &mut Writer, variant: Option<&'static str>) {
    writer.depth -= 1;
    if variant.is_some() {
        writer.output.bytes.push(b'}');
        writer.depth -= 1;
    }
}

macro_rules! list {
    ($($interface:ident: $method:ident),*) => {
        $(impl ser::$interface for List<'_> {
            type Ok = ();
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
                self.element(value)
            }

            fn end(self) -> Result<(), Refused> {
                self.close();
                Ok(())
            }
        })*
    };
}

list!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! fields {
    ($($interface:ident),*) => {
        $(impl ser::$interface for Members<'_> {
            type Ok = ();
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Refused> {
                self.name(name);
                self.value(value)
            }

            fn end(self) -> Result<(), Refused> {
                self.close()
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        let name = key
            .serialize(NameOf)
            .map_err(|refused| within(refused, self.variant))?;
        self.name(&name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        self.value(value)
    }

    fn end(self) -> Result<(), Refused> {
        self.close()
    }
}
