//! Reads the fields that are counted, and says of each that is not what its format says where it stands.
//!
//! What a field holds never goes into an issue: a place and the name of the field say enough, and the text around
//! what is counted holds domains, paths and file names.

use std::borrow::Cow;
use std::collections::BTreeSet;

use weftend_core::canonical::{canonicalize_text, is_canonical};
use weftend_core::digest::Digest;
use weftend_core::error::{Issue, Place};

use super::bounds;
use super::observation::Channel;
use crate::input::Refusal;
use crate::issues::Issues;
use crate::json::{Cursor, Kind, Text};

/// Where a text stands: a file of the release folder, or one line of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The folder, relative to the release folder; empty for the release folder itself.
    pub(crate) folder: &'a str,
    /// The file in it.
    pub(crate) file: &'a str,
    /// The line, from 1, in a file that has one record a line.
    pub(crate) line: Option<usize>,
}

impl<'a> Source<'a> {
    /// A whole file.
    pub(crate) fn file(folder: &'a str, file: &'a str) -> Self {
        Source {
            folder,
            file,
            line: None,
        }
    }

    /// The file, relative to the release folder.
    fn path(self) -> String {
        if self.folder.is_empty() {
            self.file.to_owned()
        } else {
            format!("{}/{}", self.folder, self.file)
        }
    }

    /// An issue at byte `at` of the text.
    pub(crate) fn issue(self, code: &'static str, at: usize, message: &str) -> Issue {
        let path = self.path();
        match self.line {
            None => Issue {
                code,
                path: format!("{path}#{at}"),
                message: message.to_owned(),
            },
            Some(line) => {
                let message = format!("{message}, at byte {at} of the line");
                Issue {
                    code,
                    path: format!("{path}#line:{line}"),
                    message,
                }
            }
        }
    }

    /// The issue that the file could not be read.
    pub(crate) fn unread(self, refusal: &Refusal) -> Issue {
        refusal.issue(format!("{}#", self.path()))
    }

    /// The canonical form of the text, which is most often the text itself: WeftEnd writes canonical JSON and a
    /// newline.
    pub(crate) fn canonical<'t>(self, text: &'t [u8]) -> Result<Cow<'t, [u8]>, Issue> {
        let value = text.trim_ascii_end();
        if is_canonical(value) {
            return Ok(Cow::Borrowed(value));
        }
        canonicalize_text(text).map(Cow::Owned).map_err(|error| {
            let at = match error.place {
                Place::Offset(offset) => offset,
                Place::Pointer(_) => 0,
            };
            self.issue(error.code.as_str(), at, "is not I-JSON")
        })
    }
}

