//! The tokens against quick-xml, with the checks that it leaves to its callers written the plain way.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::attributes::Value;
use super::markup::{self, Wrong};
use super::tokens::{Token, Tokens};

/// What a document holds, one line a token.
type Trace = Result<Vec<String>, Wrong>;

fn by_tokens(text: &str) -> Trace {
    let (mut tokens, mut trace) = (Tokens::new(text), Vec::new());
    while let Some(token) = tokens.next()? {
        let line = match token {
            Token::Start(name) => {
                let mut line = format!("<{name}");
                let empty = tokens.attributes(|name, value| {
                    line.push_str(&format!(" {name}={:?}", value.text()));
                })?;
                trace.push(line);
                if !empty {
                    continue;
                }
                "end".to_owned()
            }
            Token::End => "end".to_owned(),
            Token::Text(text) => {
                markup::check_text(text)?;
                text.to_owned()
            }
            Token::Data => "data".to_owned(),
            Token::Comment => "comment".to_owned(),
            Token::Declaration(_) => "declaration".to_owned(),
            Token::Instruction(target) => {
                markup::check_target(target)?;
                target.to_owned()
            }
            Token::DocumentType => return Err("a document type"),
        };
        trace.push(line);
    }
    Ok(trace)
}

fn by_quick_xml(text: &str) -> Trace {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let (mut trace, mut pending) = (Vec::new(), String::new());
    loop {
        let event = reader.read_event().map_err(|_| "quick-xml says so")?;
        match &event {
            Event::Text(text) => {
                pending.push_str(text);
                continue;
            }
            Event::GeneralRef(reference) => {
                pending.push_str(&format!("&{};", &**reference));
                continue;
            }
            _ => {}
        }
        markup::check_text(&pending)?;
        let text = std::mem::take(&mut pending);
        if !text.trim_matches(SPACE).is_empty() {
            trace.push(text);
        }
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                markup::check_name(tag.name().as_ref())?;
                let mut line = format!("<{}", tag.name().as_ref());
                for (name, value) in attributes(tag.attributes_raw())? {
                    line.push_str(&format!(" {name}={value:?}"));
                }
                trace.push(line);
            }
            Event::CData(_) => trace.push("data".to_owned()),
            Event::Comment(_) => trace.push("comment".to_owned()),
            Event::Decl(_) => trace.push("declaration".to_owned()),
            Event::PI(instruction) => {
                markup::check_target(instruction.target())?;
                trace.push(instruction.target().to_owned());
            }
            Event::DocType(_) => return Err("a document type"),
            Event::Eof => return Ok(trace),
            _ => {}
        }
        if matches!(event, Event::End(_) | Event::Empty(_)) {
            trace.push("end".to_owned());
        }
    }
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

fn attributes(raw: &str) -> Result<Vec<(&str, String)>, Wrong> {
    let (mut found, mut rest) = (Vec::new(), raw);
    loop {
        let next = rest.trim_start_matches(SPACE);
        if next.is_empty() {
            return Ok(found);
        }
        let (name, behind) = next.split_once('=').ok_or("no value")?;
        let (name, behind) = (
            name.trim_end_matches(SPACE),
            behind.trim_start_matches(SPACE),
        );
        markup::check_name(name)?;
        let quote = behind
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))
            .ok_or("no quotes")?;
        let (value, behind) = behind
            .get(1..)
            .and_then(|behind| behind.split_once(quote))
            .ok_or("no quotes")?;
        let twice = found.iter().any(|(other, _)| *other == name);
        if twice || next.len() == rest.len() || value.contains('<') {
            return Err("twice, no white space, or <");
        }
        let (value, _) = Value::read(&format!("{value}{quote}"), 0, quote as u8)
            .map(|(value, end)| (value.text().into_owned(), end))?;
        found.push((name, value));
        rest = behind;
    }
}

/// What documents are made of, whole and broken.
const PIECES: &[&str] = &[
    "<a>",
    "</a>",
    "</a >",
    "<a",
    "<b/>",
    "<b />",
    "<b / >",
    "<a:b",
    "</",
    "</a",
    "<",
    ">",
    "/>",
    "/",
    "<1>",
    "< a>",
    " c='1'",
    " c=\"2 &lt; '3'\"",
    "\n d = 'x\ty'",
    " c",
    "=",
    "'",
    "\"",
    " e='<'",
    " e='&#1;'",
    " e='&b;'",
    " f='a value of more than sixteen bytes &amp; some'",
    " \u{e9}='\u{1f600}'",
    "text",
    "\u{e9}",
    " ",
    "\n",
    "&amp;",
    "&#x41;",
    "&",
    ";",
    "&b;",
    "&#0;",
    "]]>",
    "]",
    "<![CDATA[",
    "<![CDATA[ <a> ]]>",
    "<!-- -->",
    "<!--",
    "-->",
    "--",
    "<!---->",
    "<!-->",
    "<!--->",
    "<!DOCTYPE a>",
    "<!",
    "<?p q?>",
    "<?xml version='1.0'?>",
    "<?xml?>",
    "<?",
    "?>",
    "<??>",
    "<?xmlx?>",
    "<testsuite><testcase name='a' time=\"1\"/></testsuite>",
];

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

/// Elements within elements, with attributes, text and comments.
fn element() -> impl Strategy<Value = String> {
    let inside = [
        "",
        " ",
        "text",
        "&lt;x&#10;",
        "<!-- c -->",
        "<![CDATA[<]]>",
        "<e/>",
        "<?p?>",
    ];
    let attributes = [
        "",
        " a='1'",
        " a='1' b=\"it's\"",
        "\tname = '&quot;\n'",
        "  ",
    ];
    let leaf = prop::sample::select(inside.to_vec()).prop_map(str::to_owned);
    let tag = prop::sample::select(attributes.to_vec());
    leaf.prop_recursive(4, 32, 4, move |inner| {
        (tag.clone(), prop::collection::vec(inner, 0..4))
            .prop_map(|(attributes, inner)| format!("<el{attributes}>{}</el >", inner.concat()))
    })
}

/// `text` without its byte at `at`.
fn damaged(text: &str, at: prop::sample::Index) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    if !characters.is_empty() {
        characters.remove(at.index(characters.len()));
    }
    characters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn tokens_are_the_events_of_quick_xml(text in document()) {
        prop_assert_eq!(by_tokens(&text).ok(), by_quick_xml(&text).ok(), "{}", text);
    }

    #[test]
    fn well_formed_elements_are_read_and_damaged_ones_judged_alike(
        text in element(), at in any::<prop::sample::Index>()
    ) {
        prop_assert!(by_tokens(&text).is_ok(), "{}", text);
        prop_assert_eq!(by_tokens(&text).ok(), by_quick_xml(&text).ok());
        let text = damaged(&text, at);
        prop_assert_eq!(by_tokens(&text).ok(), by_quick_xml(&text).ok(), "{}", text);
    }
}
