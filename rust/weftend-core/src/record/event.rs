//! One event, checked and redacted by its contract, as a canonical line.
//!
//! Redaction is by allowlist: what the contract does not list is left out and counted, never passed on.

use crate::canonical::{Buffer, number, string};
use crate::fold::OTHER;
use crate::record::contract::{EventContract, Kind};
use crate::stream::Grammar;

/// Most characters of a session.
pub const MAX_SESSION_CHARS: usize = 512;
/// Most events that one line may stand for: what a double, and so any reader, tells from its neighbours.
pub const MAX_COUNT: u64 = (1 << 53) - 1;
/// Most bytes of an event's fields as canonical JSON.
pub const MAX_FIELDS_BYTES: usize = 262_144;

/// A value that a producer hands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// Text.
    Text(&'a str),
    /// Anything else that a host language may hold.
    Unsupported,
}

/// Why an event, or a part of it, was not recorded. Errors are data: the code is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventCode {
    /// No contract has this type.
    TypeUnknown,
    /// A field that the contract does not list; it was left out, the event was recorded.
    FieldUnlisted,
    /// A field's value is not of its kind or out of its bounds.
    FieldInvalid,
    /// A required field is missing.
    FieldMissing,
    /// The value is missing its bounds, or the type carries none.
    ValueInvalid,
    /// The session is empty or too long, or holds a NUL, at which a database would end it.
    SessionInvalid,
    /// The fields are more bytes than a row may hold.
    TooLarge,
    /// The spool could not be written.
    SpoolUnwritable,
    /// The contracts could not be read.
    ContractsInvalid,
}

impl EventCode {
    /// Every code.
    pub const ALL: [EventCode; 9] = [
        EventCode::TypeUnknown,
        EventCode::FieldUnlisted,
        EventCode::FieldInvalid,
        EventCode::FieldMissing,
        EventCode::ValueInvalid,
        EventCode::SessionInvalid,
        EventCode::TooLarge,
        EventCode::SpoolUnwritable,
        EventCode::ContractsInvalid,
    ];

    /// Whether `code` is one of these.
    pub fn named(code: &str) -> bool {
        EventCode::ALL.iter().any(|known| known.as_str() == code)
    }

    /// The stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            EventCode::TypeUnknown => "EVENT_TYPE_UNKNOWN",
            EventCode::FieldUnlisted => "EVENT_FIELD_UNLISTED",
            EventCode::FieldInvalid => "EVENT_FIELD_INVALID",
            EventCode::FieldMissing => "EVENT_FIELD_MISSING",
            EventCode::ValueInvalid => "EVENT_VALUE_INVALID",
            EventCode::SessionInvalid => "EVENT_SESSION_INVALID",
            EventCode::TooLarge => "EVENT_TOO_LARGE",
            EventCode::SpoolUnwritable => "EVENT_SPOOL_UNWRITABLE",
            EventCode::ContractsInvalid => "EVENT_CONTRACTS_INVALID",
        }
    }
}

/// A refusal: the code and the field it is about, empty where it is about the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: EventCode,
    /// The field's name.
    pub field: String,
}

impl From<EventCode> for Refusal {
    fn from(code: EventCode) -> Self {
        Refusal {
            code,
            field: String::new(),
        }
    }
}

impl Refusal {
    fn new(code: EventCode, field: &str) -> Self {
        Refusal {
            code,
            field: field.to_owned(),
        }
    }
}

/// What a producer says of one event.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Its fields, in any order.
    pub fields: &'a [(&'a str, FieldValue<'a>)],
    /// Its value.
    pub value: Option<f64>,
    /// Its session; the contract's own where there is none.
    pub session: Option<&'a str>,
    /// Milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// How many events this one stands for; 1 unless a counter flushed.
    pub count: u64,
}

