//! JUnit reports of every shape that runners write, and what is refused.

use std::collections::BTreeMap;

use weftend_readers::junit;
use weftend_readers::testrun::{Declared, TestChannels, TestTally};

type Counts = BTreeMap<String, u64>;

fn tally(report: impl AsRef<[u8]>) -> TestTally {
    let mut tally = TestTally::new(10_000);
    junit::read(report.as_ref(), &mut tally).expect("a report");
    tally
}

/// Everything the report contributes, as `map/key` → amount.
fn counts(report: impl AsRef<[u8]>) -> Counts {
    let channels = TestChannels::of(TestChannels::NAMES).expect("its own names");
    let mut counts = Counts::new();
    tally(report).emit(&channels, &mut |channel, key, amount| {
        *counts
            .entry(format!("{}/{key}", TestChannels::NAMES[channel]))
            .or_default() += amount;
    });
    counts
}

fn of<'a>(counts: &'a Counts, map: &str) -> Vec<(&'a str, u64)> {
    let prefix = format!("{map}/");
    counts
        .iter()
        .filter_map(|(name, count)| Some((name.strip_prefix(&prefix)?, *count)))
        .collect()
}

fn refusal(report: impl AsRef<[u8]>) -> (String, String) {
    let refusal = junit::read(report.as_ref(), &mut TestTally::new(0)).expect_err("a refusal");
    assert_eq!(refusal.code, "INPUT_INVALID");
    (refusal.place, refusal.message)
}

#[test]
fn a_case_has_one_outcome_errored_first() {
    let counts = counts(
        r#"<testsuites><testsuite>
        <testcase classname="c" name="1"><skipped/><failure/><error/></testcase>
        <testcase classname="c" name="2"><failure/><skipped/><failure/></testcase>
        <testcase classname="c" name="3"><flakyFailure/><skipped/></testcase>
        <testcase classname="c" name="4"><rerunError/></testcase>
        <testcase classname="c" name="5"><system-out><error/></system-out><properties/></testcase>
        </testsuite></testsuites>"#,
    );
    let outcomes = [
        ("errored", 1),
        ("failed", 1),
        ("flaky", 1),
        ("passed", 1),
        ("skipped", 1),
    ];
    assert_eq!(of(&counts, "outcomes"), outcomes);
    assert_eq!(of(&counts, "runOutcomes"), [("errored", 1)]);
    assert_eq!(of(&counts, "failingTests"), [("c::1", 1), ("c::2", 1)]);
    assert_eq!(of(&counts, "flakyTests"), [("c::4", 1)]);
}

#[test]
fn attributes_tell_the_outcome_where_no_child_does() {
    let counts = counts(
        r#"<testsuite>
        <testcase name="a" status="DISABLED"/><testcase name="b" status="notrun" result="suppressed"/>
        <testcase name="c" status="run" result="completed"/><testcase name="d" status="failed"/>
        <testcase name="e" status="errored"/><testcase name="f" status="failed"><skipped/></testcase>
        </testsuite>"#,
    );
    assert_eq!(
        of(&counts, "outcomes"),
        [("errored", 1), ("failed", 1), ("passed", 1), ("skipped", 3)]
    );
}

#[test]
fn suites_nest_and_cases_stand_anywhere_in_them() {
    let counts = counts(
        r#"<testsuites><testcase name="0"/><testsuite name="a"><testsuite name="b"><testcase name="1"/></testsuite>
        <testcase name="2"/></testsuite><other><testcase name="3"/></other></testsuites>"#,
    );
    assert_eq!(of(&counts, "outcomes"), [("passed", 3)]);
}

#[test]
fn keys_are_percent_encoded_and_may_be_empty() {
    let counts = counts(
        "<testsuite><testcase><failure/></testcase>\
         <testcase classname='a b' name='\u{e9}&quot;&#10;x\ty%'><failure type='E: x'/><error type=''/></testcase></testsuite>",
    );
    assert_eq!(
        of(&counts, "failingTests"),
        [("::", 1), ("a%20b::%C3%A9\"%0Ax%20y%", 1)]
    );
    assert_eq!(of(&counts, "failureTypes"), [("E:%20x", 1)]);
}

