//! Streams: named release channels, as data.
//!
//! A [`Stream`] is the compiled form of a definition, checked whole: [`Stream::from_json`] is the one place that
//! decides whether a definition is one.

mod caps;
mod check;
mod definition;
mod grammar;
mod names;
mod vocabulary;

pub use caps::WorstCase;
pub use definition::{
    Caps, Contribution, Definition, Fields, Floor, Fold, Kind, MapDefinition, MapFields, RefList,
    UnitWords, Vocabulary,
};
pub use grammar::{GRAMMARS, Grammar};
pub(crate) use names::{is_name, is_stream_id};
pub use vocabulary::Slot;

use crate::canonical::canonicalize_text;
use crate::digest::{Digest, digest_bytes};
use crate::error::Issue;
use vocabulary::Lookup;

/// The schema of compiled definitions.
pub const STREAM_SCHEMA: &str = "weftend.stream/0";

/// No floor is below this many units, whatever a stream or a caller says.
pub const CODE_LEAST_FLOOR: u64 = 5;

/// A stream definition that was found valid, with its vocabularies ready to look up.
#[derive(Clone)]
pub struct Stream {
    definition: Definition,
    digest: Digest,
    lookups: Vec<Lookup>,
}

impl Stream {
    /// The stream that `json`, a compiled definition (schema [`STREAM_SCHEMA`]), describes.
    ///
    /// Refused with every violation at once, sorted, code `STREAM_INVALID`, path `#` and a JSON Pointer: unknown or
    /// missing members, values out of their bounds, maps or registered names that are not in byte order, names
    /// outside their grammar or reserved, and vocabularies whose fullest chunk would exceed the definition's caps,
    /// so that no stream can get stuck on its own vocabulary.
    pub fn from_json(json: &[u8]) -> Result<Self, Vec<Issue>> {
        let text =
            canonicalize_text(json).map_err(|error| vec![check::issue("", error.to_string())])?;
        let definition: Definition = serde_json::from_slice(&text)
            .map_err(|error| vec![check::issue("", error.to_string())])?;
        let issues = check::issues(&definition);
        if !issues.is_empty() {
            return Err(issues);
        }
        let lookups = definition.maps.iter().map(Lookup::of).collect();
        Ok(Stream {
            definition,
            digest: digest_bytes(&text),
            lookups,
        })
    }

    /// Digest of the compiled definition with its vocabularies, whatever the order and spacing of its text.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The largest chunk that this stream can release.
    pub fn worst_case(&self) -> WorstCase {
        WorstCase::of(&self.definition)
    }

    /// The least floor that may be asked for, in units: the greater of the stream's and [`CODE_LEAST_FLOOR`].
    pub fn least_floor(&self) -> u64 {
        self.definition.floor.least.max(CODE_LEAST_FLOOR)
    }

    /// Everything the definition says.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The stream's identifier, such as `telemetry.release.v0`.
    pub fn id(&self) -> &str {
        &self.definition.stream_id
    }

    /// The maps, in byte order of their names.
    pub fn maps(&self) -> &[MapDefinition] {
        &self.definition.maps
    }

    /// The channels of this stream's partial folds: its maps, then its ref lists where `refs`.
    pub fn channels(&self, refs: bool) -> Vec<String> {
        let maps = self.maps().iter().map(|map| map.name.clone());
        let lists = self
            .definition
            .refs
            .iter()
            .filter(|_| refs)
            .map(|list| list.as_str().to_owned());
        maps.chain(lists).collect()
    }

    /// The channel of a map or ref list by its name.
    pub fn channel(&self, name: &str) -> Option<usize> {
        self.channels(true)
            .iter()
            .position(|channel| channel == name)
    }

    /// The bucket of map number `map` that the raw `key` falls into; `None` only where there is no such map.
    pub fn slot(&self, map: usize, key: &str) -> Option<Slot> {
        Some(self.lookups.get(map)?.slot(key))
    }

    /// The name of a bucket, as payloads show it; `None` where the map has no such bucket.
    pub fn slot_name(&self, map: usize, slot: Slot) -> Option<&str> {
        self.maps().get(map)?.slot_name(slot)
    }
}
