//! Canonical JSON and digests for Python.

use std::borrow::Cow;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use weftend_core::canonical::{self, CanonCode, CanonicalError};
use weftend_core::digest;
use weftend_core::error::Place;

use crate::objects;

pyo3::import_exception!(weftend.errors, CanonicalizationError);

/// Texts from this size on are worked on without the GIL; handing it over costs about as much as 4 KiB.
const LONG_TEXT: usize = 32 * 1024;

/// Canonical bytes of a value.
///
/// value: dict (with str names), list, tuple, str, int, float, bool, None, or subclasses of these, read
/// through the base type's own storage. What occurs in it more than once is written as often.
/// Returns the canonical form, UTF-8, without a newline.
/// Raises CanonicalizationError; its place is a JSON Pointer.
#[pyfunction]
#[pyo3(signature = (value, /))]
pub(crate) fn canonicalize<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    objects::with_canonical(value, |bytes| PyBytes::new(value.py(), bytes))
}

/// Canonical bytes of a JSON text.
///
/// text: bytes (UTF-8) or str. Any length.
/// Returns the canonical form, UTF-8, without a newline.
/// Raises CanonicalizationError, its place a byte offset; TypeError for other types.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn canonicalize_text<'py>(text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = text_of(text)?;
    let canonical = unlocked(text.py(), &bytes, canonical::canonicalize_text).map_err(raise)?;
    Ok(PyBytes::new(text.py(), &canonical))
}

/// Whether a text is its own canonical form, byte for byte.
///
/// text: bytes, whatever they hold.
/// Raises TypeError for other types, and nothing else.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn is_canonical(text: &Bound<'_, PyBytes>) -> bool {
    unlocked(text.py(), text.as_bytes(), canonical::is_canonical)
}

/// Digest of a value's canonical form: "sha256:" and 64 lower-case hexadecimal digits.
///
/// value, errors: as canonicalize.
#[pyfunction(name = "digest")]
#[pyo3(signature = (value, /))]
pub(crate) fn digest_of(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let hash = |bytes: &[u8]| unlocked(value.py(), bytes, digest::digest_bytes);
    Ok(objects::with_canonical(value, hash)?.to_string())
}

/// Digest of a JSON text's canonical form: "sha256:" and 64 lower-case hexadecimal digits.
///
/// text, errors: as canonicalize_text.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn digest_text(text: &Bound<'_, PyAny>) -> PyResult<String> {
    let bytes = text_of(text)?;
    let digest = unlocked(text.py(), &bytes, digest::digest_text).map_err(raise)?;
    Ok(digest.to_string())
}

/// The refusal as Python raises it.
pub(crate) fn raise(error: CanonicalError) -> PyErr {
    match error.place {
        Place::Offset(offset) => CanonicalizationError::new_err((error.code.as_str(), offset)),
        Place::Pointer(pointer) => CanonicalizationError::new_err((error.code.as_str(), pointer)),
    }
}

/// Runs long work on bytes without the GIL: nothing can change them, since they belong to an immutable object
/// that the caller holds, or to the caller alone.
fn unlocked<T: Send>(py: Python<'_>, bytes: &[u8], work: fn(&[u8]) -> T) -> T {
    if bytes.len() < LONG_TEXT {
        return work(bytes);
    }
    py.detach(|| work(bytes))
}

/// The UTF-8 of a bytes or str object.
fn text_of<'a>(text: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = text.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    let Ok(string) = text.cast::<PyString>() else {
        let name = text.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "text is bytes or str, not {name}"
        )));
    };
    match string.to_str() {
        Ok(utf8) => Ok(Cow::Borrowed(utf8.as_bytes())),
        Err(_) => Err(lone_surrogate(string)?),
    }
}

/// A str that UTF-8 cannot encode has a lone surrogate; its place is the length of what stands before it.
fn lone_surrogate(string: &Bound<'_, PyString>) -> PyResult<PyErr> {
    let encode = string.py().get_type::<PyString>().getattr("encode")?;
    let encoded = encode.call1((string, "utf-8", "surrogatepass"))?;
    let offset = match std::str::from_utf8(encoded.cast::<PyBytes>()?.as_bytes()) {
        Ok(text) => text.len(),
        Err(error) => error.valid_up_to(),
    };
    Ok(raise(CanonicalError {
        code: CanonCode::Surrogate,
        place: Place::Offset(offset),
    }))
}