#[test]
fn times_are_counted_by_powers_of_two_and_unknown_ones_apart() {
    let counts = counts(
        r#"<testsuite time="99"><testcase name="a" time="0"/><testcase name="b" time="0.0019"/><testcase name="c" time="0.002"/>
        <testcase name="d" time="10.000"/><testcase name="e" time="-1"/><testcase name="f" time="two seconds"/>
        <testcase name="g"/><testcase name="h" time="1,000.0"/></testsuite>"#,
    );
    let durations = [
        ("ms_1", 2),
        ("ms_2", 1),
        ("ms_524288", 1),
        ("ms_8192", 1),
        ("unknown", 3),
    ];
    assert_eq!(of(&counts, "durations"), durations);
    assert_eq!(of(&counts, "runDurations"), [("ms_524288", 1)]);
    assert_eq!(of(&counts, "slowTests"), [("::d", 1), ("::h", 1)]);
}

#[test]
fn a_run_without_cases_is_empty_and_of_unknown_duration() {
    let counts = counts(r#"<testsuites tests="6" failures="1"/>"#);
    assert_eq!(of(&counts, "runOutcomes"), [("empty", 1)]);
    assert_eq!(of(&counts, "runDurations"), [("unknown", 1)]);
    assert_eq!(of(&counts, "outcomes"), []);
}

#[test]
fn declared_counts_are_kept_apart() {
    let root = tally(
        r#"<testsuites tests="6" failures="2" errors="1" skipped="3"><testsuite tests="9"/></testsuites>"#,
    );
    assert_eq!(
        root.declared,
        Declared {
            tests: 6,
            failures: 2,
            errors: 1,
            skipped: 3
        }
    );
    let suites = r#"<testsuites><testsuite tests="4"><testsuite tests="3"/></testsuite><testsuite tests="x"/></testsuites>"#;
    assert_eq!(tally(suites).declared.tests, 4);
    assert_eq!(tally(suites).found(), 0);
}

#[test]
fn a_case_that_failed_and_passed_in_one_run_is_flaky_over_all_its_files() {
    let mut whole = tally(
        r#"<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>"#,
    );
    whole.merge(tally(
        r#"<testsuite><testcase name="b"/><testcase name="c"><error/></testcase></testsuite>"#,
    ));
    let channels = TestChannels {
        flaky_tests: Some(7),
        ..TestChannels::default()
    };
    let mut flaky = Vec::new();
    whole.emit(&channels, &mut |channel, key, amount| {
        flaky.push((channel, key.to_owned(), amount))
    });
    assert_eq!(flaky, [(7, "::b".to_owned(), 1)]);
}

#[test]
fn every_encoding_that_is_declared_is_read() {
    let report = |encoding: &str| {
        format!(
            "<?xml version=\"1.0\" encoding='{encoding}'?><testsuite><testcase name=\"\u{e9}\"><error/></testcase></testsuite>"
        )
    };
    let utf16 = |text: &str, to: fn(u16) -> [u8; 2], mark: &[u8]| {
        [mark, &text.encode_utf16().flat_map(to).collect::<Vec<u8>>()].concat()
    };
    let utf32 = |text: &str| -> Vec<u8> {
        "\u{feff}"
            .chars()
            .chain(text.chars())
            .flat_map(|character| u32::from(character).to_be_bytes())
            .collect()
    };
    let latin: Vec<u8> = report("ISO-8859-1")
        .chars()
        .map(|character| u32::from(character) as u8)
        .collect();
    let western: Vec<u8> = report("windows-1252")
        .chars()
        .map(|character| u32::from(character) as u8)
        .collect();
    let documents = [
        report("UTF-8").into_bytes(),
        format!("\u{feff}{}", report("utf-8")).into_bytes(),
        utf16(&report("UTF-16"), u16::to_le_bytes, &[0xFF, 0xFE]),
        utf16(&report("UTF-16"), u16::to_be_bytes, &[0xFE, 0xFF]),
        utf16(&report("UTF-16LE"), u16::to_le_bytes, &[]),
        utf32(&report("UTF-32")),
        latin,
        western,
    ];
    for document in documents {
        assert_eq!(of(&counts(&document), "failingTests"), [("::%C3%A9", 1)]);
    }
    let cyrillic = b"<?xml version='1.0' encoding='koi8-r'?><testsuite><testcase name='\xc1'><error/></testcase></testsuite>";
    assert_eq!(of(&counts(cyrillic), "failingTests"), [("::%D0%B0", 1)]);
}

#[test]
fn encodings_that_do_not_hold_are_refused() {
    let documents: [&[u8]; 5] = [
        b"<?xml version='1.0' encoding='no-such'?><testsuite/>",
        b"<?xml version='1.0' encoding='utf-16'?><testsuite/>",
        b"<?xml version='1.0' encoding='us-ascii'?><testsuite name='\xe9'/>",
        b"<testsuite name='\xff'/>",
        b"<?xml version='1.0' encoding='shift_jis'?><testsuite name='\x81'/>",
    ];
    for document in documents {
        refusal(document);
    }
    assert_eq!(refusal(b"<testsuite name='\xff'/>").0, "17");
}

#[test]
fn document_types_and_entities_are_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite name='&b;'/>";
    assert_eq!(
        refusal(bomb),
        ("0".to_owned(), "a document type declaration".to_owned())
    );
    assert!(refusal("<testsuite>&b;</testsuite>").1.contains("entity"));
    assert!(refusal("<testsuite name='&b;'/>").1.contains("entity"));
    assert!(
        refusal("<testsuite><x y='&#0;'/></testsuite>")
            .1
            .contains("entity")
    );
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let documents = [
        "",
        " ",
        "text",
        "<testsuite>",
        "<testsuite><testcase></testsuite>",
        "</testsuite>",
        "<testsuite/><testsuite/>",
        "<testsuite/>text",
        "<testsuite/>&amp;",
        "<testsuite/><![CDATA[]]>",
        "<testsuite name=a/>",
        "<testsuite name/>",
        "<testsuite a='1' a='2'/>",
        "<testsuite a='1'b='2'/>",
        "<testsuite a='<'/>",
        "<testsuite 1='2'/>",
        "<test suite/>",
        "<testsuite>]]></testsuite>",
        "<testsuite>\u{1}</testsuite>",
        "<testsuite>\u{ffff}</testsuite>",
        "<testsuite>&#1;</testsuite>",
        "<testsuite>&#xFFFE;</testsuite>",
        "<testsuite><!-- -- --></testsuite>",
        "<testsuite>&</testsuite>",
        "<testsuite><?xml version='1.0'?></testsuite>",
        " <?xml version='1.0'?><testsuite/>",
        "<!-- a --><?xml version='1.0'?><testsuite/>",
        "<?xml?><testsuite/>",
        "<?xml encoding='utf-8'?><testsuite/>",
        "<?xml version='1.0'encoding='utf-8'?><testsuite/>",
        "<?xml version='1.0' encoding=''?><testsuite/>",
        "<?xml version='2.0'?><testsuite/>",
        "<?xml version='1.0' standalone='maybe'?><testsuite/>",
        "<?xml version='1.0' standalone='no' encoding='utf-8'?><testsuite/>",
        "<?xml version='1.0' version='1.0'?><testsuite/>",
        "<?xml version='1.0' more='yes'?><testsuite/>",
        "<?<a?><testsuite/>",
        "<? a?><testsuite/>",
        "<testsuite><?1 a?></testsuite>",
        "<testsuite><?Xml a?></testsuite>",
        "<testsuite><??></testsuite>",
        "<testsuite><!-- ",
        "<testsuite><![CDATA[ ",
        "<testsuite a='",
        "<testsuites><testcase name='a'",
        "<suites/>",
        "<html/>",
    ];
    for document in documents {
        refusal(document);
    }
}

