//! How far a reading is, for whoever shows it, and the switch that stops it.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::input::budget::Budget;

/// Shared between the threads that read and the one that shows how far they are.
#[derive(Debug, Default)]
pub struct Progress {
    files: AtomicU64,
    bytes: AtomicU64,
    total_files: AtomicU64,
    total_bytes: AtomicU64,
    stopped: AtomicBool,
}

impl Progress {
    /// Files read to their end, and bytes of files read, packed as they are.
    pub fn done(&self) -> (u64, u64) {
        (
            self.files.load(Ordering::Relaxed),
            self.bytes.load(Ordering::Relaxed),
        )
    }

    /// Files there are, and their bytes as far as they are known; 0 and 0 until they have been listed.
    pub fn total(&self) -> (u64, u64) {
        (
            self.total_files.load(Ordering::Relaxed),
            self.total_bytes.load(Ordering::Relaxed),
        )
    }

    /// Ask for an end as soon as may be.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked for an end.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn listed(&self, files: u64, bytes: u64) {
        self.total_files.store(files, Ordering::Relaxed);
        self.total_bytes.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn file_done(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }
}

/// A source whose bytes are counted as they are read for the first time.
pub(super) struct Counted<'p, R> {
    source: R,
    position: u64,
    /// How far it has been read.
    furthest: u64,
    progress: &'p Progress,
    /// Where the source's size was not known beforehand, what it may unpack to grows as it is read.
    earns: Option<&'p Budget>,
}

impl<'p, R> Counted<'p, R> {
    pub(super) fn new(source: R, progress: &'p Progress, earns: Option<&'p Budget>) -> Self {
        Counted {
            source,
            position: 0,
            furthest: 0,
            progress,
            earns,
        }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.progress.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        let count = self.source.read(space)?;
        self.position += count as u64;
        let further = self.position.saturating_sub(self.furthest);
        self.furthest += further;
        self.progress.bytes.fetch_add(further, Ordering::Relaxed);
        if let Some(budget) = self.earns {
            budget.earn(further);
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for Counted<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = self.source.seek(to)?;
        Ok(self.position)
    }
}
