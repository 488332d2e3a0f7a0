//! One file: blocks of lines, read and hashed ahead while all threads take in those before.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use weftend_core::fold::{FoldError, Partial, UnitDigest};

use super::batch::Batch;
use super::blocks::Blocks;
use super::content::Content;
use super::fields::Fields;
use super::keys::Keys;
use super::shard::{FILE, Lines, RecordUnit, Shard};
use super::share::Share;
use super::tokens::Hasher;
use crate::refusal::Refusal;

/// Bytes of a block: large enough that handing it over costs nothing, small enough for a cache.
const BLOCK: usize = 1 << 19;
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
    let keys = Keys::default();
    let taking = Taking::new(fields, unit, channels, &keys).map_err(|error| of_fold(&error))?;
    let mut reader = Ahead {
        blocks: Blocks::new(source, BLOCK),
        content: Content::of(unit),
    };
    let mut before = 0;
    let (mut round, mut spare) = (reader.round(Vec::new())?, Vec::new());
    let (mut batches, mut taken_in) = (Vec::new(), Vec::new());
    // While one round is read, the one before is looked through, and what the one before that says is taken in: so no
    // thread waits for the others but at the end of a round.
    while !round.is_empty() || !batches.is_empty() {
        let (mut taken, mut looked) = (Ok(()), Ok((0, Vec::new())));
        let next = rayon::in_place_scope(|scope| {
            scope.spawn(|_| taken = taking.take_in(&batches));
            scope.spawn(|_| looked = taking.look_through(&round, before, taken_in));
            // The source stays on this thread: not every reader may change threads.
            reader.round(spare)
        });
        taken.map_err(|error| of_fold(&error))?;
        let (lines, said) = looked?;
        before += lines;
        taken_in = std::mem::replace(&mut batches, said);
        spare = std::mem::replace(&mut round, next?);
    }
    taking.sum(reader.content.digest())
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

/// What has been taken in: by the threads that read, as many as are at work at a time, and by shares of the units.
struct Taking<'f> {
    fields: &'f Fields,
    unit: &'f RecordUnit,
    channels: &'f [String],
    keys: &'f Keys,
    hasher: Hasher,
    idle: Mutex<Vec<Shard<'f>>>,
    shares: Vec<Mutex<Share>>,
}

impl<'f> Taking<'f> {
    fn new(
        fields: &'f Fields,
        unit: &'f RecordUnit,
        channels: &'f [String],
        keys: &'f Keys,
    ) -> Result<Self, FoldError> {
        let hasher = Hasher::default();
        let shares = match unit {
            RecordUnit::Field(_) => rayon::current_num_threads(),
            RecordUnit::Record | RecordUnit::Whole => 0,
        };
        let share = |_| Share::new(channels).map(Mutex::new);
        Ok(Taking {
            shares: (0..shares).map(share).collect::<Result<_, _>>()?,
            fields,
            unit,
            channels,
            keys,
            hasher,
            idle: Mutex::default(),
        })
    }

    /// Look through one round, which follows on `before` lines; how many lines it has, and what each block says about
    /// units that it names, in the memory of `spare`.
    fn look_through(
        &self,
        round: &[Vec<u8>],
        before: u64,
        mut spare: Vec<Batch>,
    ) -> Result<(u64, Vec<Batch>), Refusal> {
        spare.resize_with(round.len(), || Batch::new(self.shares.len()));
        let blocks = round.par_iter().zip(&mut spare).with_max_len(1);
        let counts: Vec<_> = blocks
            .map(|(block, batch)| self.block(block, batch))
            .collect();
        let mut lines = 0;
        for count in counts {
            lines += count.map_err(|(line, refusal)| refusal.in_line(before + lines + line + 1))?;
        }
        Ok((lines, spare))
    }

    /// Take in what all blocks of a round say about units.
    fn take_in(&self, batches: &[Batch]) -> Result<(), FoldError> {
        let shares = self.shares.par_iter().enumerate().with_max_len(1);
        shares.try_for_each(|(index, share)| self.share(index, share, batches))
    }

    /// Look through one block, into `batch`; how many lines it has, or which one (from 0) is refused.
    fn block(&self, block: &[u8], batch: &mut Batch) -> Result<u64, (u64, Refusal)> {
        let idle = locked(&self.idle).pop();
        let mut shard = match idle {
            Some(shard) => shard,
            None => Shard::new(
                self.fields,
                self.unit,
                self.channels,
                self.keys,
                &self.hasher,
            )
            .map_err(|error| (0, of_fold(&error)))?,
        };
        batch.clear();
        let lines = shard.block(block, batch);
        locked(&self.idle).push(shard);
        lines
    }

    /// What all batches of a round say about the units of one share.
    fn share(
        &self,
        index: usize,
        share: &Mutex<Share>,
        batches: &[Batch],
    ) -> Result<(), FoldError> {
        let RecordUnit::Field(field) = self.unit else {
            return Ok(());
        };
        let mut share = locked(share);
        batches
            .iter()
            .filter_map(|batch| batch.shares.get(index))
            .try_for_each(|batch| share.take_in(batch, field, self.keys))
    }

    /// Everything as one partial, its part named by the file's digest.
    fn sum(self, content: UnitDigest) -> Result<Read, Refusal> {
        let mut lines = Lines::default();
        let shards = self.idle.into_inner();
        let shards = shards.unwrap_or_else(PoisonError::into_inner);
        for shard in &shards {
            lines.records += shard.counts.records;
            lines.without_unit += shard.counts.without_unit;
        }
        let partials = shards.into_iter().map(|shard| shard.partial).collect();
        let shares = self.shares.into_par_iter().map(Mutex::into_inner);
        let shares = shares.map(|share| share.unwrap_or_else(PoisonError::into_inner));
        let shares: Result<_, _> = shares.map(|share| share.finish(self.keys)).collect();
        let sum = shares.and_then(|shares| summed(self.channels, partials, shares));
        let mut partial = sum.map_err(|error| of_fold(&error))?;
        let renamed = partial.rename_part(&FILE, &content);
        renamed.map_err(|error| of_fold(&error))?;
        Ok(Read {
            partial,
            content,
            lines,
        })
    }
}

/// The sum of what shards have taken in, which may know the same units, and shares, which may not.
fn summed(
    channels: &[String],
    mut shards: Vec<Partial>,
    shares: Vec<Partial>,
) -> Result<Partial, FoldError> {
    shards.par_iter_mut().for_each(Partial::settle);
    let mut sum = Partial::new(channels.to_vec())?;
    for shard in shards {
        if sum.is_empty() {
            sum = shard;
        } else {
            sum.absorb(&shard)?;
        }
    }
    for share in shares {
        if sum.is_empty() {
            sum = share;
        } else {
            sum.append(share)?;
        }
    }
    Ok(sum)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn of_fold(error: &FoldError) -> Refusal {
    Refusal::new(error.code(), "", error.to_string())
}
