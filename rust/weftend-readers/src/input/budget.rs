//! How much a file may unpack to: what stops a bomb.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::refusal::{INPUT_TOO_LARGE, INPUT_UNREADABLE, Refusal};

/// Any file may unpack to this many bytes.
pub const FREE_BYTES: u64 = 256 << 20;
/// Beyond that, to so many times its own size.
pub const MAX_RATIO: u64 = 200;
/// Members of one archive.
pub const MAX_MEMBERS: u64 = 100_000;
/// Archives and compressions inside each other.
pub const MAX_LAYERS: usize = 4;
/// Bytes of one document that has to be held in memory.
pub const MAX_DOCUMENT: usize = 256 << 20;

/// What one file and everything in it may still unpack to.
#[derive(Debug, Default)]
pub struct Budget {
    packed: AtomicU64,
    unpacked: AtomicU64,
}

impl Budget {
    /// A file of which `bytes` packed bytes are known to be there.
    pub fn of(bytes: u64) -> Self {
        Budget {
            packed: AtomicU64::new(bytes),
            unpacked: AtomicU64::new(0),
        }
    }

    /// More packed bytes were read, of a file whose size nobody knew.
    pub fn earn(&self, bytes: u64) {
        self.packed.fetch_add(bytes, Ordering::Relaxed);
    }

    /// `bytes` more came out; an error when that is too many.
    fn spend(&self, bytes: u64) -> io::Result<()> {
        let spent = self.unpacked.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let allowed = self
            .packed
            .load(Ordering::Relaxed)
            .saturating_mul(MAX_RATIO);
        if spent <= FREE_BYTES.max(allowed) {
            Ok(())
        } else {
            Err(io::Error::other(TooMuch))
        }
    }
}

/// The error that a reader returns when the budget is spent.
#[derive(Debug)]
pub struct TooMuch;

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "unpacks to more than {FREE_BYTES} bytes and {MAX_RATIO} times its size"
        )
    }
}

impl std::error::Error for TooMuch {}

/// The refusal that an error while reading stands for.
pub fn refusal(error: &io::Error) -> Refusal {
    if error.get_ref().is_some_and(|inner| inner.is::<TooMuch>()) {
        return Refusal::new(INPUT_TOO_LARGE, "", error.to_string());
    }
    Refusal::new(INPUT_UNREADABLE, "", format!("cannot be read: {error}"))
}

/// What comes out of a decompressor, counted against the budget.
pub struct Unpacked<'b, R> {
    source: R,
    budget: &'b Budget,
}

impl<'b, R> Unpacked<'b, R> {
    /// Count what is read from `source`.
    pub fn new(source: R, budget: &'b Budget) -> Self {
        Unpacked { source, budget }
    }
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(space)?;
        self.budget.spend(count as u64)?;
        Ok(count)
    }
}
