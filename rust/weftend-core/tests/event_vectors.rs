//! The vectors of events, which the Python tests read too: both languages make the same lines and refusals.

use std::path::Path;

use serde_json::Value;
use weftend_core::canonical::Buffer;
use weftend_core::contracts::COMPILED;
use weftend_core::record::event::{Event, write_line};
use weftend_core::record::{EventContracts, FieldValue};

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/events.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn field(value: &Value) -> FieldValue<'_> {
    match value {
        Value::Bool(value) => FieldValue::Boolean(*value),
        Value::Number(number) => match number.as_i64() {
            Some(value) => FieldValue::Integer(value),
            None => FieldValue::Number(number.as_f64().unwrap()),
        },
        Value::String(text) => FieldValue::Text(text),
        _ => FieldValue::Unsupported,
    }
}

/// The line that was written, and the code and field of the refusal.
fn outcome(contracts: &EventContracts, vector: &Value, at_ms: i64) -> (Value, Value, Value) {
    let refused = |code: &str, field: &str| (Value::Null, code.into(), field.into());
    let Some(contract) = contracts.get(vector["type"].as_str().unwrap()) else {
        return refused("EVENT_TYPE_UNKNOWN", "");
    };
    let members = vector["fields"].as_object().unwrap();
    let fields: Vec<_> = members
        .iter()
        .map(|(name, value)| (name.as_str(), field(value)))
        .collect();
    let event = Event {
        fields: &fields,
        value: vector["value"].as_f64(),
        session: vector["session"].as_str(),
        at_ms,
        count: 1,
    };
    let mut out = Buffer::new();
    match write_line(&mut out, contract, &event) {
        Err(refusal) => refused(refusal.code.as_str(), &refusal.field),
        Ok(left_out) => {
            let line = String::from_utf8(out.into_vec()).unwrap();
            let line = line.strip_suffix('\n').unwrap().into();
            let said = left_out > 0;
            let code = said.then_some("EVENT_FIELD_UNLISTED").into();
            (line, code, vector["field"].clone())
        }
    }
}

#[test]
fn events_become_the_lines_or_refusals_of_the_vectors() {
    let document = vectors();
    let contracts = EventContracts::from_json(COMPILED).unwrap();
    let at_ms = document["at"].as_i64().unwrap();
    let all = document["vectors"].as_array().unwrap();
    assert!(all.len() > 30);
    for vector in all {
        let wanted = ["line", "refused", "field"].map(|name| vector[name].clone());
        let found = outcome(&contracts, vector, at_ms);
        assert_eq!([found.0, found.1, found.2], wanted, "{}", vector["name"]);
    }
}
