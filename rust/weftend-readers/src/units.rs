//! What one unit is, and the digest that is its identity.
//!
//! The digest of a unit never depends on the stream that reads it: a unit is consumed once per home, whichever
//! stream comes first.

use sha2::{Digest, Sha256};
use weftend_core::canonical;
use weftend_core::fold::UnitDigest;

use crate::github::{Part, Unit};
use crate::sha256;

/// What one run is: the option `--unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnitRule {
    /// One report file; its identity is its content, unpacked.
    File,
    /// All report files of one folder; its identity is their contents. A folder that grew is another unit.
    Dir,
    /// What the format gives: repository, run and attempt; a declared field; the id of a SARIF run.
    Field,
}

impl UnitRule {
    /// The word for it on the command line and in ledgers.
    pub fn as_str(self) -> &'static str {
        match self {
            UnitRule::File => "file",
            UnitRule::Dir => "dir",
            UnitRule::Field => "field",
        }
    }

    /// The rule that `word` stands for.
    pub fn named(word: &str) -> Option<Self> {
        [UnitRule::File, UnitRule::Dir, UnitRule::Field]
            .into_iter()
            .find(|rule| rule.as_str() == word)
    }
}

/// A file as a unit or as a source record: the digest of its content.
pub fn of_content(content: &[u8]) -> UnitDigest {
    Sha256::digest(content).into()
}

/// [`of_content`] of two files at once, which takes less time than of one after the other.
pub fn of_two(contents: [&[u8]; 2]) -> [UnitDigest; 2] {
    sha256::of_two(contents)
}

/// A folder as a unit: the digests of its files' contents, in whatever order they come.
pub fn of_folder(mut contents: Vec<UnitDigest>) -> UnitDigest {
    contents.sort_unstable();
    let mut hash = Sha256::new_with_prefix(b"weftend.unit.folder/0\n");
    contents.iter().for_each(|content| hash.update(content));
    hash.finalize().into()
}

/// Units that a declared field names; made once per field.
#[derive(Clone, Debug)]
pub struct FieldUnits {
    start: Sha256,
}

impl FieldUnits {
    /// Units that the JSON Pointer `pointer` leads to.
    pub fn of(pointer: &str) -> Self {
        let mut start = b"[\"weftend.unit.field/0\",".to_vec();
        // Any text has a canonical form.
        start.extend(canonical::to_vec(pointer).unwrap_or_default());
        start.push(b',');
        FieldUnits {
            start: Sha256::new_with_prefix(start),
        }
    }

    /// The unit that `value`, in canonical JSON, names.
    pub fn unit(&self, value: &[u8]) -> UnitDigest {
        let mut hash = self.start.clone();
        hash.update(value);
        hash.update(b"]");
        hash.finalize().into()
    }
}

/// What GitHub calls a workflow run, or a check suite that is none.
pub fn of_github(unit: &Unit) -> UnitDigest {
    match unit {
        Unit::Run {
            repository,
            id,
            attempt,
        } => of_words(&[
            "weftend.unit.github-run/0",
            repository,
            &id.to_string(),
            &attempt.to_string(),
        ]),
        Unit::Suite { repository, id } => {
            of_words(&["weftend.unit.github-suite/0", repository, &id.to_string()])
        }
    }
}

/// A job or a check run of `unit`; `None` for the run itself, which is the unit's own part.
pub fn of_github_part(unit: &Unit, part: Part) -> Option<UnitDigest> {
    let (Unit::Run { repository, .. } | Unit::Suite { repository, .. }) = unit;
    match part {
        Part::Whole => None,
        Part::Job(id) | Part::Check(id) => Some(of_words(&[
            "weftend.part.github-job/0",
            repository,
            &id.to_string(),
        ])),
    }
}

/// The analysis run that calls itself `identity`.
pub fn of_analysis(identity: &str) -> UnitDigest {
    of_words(&["weftend.unit.analysis/0", identity])
}

/// Run number `index` of the log with this content, as a source record.
pub fn of_run_in_log(content: &UnitDigest, index: u64) -> UnitDigest {
    let mut hash = Sha256::new_with_prefix(b"weftend.part.run-in-log/0\n");
    hash.update(content);
    hash.update(index.to_be_bytes());
    hash.finalize().into()
}

/// The digest of the words as a canonical JSON array, which any words have.
fn of_words(words: &[&str]) -> UnitDigest {
    of_content(&canonical::to_vec(words).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_contents_in_any_order() {
        let (a, b) = (of_content(b"a"), of_content(b"b"));
        assert_eq!(of_folder(vec![a, b]), of_folder(vec![b, a]));
        assert_ne!(of_folder(vec![a]), of_folder(vec![a, a]));
        assert_ne!(of_folder(vec![a]), a);
    }

    #[test]
    fn a_declared_unit_is_the_digest_of_pointer_and_value() {
        let text = br#"["weftend.unit.field/0","/a\"b",17]"#;
        assert_eq!(FieldUnits::of("/a\"b").unit(b"17"), of_content(text));
    }
}
