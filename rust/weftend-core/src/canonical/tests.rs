//! The two readers of text (the check and the rewriting) held to each other, to the serializer, and to hostile
//! texts; the vectors hold all three to what another engine says.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::rewrite::rewrite;
use super::{CanonCode, CanonicalError, MAX_DEPTH, canonicalize_text, is_canonical, to_vec};
use crate::error::Place;

/// Strings whose lengths lie about those of the blocks that are looked at together.
fn strings() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{0,3}",
        "[ -~]{13,19}",
        "[ -~]{29,35}",
        "[a\"\\\\/\0-\u{1F}\u{7F}\u{E9}\u{E000}\u{FFFF}\u{10000}]{0,20}",
        "[a-z]{30}[\"\\\\\n\u{20AC}][a-z]{0,4}",
    ]
}

fn numbers() -> impl Strategy<Value = Value> {
    let limit = (1i64 << 53) - 1;
    let powers = (-1074i32..1024, -2i64..=2).prop_map(|(power, step)| {
        let near = f64::from(power).exp2().to_bits() as i64 + step;
        f64::from_bits(near.unsigned_abs())
    });
    prop_oneof![
        (-9i64..1000).prop_map(Value::from),
        (-limit..=limit).prop_map(Value::from),
        any::<u64>()
            .prop_map(f64::from_bits)
            .prop_filter_map("finite", finite),
        powers.prop_filter_map("finite", finite),
    ]
}

