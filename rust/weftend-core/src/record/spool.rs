//! The spool: append-only segments of canonical lines, one writer each.
//!
//! A segment is written by one process, which holds an exclusive advisory lock on it for life. Whoever can take
//! that lock knows that the segment is closed. A segment appears under its name only once it is locked, so no
//! reader can mistake a new one for an abandoned one. The folder is bounded: where it is full, the oldest closed
//! segments go first, and the next line of the spool says how many.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use serde::{Deserialize, Serialize};

/// The ending of a segment's file name.
pub const SEGMENT_SUFFIX: &str = ".ndjson";
/// The ending of a segment's hidden name, until it is locked.
const HIDDEN_SUFFIX: &str = ".new";
/// The `schema` of a segment's first line.
pub const SPOOL_SCHEMA: &str = "weftend.spool/0";

/// Bounds of a spool folder.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes in all segments together.
    pub total_bytes: u64,
    /// Bytes in one segment; the next line starts another.
    pub segment_bytes: u64,
    /// Segments at once.
    pub segments: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            total_bytes: 64 << 20,
            segment_bytes: 4 << 20,
            segments: 4_096,
        }
    }
}

/// What a full folder cost: closed segments that were removed before anybody read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Bytes removed.
    pub bytes: u64,
    /// Segments removed.
    pub segments: u64,
}

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
/// How old a segment under its hidden name must be to have been left by a killed writer.
const ABANDONED: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Segment {
    file: File,
    bytes: u64,
}

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
            producer: self.producer.as_deref(),
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

impl Segment {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Cut off what a failed write left behind the last whole line.
    fn take_back(&self) -> io::Result<()> {
        self.file.set_len(self.bytes)
    }
}

/// `value` as a canonical line with its newline.
pub(crate) fn line<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut bytes =
        crate::canonical::to_vec(value).map_err(|error| io::Error::other(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A new segment that is locked and has its first lines before it can be seen under `name`; where that cannot
/// be done, nothing is left.
fn create_locked(folder: &Path, name: &str, first_lines: &[u8]) -> io::Result<Segment> {
    let hidden = folder.join(format!(".{name}{HIDDEN_SUFFIX}"));
    let mut segment = Segment {
        file: private_options()
            .create_new(true)
            .append(true)
            .open(&hidden)?,
        bytes: 0,
    };
    let lock = segment.file.try_lock().map_err(io::Error::from);
    let shown = lock
        .and_then(|()| segment.write(first_lines))
        .and_then(|()| fs::rename(&hidden, folder.join(name)));
    if shown.is_err() {
        let _ = fs::remove_file(&hidden);
    }
    shown.map(|()| segment)
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A closed or open segment as the folder shows it.
struct Listed {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
}

/// Remove the oldest closed segments until one more fits; what that cost.
fn make_room(folder: &Path, limits: Limits) -> io::Result<Dropped> {
    let mut segments = list(folder)?;
    let mut bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
    let mut count = segments.len();
    let mut dropped = Dropped::default();
    let full = |bytes: u64, count: usize| {
        bytes + limits.segment_bytes > limits.total_bytes || count >= limits.segments
    };
    segments.sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
    for segment in &segments {
        if !full(bytes, count) {
            return Ok(dropped);
        }
        if remove_closed(&segment.path)? {
            dropped.bytes += segment.bytes;
            dropped.segments += 1;
            bytes -= segment.bytes;
            count -= 1;
        }
    }
    if full(bytes, count) {
        return Err(io::Error::new(
            io::ErrorKind::StorageFull,
            "the spool is full of open segments",
        ));
    }
    Ok(dropped)
}

fn list(folder: &Path) -> io::Result<Vec<Listed>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        // Another process may have taken a segment away since the folder was read.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let name = name.to_string_lossy();
        if metadata.is_file() && name.starts_with('.') && name.ends_with(HIDDEN_SUFFIX) {
            let age = metadata.modified()?.elapsed().unwrap_or_default();
            if age > ABANDONED {
                remove_closed(&entry.path())?;
            }
        } else if metadata.is_file() && name.ends_with(SEGMENT_SUFFIX) {
            segments.push(Listed {
                path: entry.path(),
                bytes: metadata.len(),
                modified: metadata.modified()?,
            });
        }
    }
    Ok(segments)
}

/// Remove a segment that nobody writes or reads; whether it was removed here.
fn remove_closed(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(fs::remove_file(path).is_ok()),
        Err(fs::TryLockError::WouldBlock) => Ok(false),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// A segment taken up for reading. While it lives nobody else removes a closed segment.
#[derive(Debug)]
pub struct Taken {
    path: PathBuf,
    file: File,
    closed: bool,
}

impl Taken {
    /// Take up the segment at `path`.
    ///
    /// # Errors
    /// Whatever the file system says; `NotFound` where somebody else removed it.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        let file = File::open(&path)?;
        let closed = match file.try_lock() {
            Ok(()) => true,
            Err(fs::TryLockError::WouldBlock) => false,
            Err(fs::TryLockError::Error(error)) => return Err(error),
        };
        Ok(Taken { path, file, closed })
    }

    /// Whether its writer is gone: nothing will be added.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Everything that is in it now.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Remove it; only a closed segment goes.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn remove(self) -> io::Result<()> {
        if self.closed {
            fs::remove_file(&self.path)
        } else {
            Ok(())
        }
    }

    /// Move it into `folder`, made when it is missing, instead of removing it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn set_aside(self, folder: &Path) -> io::Result<()> {
        make_private_folder(folder)?;
        let name = self.path.file_name().unwrap_or_default();
        fs::rename(&self.path, folder.join(name))
    }
}
