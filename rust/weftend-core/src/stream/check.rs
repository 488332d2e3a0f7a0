//! What makes a definition one: every bound, all violations at once.

use std::ops::RangeInclusive;

use super::caps::WorstCase;
use super::names::{ascends, distinct, is_enum_key, is_name, is_pointer, is_stream_id, is_word};
use super::{
    CODE_LEAST_FLOOR, Definition, Fields, Grammar, Kind, MapDefinition, STREAM_SCHEMA, Vocabulary,
};
use crate::error::Issue;
use crate::fold::{NONE, OTHER};
use crate::privacy;

const READERS: &[&str] = &["release", "tests", "findings", "jobs", "usage", "ndjson"];
const MAX_FLOOR: u64 = 1_000_000;
/// No store or snapshot is read or written beyond 128 MiB, so none may be able to grow there: its stream would be
/// stuck. 64 KiB of them are for what is not chunks.
const MAX_STORE_BYTES: u64 = (128 << 20) - (64 << 10);

pub(super) fn issue(pointer: &str, message: impl Into<String>) -> Issue {
    Issue {
        code: "STREAM_INVALID",
        path: format!("#{pointer}"),
        message: message.into(),
    }
}

/// All that is wrong with a definition, sorted.
pub(super) fn issues(definition: &Definition) -> Vec<Issue> {
    let mut check = Check::default();
    check.head(definition);
    check.numbers(definition);
    check.maps(&definition.maps);
    check.fields(definition);
    if check.issues.is_empty() {
        check.caps(definition);
    }
    check.issues.sort();
    check.issues
}

#[derive(Default)]
struct Check {
    issues: Vec<Issue>,
}

impl Check {
    fn that(&mut self, holds: bool, pointer: &str, message: &str) {
        if !holds {
            self.issues.push(issue(pointer, message));
        }
    }

    fn within(&mut self, value: u64, range: RangeInclusive<u64>, pointer: &str) {
        let message = format!(
            "{value} is not between {} and {}",
            range.start(),
            range.end()
        );
        self.that(range.contains(&value), pointer, &message);
    }

    fn head(&mut self, definition: &Definition) {
        self.that(
            definition.schema == STREAM_SCHEMA,
            "/schema",
            "is not weftend.stream/0",
        );
        self.that(
            is_stream_id(&definition.stream_id),
            "/streamId",
            "is not a stream identifier",
        );
        self.within(definition.version, 1..=9_999, "/version");
        let title = definition.title.chars().count() as u64;
        self.that(
            (1..=120).contains(&title),
            "/title",
            "is not 1 to 120 characters long",
        );
        self.that(
            is_word(&definition.unit.name),
            "/unit/name",
            "is not lower-case words of at most 40 bytes",
        );
        self.that(
            is_word(&definition.unit.plural),
            "/unit/plural",
            "is not lower-case words of at most 40 bytes",
        );
        self.that(
            READERS.contains(&definition.reader.as_str()),
            "/reader",
            "is no reader",
        );
        self.that(
            ascends(&definition.refs),
            "/refs",
            "are not distinct and in byte order",
        );
    }

    fn numbers(&mut self, definition: &Definition) {
        let (floor, caps) = (definition.floor, definition.caps);
        self.within(floor.least, CODE_LEAST_FLOOR..=MAX_FLOOR, "/floor/least");
        self.within(
            floor.default,
            CODE_LEAST_FLOOR..=MAX_FLOOR,
            "/floor/default",
        );
        self.that(
            floor.least <= floor.default,
            "/floor/default",
            "is below the least floor",
        );
        self.within(
            caps.max_buckets_per_chunk,
            1..=65_536,
            "/caps/maxBucketsPerChunk",
        );
        self.within(
            caps.max_chunk_bytes,
            4_096..=16_777_216,
            "/caps/maxChunkBytes",
        );
        self.within(caps.max_chunks, 1..=4_096, "/caps/maxChunks");
        self.within(caps.max_window_ticks, 1..=1_000_000, "/caps/maxWindowTicks");
        self.within(caps.ttl_seconds, 1..=604_800, "/caps/ttlSeconds");
        for (name, &value) in &definition.settings {
            self.that(
                is_name(name),
                "/settings",
                "has a name that is not a lower-case letter, letters and digits",
            );
            self.within(
                value,
                0..=crate::fold::MAX_AMOUNT,
                &format!("/settings/{name}"),
            );
        }
    }

