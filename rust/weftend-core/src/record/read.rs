//! Reading a spool segment back: whole lines, each held to its contract again, since any program may write one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::contract::{EventContract, EventContracts};
use super::event::{self, Event, FieldValue, Refusal};
use super::spool::{Dropped, SPOOL_SCHEMA, names_a_producer};
use crate::canonical::is_canonical;

/// The code of a line that is no canonical JSON of a known shape.
pub const LINE_INVALID: &str = "EVENT_LINE_INVALID";

/// The last millisecond of the year 9999: times are written with four digits for the year.
const LAST_MS: i64 = 253_402_300_799_999;

/// What stands in a segment's first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The recording's name, 32 lower-case hex digits.
    pub recording: String,
    /// The program that recorded.
    pub producer: Option<String>,
}

/// One event as the store keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// What its type may carry, and where its rows go.
    pub contract: &'a EventContract,
    /// The session, 1 to 512 characters.
    pub session: Cow<'a, str>,
    /// The value, if there is one.
    pub value: Option<f64>,
    /// The fields that the contract lists, canonical JSON.
    pub fields: String,
    /// When it was recorded: UTC, ISO 8601 with milliseconds.
    pub at: String,
    /// How many events it stands for, from 1.
    pub count: u64,
}

/// What the lines of a segment, from some offset, hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines<'a> {
    /// The header, where the reading began at the segment's start.
    pub header: Option<Header>,
    /// The events, in order.
    pub rows: Vec<Row<'a>>,
    /// What a full spool cost.
    pub dropped: Dropped,
    /// Refused events by code: those that the writer noted, and those found here.
    pub refused: BTreeMap<String, u64>,
    /// Offset after the last whole line.
    pub end: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    at: Option<i64>,
    #[serde(borrow)]
    fields: Option<Fields<'a>>,
    n: Option<u64>,
    #[serde(borrow)]
    session: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    event_type: Option<Cow<'a, str>>,
    v: u32,
    value: Option<f64>,
    dropped: Option<Dropped>,
    refused: Option<BTreeMap<String, u64>>,
    producer: Option<String>,
    recording: Option<String>,
    schema: Option<String>,
}

/// Read the whole lines of `segment` from `offset` (0, or the `end` of an earlier reading).
///
/// A last line without its newline is not read: it is still being written, or torn.
pub fn read_lines<'a>(
    segment: &'a [u8],
    offset: usize,
    contracts: &'a EventContracts,
) -> Lines<'a> {
    let whole = memchr::memrchr(b'\n', segment).map_or(0, |last| last + 1);
    let mut lines = Lines {
        end: offset,
        ..Lines::default()
    };
    while let Some(rest) = segment.get(lines.end..whole)
        && let Some(length) = memchr::memchr(b'\n', rest)
    {
        if lines.read(&rest[..length], contracts).is_none() {
            lines.refuse(LINE_INVALID, 1);
        }
        lines.end += length + 1;
    }
    lines
}

impl<'a> Lines<'a> {
    fn drop_also(&mut self, more: Dropped) {
        let sum = |one: u64, other: u64| one.saturating_add(other).min(event::MAX_COUNT);
        self.dropped.bytes = sum(self.dropped.bytes, more.bytes);
        self.dropped.segments = sum(self.dropped.segments, more.segments);
    }

    fn refuse(&mut self, code: &str, count: u64) {
        let count = count.min(event::MAX_COUNT);
        match self.refused.get_mut(code) {
            Some(sum) => *sum = sum.saturating_add(count).min(event::MAX_COUNT),
            None => drop(self.refused.insert(code.to_owned(), count)),
        }
    }

    /// Nothing where the line has no known shape.
    fn read(&mut self, text: &'a [u8], contracts: &'a EventContracts) -> Option<()> {
        if !is_canonical(text) {
            return None;
        }
        let line: Line<'a> = serde_json::from_slice(text).ok()?;
        match line {
            Line {
                event_type: Some(_),
                ..
            } => self.event(line, contracts),
            Line {
                schema: Some(schema),
                recording: Some(recording),
                producer,
                v: 0,
                ..
            } if self.end == 0 && schema == SPOOL_SCHEMA && is_header(&recording, &producer) => {
                self.header = Some(Header {
                    recording,
                    producer,
                });
                Some(())
            }
            Line {
                dropped: Some(dropped),
                v: 0,
                ..
            } => {
                self.drop_also(dropped);
                Some(())
            }
            Line {
                refused: Some(refused),
                v: 0,
                ..
            } => {
                for (code, count) in refused
                    .iter()
                    .filter(|(code, _)| event::EventCode::named(code))
                {
                    self.refuse(code, *count);
                }
                Some(())
            }
            _ => None,
        }
    }

    fn event(&mut self, line: Line<'a>, contracts: &'a EventContracts) -> Option<()> {
        let (name, fields, at) = (line.event_type?, line.fields?, line.at?);
        let session = line.session?;
        let at = jiff::Timestamp::from_millisecond(at).ok()?;
        if !(0..=LAST_MS).contains(&at.as_millisecond()) {
            return None;
        }
        let count = line.n.unwrap_or(1);
        let Some(contract) = contracts
            .get(&name)
            .filter(|contract| contract.version == line.v)
        else {
            self.refuse(event::EventCode::TypeUnknown.as_str(), count);
            return Some(());
        };
        let given: Vec<_> = fields
            .0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.borrowed()))
            .collect();
        let event = Event {
            fields: &given,
            value: line.value,
            session: Some(&session),
            at_ms: 0,
            count,
        };
        match event::fields_json(contract, &event) {
            Ok((fields, left_out)) => {
                if left_out > 0 {
                    self.refuse(event::EventCode::FieldUnlisted.as_str(), 1);
                }
                self.rows.push(Row {
                    contract,
                    session,
                    value: line.value,
                    fields,
                    at: format!("{at:.3}"),
                    count,
                });
            }
            Err(Refusal { code, .. }) => self.refuse(code.as_str(), count),
        }
        Some(())
    }
}

fn is_header(recording: &str, producer: &Option<String>) -> bool {
    producer.as_deref().is_none_or(names_a_producer)
        && recording.len() == 32
        && recording
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The members of an event's `fields`, in order.
struct Fields<'a>(Vec<(Cow<'a, str>, Scalar<'a>)>);

/// What a field may hold, as it stands in the line.
enum Scalar<'a> {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(Cow<'a, str>),
    Other,
}

impl Scalar<'_> {
    fn borrowed(&self) -> FieldValue<'_> {
        match self {
            Scalar::Boolean(value) => FieldValue::Boolean(*value),
            Scalar::Integer(value) => FieldValue::Integer(*value),
            Scalar::Number(value) => FieldValue::Number(*value),
            Scalar::Text(text) => FieldValue::Text(text),
            Scalar::Other => FieldValue::Unsupported,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(8));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Fields(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

/// Written out, since an untagged enum makes an error of every kind that a value is not of: a fifth of the reading.
struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Boolean(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Scalar::Number(value as f64), Scalar::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}