/// What has been read of one observation so far.
pub(crate) struct Fields<'a> {
    source: Source<'a>,
    keys: BTreeSet<(Channel, Box<str>)>,
    issues: Issues,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(source: Source<'a>) -> Self {
        Fields {
            source,
            keys: BTreeSet::new(),
            issues: Issues::default(),
        }
    }

    /// Goes on in another text of the same observation.
    pub(crate) fn continue_in(&mut self, source: Source<'a>) {
        self.source = source;
    }

    /// Where the text being read stands.
    pub(crate) fn source(&self) -> Source<'a> {
        self.source
    }

    /// What is wrong.
    pub(crate) fn into_issues(self) -> Issues {
        self.issues
    }

    /// The keys, sorted and distinct, if nothing is wrong.
    pub(crate) fn finish(self) -> Result<Vec<(Channel, Box<str>)>, Issues> {
        if self.issues.is_empty() {
            Ok(self.keys.into_iter().collect())
        } else {
            Err(self.issues)
        }
    }

    /// Notes that the value at `at` is not what the format says.
    pub(crate) fn refuse(&mut self, at: usize, message: &str) {
        self.issues
            .push(self.source.issue("INPUT_INVALID", at, message));
    }

    /// Notes that something is missing from the value at `at`, unless it is `there`.
    pub(crate) fn require(&mut self, at: usize, there: bool, message: &str) {
        if !there {
            self.refuse(at, message);
        }
    }

    /// Adds what was found wrong elsewhere.
    pub(crate) fn refuse_all(&mut self, issues: impl Into<Issues>) {
        self.issues.merge(issues.into());
    }

    /// Adds a key under a channel.
    pub(crate) fn add(&mut self, channel: Channel, key: Text<'_>, at: usize) {
        if self.keys.len() < bounds::KEYS {
            self.keys.insert((channel, key.decoded().into()));
        } else {
            let message = format!("more than {} names in one observation", bounds::KEYS);
            self.issues
                .push(self.source.issue("INPUT_TOO_LARGE", at, &message));
        }
    }

    /// Goes into the object that has to stand at `cursor`; `false`, and past it, where something else stands.
    pub(crate) fn object(&mut self, cursor: &mut Cursor<'_>, what: &str) -> bool {
        self.enter(cursor, Kind::Object, &format!("{what} is not an object"))
    }

    /// Goes into the array that has to stand at `cursor`; `false`, and past it, where something else stands.
    pub(crate) fn array(&mut self, cursor: &mut Cursor<'_>, what: &str) -> bool {
        self.enter(cursor, Kind::Array, &format!("{what} is not an array"))
    }

    fn enter(&mut self, cursor: &mut Cursor<'_>, kind: Kind, message: &str) -> bool {
        if cursor.kind() == kind {
            cursor.enter();
            return true;
        }
        self.refuse(cursor.offset(), message);
        cursor.skip();
        false
    }

    /// The string that has to stand at `cursor`, which goes past it.
    pub(crate) fn string<'t>(&mut self, cursor: &mut Cursor<'t>, what: &str) -> Option<Text<'t>> {
        if cursor.kind() == Kind::String {
            return Some(cursor.string());
        }
        self.refuse(cursor.offset(), &format!("{what} is not a string"));
        cursor.skip();
        None
    }

    /// The string at `cursor` has to be the schema `expected`.
    pub(crate) fn schema(&mut self, cursor: &mut Cursor<'_>, expected: &str) {
        let at = cursor.offset();
        if let Some(schema) = self.string(cursor, "schema")
            && !schema.is(expected)
        {
            self.refuse(at, &format!("schema is not {expected}"));
        }
    }

    /// The string at `cursor` under `channel`.
    pub(crate) fn key(&mut self, cursor: &mut Cursor<'_>, channel: Channel, what: &str) {
        let at = cursor.offset();
        if let Some(key) = self.string(cursor, what) {
            self.add(channel, key, at);
        }
    }

    /// The digest at `cursor` as a ref, where it is a full one: short digests are told from each other too
    /// easily to point at a record.
    pub(crate) fn digest_ref(&mut self, cursor: &mut Cursor<'_>, channel: Channel, what: &str) {
        let at = cursor.offset();
        if let Some(digest) = self.string(cursor, what)
            && digest.decoded().parse::<Digest>().is_ok()
        {
            self.add(channel, digest, at);
        }
    }

    /// The array of reason codes at `cursor`.
    pub(crate) fn reasons(&mut self, cursor: &mut Cursor<'_>) {
        if self.array(cursor, "the list of reason codes") {
            while cursor.element() {
                self.key(cursor, Channel::ReasonFamilies, "a reason code");
            }
        }
    }

    /// Every list of reason codes anywhere in the value at `cursor`. The text is at most 128 levels deep, and so
    /// is this.
    pub(crate) fn reasons_anywhere(&mut self, cursor: &mut Cursor<'_>) {
        match cursor.kind() {
            Kind::Object => {
                cursor.enter();
                while let Some(name) = cursor.member() {
                    if name.is("reasonCodes") || name.is("topReasonCodes") {
                        self.reasons(cursor);
                    } else {
                        self.reasons_anywhere(cursor);
                    }
                }
            }
            Kind::Array => {
                cursor.enter();
                while cursor.element() {
                    self.reasons_anywhere(cursor);
                }
            }
            Kind::String | Kind::Number | Kind::Literal => cursor.skip(),
        }
    }
}
