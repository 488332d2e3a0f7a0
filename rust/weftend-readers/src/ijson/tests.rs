//! The scanner against the canonicalizer, which is the plain implementation of the same rules.

use std::fmt::Display;

use proptest::prelude::*;

use super::*;

/// What strings are made of, whole and broken.
pub(super) const OF_STRINGS: &[&[u8]] = &[
    b"\"",
    b"\"",
    b"a",
    b"a longer piece of text",
    b"\xC3\xA9",
    b"\xF0\x9F\x98\x80",
    b"\xC3",
    b"\xA9",
    b"\x1F",
    b"\x7F",
    b"\0",
    b"\\\"",
    b"\\\\",
    b"\\n",
    b"\\u00e9",
    b"\\ud83d\\ude00",
    b"\\ud83d",
    b"\\",
];

/// What documents are made of, whole and broken.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"a\":",
    b"\"a\" : ",
    b"\"\\u0061\":",
    b"\"b\":",
    b"\"a name longer than sixteen bytes\":",
    b"\"\xC3\xA9\xF0\x9F\x98\x80\":",
    b"\"x\"",
    b"\"\\\\\"",
    b"\"\\\"\"",
    b"\"\\ud83d\\ude00\"",
    b"\"\\ud800\"",
    b"\"\\x\"",
    b"\"\x01\"",
    b"\"a string that is longer than the sixteen bytes of one step, by far\"",
    b"\"",
    b"\\",
    b"0",
    b"-1.5e3",
    b"01",
    b"9007199254740993",
    b"1e999",
    b"true",
    b"false",
    b"null",
    b" ",
    b"\t",
    b"\r",
    b"{\"a\":1,\"b\":2}",
    b"{\"a\":1,\"a\":2}",
    b"{\"b\":{\"a\":1},\"a\":[{\"a\":1},{\"b\":2,\"a\":3}]}",
    b"\"a string that is longer than one step and not \xC3\xA9ll ASCII \xE2\x82\xAC\"",
    b"\"\xC3\"",
    b"\"and this is a longer one that is cut \xF0\x9F\x98\"",
    b"\xC3\xA9",
    b"\xFF",
];

fn line() -> impl Strategy<Value = Vec<u8>> {
    let any = prop::collection::vec(prop::sample::select(PIECES), 0..12)
        .prop_map(|pieces| pieces.concat());
    let object = prop::collection::vec(
        prop::sample::select(&["\"a\":", "\"b\":", "\"\\u0061\":", "\"cc\" :"][..]),
        0..7,
    )
    .prop_map(|names| {
        let members: Vec<_> = names
            .iter()
            .map(|name| format!("{name}{{\"a\":1}}"))
            .collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    });
    prop_oneof![any, object.clone(), object]
}

fn accepts(text: &[u8]) -> bool {
    read(text, Scanner::skip).is_ok()
}

fn is_ijson(text: &[u8]) -> bool {
    canonical::canonicalize_text(text).is_ok()
}

fn shown(text: &[u8]) -> impl Display {
    text.escape_ascii()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn accepts_what_the_canonicalizer_accepts(text in line()) {
        prop_assert_eq!(accepts(&text), is_ijson(&text), "{}", shown(&text));
    }

    /// One cursor over a block remembers names from line to line; no line may depend on those before it.
    #[test]
    fn lines_of_a_block_are_judged_as_if_alone(lines in prop::collection::vec(line(), 1..8)) {
        let text = lines.join(&b'\n');
        let mut scanner = Scanner::new(&text);
        let mut start = 0;
        for line in &lines {
            scanner.line(start, start + line.len());
            scanner.skip_space();
            let accepted = scanner.skip().and_then(|()| scanner.finish()).is_ok();
            prop_assert_eq!(accepted, is_ijson(line), "{} in {}", shown(line), shown(&text));
            start += line.len() + 1;
        }
    }

    #[test]
    fn every_cut_of_a_document_is_judged_alike(text in line()) {
        for cut in 0..=text.len() {
            let (before, behind) = text.split_at(cut);
            prop_assert_eq!(accepts(before), is_ijson(before), "{}", shown(before));
            prop_assert_eq!(accepts(behind), is_ijson(behind), "{}", shown(behind));
        }
    }
}

/// Whether each line, read after those before it, is judged as the canonicalizer judges it.
fn assert_judged(lines: &[String]) {
    let text = lines.join("\n");
    let mut scanner = Scanner::new(text.as_bytes());
    let mut start = 0;
    for line in lines {
        scanner.line(start, start + line.len());
        let accepted = scanner.skip().and_then(|()| scanner.finish()).is_ok();
        assert_eq!(accepted, is_ijson(line.as_bytes()), "{line}");
        start += line.len() + 1;
    }
}

#[test]
fn objects_may_have_more_names_than_are_remembered() {
    let object = |names: &mut dyn Iterator<Item = usize>| {
        let members: Vec<_> = names
            .map(|name| format!("\"name {name}\":{name}"))
            .collect();
        format!("{{{}}}", members.join(","))
    };
    let mut lines = Vec::new();
    for names in [3, 20, 63, 64, 65, 100] {
        for again in [0, 1, 17, 62, 63, 64, 80] {
            lines.push(object(&mut (0..names)));
            lines.push(object(&mut (0..names).step_by(3)));
            lines.push(object(&mut (0..names).rev()));
            lines.push(object(
                &mut (0..names).filter(|name| *name != again).chain([again]),
            ));
            lines.push(object(&mut (0..names).chain([again])));
        }
    }
    assert_judged(&lines);
    let refused = lines
        .iter()
        .filter(|line| !is_ijson(line.as_bytes()))
        .count();
    assert!((20..lines.len() / 4).contains(&refused), "{refused}");
}

#[test]
fn names_are_remembered_only_while_they_are_followed() {
    let lines = [
        r#"{"a":1,"b":2,"c":3}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":1,"b":2,"c":3,"a":4}"#,
        r#"{"a":1,"c":2,"a":3}"#,
        r#"{"c":1,"b":2,"a":3}"#,
        r#"{"a":{"a":1,"b":{"a":1}},"b":{"b":1,"b":2}}"#,
        r#"{"a":{"a":1,"b":{"a":1}},"b":{"b":1,"c":2}}"#,
    ];
    let text = lines.join("\n");
    let mut scanner = Scanner::new(text.as_bytes());
    let mut start = 0;
    for line in lines {
        scanner.line(start, start + line.len());
        let mut names = Vec::new();
        let read = scanner.object(|scanner, name| {
            names.push(name.text.text().into_owned());
            scanner.skip()
        });
        assert_eq!(read.is_ok(), is_ijson(line.as_bytes()), "{line}");
        start += line.len() + 1;
        let letters: Vec<_> = line.split("\"").map(str::to_owned).collect();
        assert!(names.iter().all(|name| letters.contains(name)), "{names:?}");
    }
}
