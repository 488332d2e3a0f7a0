//! Borrowed views of Python objects through the stable ABI: the binding's one module with `unsafe`.
//!
//! # Why borrowing is sound
//! A view of type `T<'a>` holds a pointer without a reference of its own. Everything it points to is kept
//! alive by the object that was handed to [`with_borrowed`], as long as no container below it changes. The
//! GIL is held for all of `'a` (the module is declared to need it), so only Python code that runs *on this
//! thread* could change one, and none does:
//! - the walk gets no `Python` token, so it cannot call into Python through PyO3;
//! - no function used here runs Python code: reading a type, a dict's storage, a list's or tuple's item, an
//!   int's or float's value. They read the base type's storage, whatever a subclass overrides;
//! - none of them allocates an object that the garbage collector tracks, and so could start a collection, with
//!   one exception: [`Text::utf8`] makes a `UnicodeEncodeError` for a str that UTF-8 cannot encode. It then
//!   returns an error, and the walk touches no view any more once it has seen one.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::slice;

use pyo3::ffi;
use pyo3::prelude::*;

/// Calls `walk` with a view of `value`; the walk must not keep or make anything that runs Python code.
pub(crate) fn with_borrowed<T>(value: &Bound<'_, PyAny>, walk: fn(Object<'_>) -> T) -> T {
    // SAFETY: a Bound is never null.
    walk(Object(
        unsafe { NonNull::new_unchecked(value.as_ptr()) },
        PhantomData,
    ))
}

/// Any object.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a>(NonNull<ffi::PyObject>, PhantomData<&'a ()>);

/// An object by the JSON type that it can be; made by [`Object::kind`] alone, which looked at its type.
///
/// Its tag has the size of a word: one of a byte would be written as a byte and read as a word, which waits.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Kind<'a> {
    Null,
    Bool(bool),
    Int(Int<'a>),
    Float(Float<'a>),
    Text(Text<'a>),
    Dict(Dict<'a>),
    List(List<'a>),
    Tuple(Tuple<'a>),
    Other,
}

/// An `int` or an instance of a subclass.
#[derive(Clone, Copy)]
pub(crate) struct Int<'a>(Object<'a>);
/// A `float` or an instance of a subclass.
#[derive(Clone, Copy)]
pub(crate) struct Float<'a>(Object<'a>);
/// A `str` or an instance of a subclass.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(Object<'a>);
/// A `dict` or an instance of a subclass.
#[derive(Clone, Copy)]
pub(crate) struct Dict<'a>(Object<'a>);
/// A `list` or an instance of a subclass.
#[derive(Clone, Copy)]
pub(crate) struct List<'a>(Object<'a>);
/// A `tuple` or an instance of a subclass.
#[derive(Clone, Copy)]
pub(crate) struct Tuple<'a>(Object<'a>);

/// A Python exception is set; no view may be used any more.
pub(crate) struct Raised;

impl<'a> Object<'a> {
    /// Which object it is; nothing else may be read from it.
    pub(crate) fn identity(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// The object as the JSON type that its type, or the base of its type, stands for.
    #[inline]
    pub(crate) fn kind(self) -> Kind<'a> {
        let object = self.0.as_ptr();
        // SAFETY: the object is alive (module documentation); its type is read, and static addresses compared.
        unsafe {
            let kind = ffi::Py_TYPE(object);
            if kind == &raw mut ffi::PyUnicode_Type {
                Kind::Text(Text(self))
            } else if kind == &raw mut ffi::PyLong_Type {
                Kind::Int(Int(self))
            } else if kind == &raw mut ffi::PyDict_Type {
                Kind::Dict(Dict(self))
            } else if kind == &raw mut ffi::PyList_Type {
                Kind::List(List(self))
            } else if kind == &raw mut ffi::PyFloat_Type {
                Kind::Float(Float(self))
            } else {
                self.rare_kind()
            }
        }
    }

    /// The constants, tuples, and subclasses, which the flags of a type tell without a look at its bases.
    #[inline(never)]
    fn rare_kind(self) -> Kind<'a> {
        let object = self.0.as_ptr();
        // SAFETY: the object is alive, and so is its type; its flags are read, and static addresses compared.
        let (flags, null, yes, no) = unsafe {
            let flags = ffi::PyType_GetFlags(ffi::Py_TYPE(object));
            (flags, ffi::Py_None(), ffi::Py_True(), ffi::Py_False())
        };
        let is = |subclass| flags & subclass != 0;
        match object {
            _ if object == null => Kind::Null,
            _ if object == yes || object == no => Kind::Bool(object == yes),
            _ if is(ffi::Py_TPFLAGS_UNICODE_SUBCLASS) => Kind::Text(Text(self)),
            _ if is(ffi::Py_TPFLAGS_LONG_SUBCLASS) => Kind::Int(Int(self)),
            _ if is(ffi::Py_TPFLAGS_DICT_SUBCLASS) => Kind::Dict(Dict(self)),
            _ if is(ffi::Py_TPFLAGS_LIST_SUBCLASS) => Kind::List(List(self)),
            _ if is(ffi::Py_TPFLAGS_TUPLE_SUBCLASS) => Kind::Tuple(Tuple(self)),
            _ if self.is_float() => Kind::Float(Float(self)),
            _ => Kind::Other,
        }
    }

    fn is_float(self) -> bool {
        // SAFETY: the object is alive; there is no flag for float, so its bases are looked at.
        unsafe { ffi::PyFloat_Check(self.0.as_ptr()) != 0 }
    }

    /// The object if its type is `str` itself.
    #[inline]
    pub(crate) fn exact_text(self) -> Option<Text<'a>> {
        // SAFETY: the object is alive; its type is read and compared with a static address.
        let exact = unsafe { ffi::Py_TYPE(self.0.as_ptr()) == &raw mut ffi::PyUnicode_Type };
        exact.then_some(Text(self))
    }

    /// The object if its type is `int` itself.
    #[inline]
    pub(crate) fn exact_int(self) -> Option<Int<'a>> {
        // SAFETY: as for `exact_text`.
        let exact = unsafe { ffi::Py_TYPE(self.0.as_ptr()) == &raw mut ffi::PyLong_Type };
        exact.then_some(Int(self))
    }
}

