//! The vectors that the Python implementations read too, in the repository's `tests/vectors`.
//!
//! They are not part of the crate, and neither is this test: the packaged crate excludes it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use weftend_core::canonical::{canonicalize_text, is_canonical, to_vec};
use weftend_core::digest::{digest, digest_text};
use weftend_core::error::Place;

fn lines(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let text = fs::read_to_string(folder.join(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn rows(name: &str) -> Vec<(String, String)> {
    let split = |line: String| line.split_once('\t').map(|(l, r)| (l.into(), r.into()));
    lines(name).into_iter().map(|l| split(l).unwrap()).collect()
}

fn entries(name: &str) -> Vec<Value> {
    let read = |line: String| serde_json::from_str(&line).unwrap();
    lines(name).into_iter().map(read).collect()
}

fn input(entry: &Value) -> Vec<u8> {
    if let Some(text) = entry["text"].as_str() {
        return text.as_bytes().to_vec();
    }
    let hex = entry["hex"].as_str().unwrap().as_bytes();
    hex.chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The canonical text, or code and byte offset.
fn outcome(text: &[u8]) -> Result<String, (String, u64)> {
    let refused = |place: &Place| match place {
        Place::Offset(offset) => *offset as u64,
        Place::Pointer(pointer) => panic!("a pointer, {pointer}, into a text"),
    };
    canonicalize_text(text)
        .map(|form| String::from_utf8(form).unwrap())
        .map_err(|error| (error.code.as_str().to_owned(), refused(&error.place)))
}

#[test]
fn numbers_print_as_ecmascript_prints_them() {
    let vectors = rows("numbers.tsv");
    assert!(vectors.len() >= 10_000);
    for (bits, text) in vectors {
        let number = f64::from_bits(u64::from_str_radix(&bits, 16).unwrap());
        assert_eq!(to_vec(&number).unwrap(), text.as_bytes(), "{bits}");
        assert_eq!(outcome(text.as_bytes()), Ok(text.clone()), "{bits}");
        assert!(is_canonical(text.as_bytes()), "{text}");
    }
}

#[test]
fn number_tokens_read_as_the_nearest_double() {
    for (token, text) in rows("readings.tsv") {
        assert_eq!(outcome(token.as_bytes()), Ok(text.clone()), "{token}");
        assert_eq!(is_canonical(token.as_bytes()), token == text, "{token}");
    }
}

#[test]
fn accepted_texts_become_their_canonical_form() {
    let vectors = entries("accepted.jsonl");
    assert!(vectors.len() > 500);
    for entry in vectors {
        let (text, form) = (input(&entry), entry["canonical"].as_str().unwrap());
        assert_eq!(outcome(&text), Ok(form.to_owned()), "{entry}");
        assert_eq!(outcome(form.as_bytes()), Ok(form.to_owned()), "{entry}");
        assert_eq!(is_canonical(&text), text == form.as_bytes(), "{entry}");
        assert!(is_canonical(form.as_bytes()), "{entry}");
    }
}

#[test]
fn accepted_texts_have_their_digest() {
    for entry in entries("accepted.jsonl") {
        let published = entry["digest"].as_str().unwrap();
        assert_eq!(digest_text(&input(&entry)).unwrap().to_string(), published);
    }
}

#[test]
fn values_that_serde_reads_become_the_same_form() {
    let mut compared = 0;
    for entry in entries("accepted.jsonl") {
        // serde_json refuses the deepest of the vectors.
        let value = serde_json::from_slice::<Value>(&input(&entry)).ok();
        let Some(value) = value.filter(numbers_are_small_integers) else {
            continue;
        };
        let form = entry["canonical"].as_str().unwrap();
        assert_eq!(to_vec(&value).unwrap(), form.as_bytes(), "{entry}");
        assert_eq!(digest(&value).unwrap().to_string(), entry["digest"]);
        compared += 1;
    }
    assert!(compared > 250);
}

/// Integers beyond 2^53 are refused in values, and serde_json does not always read the nearest double.
fn numbers_are_small_integers(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(numbers_are_small_integers),
        Value::Object(members) => members.values().all(numbers_are_small_integers),
        Value::Number(number) => number.as_i64().is_some_and(|n| n.unsigned_abs() < 1 << 53),
        _ => true,
    }
}

#[test]
fn refused_texts_have_their_code_and_place() {
    let vectors = entries("refused.jsonl");
    assert!(vectors.len() > 2000);
    for entry in vectors {
        let text = input(&entry);
        let code = entry["code"].as_str().unwrap().to_owned();
        let refusal = Err((code, entry["place"].as_u64().unwrap()));
        assert_eq!(outcome(&text), refusal, "{entry}");
        assert!(!is_canonical(&text), "{entry}");
        assert!(digest_text(&text).is_err(), "{entry}");
    }
}