/// Append the event's canonical line, with its newline, to `out`; how many fields were left out.
///
/// # Errors
/// The first thing that the contract does not allow; `out` is as it was then.
pub fn write_line(
    out: &mut Buffer,
    contract: &EventContract,
    event: &Event<'_>,
) -> Result<usize, Refusal> {
    let start = out.len();
    let written = try_write(out, contract, event);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn try_write(
    out: &mut Buffer,
    contract: &EventContract,
    event: &Event<'_>,
) -> Result<usize, Refusal> {
    check_envelope(contract, event)?;
    out.extend_from_slice(b"{\"at\":");
    write_whole(out, event.at_ms, EventCode::ValueInvalid)?;
    out.extend_from_slice(b",\"fields\":");
    let left_out = write_fields(out, contract, event.fields)?;
    if event.count != 1 {
        out.extend_from_slice(b",\"n\":");
        let count =
            i64::try_from(event.count).map_err(|_| Refusal::new(EventCode::ValueInvalid, ""))?;
        write_whole(out, count, EventCode::ValueInvalid)?;
    }
    out.extend_from_slice(b",\"session\":");
    string::write(out, event.session.unwrap_or(&contract.session));
    out.extend_from_slice(b",\"type\":");
    string::write(out, &contract.event_type);
    out.extend_from_slice(b",\"v\":");
    write_whole(out, i64::from(contract.version), EventCode::ValueInvalid)?;
    if let Some(value) = event.value {
        out.extend_from_slice(b",\"value\":");
        write_number(out, value, EventCode::ValueInvalid, "")?;
    }
    out.extend_from_slice(b"}\n");
    Ok(left_out)
}

/// The event's listed fields alone, as canonical JSON, and how many were left out.
///
/// # Errors
/// As [`write_line`].
pub(super) fn fields_json(
    contract: &EventContract,
    event: &Event<'_>,
) -> Result<(String, usize), Refusal> {
    check_envelope(contract, event)?;
    let mut out = Buffer::new();
    let left_out = write_fields(&mut out, contract, event.fields)?;
    let text =
        String::from_utf8(out.into_vec()).map_err(|_| Refusal::new(EventCode::FieldInvalid, ""))?;
    Ok((text, left_out))
}

fn check_envelope(contract: &EventContract, event: &Event<'_>) -> Result<(), Refusal> {
    if let Some(session) = event.session
        && (session.is_empty()
            || session.contains('\0')
            || session.chars().count() > MAX_SESSION_CHARS)
    {
        return Err(Refusal::new(EventCode::SessionInvalid, ""));
    }
    let within = |value: f64| {
        contract
            .value
            .is_some_and(|bounds| (bounds.min..=bounds.max).contains(&value))
    };
    if event.value.is_some_and(|value| !within(value)) || !(1..=MAX_COUNT).contains(&event.count) {
        return Err(Refusal::new(EventCode::ValueInvalid, ""));
    }
    Ok(())
}

/// The listed fields in byte order, each checked; how many were not listed.
fn write_fields(
    out: &mut Buffer,
    contract: &EventContract,
    given: &[(&str, FieldValue<'_>)],
) -> Result<usize, Refusal> {
    let start = out.len();
    let mut listed = 0;
    out.push(b'{');
    for field in &contract.fields {
        let Some((_, value)) = given.iter().find(|(name, _)| *name == field.name) else {
            if field.required {
                return Err(Refusal::new(EventCode::FieldMissing, &field.name));
            }
            continue;
        };
        if listed > 0 {
            out.push(b',');
        }
        listed += 1;
        string::write(out, &field.name);
        out.push(b':');
        write_value(out, &field.kind, *value, &field.name)?;
    }
    out.push(b'}');
    if out.len() - start > MAX_FIELDS_BYTES {
        return Err(Refusal::new(EventCode::TooLarge, ""));
    }
    Ok(given.len() - listed)
}

fn write_value(
    out: &mut Buffer,
    kind: &Kind,
    value: FieldValue<'_>,
    field: &str,
) -> Result<(), Refusal> {
    let invalid = || Refusal::new(EventCode::FieldInvalid, field);
    match (kind, value) {
        (Kind::Boolean, FieldValue::Boolean(value)) => {
            out.extend_from_slice(if value { b"true" } else { b"false" });
            Ok(())
        }
        (Kind::Integer { min, max }, FieldValue::Integer(value))
            if (*min..=*max).contains(&value) =>
        {
            number::write_i64(out, value).map_err(|_| invalid())
        }
        (Kind::Number { min, max }, FieldValue::Number(value))
            if (*min..=*max).contains(&value) =>
        {
            write_number(out, value, EventCode::FieldInvalid, field)
        }
        (Kind::Number { min, max }, FieldValue::Integer(value))
            if value.unsigned_abs() < 1 << 53 && (*min..=*max).contains(&(value as f64)) =>
        {
            number::write_i64(out, value).map_err(|_| invalid())
        }
        (kind, FieldValue::Text(text)) if accepts_text(kind, text) => {
            string::write(out, registered(kind, text));
            Ok(())
        }
        _ => Err(invalid()),
    }
}

fn accepts_text(kind: &Kind, text: &str) -> bool {
    match kind {
        Kind::Enum { values } => values.iter().any(|value| value == text),
        Kind::Name { grammar, .. } => {
            text == OTHER || Grammar::named(grammar).is_some_and(|grammar| grammar.accepts(text))
        }
        Kind::Text { max_bytes, .. } => text.len() <= *max_bytes,
        _ => false,
    }
}

/// What is recorded of `text`: itself, or `__other__` where it is a name that is not registered.
fn registered<'a>(kind: &Kind, text: &'a str) -> &'a str {
    match kind {
        Kind::Name {
            keys: Some(keys), ..
        } if keys.binary_search_by(|key| key.as_str().cmp(text)).is_err() => OTHER,
        _ => text,
    }
}

fn write_number(out: &mut Buffer, value: f64, code: EventCode, field: &str) -> Result<(), Refusal> {
    number::write_f64(out, value).map_err(|_| Refusal::new(code, field))
}

fn write_whole(out: &mut Buffer, value: i64, code: EventCode) -> Result<(), Refusal> {
    number::write_i64(out, value).map_err(|_| Refusal::new(code, ""))
}
