//! One process's writer into a spool folder: a segment at a time, the next one where a line does not fit.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::folder::{make_private_folder, make_room};
use super::segment::{Segment, create_locked};
use super::{Dropped, Limits, SEGMENT_SUFFIX, SPOOL_SCHEMA, line, names_a_producer};
use crate::fold::OTHER;

#[derive(Serialize)]
struct Header<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    producer: Option<&'a str>,
    recording: &'a str,
    schema: &'static str,
    v: u8,
}

#[derive(Serialize)]
struct DroppedNote {
    dropped: Dropped,
    v: u8,
}

/// One process's writer into a spool folder.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    limits: Limits,
    recording: String,
    producer: Option<String>,
    next_segment: u32,
    open: Option<Segment>,
    /// Dropped segments that no line of the spool says yet.
    unsaid: Dropped,
    /// Segments that could not be started, in a row, and when the last was tried.
    failed: Option<(u32, Instant)>,
}

/// How often a segment is tried again at once, where none can be started.
const QUICK_TRIES: u32 = 3;
/// How long the folder is left alone after that: a host that records a lot must not feel a full disk.
const PAUSE: Duration = Duration::from_secs(1);
impl Writer {
    /// A writer for the process whose recording has the id `recording` (32 lower-case hex digits).
    /// Nothing is created before the first line.
    pub fn new(
        folder: PathBuf,
        limits: Limits,
        recording: String,
        producer: Option<String>,
    ) -> Self {
        Writer {
            folder,
            limits,
            recording,
            producer,
            next_segment: 0,
            open: None,
            unsaid: Dropped::default(),
            failed: None,
        }
    }

    /// Append one line (canonical JSON with its newline) whole, by a single write.
    ///
    /// # Errors
    /// Whatever the file system says. What a full disk took of the line is taken back, and the segment stays
    /// usable; where that fails too it is given up, and the torn line is the last of its segment.
    pub fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let old = self.open.take();
        let fits = |open: &Segment| open.bytes + line.len() as u64 <= self.limits.segment_bytes;
        let mut segment = match old {
            Some(open) if fits(&open) => open,
            // The old segment stays locked until the next is there: a recording is never without one.
            _ => self.try_segment()?,
        };
        let written = segment.write(line);
        if written.is_ok() || segment.take_back().is_ok() {
            self.open = Some(segment);
        }
        written
    }

    /// Start a segment, unless that failed a few times just now.
    fn try_segment(&mut self) -> io::Result<Segment> {
        let failed = match self.failed {
            Some((tries, last)) if tries >= QUICK_TRIES && last.elapsed() < PAUSE => {
                return Err(io::ErrorKind::ResourceBusy.into());
            }
            Some((tries, _)) => tries.saturating_add(1),
            None => 1,
        };
        let started = self.start_segment();
        self.failed = started.is_err().then(|| (failed, Instant::now()));
        started
    }

    fn start_segment(&mut self) -> io::Result<Segment> {
        make_private_folder(&self.folder)?;
        let dropped = make_room(&self.folder, self.limits)?;
        self.unsaid.bytes += dropped.bytes;
        self.unsaid.segments += dropped.segments;
        let name = format!(
            "{}-{:06}{SEGMENT_SUFFIX}",
            self.recording, self.next_segment
        );
        let segment = create_locked(&self.folder, &name, &self.first_lines()?)?;
        self.next_segment += 1;
        self.unsaid = Dropped::default();
        Ok(segment)
    }

    /// The header, and what a full folder cost where that has not been said.
    fn first_lines(&self) -> io::Result<Vec<u8>> {
        let mut lines = line(&Header {
            producer: self.producer.as_deref().map(producer_name),
            recording: &self.recording,
            schema: SPOOL_SCHEMA,
            v: 0,
        })?;
        if self.unsaid != Dropped::default() {
            let dropped = self.unsaid;
            lines.extend(line(&DroppedNote { dropped, v: 0 })?);
        }
        Ok(lines)
    }
}

/// `name`, or what stands for every other one where no reader would take a segment that says it.
fn producer_name(name: &str) -> &str {
    if names_a_producer(name) { name } else { OTHER }
}
