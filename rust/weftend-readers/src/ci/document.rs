//! Telling from a document's first bytes, and from where it was found, what it is.

use super::plan::Format;
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
        Format::GoTest => gotest::has_event(head),
        Format::Sarif => sarif::looks_like_sarif(head) || ends_with(name, &["sarif"]),
        Format::Github => starts_json(head) && github::looks_like_github(head),
        Format::Ndjson => starts_json(head) && ends_with(name, &["ndjson", "jsonl"]),
    }
}

/// A report, or what a runner began to write as one: a file called `.xml` that does not get as far as its root.
fn is_junit(head: &[u8], name: &str) -> bool {
    match junit::root_name(head) {
        Some(root) => junit::is_root(&root),
        None => ends_with(name, &["xml"]),
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
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.contains(&ending))
}
