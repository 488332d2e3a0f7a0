//! Refusals as Python raises them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use weftend_core::error::Issue;
use weftend_core::fold::FoldError;

pyo3::import_exception!(weftend.errors, WeftendError);

/// What was written before does not hold together.
pub(crate) const INTEGRITY: u8 = 3;
/// Usage or invalid input.
pub(crate) const INVALID: u8 = 2;

/// A `WeftendError` with these issues and this exit status.
pub(crate) fn refusal(py: Python<'_>, issues: &[Issue], status: u8) -> PyErr {
    refusal_and_more(py, issues, 0, status)
}

/// A `WeftendError` with these issues, the count of further ones, and this exit status.
pub(crate) fn refusal_and_more(py: Python<'_>, issues: &[Issue], more: u64, status: u8) -> PyErr {
    match built(py, issues, more, status) {
        Ok((issues, status)) => WeftendError::new_err((issues.unbind(), status.unbind())),
        Err(error) => error,
    }
}

fn built<'py>(
    py: Python<'py>,
    issues: &[Issue],
    more: u64,
    status: u8,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let errors = py.import("weftend.errors")?;
    let issue = errors.getattr("Issue")?;
    let list = issues
        .iter()
        .map(|found| issue.call1((found.code, &found.path, &found.message)));
    let list = list.collect::<PyResult<Vec<_>>>()?;
    let list = errors
        .getattr("IssueList")?
        .call_method1("of", (list, more))?;
    Ok((list, errors.getattr("ExitStatus")?.call1((status,))?))
}

/// One issue about a whole argument.
pub(crate) fn one(code: &'static str, message: impl ToString) -> Issue {
    Issue {
        code,
        path: "#".to_owned(),
        message: message.to_string(),
    }
}

/// A refusal of a partial fold, with the byte offset where there is one.
pub(crate) fn fold_refusal(py: Python<'_>, error: &FoldError) -> PyErr {
    let mut issue = one(error.code(), error);
    issue
        .path
        .extend(error.place().map(|place| place.to_string()));
    refusal(py, &[issue], INVALID)
}

/// 32 bytes.
pub(crate) fn digest_bytes(bytes: &[u8]) -> PyResult<[u8; 32]> {
    bytes
        .try_into()
        .map_err(|_| PyValueError::new_err("a digest is 32 bytes"))
}

/// `sha256:` and 64 hexadecimal digits.
pub(crate) fn digest_text(text: &str) -> PyResult<weftend_core::digest::Digest> {
    text.parse()
        .map_err(|error: weftend_core::digest::NotADigest| PyValueError::new_err(error.to_string()))
}
