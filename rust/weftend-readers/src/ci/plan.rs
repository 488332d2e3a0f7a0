//! What is to be read for one stream, and how.

use weftend_core::error::Issue;
use weftend_core::stream::Stream;

use crate::github;
use crate::ndjson::{Fields, RecordUnit};
use crate::sarif::FindingsChannels;
use crate::testrun::{DEFAULT_SLOW_MS, TestChannels};
use crate::units::{FieldUnits, UnitRule};

/// A format of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JUnit XML.
    Junit,
    /// `go test -json`.
    GoTest,
    /// SARIF 2.1.0.
    Sarif,
    /// What GitHub says about runs and jobs.
    Github,
    /// Records with declared fields.
    Ndjson,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] = [
        Format::Junit,
        Format::GoTest,
        Format::Sarif,
        Format::Github,
        Format::Ndjson,
    ];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Junit => "junit",
            Format::GoTest => "go-test",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Ndjson => "ndjson",
        }
    }
}

/// What the operator asks for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What one run is; by default what suits the stream.
    pub unit: Option<String>,
    /// The format of every document; by default it is recognised.
    pub format: Option<String>,
    /// Stop at the first refusal.
    pub strict: bool,
    /// Threads; 0 for as many as there are cores.
    pub threads: usize,
}

/// What reads a stream's documents, with where its maps stand among the channels.
#[derive(Clone, Debug)]
pub(super) enum Reader {
    Tests {
        channels: TestChannels,
        slow_ms: u64,
    },
    Findings(FindingsChannels),
    /// Channel of each of [`github::MAPS`].
    Jobs([Option<usize>; github::MAPS.len()]),
    Records {
        fields: Fields,
        unit: RecordUnit,
    },
}

/// What is to be read for one stream, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) reader: Reader,
    pub(super) rule: UnitRule,
    pub(super) formats: Vec<Format>,
    pub(super) channels: Vec<String>,
    pub(super) strict: bool,
    pub(super) threads: usize,
}

impl Plan {
    /// The plan for `stream`, as `options` ask.
    ///
    /// `USAGE` where they ask for what the stream's reader does not have: a format, a rule for units;
    /// `STREAM_INVALID` where the stream has a map that its reader cannot fill, or is read from elsewhere.
    pub fn of(stream: &Stream, options: &Options) -> Result<Self, Issue> {
        let (formats, rules): (&[Format], &[UnitRule]) = match stream.definition().reader.as_str() {
            "tests" => (
                &[Format::Junit, Format::GoTest],
                &[UnitRule::File, UnitRule::Dir],
            ),
            "findings" => (
                &[Format::Sarif],
                &[UnitRule::File, UnitRule::Dir, UnitRule::Field],
            ),
            "jobs" => (&[Format::Github], &[UnitRule::Field]),
            "ndjson" => (
                &[Format::Ndjson],
                &[UnitRule::Field, UnitRule::File, UnitRule::Dir],
            ),
            _ => return Err(invalid("is not a stream of CI reports or records")),
        };
        let rule = chosen("--unit", options.unit.as_deref(), rules, |rule| {
            rule.as_str()
        })?;
        let format = options.format.as_deref();
        let formats = match format {
            Some(_) => vec![chosen("--format", format, formats, |format| {
                format.as_str()
            })?],
            None => formats.to_vec(),
        };
        Ok(Plan {
            reader: reader(stream, rule)?,
            rule,
            formats,
            channels: stream.channels(false),
            strict: options.strict,
            threads: options.threads,
        })
    }

    /// Whether records of several sources can belong to one unit.
    pub(super) fn has_parts(&self) -> bool {
        !matches!(self.reader, Reader::Records { .. })
    }

    /// What one run is.
    pub fn rule(&self) -> UnitRule {
        self.rule
    }
}

fn reader(stream: &Stream, rule: UnitRule) -> Result<Reader, Issue> {
    let maps = || stream.maps().iter().map(|map| map.name.as_str());
    let unknown = |known: &[&str]| {
        let odd = maps().find(|map| !known.contains(map)).unwrap_or_default();
        let known = known.join(", ");
        invalid(&format!(
            "has a map {odd}, which its reader does not fill; it fills {known}"
        ))
    };
    let definition = stream.definition();
    match definition.reader.as_str() {
        "tests" => {
            let slow_ms = definition
                .settings
                .get("slowMs")
                .copied()
                .unwrap_or(DEFAULT_SLOW_MS);
            Ok(Reader::Tests {
                channels: TestChannels::of(maps()).ok_or_else(|| unknown(&TestChannels::NAMES))?,
                slow_ms,
            })
        }
        "findings" => FindingsChannels::of(maps())
            .map(Reader::Findings)
            .ok_or_else(|| unknown(&FindingsChannels::NAMES)),
        "jobs" if maps().all(|map| github::MAPS.contains(&map)) => Ok(Reader::Jobs(
            github::MAPS.map(|name| maps().position(|map| map == name)),
        )),
        "jobs" => Err(unknown(&github::MAPS)),
        _ => {
            let declared = definition
                .fields
                .as_ref()
                .ok_or_else(|| invalid("declares no fields"))?;
            let fields = Fields::of(declared, maps());
            Ok(Reader::Records {
                unit: record_unit(rule, declared.unit.as_deref()),
                fields,
            })
        }
    }
}

fn record_unit(rule: UnitRule, pointer: Option<&str>) -> RecordUnit {
    match (rule, pointer) {
        (UnitRule::Field, Some(pointer)) => RecordUnit::Field(FieldUnits::of(pointer)),
        (UnitRule::Field, None) => RecordUnit::Record,
        (UnitRule::File | UnitRule::Dir, _) => RecordUnit::Whole,
    }
}

/// The choice that `word` names; the first where there is none.
fn chosen<T: Copy>(
    option: &str,
    word: Option<&str>,
    choices: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Issue> {
    let found = match word {
        None => choices.first(),
        Some(word) => choices.iter().find(|choice| name(**choice) == word),
    };
    let names: Vec<_> = choices.iter().map(|choice| name(*choice)).collect();
    found.copied().ok_or_else(|| {
        usage(
            option,
            &format!("is one of {} for this stream", names.join(", ")),
        )
    })
}

fn usage(option: &str, message: &str) -> Issue {
    Issue {
        code: "USAGE",
        path: format!("argv#{option}"),
        message: format!("{option} {message}"),
    }
}

fn invalid(message: &str) -> Issue {
    Issue {
        code: "STREAM_INVALID",
        path: "#/reader".to_owned(),
        message: format!("the stream {message}"),
    }
}
