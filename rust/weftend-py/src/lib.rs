//! The binding: take the arguments out, call the core, map the error. No logic lives here.

use pyo3::prelude::*;

mod canonical;
mod objects;

/// The extension module `weftend._core`; only the facades import it.
#[pymodule]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::canonical::{canonicalize, canonicalize_text, digest_of, digest_text, is_canonical};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
