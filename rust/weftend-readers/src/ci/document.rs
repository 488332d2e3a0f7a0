//! Telling from a document's first bytes, and from where it was found, what it is.

use weftend_core::canonical::{self, CanonCode};

use super::plan::Format;
use crate::input::peek::HEAD;
use crate::{github, gotest, junit, sarif};

/// What is to become of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recognised {
    /// Read it as this.
    As(Format),
    /// Some other file that lies in the folder.
    Ignored,
    /// None of the formats, though the operator named it.
    Unknown,
}

/// What a document that begins with `head` is, where the stream reads `formats`.
///
/// `name` is its name, `named` whether the operator named it: such a document is read or refused, never ignored.
pub(super) fn recognise(head: &[u8], name: &str, named: bool, formats: &[Format]) -> Recognised {
    let found = formats.iter().find(|format| holds(**format, head, name));
    match (found, formats) {
        (Some(format), _) => Recognised::As(*format),
        (None, [only]) if named => Recognised::As(*only),
        // XML without another root in sight is a report that somebody cut short, or that is refused with a place.
        (None, _) if junit::looks_like_xml(head) && named => Recognised::As(Format::Junit),
        (None, _) if named => Recognised::Unknown,
        (None, _) => Recognised::Ignored,
    }
}

fn holds(format: Format, head: &[u8], name: &str) -> bool {
    match format {
        Format::Junit => is_junit(head, name),
        Format::GoTest => gotest::has_event(head) || is_broken_json(head, name),
        Format::Sarif => {
            let called = ends_with(name, &[".sarif", ".sarif.json"]);
            sarif::looks_like_sarif(head) || called || is_broken_json(head, name)
        }
        Format::Github => {
            let looks = starts_json(head) && github::looks_like_github(head);
            looks || is_broken_json(head, name)
        }
        Format::Ndjson => ends_with(name, &[".ndjson", ".jsonl"]),
    }
}

/// A report, or what was to be one: a file called `.xml` that is no XML, or does not get as far as its root.
fn is_junit(head: &[u8], name: &str) -> bool {
    match junit::root_name(head) {
        Some(root) if junit::looks_like_xml(head) => junit::is_root(&root),
        _ => ends_with(name, &[".xml"]),
    }
}

/// Whether a file called `.json` does not begin with JSON of any kind: what was to be a report, and is none.
fn is_broken_json(head: &[u8], name: &str) -> bool {
    ends_with(name, &[".json"]) && !begins_with_json(head)
}

fn begins_with_json(head: &[u8]) -> bool {
    let is_cut = head.len() >= HEAD;
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let whole = match std::str::from_utf8(head) {
        // A character that the cut went through.
        Err(error) if is_cut && error.error_len().is_none() => error.valid_up_to(),
        _ => head.len(),
    };
    let read = canonical::canonicalize_text(head.get(..whole).unwrap_or_default());
    match read.map_err(|error| error.code) {
        Err(CanonCode::Syntax | CanonCode::Utf8) => false,
        Err(CanonCode::Truncated) => is_cut,
        _ => true,
    }
}

fn starts_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    matches!(head.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Whether `name`, without the endings of compressions, ends in one of `endings`.
fn ends_with(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    endings.iter().any(|ending| name.ends_with(ending))
}