#[test]
fn declarations_of_every_form_are_read() {
    for declaration in [
        "<?xml version='1.0'?>",
        "<?xml version = \"1.1\" ?>",
        "<?xml version='1.0' encoding='UTF-8'?>",
        "<?xml\nversion='1.0'\nencoding='utf-8'\nstandalone='yes'\n?>",
        "<?xml version='1.0' standalone='no'?>",
        "\u{feff}<?xml version='1.0'?>",
    ] {
        tally(format!("{declaration}<testsuite/>"));
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| {
        format!(
            "{}{}",
            "<testsuite>".repeat(depth),
            "</testsuite>".repeat(depth)
        )
    };
    tally(nested(junit::MAX_DEPTH));
    assert_eq!(
        refusal(nested(junit::MAX_DEPTH + 1)).1,
        "elements nested too deeply"
    );
}

#[test]
fn comments_instructions_and_prefixes_are_passed_over() {
    let counts = counts(
        "<?xml version='1.0'?>\n<!-- a --><?pi b?>\n<j:testsuite xmlns:j='urn:x'><!-- <testcase/> --><j:testcase name='a'/>\
         <![CDATA[<testcase/>]]></j:testsuite>\n<!-- c -->\n",
    );
    assert_eq!(of(&counts, "outcomes"), [("passed", 1)]);
}
