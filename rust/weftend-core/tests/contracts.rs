//! The contracts that ship: every stream and every event type loads, and says what it should.

use serde_json::Value;
use weftend_core::contracts::COMPILED;
use weftend_core::record::contract::{EventContracts, Kind, Sensitivity, Transmission};
use weftend_core::stream::Stream;

fn compiled() -> Value {
    serde_json::from_slice(COMPILED).expect("the compiled contracts are JSON")
}

#[test]
fn every_stream_loads() {
    let ids: Vec<String> = compiled()["streams"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|stream| {
            let stream = Stream::from_json(stream.to_string().as_bytes()).expect("a stream");
            stream.id().to_owned()
        })
        .collect();
    let expected = [
        "telemetry.ci.findings.v0",
        "telemetry.ci.jobs.v0",
        "telemetry.ci.tests.v0",
        "telemetry.release.v0",
        "telemetry.usage.v0",
    ];
    assert_eq!(ids, expected);
}

#[test]
fn every_event_type_loads_and_few_fields_are_required() {
    let contracts = EventContracts::from_json(COMPILED).expect("event contracts");
    assert_eq!(contracts.iter().count(), 45);
    let bare = contracts.get("benchmark_event").expect("a type");
    assert!(bare.value.is_some() && bare.fields.iter().all(|field| !field.required));
    assert_eq!(bare.session, "bench:local");
}

#[test]
fn what_is_near_to_people_never_leaves() {
    let contracts = EventContracts::from_json(COMPILED).expect("event contracts");
    for contract in contracts.iter() {
        if contract.sensitivity > Sensitivity::S1 {
            assert_eq!(
                contract.transmission,
                Transmission::LocalOnly,
                "{}",
                contract.event_type
            );
        }
    }
}

#[test]
fn names_are_closed() {
    let contracts = EventContracts::from_json(COMPILED).expect("event contracts");
    for field in contracts.iter().flat_map(|contract| &contract.fields) {
        if let Kind::Name { keys, .. } = &field.kind {
            assert!(
                keys.as_ref().is_some_and(|keys| !keys.is_empty()),
                "{}",
                field.name
            );
        }
    }
}

#[test]
fn a_name_that_is_not_registered_is_other() {
    use weftend_core::record::event::{Event, EventCode, FieldValue, write_line};
    let contracts = EventContracts::from_json(COMPILED).expect("event contracts");
    let contract = contracts
        .get("orch.agentos.guardrail_deny")
        .expect("a type");
    let line = |tool: &str| {
        let fields = [("tool", FieldValue::Text(tool))];
        let event = Event {
            fields: &fields,
            value: None,
            session: None,
            at_ms: 0,
            count: 1,
        };
        let mut out = weftend_core::canonical::Buffer::new();
        write_line(&mut out, contract, &event)
            .map(|_| String::from_utf8(out.into_vec()).expect("text"))
    };
    assert!(line("shell.run").is_ok_and(|text| text.contains(r#""tool":"shell.run""#)));
    assert!(line("own.tool").is_ok_and(|text| text.contains(r#""tool":"__other__""#)));
    assert!(line("__other__").is_ok_and(|text| text.contains(r#""tool":"__other__""#)));
    let refusal = line("not a name").expect_err("white space is no name");
    assert_eq!(refusal.code, EventCode::FieldInvalid);
}
