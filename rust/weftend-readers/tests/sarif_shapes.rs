//! Logs whose results and rules have shapes that are known are read like those in which no shape comes twice.

use proptest::prelude::*;
use weftend_readers::refusal::Refusal;
use weftend_readers::sarif::{FindingsTally, Reader};

/// Results; a scalar stands at each `@`, and one that a level may be at each `%`.
const RESULTS: &[&str] = &[
    r#"{"ruleId":@,"ruleIndex":@,"level":%}"#,
    "{\n    \"ruleId\": @,\n    \"message\": {\n        \"text\": @\n    },\n    \"kind\": @\n}",
    r#"{"message":{"text":@},"locations":[{"line":[@,@]}],"ruleId":@}"#,
    r#"{"ruleId":@,"rule":{"id":@,"index":@}}"#,
    r#"{"provenance":{"invocationIndex":@},"ruleIndex":@,"ruleId":@}"#,
    r#"{"ruleId":@,"level":%,"ruleId":@}"#,
    "@",
    "{}",
];

/// Rules.
const RULES: &[&str] = &[
    r#"{"id":@,"guid":@}"#,
    "{ \"id\": @,\t\"defaultConfiguration\": { \"level\": % } }",
    r#"{"name":@,"id":@,"defaultConfiguration":{"level":%}}"#,
];

const SCALARS: &[&str] = &[
    "\"A\"",
    "\"B/part\"",
    "\"pass\"",
    "\"fail\"",
    "0",
    "1",
    "2.0",
    "-1",
    "null",
    "true",
    "\"\\u0041\"",
    "\"a \\\"quoted\\\" text that is longer than any step of bytes\"",
    "\"\u{e9}\"",
];

const LEVELS: &[&str] = &[
    "\"error\"",
    "\"note\"",
    "\"none\"",
    "\"\\u006eote\"",
    "0",
    "null",
];

/// What is refused, is no level, or stands where a scalar is looked for and is none.
const ODD: &[&str] = &[
    "\"\\ud800\"",
    "\"\u{1}\"",
    "1e400",
    "01",
    "nul",
    "[]",
    "{\"z\":1,\"z\":2}",
    "{\"id\":\"B\"}",
    "\"no level\"",
    "",
];

fn scalar(usual: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop_oneof![1_000 => prop::sample::select(usual), 1 => prop::sample::select(ODD)]
}

/// One of `shapes`, filled.
fn filled(shapes: &'static [&'static str]) -> impl Strategy<Value = String> {
    let scalars = prop::collection::vec((scalar(SCALARS), scalar(LEVELS)), 4);
    (prop::sample::select(shapes), scalars).prop_map(|(shape, scalars)| {
        let (mut text, mut scalars) = (String::new(), scalars.into_iter().cycle());
        for character in shape.chars() {
            match character {
                '@' => text.extend(scalars.next().map(|(scalar, _)| scalar)),
                '%' => text.extend(scalars.next().map(|(_, level)| level)),
                other => text.push(other),
            }
        }
        text
    })
}

/// The same object with one more member, which no other one has.
fn made_odd((index, text): (usize, &String)) -> String {
    match text.strip_prefix('{') {
        Some("}") => format!("{{\"only here {index}\":null}}"),
        Some(rest) => format!("{{\"only here {index}\":null,{rest}"),
        None => text.clone(),
    }
}

fn log(rules: &[String], results: &[String]) -> String {
    let (rules, results) = (rules.join(","), results.join(",\n"));
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"tool","rules":[{rules}]}}}},"invocations":[{{"executionSuccessful":true,"ruleConfigurationOverrides":[{{"descriptor":{{"index":1}},"configuration":{{"level":"note"}}}}]}}],"results":[{results}]}}]}}"#
    )
}

fn read(reader: &mut Reader, log: &str) -> Result<Vec<FindingsTally>, Refusal> {
    let mut tallies = Vec::new();
    reader.read(log.as_bytes(), |_, tally| tallies.push(tally))?;
    Ok(tallies)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_known_shape_changes_nothing(
        rules in prop::collection::vec(filled(RULES), 0..12),
        results in prop::collection::vec(filled(RESULTS), 0..40),
    ) {
        let odd = |texts: &[String]| -> Vec<String> { texts.iter().enumerate().map(made_odd).collect() };
        let plain = read(&mut Reader::default(), &log(&odd(&rules), &odd(&results)));
        let (mut reader, text) = (Reader::default(), log(&rules, &results));
        for _ in 0..2 {
            match (read(&mut reader, &text), &plain) {
                (Ok(shaped), Ok(plain)) => prop_assert_eq!(&shaped, plain),
                (Err(shaped), Err(plain)) => prop_assert_eq!(shaped.code, plain.code),
                (shaped, plain) => prop_assert!(false, "{:?} is not {:?}", shaped, plain),
            }
        }
    }
}
