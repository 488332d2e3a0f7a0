//! A small stream that tests of several files share.

use serde_json::{Value, json};
use weftend_core::stream::Stream;

/// One map of each kind, with a clamp of 3 in the sum.
pub(crate) fn definition() -> Value {
    json!({
        "schema": "weftend.stream/0", "streamId": "telemetry.test.v0", "version": 1, "title": "A test",
        "unit": {"name": "run", "plural": "runs"}, "reader": "tests", "contribution": "every-map",
        "floor": {"default": 100, "least": 5},
        "caps": {"maxBucketsPerChunk": 200, "maxChunkBytes": 262144, "maxChunks": 64,
                 "maxWindowTicks": 1000000, "ttlSeconds": 86400},
        "refs": ["evidenceRefs", "tartarusRefs"],
        "maps": [
            {"name": "conclusions", "kind": "partition", "clamp": 1, "fold": "none",
             "vocabulary": {"type": "enum", "keys": ["passed", "failed", "errored"]}},
            {"name": "families", "kind": "set", "clamp": 1, "fold": "family",
             "vocabulary": {"type": "registered", "grammar": "reason-code", "keys": ["A", "B", "C"]}},
            {"name": "outcomes", "kind": "sum", "clamp": 3, "fold": "none",
             "vocabulary": {"type": "enum", "keys": ["good", "bad"]}}
        ]
    })
}

pub(crate) fn load(definition: &Value) -> Stream {
    Stream::from_json(definition.to_string().as_bytes())
        .unwrap_or_else(|issues| panic!("{issues:?}"))
}
