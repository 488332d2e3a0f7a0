//! One file: blocks of lines, read and hashed ahead while all threads take in those before.

use std::io;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use weftend_core::fold::{FoldError, Partial, UnitDigest};

use super::blocks::Blocks;
use super::content::Content;
use super::fields::Fields;
use super::shard::{FILE, Lines, RecordUnit, Shard};
use crate::refusal::Refusal;

/// Bytes of a block: large enough that handing it over costs nothing, small enough for a cache.
const BLOCK: usize = 1 << 20;
/// Blocks that are taken in together.
const ROUND: usize = 8;

/// What one file says.
pub struct Read {
    /// Its contributions, all of one part: the file.
    pub partial: Partial,
    /// Its identity: the digest of its bytes under [`RecordUnit::Whole`], else one that stands for them.
    pub content: UnitDigest,
    /// What its lines were.
    pub lines: Lines,
}

/// Read all lines of `source`. Runs on the threads of the current rayon pool.
///
/// Under [`RecordUnit::Whole`] the one unit of the result is 32 zero bytes, for the caller to name.
/// Refused, with the place `line:N` (from 1): a line that is not I-JSON, an amount that is none; and what cannot be
/// read.
pub fn read(
    source: impl io::Read,
    fields: &Fields,
    unit: &RecordUnit,
    channels: &[String],
) -> Result<Read, Refusal> {
    let shards = Shards {
        fields,
        unit,
        channels,
        idle: Mutex::default(),
    };
    let mut reader = Ahead {
        blocks: Blocks::new(source, BLOCK),
        content: Content::of(unit),
    };
    let mut before = 0;
    let mut round = reader.round(Vec::new())?;
    let mut spare = Vec::new();
    while !round.is_empty() {
        let mut lines = Ok(0);
        let next = rayon::in_place_scope(|scope| {
            scope.spawn(|_| lines = shards.take_in(&round));
            // The source stays on this thread: not every reader may change threads.
            reader.round(spare)
        });
        before += lines.map_err(|(line, refusal)| refusal.in_line(before + line + 1))?;
        spare = std::mem::replace(&mut round, next?);
    }
    shards.sum(reader.content.digest())
}

/// The source, and the identity of what was read of it.
struct Ahead<R> {
    blocks: Blocks<R>,
    content: Content,
}

impl<R: io::Read> Ahead<R> {
    /// The next blocks, in the memory of `spare`; none at the end.
    fn round(&mut self, mut spare: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Refusal> {
        spare.resize_with(ROUND, Vec::new);
        let mut filled = 0;
        while let Some(block) = spare.get_mut(filled) {
            if !self.blocks.next(block)? {
                break;
            }
            self.content.update(block);
            filled += 1;
        }
        spare.truncate(filled);
        Ok(spare)
    }
}

/// As many shards as threads are at work at a time.
struct Shards<'f> {
    fields: &'f Fields,
    unit: &'f RecordUnit,
    channels: &'f [String],
    idle: Mutex<Vec<Shard<'f>>>,
}

impl<'f> Shards<'f> {
    /// Take in one round; how many lines it had, or the first refused line (from 0) and why.
    fn take_in(&self, round: &[Vec<u8>]) -> Result<u64, (u64, Refusal)> {
        let results: Vec<_> = round
            .par_iter()
            .with_max_len(1)
            .map(|block| self.block(block))
            .collect();
        let mut lines = 0;
        for result in results {
            lines += result.map_err(|(line, refusal)| (lines + line, refusal))?;
        }
        Ok(lines)
    }

    fn block(&self, block: &[u8]) -> Result<u64, (u64, Refusal)> {
        let idle = self.idle().pop();
        let mut shard = match idle {
            Some(shard) => shard,
            None => Shard::new(self.fields, self.unit, self.channels)
                .map_err(|error| (0, of_fold(&error)))?,
        };
        let lines = shard.block(block);
        self.idle().push(shard);
        lines
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Shard<'f>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All shards as one partial, their part named by the file's digest.
    fn sum(self, content: UnitDigest) -> Result<Read, Refusal> {
        let shards = self
            .idle
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut sum = Partial::new(self.channels.to_vec()).map_err(|error| of_fold(&error))?;
        let mut lines = Lines::default();
        for mut shard in shards {
            lines.records += shard.counts.records;
            lines.without_unit += shard.counts.without_unit;
            shard.partial.settle();
            if sum.is_empty() {
                sum = shard.partial;
            } else {
                sum.absorb(&shard.partial)
                    .map_err(|error| of_fold(&error))?;
            }
        }
        sum.rename_part(&FILE, &content)
            .map_err(|error| of_fold(&error))?;
        Ok(Read {
            partial: sum,
            content,
            lines,
        })
    }
}

fn of_fold(error: &FoldError) -> Refusal {
    Refusal::new(error.code(), "", error.to_string())
}
