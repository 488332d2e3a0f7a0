//! The compiled form of a stream definition, member by member.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::documents::given;

/// A stream definition as compiled; JSON names are camelCase, unknown members are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Definition {
    /// Always `weftend.stream/0`.
    pub schema: String,
    /// Dotted lower-case words that end in a version, at most 128 bytes.
    pub stream_id: String,
    /// 1 to 9,999; raised when the definition changes.
    pub version: u64,
    /// One line for people, 1 to 120 characters.
    pub title: String,
    /// What the floor counts, in words.
    pub unit: UnitWords,
    /// Which reader yields the contributions.
    pub reader: String,
    /// How a unit contributes.
    pub contribution: Contribution,
    /// Least units behind a bucket.
    pub floor: Floor,
    /// Bounds of chunks, store and windows.
    pub caps: Caps,
    /// Ref lists that an operator may ask for, distinct, in byte order.
    pub refs: Vec<RefList>,
    /// 1 to 64 maps in byte order of their names.
    pub maps: Vec<MapDefinition>,
    /// Numbers that the reader takes, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, u64>,
    /// Declared fields; exactly where the reader is `ndjson`.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub fields: Option<Fields>,
}

/// What a unit is called: `observation`, `observations`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnitWords {
    /// One of them.
    pub name: String,
    /// Several of them.
    pub plural: String,
}

/// How a unit contributes to the maps of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contribution {
    /// To every map; what is promised holds map by map.
    EveryMap,
    /// To the one map that its digest deals it to; what is promised holds for the release as a whole.
    OneMap,
}

/// Floors, in units: 5 to 1,000,000, and `least` not above `default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Floor {
    /// Used where nobody asks.
    pub default: u64,
    /// The least that may be asked for.
    pub least: u64,
}

/// Bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Caps {
    /// Buckets of all maps of a chunk together, 1 to 65,536.
    pub max_buckets_per_chunk: u64,
    /// Canonical bytes of a chunk, 4,096 to 16,777,216.
    pub max_chunk_bytes: u64,
    /// Chunks that a store keeps, 1 to 4,096.
    pub max_chunks: u64,
    /// Units that a window takes, 1 to 1,000,000.
    pub max_window_ticks: u64,
    /// Age, in ticks, at which a chunk goes, 1 to 604,800.
    pub ttl_seconds: u64,
}

/// A list of digest refs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefList {
    /// Digests of receipts and pulses.
    EvidenceRefs,
    /// Digests of Tartarus records.
    TartarusRefs,
}

impl RefList {
    /// The name in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            RefList::EvidenceRefs => "evidenceRefs",
            RefList::TartarusRefs => "tartarusRefs",
        }
    }
}

/// One map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapDefinition {
    /// A lower-case letter, then letters and digits, at most 64.
    pub name: String,
    /// How units fall into buckets.
    pub kind: Kind,
    /// The most that one unit adds to one bucket, 1 to 1,000,000; 1 unless the map is a sum.
    pub clamp: u64,
    /// What of a raw key is looked up.
    pub fold: Fold,
    /// Which buckets there are.
    pub vocabulary: Vocabulary,
}

/// How units fall into the buckets of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A unit is in exactly one bucket: the first of its keys in the vocabulary's order.
    Partition,
    /// A unit adds an amount to any number of buckets, at most the clamp to each.
    Sum,
    /// A sum with clamp 1.
    Set,
}

impl Kind {
    /// The name in definitions.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Partition => "partition",
            Kind::Sum => "sum",
            Kind::Set => "set",
        }
    }
}

/// What of a raw key is looked up in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fold {
    /// All of it.
    None,
    /// What stands before the first `:`.
    Family,
}

/// A closed vocabulary; `__other__` and `__none__` are implied and never listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Vocabulary {
    /// 1 to 1,024 keys in the definition's own order.
    Enum {
        /// The keys.
        keys: Vec<String>,
    },
    /// Registered names, in byte order; empty until a vocabulary is given.
    Registered {
        /// Name of the [`super::Grammar`] that all of them are under.
        grammar: String,
        /// The names.
        keys: Vec<String>,
    },
}

impl Vocabulary {
    /// The listed keys, in their order.
    pub fn keys(&self) -> &[String] {
        match self {
            Vocabulary::Enum { keys } | Vocabulary::Registered { keys, .. } => keys,
        }
    }
}

/// Where an NDJSON record says what; JSON Pointers of at most 256 bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fields {
    /// The unit's identity; without it every record is a unit.
    pub unit: Option<String>,
    /// Per map its key and amount.
    pub maps: BTreeMap<String, MapFields>,
}

/// Where an NDJSON record says what it adds to one map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MapFields {
    /// The key.
    pub key: String,
    /// The amount, in sums only; 1 where it is not given.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount: Option<String>,
}
