//! The binding: take the arguments out, call the core, map the error. No logic lives here.

use pyo3::prelude::*;

mod borrowed;
mod canonical;
mod objects;
mod record;

/// The extension module `weftend._core`; only the facades import it.
#[pymodule(gil_used = true)]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::canonical::{canonicalize, canonicalize_text, digest_of, digest_text, is_canonical};

    #[pymodule_export]
    use super::record::{
        Counter, SpoolReader, SpoolSegment, counter, flush_recording, init_recording,
        record_usage_event, recording_mode, recording_places, reset_recording_after_fork,
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
