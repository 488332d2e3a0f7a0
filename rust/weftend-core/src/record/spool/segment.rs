//! One segment: locked before it can be seen, written by whole lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The ending of a segment's hidden name, until it is locked.
pub(super) const HIDDEN_SUFFIX: &str = ".new";

#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    pub(super) bytes: u64,
}

impl Segment {
    pub(super) fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Cut off what a failed write left behind the last whole line.
    pub(super) fn take_back(&self) -> io::Result<()> {
        self.file.set_len(self.bytes)
    }
}

/// A new segment that is locked and has its first lines before it can be seen under `name`; where that cannot
/// be done, nothing is left.
pub(super) fn create_locked(folder: &Path, name: &str, first_lines: &[u8]) -> io::Result<Segment> {
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
