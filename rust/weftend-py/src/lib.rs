//! The binding: take the arguments out, call the core, map the error. No logic lives here.

use pyo3::prelude::*;

mod borrowed;
mod canonical;
mod chain;
mod ci;
mod egress;
mod errors;
mod fold;
mod objects;
mod readers;
mod record;
mod spool;
mod stream;

/// The extension module `weftend._core`; only the facades import it.
#[pymodule(gil_used = true)]
mod _core {
    use super::*;

    #[pymodule_export]
    use super::canonical::{canonicalize, canonicalize_text, digest_of, digest_text, is_canonical};

    #[pymodule_export]
    use super::chain::{check_store, prune, snapshot_bytes, store_bytes};

    #[pymodule_export]
    use super::ci::read_inputs;

    #[pymodule_export]
    use super::egress::{disclose, next_window, unregistered};

    #[pymodule_export]
    use super::fold::{Partial, exact_fold};

    #[pymodule_export]
    use super::readers::read_release;

    #[pymodule_export]
    use super::record::{
        Counter, counter, flush_recording, init_recording, record_usage_event, recording_mode,
        recording_places, reset_recording_after_fork,
    };

    #[pymodule_export]
    use super::spool::{SpoolReader, SpoolSegment};

    #[pymodule_export]
    use super::stream::Stream;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
