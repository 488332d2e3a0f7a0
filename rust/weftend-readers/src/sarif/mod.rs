//! SARIF 2.1.0 logs of static analysis: levels, tools and rules; messages, locations and code stay where they are.

mod descriptor;
mod result;
mod run;
mod slots;
mod tally;

use crate::ijson::{self, Scan, Scanner};
use crate::refusal::Refusal;
pub use tally::{FindingsChannels, FindingsTally, Level};

/// The version that is read.
pub const VERSION: &str = "2.1.0";

/// What is wrong with a level.
const NO_LEVEL: &str = "a level that SARIF does not have";

/// Reads logs, one after the other, in the same memory.
#[derive(Debug, Default)]
pub struct Reader {
    known: run::Known,
}

impl Reader {
    /// Call `each` with the identity and the findings of every run of the log in `bytes`, in order.
    ///
    /// The identity is `automationDetails.guid` or else `.id`, where the run has one. Refused: what is not I-JSON (a
    /// leading byte order mark is passed over), what is no SARIF log, and any version but [`VERSION`], whose structure
    /// is another; then runs that `each` has seen are to be thrown away.
    pub fn read(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(Option<String>, FindingsTally),
    ) -> Result<(), Refusal> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut log = Log::default();
        let scanned = ijson::read(bytes, |scanner| {
            log.read(scanner, &mut self.known, &mut each)
        });
        let not_a_log = || Refusal::invalid("", log.wrong.unwrap_or("not a SARIF log"));
        match scanned {
            Err(_) => Err(ijson::refusal(bytes, not_a_log)),
            Ok(()) => log.check(),
        }
    }
}

/// [`Reader::read`] of one log alone.
pub fn read(bytes: &[u8], each: impl FnMut(Option<String>, FindingsTally)) -> Result<(), Refusal> {
    Reader::default().read(bytes, each)
}

/// What the top of a log says.
#[derive(Default)]
struct Log {
    version: Option<String>,
    has_runs: bool,
    /// Set when a run is not what the format says.
    wrong: Option<&'static str>,
}

impl Log {
    fn read(
        &mut self,
        scanner: &mut Scanner<'_>,
        known: &mut run::Known,
        each: &mut dyn FnMut(Option<String>, FindingsTally),
    ) -> Scan<()> {
        scanner.object_or_skip(|scanner, name| match &*name.bytes() {
            b"version" => {
                self.version = scanner
                    .string_or_skip()?
                    .map(|version| version.text().into_owned());
                Ok(())
            }
            b"runs" => {
                self.has_runs = true;
                scanner.array_or_skip(|scanner| {
                    let run = run::read(scanner, known, &mut self.wrong)?;
                    each(run.identity(), run.tally());
                    Ok(())
                })
            }
            _ => scanner.skip(),
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        match self.version.as_deref() {
            None => Err(Refusal::invalid("", "not a SARIF log: it has no version")),
            Some(VERSION) if self.has_runs => match self.wrong {
                Some(wrong) => Err(Refusal::invalid("/runs", wrong)),
                None => Ok(()),
            },
            Some(VERSION) => Err(Refusal::invalid("/runs", "a SARIF log without runs")),
            Some(other) => Err(Refusal::invalid("/version", other_version(other))),
        }
    }
}

fn other_version(version: &str) -> String {
    // Drafts say things like 2.0.0-csd.2.beta.2018-10-10; free text is not repeated.
    let shown = version.len() <= 32
        && version
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let named = match shown {
        true => format!("SARIF version {version}"),
        false => "another SARIF version".to_owned(),
    };
    format!("{named}; only {VERSION} is read, and the SARIF SDK converts older logs to it")
}

/// Whether `head`, the first bytes of a document, may begin a SARIF log.
pub fn looks_like_sarif(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let opens = head.trim_ascii_start().first() == Some(&b'{');
    let says = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    opens && (says(b"\"runs\"") || (says(b"\"version\"") && says(b"sarif")))
}
