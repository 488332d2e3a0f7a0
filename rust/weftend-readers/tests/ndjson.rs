//! Lines of records against a plain reading: one line after the other, by the canonicalizer and serde_json.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use weftend_core::canonical;
use weftend_core::fold::{MAX_AMOUNT, Partial, UnitDigest};
use weftend_core::stream;
use weftend_readers::keys::percent_encoded;
use weftend_readers::ndjson::{self, Fields, RecordUnit};
use weftend_readers::units::FieldUnits;

const CHANNELS: [&str; 2] = ["keys", "sums"];

fn declared() -> stream::Fields {
    let map = |key: &str, amount: Option<&str>| stream::MapFields {
        key: key.to_owned(),
        amount: amount.map(str::to_owned),
    };
    stream::Fields {
        unit: Some("/u".to_owned()),
        maps: BTreeMap::from([
            ("keys".to_owned(), map("/k", None)),
            ("sums".to_owned(), map("/l/1/k", Some("/l/0"))),
        ]),
    }
}

/// Code and line of a refusal.
type Refused = (String, String);

fn read(text: &[u8]) -> Result<(Vec<u8>, UnitDigest), Refused> {
    let fields = Fields::of(&declared(), CHANNELS);
    let unit = RecordUnit::Field(FieldUnits::of("/u"));
    let read = ndjson::read(text, &fields, &unit, &CHANNELS.map(str::to_owned));
    match read {
        Ok(read) => Ok((read.partial.to_bytes(), read.content)),
        Err(refusal) => Err((refusal.code.to_owned(), refusal.place)),
    }
}

/// The same, plainly; `content` is the digest that stands for all of it.
fn plainly(text: &[u8], content: &UnitDigest) -> Result<Vec<u8>, Refused> {
    let mut partial = Partial::new(CHANNELS.map(str::to_owned).to_vec()).expect("channels");
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        // A carriage return belongs to the end of a line.
        let last = line.iter().rposition(|byte| *byte != b'\r');
        let line = &line[..last.map_or(0, |last| last + 1)];
        let refused = |code: &str| Err((code.to_owned(), format!("line:{}", number + 1)));
        match canonical::canonicalize_text(line) {
            Err(error) => return refused(error.code.as_str()),
            Ok(line) => {
                if let Err(code) = add(&mut partial, &line, content) {
                    return refused(code);
                }
            }
        }
    }
    partial.end_record();
    Ok(partial.to_bytes())
}

fn add(partial: &mut Partial, line: &[u8], content: &UnitDigest) -> Result<(), &'static str> {
    let record: Value = serde_json::from_slice(line).expect("canonical JSON");
    let scalar = |pointer: &str| {
        let value = record.pointer(pointer);
        value.filter(|value| !value.is_null() && !value.is_array() && !value.is_object())
    };
    let printed = |value: &Value| String::from_utf8(canonical::to_vec(value).expect("a scalar"));
    let Some(unit) = scalar("/u") else {
        return Ok(());
    };
    let unit = FieldUnits::of("/u").unit(printed(unit).expect("UTF-8").as_bytes());
    partial.touch(&unit).expect("room");
    for (channel, (key, amount)) in [("/k", None), ("/l/1/k", Some("/l/0"))].iter().enumerate() {
        let Some(key) = scalar(key) else { continue };
        let key = match key {
            Value::String(text) => percent_encoded(text).into_owned(),
            other => printed(other).expect("UTF-8"),
        };
        let amount = match amount.and_then(scalar) {
            None => 1,
            Some(value) => printed(value).expect("UTF-8").parse().unwrap_or(u64::MAX),
        };
        if amount > MAX_AMOUNT {
            return Err("INPUT_INVALID");
        }
        partial
            .add(&unit, content, channel, &key, amount)
            .expect("room");
    }
    Ok(())
}

