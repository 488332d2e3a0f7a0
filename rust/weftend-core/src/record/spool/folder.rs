//! The spool folder: private, bounded, cleared of what killed writers left.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::segment::HIDDEN_SUFFIX;
use super::{Dropped, Limits, SEGMENT_SUFFIX};

/// How old a segment under its hidden name must be to have been left by a killed writer.
const ABANDONED: Duration = Duration::from_secs(60);

pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
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
pub(super) fn make_room(folder: &Path, limits: Limits) -> io::Result<Dropped> {
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
