//! The contracts that ship with WeftEnd: stream definitions, event contracts, vocabularies, in compiled form.

use serde_json::Value;

use crate::error::Issue;
use crate::stream::Stream;

/// The compiled contracts, schema `weftend.contracts/0`: canonical JSON and one newline, the same bytes that the
/// Python package ships.
pub static COMPILED: &[u8] = include_bytes!("../contracts/compiled.json");

/// The shipped stream of this identifier, such as `telemetry.release.v0`; none where there is none.
///
/// It loads, unless the crate was built from contracts that do not: then as [`Stream::from_json`].
pub fn stream(stream_id: &str) -> Result<Option<Stream>, Vec<Issue>> {
    let contracts: Value = serde_json::from_slice(COMPILED).unwrap_or_default();
    let streams = contracts["streams"].as_array().into_iter().flatten();
    let mut found = streams.filter(|stream| stream["streamId"] == stream_id);
    found
        .next()
        .map(|stream| Stream::from_json(stream.to_string().as_bytes()))
        .transpose()
}