fn scalar() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        b"\"a\"",
        b"\"b\"",
        b"\"\\u0061\"",
        b"\"a value of more bytes than are kept in the table, 40\"",
        b"\"00018150-df593850\"",
        "\"\u{e9}\u{1f600}\"".as_bytes(),
        b"\"\\\"\\\\\"",
        b"\"\"",
        b"1",
        b"1.0",
        b"17",
        b"10e-1",
        b"9007199254740991",
        b"true",
        b"false",
        b"null",
    ];
    let odd: &[&[u8]] = &[
        b"{}",
        b"[1]",
        b"{\"k\":1}",
        b"01",
        b"\"\\x\"",
        b"\"\xFF\"",
        b"\"\x01\"",
        b"1e999",
        b"tru",
        b"\"",
        b"-1",
    ];
    let one = |from: &[&[u8]]| {
        prop::sample::select(from.iter().map(|text| text.to_vec()).collect::<Vec<_>>())
    };
    prop_oneof![60 => one(known), 1 => one(odd)]
}

/// Lines of a few shapes, one of which is no record at all.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let shapes = [
        "{\"u\":@,\"k\":@}\n",
        "{\"u\":@,\"k\":@}\n",
        "{\"u\":@,\"l\":[17,{\"k\":@}]}\n",
        "{\"l\":[3,{\"k\":@,\"other names are longer\":{\"u\":@}}], \"u\": @}\r\n",
        "{\"\\u0075\":@,\"k\":@,\"x\":[@,@,{\"y\":{}}]} \n",
        "{\"u\":@}\n",
        "\n",
        "@\n",
    ];
    let shape = prop_oneof![
        40 => prop::sample::select(shapes.to_vec()),
        1 => Just("{\"u\":@,\"k\":@,\"u\":@}\n"),
        1 => Just("{\"u\":@ \"k\":@}\n"),
    ];
    (shape, prop::collection::vec(scalar(), 4)).prop_map(|(shape, scalars)| {
        let mut scalars = scalars.into_iter();
        let mut line = Vec::new();
        for byte in shape.bytes() {
            match byte {
                b'@' => line.extend(scalars.next().unwrap_or_default()),
                other => line.push(other),
            }
        }
        line
    })
}

fn assert_alike(text: &[u8]) {
    let shown = String::from_utf8_lossy(text);
    match read(text) {
        Ok((bytes, content)) => assert_eq!(Ok(bytes), plainly(text, &content), "{shown}"),
        Err(refused) => assert_eq!(Err(refused), plainly(text, &[0; 32]), "{shown}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn lines_say_what_a_plain_reading_says(lines in prop::collection::vec(line(), 0..24)) {
        assert_alike(&lines.concat());
    }

    /// Whatever happens to one byte of lines that are all alike.
    #[test]
    fn a_changed_byte_changes_what_it_should(
        at in any::<prop::sample::Index>(), byte in prop::sample::select(b"\"\\,:{}[]0a \n\r\x01\xC3\xA9".to_vec())
    ) {
        let mut text = br#"{"u":"unit","k":"key","l":[2,{"k":true}]}"#.to_vec();
        text.push(b'\n');
        let mut text = text.repeat(6);
        let at = at.index(text.len());
        text[at] = byte;
        assert_alike(&text);
    }
}

#[test]
fn blocks_end_anywhere() {
    let line = |number: usize| {
        format!(
            "{{\"u\":\"unit {}\",\"k\":{},\"text\":\"{}\"}}\n",
            number % 999,
            number % 7,
            "a".repeat(number % 90)
        )
    };
    let mut text: Vec<u8> = (0..60_000)
        .flat_map(|number| line(number).into_bytes())
        .collect();
    assert_alike(&text);
    text.pop();
    assert_alike(&text);
    text.extend(b"\n{\"u\":1,\"k\":1,\"text\":\"\xC3\"}\n");
    assert_alike(&text);
    assert_eq!(
        read(&text),
        Err(("CANON_UTF8".to_owned(), "line:60001".to_owned()))
    );
}
