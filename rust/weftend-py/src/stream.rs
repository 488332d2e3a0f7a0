//! Stream definitions.

use std::collections::BTreeMap;

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use weftend_core::stream::{self, Contribution};

use crate::errors::{INVALID, refusal};

/// A stream definition that was found valid.
#[pyclass(frozen, module = "weftend._core")]
pub(crate) struct Stream(pub(crate) stream::Stream);

#[pymethods]
impl Stream {
    /// definition: the compiled form, JSON text in UTF-8.
    /// Raises WeftendError (STREAM_INVALID) with every violation.
    #[new]
    #[pyo3(signature = (definition, /))]
    fn new(py: Python<'_>, definition: &[u8]) -> PyResult<Self> {
        let loaded = py.detach(|| stream::Stream::from_json(definition));
        loaded
            .map(Stream)
            .map_err(|issues| refusal(py, &issues, INVALID))
    }

    /// The stream's identifier.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Digest of the compiled definition with its vocabularies.
    #[getter]
    fn digest(&self) -> String {
        self.0.digest().to_string()
    }

    /// "every-map" or "one-map".
    #[getter]
    fn contribution(&self) -> &'static str {
        match self.0.definition().contribution {
            Contribution::EveryMap => "every-map",
            Contribution::OneMap => "one-map",
        }
    }

    /// Names of the maps, in byte order.
    #[getter]
    fn maps(&self) -> Vec<&str> {
        self.0.maps().iter().map(|map| map.name.as_str()).collect()
    }

    /// Names of the ref lists.
    #[getter]
    fn refs(&self) -> Vec<&'static str> {
        self.0
            .definition()
            .refs
            .iter()
            .map(|list| list.as_str())
            .collect()
    }

    /// The floor used where nobody asks, in units.
    #[getter]
    fn default_floor(&self) -> u64 {
        self.0.definition().floor.default
    }

    /// The least floor that may be asked for, in units.
    #[getter]
    fn least_floor(&self) -> u64 {
        self.0.least_floor()
    }

    /// The caps under the names that definitions have.
    #[getter]
    fn caps(&self) -> BTreeMap<&'static str, u64> {
        let caps = self.0.definition().caps;
        BTreeMap::from([
            ("maxBucketsPerChunk", caps.max_buckets_per_chunk),
            ("maxChunkBytes", caps.max_chunk_bytes),
            ("maxChunks", caps.max_chunks),
            ("maxWindowTicks", caps.max_window_ticks),
            ("ttlSeconds", caps.ttl_seconds),
        ])
    }

    /// The largest chunk there can be: (buckets, canonical bytes).
    fn worst_case(&self, py: Python<'_>) -> (u64, u64) {
        let worst = py.detach(|| self.0.worst_case());
        (worst.buckets, worst.bytes)
    }

    /// Names of a partial's channels: the maps, then the ref lists where refs.
    #[pyo3(signature = (*, refs = false))]
    fn channels(&self, refs: bool) -> Vec<String> {
        self.0.channels(refs)
    }

    /// The bucket of a map that a raw key falls into. KeyError where there is no such map.
    #[pyo3(signature = (map, key, /))]
    fn bucket(&self, map: &str, key: &str) -> PyResult<&str> {
        let number = self.map(map)?;
        let slot = self
            .0
            .slot(number, key)
            .and_then(|slot| self.0.slot_name(number, slot));
        slot.ok_or_else(|| PyKeyError::new_err(map.to_owned()))
    }

    fn __repr__(&self) -> String {
        format!("<Stream {} {}>", self.0.id(), self.0.digest())
    }
}

impl Stream {
    /// The number of a map by its name.
    pub(crate) fn map(&self, name: &str) -> PyResult<usize> {
        let found = self.0.maps().iter().position(|map| map.name == name);
        found.ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }
}