impl Int<'_> {
    /// The value, if it fits.
    #[inline]
    pub(crate) fn value(self) -> Option<i64> {
        let mut overflow = 0;
        // SAFETY: the object is alive and an int: its digits are read, and no error can be raised.
        let value =
            unsafe { ffi::PyLong_AsLongLongAndOverflow(self.0.0.as_ptr(), &raw mut overflow) };
        (overflow == 0).then_some(value)
    }
}

impl Float<'_> {
    /// The value.
    #[inline]
    pub(crate) fn value(self) -> f64 {
        // SAFETY: the object is alive and a float: its value is read, `__float__` is not called.
        unsafe { ffi::PyFloat_AsDouble(self.0.0.as_ptr()) }
    }
}

impl<'a> Text<'a> {
    /// The UTF-8 of the string, which the string itself keeps.
    ///
    /// # Errors
    /// [`Raised`]: a lone surrogate ([`is_lone_surrogate`]), or no memory.
    #[inline]
    pub(crate) fn utf8(self) -> Result<&'a str, Raised> {
        let mut length = 0;
        // SAFETY: the object is alive and a str. What is returned belongs to it, does not change, and is UTF-8.
        unsafe {
            let data = ffi::PyUnicode_AsUTF8AndSize(self.0.0.as_ptr(), &raw mut length);
            if data.is_null() {
                return Err(Raised);
            }
            let bytes = slice::from_raw_parts(data.cast(), length as usize);
            Ok(std::str::from_utf8_unchecked(bytes))
        }
    }
}

/// Whether the exception that is set says that a str has a lone surrogate; if so, it is taken back.
pub(crate) fn is_lone_surrogate(_: Raised) -> bool {
    // SAFETY: an exception is set; an exact class is compared first, and no Python code is run.
    unsafe {
        let lone = ffi::PyErr_ExceptionMatches(ffi::PyExc_UnicodeEncodeError) != 0;
        if lone {
            ffi::PyErr_Clear();
        }
        lone
    }
}

impl<'a> Dict<'a> {
    /// Names and values in the order of insertion, from the dict's own storage.
    #[inline]
    pub(crate) fn items(self) -> Items<'a> {
        Items {
            dict: self,
            position: 0,
        }
    }

    pub(crate) fn object(self) -> Object<'a> {
        self.0
    }
}

/// See [`Dict::items`].
pub(crate) struct Items<'a> {
    dict: Dict<'a>,
    position: ffi::Py_ssize_t,
}

impl<'a> Iterator for Items<'a> {
    type Item = (Object<'a>, Object<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (mut name, mut value) = (ptr::null_mut(), ptr::null_mut());
        let dict = self.dict.0.0.as_ptr();
        // SAFETY: the object is alive and a dict, and does not change, so that the position stays good; what is
        // returned is borrowed from it and not null.
        unsafe {
            if ffi::PyDict_Next(dict, &raw mut self.position, &raw mut name, &raw mut value) == 0 {
                return None;
            }
            Some((
                Object(NonNull::new_unchecked(name), PhantomData),
                Object(NonNull::new_unchecked(value), PhantomData),
            ))
        }
    }
}

macro_rules! sequence {
    ($type:ident, $size:path, $item:path) => {
        impl<'a> $type<'a> {
            /// The items in their order, from the base type's own storage.
            #[inline]
            pub(crate) fn items(self) -> impl Iterator<Item = Object<'a>> {
                let sequence = self.0.0.as_ptr();
                // SAFETY: the object is alive and of this type.
                let length = unsafe { $size(sequence) };
                (0..length).map(move |index| {
                    // SAFETY: as above; it does not change, so the index is in range and the item, which is
                    // borrowed, not null.
                    Object(
                        unsafe { NonNull::new_unchecked($item(sequence, index)) },
                        PhantomData,
                    )
                })
            }

            pub(crate) fn object(self) -> Object<'a> {
                self.0
            }
        }
    };
}

sequence!(List, ffi::PyList_Size, ffi::PyList_GetItem);
sequence!(Tuple, ffi::PyTuple_Size, ffi::PyTuple_GetItem);