    fn caps(&mut self, definition: &Definition) {
        let (worst, caps) = (WorstCase::of(definition), definition.caps);
        for (what, found, cap, pointer) in [
            (
                "buckets",
                worst.buckets,
                caps.max_buckets_per_chunk,
                "/caps/maxBucketsPerChunk",
            ),
            (
                "bytes",
                worst.bytes,
                caps.max_chunk_bytes,
                "/caps/maxChunkBytes",
            ),
        ] {
            let message = format!("a chunk could have {found} {what}, more than {cap}");
            self.that(found <= cap, pointer, &message);
        }
        let store = caps.max_chunks.saturating_mul(worst.bytes + 1);
        let message = format!("a store could have {store} bytes, more than {MAX_STORE_BYTES}");
        self.that(store <= MAX_STORE_BYTES, "/caps/maxChunks", &message);
    }

    fn maps(&mut self, maps: &[MapDefinition]) {
        self.that((1..=64).contains(&maps.len()), "/maps", "are not 1 to 64");
        let names: Vec<&str> = maps.iter().map(|map| map.name.as_str()).collect();
        self.that(
            ascends(&names),
            "/maps",
            "are not in byte order of their names, or one comes twice",
        );
        for (index, map) in maps.iter().enumerate() {
            let at = format!("/maps/{index}");
            let named = is_name(&map.name)
                && !["evidenceRefs", "tartarusRefs"].contains(&map.name.as_str());
            self.name(
                &map.name,
                named,
                &format!("{at}/name"),
                "is not a name for a map",
            );
            self.within(map.clamp, 1..=1_000_000, &format!("{at}/clamp"));
            self.that(
                map.kind == Kind::Sum || map.clamp == 1,
                &format!("{at}/clamp"),
                "belongs to a sum",
            );
            self.vocabulary(&map.vocabulary, &format!("{at}/vocabulary"));
        }
    }

    fn vocabulary(&mut self, vocabulary: &Vocabulary, at: &str) {
        match vocabulary {
            Vocabulary::Enum { keys } => {
                self.that(
                    (1..=1_024).contains(&keys.len()),
                    &format!("{at}/keys"),
                    "are not 1 to 1,024",
                );
                self.that(distinct(keys), &format!("{at}/keys"), "name a key twice");
                self.keys(keys, is_enum_key, at, "is not a key of an enum");
            }
            Vocabulary::Registered { grammar, keys } => {
                self.that(
                    ascends(keys),
                    &format!("{at}/keys"),
                    "are not distinct and in byte order",
                );
                match Grammar::named(grammar) {
                    Some(found) => self.keys(
                        keys,
                        |key| found.accepts(key),
                        at,
                        "is not a name under the grammar",
                    ),
                    None => self.that(false, &format!("{at}/grammar"), "is no grammar"),
                }
            }
        }
    }

    fn keys(&mut self, keys: &[String], accepts: impl Fn(&str) -> bool, at: &str, message: &str) {
        for (index, key) in keys.iter().enumerate() {
            let fine = accepts(key) && key != OTHER && key != NONE;
            self.name(key, fine, &format!("{at}/keys/{index}"), message);
        }
    }

    /// A name that becomes a member name of payloads: of the right form, and without what may not be released.
    fn name(&mut self, name: &str, formed: bool, pointer: &str, message: &str) {
        let refused = if formed {
            privacy::refusal(name)
        } else {
            Some(message)
        };
        if let Some(message) = refused {
            self.issues.push(issue(pointer, message));
        }
    }

    fn fields(&mut self, definition: &Definition) {
        let ndjson = definition.reader == "ndjson";
        self.that(
            ndjson == definition.fields.is_some(),
            "/fields",
            "belong to the reader ndjson, which needs them",
        );
        let Some(Fields { unit, maps }) = &definition.fields else {
            return;
        };
        self.that(
            unit.as_deref().is_none_or(is_pointer),
            "/fields/unit",
            "is not a JSON Pointer",
        );
        let same = maps.keys().eq(definition.maps.iter().map(|map| &map.name));
        self.that(same, "/fields/maps", "are not the stream's maps");
        for (name, fields) in maps {
            let amount = fields.amount.as_deref();
            let fine = is_pointer(&fields.key) && amount.is_none_or(is_pointer);
            self.that(
                fine,
                &format!("/fields/maps/{name}"),
                "is not JSON Pointers",
            );
            let sum = definition
                .maps
                .iter()
                .any(|map| map.name == *name && map.kind == Kind::Sum);
            self.that(
                amount.is_none() || sum,
                &format!("/fields/maps/{name}/amount"),
                "belongs to a sum",
            );
        }
    }
}
