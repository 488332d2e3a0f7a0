//! Event contracts in compiled form: which fields an event may carry, of which kind, class and bound.
//!
//! A compiled contracts document (`weftend.contracts/0`) has a member `events`, an array in byte order of `type`:
//!
//! ```json
//! {"family":"lint","fields":[{"class":"S1","kind":{"grammar":"dotted-id","type":"name"},"name":"rule",
//!  "required":true}],"metricType":"vox.lint.finding","producer":"vox-cli","sensitivity":"S1",
//!  "session":"lint:local","table":"research_metrics","transmission":"approved_usage_upload",
//!  "type":"vox.lint.finding","value":{"max":1000000,"min":0},"version":1}
//! ```
//!
//! `fields` are in byte order of their names; `session` is what a row gets where the producer gives none; a
//! `value` of null means that the event carries none. Kinds of field: `{"type":"boolean"}`,
//! `{"type":"integer","min":…,"max":…}` and `{"type":"number","min":…,"max":…}` (bounds inclusive),
//! `{"type":"enum","values":[…]}`, `{"type":"name","grammar":…,"keys":[…]}` (a named grammar of the stream
//! definitions; registered names in byte order, any other is recorded as `__other__`),
//! `{"type":"text","maxBytes":…,"reason":…}` (free text, at least S2).

use hashbrown::HashMap;
use serde::Deserialize;

use crate::stream::Grammar;

/// How near to people or their work a field, an event or a column is, from the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Sensitivity {
    /// Coarse counters.
    S0,
    /// Operational metadata.
    S1,
    /// Workspace-adjacent: relative paths, branch names, fingerprints.
    S2,
    /// Content.
    S3,
}

/// How far an event of a type may ever go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transmission {
    /// Never leaves the machine.
    LocalOnly,
    /// Leaves when the operator exports it.
    ExplicitOperatorExport,
    /// May be part of an approved upload.
    ApprovedUsageUpload,
}

/// What a field may hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A whole number, bounds inclusive.
    Integer {
        /// Least.
        min: i64,
        /// Greatest.
        max: i64,
    },
    /// A finite number, bounds inclusive.
    Number {
        /// Least.
        min: f64,
        /// Greatest.
        max: f64,
    },
    /// One of a few words.
    Enum {
        /// The words.
        values: Vec<String>,
    },
    /// A name under one of the named grammars.
    Name {
        /// The grammar's name.
        grammar: String,
        /// The registered names, in byte order; what is not among them is recorded as `__other__`. Without this
        /// member every name is recorded as it is.
        #[serde(default)]
        keys: Option<Vec<String>>,
    },
    /// Free text; at least S2, and the contract says why.
    Text {
        /// Bytes of UTF-8, at most.
        #[serde(rename = "maxBytes")]
        max_bytes: usize,
        /// Why an enum or a name would not do.
        reason: String,
    },
}

/// One field of an event.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Member name, ASCII.
    pub name: String,
    /// Its class.
    pub class: Sensitivity,
    /// What it may hold.
    pub kind: Kind,
    /// Whether an event without it is refused.
    #[serde(default)]
    pub required: bool,
}

/// Bounds, inclusive, of an event's value.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueBounds {
    /// Least.
    pub min: f64,
    /// Greatest.
    pub max: f64,
}

/// The contract of one event type.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventContract {
    /// The event type's name.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Version of the contract, from 1.
    pub version: u32,
    /// The producer that records it.
    pub producer: String,
    /// Group of event types that belong together.
    pub family: String,
    /// `metric_type` of its rows.
    pub metric_type: String,
    /// The session of a row where the producer gives none.
    pub session: String,
    /// The table its rows go to.
    pub table: String,
    /// The ceiling of its fields' classes.
    pub sensitivity: Sensitivity,
    /// How far it may go.
    pub transmission: Transmission,
    /// Bounds of its value; none where it carries no value.
    pub value: Option<ValueBounds>,
    /// Its fields, in byte order of their names.
    pub fields: Vec<Field>,
}

/// Every event contract of a compiled document, found by type.
#[derive(Clone, Debug, Default)]
pub struct EventContracts {
    by_type: HashMap<String, EventContract, foldhash::fast::RandomState>,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    #[serde(default)]
    events: Vec<EventContract>,
}

/// The table of all event types that have none of their own.
pub const METRICS_TABLE: &str = "research_metrics";

/// The `schema` of a compiled contracts document.
pub const CONTRACTS_SCHEMA: &str = "weftend.contracts/0";

impl EventContracts {
    /// The event contracts in a compiled document.
    ///
    /// # Errors
    /// Words for the operator where the text is no such document, a type stands twice, fields are out of
    /// order, a grammar is unknown, or a field's class is above what its event may carry.
    pub fn from_json(text: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if document.schema != CONTRACTS_SCHEMA {
            return Err(format!("schema is not {CONTRACTS_SCHEMA}"));
        }
        let mut contracts = EventContracts::default();
        contracts.extend(document.events)?;
        Ok(contracts)
    }

    /// Add the types of another document; a type that is there already is refused.
    ///
    /// # Errors
    /// As [`EventContracts::from_json`].
    pub fn join(&mut self, other: EventContracts) -> Result<(), String> {
        self.extend(other.by_type.into_values())
    }

    /// The contract of `event_type`.
    pub fn get(&self, event_type: &str) -> Option<&EventContract> {
        self.by_type.get(event_type)
    }

    /// Every contract, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &EventContract> {
        self.by_type.values()
    }

    fn extend(&mut self, events: impl IntoIterator<Item = EventContract>) -> Result<(), String> {
        for event in events {
            event.check()?;
            if let Some(twice) = self.by_type.insert(event.event_type.clone(), event) {
                return Err(format!("{} stands twice", twice.event_type));
            }
        }
        Ok(())
    }
}

impl EventContract {
    fn check(&self) -> Result<(), String> {
        let say = |what: &str| Err(format!("{}: {what}", self.event_type));
        if !self.fields.is_sorted_by(|a, b| a.name < b.name) {
            return say("fields are not in byte order");
        }
        for field in &self.fields {
            if field.class > self.sensitivity {
                return say(&format!("{} is above the event's class", field.name));
            }
            match &field.kind {
                Kind::Name { grammar, .. } if Grammar::named(grammar).is_none() => {
                    return say(&format!("{} has an unknown grammar", field.name));
                }
                Kind::Name {
                    keys: Some(keys), ..
                } if !keys.is_sorted_by(|a, b| a < b) => {
                    return say(&format!(
                        "the names of {} are not in byte order",
                        field.name
                    ));
                }
                Kind::Text { .. } if field.class < Sensitivity::S2 => {
                    return say(&format!("{} is free text below S2", field.name));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