fn finite(number: f64) -> Option<Value> {
    number.is_finite().then(|| Value::from(number))
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        numbers(),
        strings().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 80, 8, |inner| {
        let members = prop::collection::hash_map(strings(), inner.clone(), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Spells a value as no canonical text does: white space, escapes, members from the last to the first.
fn spell(value: &Value, choice: &mut impl FnMut() -> u8, out: &mut String) {
    let white = [
        "",
        "",
        " ",
        "\n    \t",
        "\r\n                                        ",
    ];
    out.push_str(white[usize::from(choice()) % white.len()]);
    match value {
        Value::String(text) => spell_string(text, choice, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                spell(item, choice, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (name, member)) in members.iter().rev().enumerate() {
                out.push_str(if index > 0 { ", " } else { " " });
                spell_string(name, choice, out);
                out.push_str(if choice().is_multiple_of(2) {
                    ":"
                } else {
                    " :\t"
                });
                spell(member, choice, out);
            }
            out.push('}');
        }
        Value::Number(number) => match number.as_i64() {
            Some(whole) if choice().is_multiple_of(2) => write!(out, "{whole}.0e+0").unwrap(),
            _ => write!(out, "{number}").unwrap(),
        },
        other => write!(out, "{other}").unwrap(),
    }
    out.push_str(white[usize::from(choice()) % white.len()]);
}

fn spell_string(text: &str, choice: &mut impl FnMut() -> u8, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        let must = character < ' ' || matches!(character, '"' | '\\');
        match choice() % 8 {
            0 if character == '/' => out.push_str("\\/"),
            0 => spell_units(character, out),
            _ if must => spell_units(character, out),
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn spell_units(character: char, out: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        write!(out, "\\u{unit:04X}").unwrap();
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Double(Index, Index),
}

fn mutations() -> impl Strategy<Value = Vec<Mutation>> {
    let byte = prop_oneof![
        prop::sample::select(b"{}[]:,\"\\ \n0123456789-+.eEu/btrfnaD\x1f\x80\xE2\xEF\xF4".to_vec()),
        any::<u8>(),
    ];
    let one = prop_oneof![
        (any::<Index>(), byte.clone()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (any::<Index>(), byte).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        any::<Index>().prop_map(Mutation::Remove),
        any::<Index>().prop_map(Mutation::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Double(from, to)),
    ];
    prop::collection::vec(one, 1..3)
}

fn mutate(text: &mut Vec<u8>, mutation: &Mutation) {
    if text.is_empty() {
        return;
    }
    let length = text.len();
    match mutation {
        Mutation::Set(at, byte) => text[at.index(length)] = *byte,
        Mutation::Insert(at, byte) => text.insert(at.index(length), *byte),
        Mutation::Remove(at) => drop(text.remove(at.index(length))),
        Mutation::Cut(at) => text.truncate(at.index(length)),
        Mutation::Double(from, to) => {
            let (from, to) = (from.index(length), to.index(length));
            let piece = text[from.min(to)..from.max(to)].to_vec();
            text.extend(piece);
        }
    }
}

/// Both readers agree about a text, whatever it is, and what comes out is canonical.
fn agree(text: &[u8]) -> Result<(), TestCaseError> {
    let rewritten = rewrite(text);
    let own_form = matches!(&rewritten, Ok(form) if form == text);
    prop_assert_eq!(
        is_canonical(text),
        own_form,
        "{:?} {:?}",
        String::from_utf8_lossy(text),
        rewritten
    );
    match rewritten {
        Ok(form) => {
            prop_assert!(is_canonical(&form));
            prop_assert_eq!(rewrite(&form), Ok(form));
        }
        Err(CanonicalError { place, .. }) => {
            prop_assert!(matches!(place, Place::Offset(offset) if offset <= text.len()));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn every_spelling_of_a_value_has_one_form(value in values(), choices in prop::collection::vec(any::<u8>(), 64)) {
        let (mut spelled, mut turn) = (String::new(), 0);
        let mut choice = || {
            turn += 1;
            choices[turn % choices.len()]
        };
        spell(&value, &mut choice, &mut spelled);
        let form = to_vec(&value).unwrap();
        prop_assert_eq!(canonicalize_text(spelled.as_bytes()), Ok(form.clone()));
        prop_assert!(is_canonical(&form));
        prop_assert_eq!(rewrite(&form), Ok(form));
    }

    #[test]
    fn both_readers_agree_about_broken_texts(value in values(), mutations in mutations(), pretty: bool) {
        let mut text = if pretty { serde_json::to_vec_pretty(&value).unwrap() } else { to_vec(&value).unwrap() };
        for mutation in &mutations {
            mutate(&mut text, mutation);
            agree(&text)?;
        }
    }

    #[test]
    fn both_readers_agree_about_anything(text in prop::collection::vec(any::<u8>(), 0..40)) {
        agree(&text)?;
    }
}

fn refused(text: &[u8]) -> (CanonCode, usize) {
    assert!(!is_canonical(text));
    match canonicalize_text(text) {
        Err(CanonicalError {
            code,
            place: Place::Offset(offset),
        }) => (code, offset),
        other => panic!("{other:?}"),
    }
}

#[test]
fn brackets_beyond_the_limit_cost_nothing() {
    let deep = b"[".repeat(1_000_000);
    assert_eq!(refused(&deep), (CanonCode::Depth, MAX_DEPTH));
    let deep = b"{\"a\":".repeat(200_000);
    assert_eq!(refused(&deep), (CanonCode::Depth, MAX_DEPTH * 5));
}

#[test]
fn numbers_of_any_length_are_read_once() {
    let digits = b"7".repeat(1_000_000);
    assert_eq!(refused(&digits), (CanonCode::NumberRange, 0));
    let fraction = [b"0.".as_slice(), &digits].concat();
    assert_eq!(
        canonicalize_text(&fraction),
        Ok(b"0.7777777777777778".to_vec())
    );
    let exponent = [b"1e-".as_slice(), &digits].concat();
    assert_eq!(canonicalize_text(&exponent), Ok(b"0".to_vec()));
    let infinite = [b"[1e".as_slice(), &digits, b"]"].concat();
    assert_eq!(refused(&infinite), (CanonCode::NumberNotFinite, 1));
}

#[test]
fn the_first_repetition_is_named_among_very_many() {
    let same = b"{\"a\":1,\"b\":[],".to_vec();
    let many = [
        same,
        b"\"b\":1,\"a\":1,".repeat(200_000),
        b"\"a\":1}".to_vec(),
    ]
    .concat();
    assert_eq!(refused(&many), (CanonCode::DuplicateName, 14));
}

#[test]
fn unsorted_objects_in_each_other_come_out_sorted() {
    let levels = MAX_DEPTH - 1;
    for space in ["", " "] {
        let open = format!("{{{space}\"b\":").repeat(levels);
        let text = format!(
            "{open}{{\"\\u0064\":1,\"c\":2}}{}",
            ",\"a\":0}".repeat(levels)
        );
        let form = format!(
            "{}{{\"c\":2,\"d\":1}}{}",
            "{\"a\":0,\"b\":".repeat(levels),
            "}".repeat(levels)
        );
        assert_eq!(canonicalize_text(text.as_bytes()), Ok(form.into_bytes()));
    }
}

#[test]
fn names_with_long_beginnings_in_common_are_put_in_order() {
    let mut names: Vec<String> = (0..2000)
        .map(|n| format!("{}{:05}", ["x", "y"][n % 2].repeat(40), n * 7919 % 10_000))
        .collect();
    let text = |names: &[String]| {
        format!(
            "{{{}}}",
            names
                .iter()
                .map(|name| format!("\"{name}\":0"))
                .collect::<Vec<_>>()
                .join(",")
        )
    };
    let shuffled = text(&names);
    names.sort();
    assert_eq!(
        canonicalize_text(shuffled.as_bytes()),
        Ok(text(&names).into_bytes())
    );
}
