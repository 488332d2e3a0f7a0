//! JUnit XML as runners write it: Surefire, pytest, Gradle, Jest, CTest, googletest, Bazel, Go converters.
//!
//! What is counted are the `<testcase>` elements found in (nested) suites, each with one outcome; what suites
//! declare about themselves is kept apart. Text, output, properties, host names and time stamps are checked and
//! thrown away.

mod attributes;
mod case;
mod declaration;
mod encoding;
mod markup;
mod suite;
#[cfg(test)]
mod tests;
mod tokens;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::refusal::Refusal;
use crate::testrun::TestTally;
use suite::Suites;
use tokens::Tokens;

/// Elements may nest this deep.
pub const MAX_DEPTH: usize = 256;

/// Whether a document that starts with `head` (its first bytes, decoded or not) may be XML at all.
pub fn looks_like_xml(head: &[u8]) -> bool {
    encoding::looks_like_xml(head)
}

/// The name of the root element, where `head` (the first bytes of a document) shows it.
pub fn root_name(head: &[u8]) -> Option<String> {
    // Nearly always it stands in the first lines.
    let near = head.get(..NEAR).unwrap_or(head);
    root_in(near).or_else(|| {
        if near.len() < head.len() {
            root_in(head)
        } else {
            None
        }
    })
}

/// Bytes of a document in which its root element is looked for first.
const NEAR: usize = 1 << 10;

fn root_in(head: &[u8]) -> Option<String> {
    let text = encoding::decoded_head(head);
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => {
                return Some(element.local_name().as_ref().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Whether `name` is the root of a JUnit report.
pub fn is_root(name: &str) -> bool {
    matches!(name, "testsuites" | "testsuite")
}

/// Add every test case of the report in `bytes` to `tally`.
///
/// `bytes` are the document as it is on disk, in any encoding that it declares. Refused, with `INPUT_INVALID` and
/// a byte offset into the text as UTF-8: what is not well-formed XML 1.0, a document type declaration, an entity
/// that XML does not predefine, elements nested deeper than [`MAX_DEPTH`], and a root other than `testsuites`
/// and `testsuite`. On refusal `tally` holds part of the report and is to be thrown away.
pub fn read(bytes: &[u8], tally: &mut TestTally) -> Result<(), Refusal> {
    let text = encoding::decoded(bytes)?;
    markup::check_characters(&text)?;
    let mut tokens = Tokens::new(&text);
    let mut suites = Suites::new(tally);
    loop {
        match tokens.next() {
            Ok(None) => return suites.finish(tokens.start()),
            Ok(Some(token)) => suites.token(token, &mut tokens),
            Err(wrong) => Err(wrong),
        }
        .map_err(|wrong| Refusal::at(tokens.start(), wrong))?;
    }
}
