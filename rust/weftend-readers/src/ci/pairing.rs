//! Documents wait for another one, so that two are hashed at once.

use super::group::Tally;
use super::worker::Worker;
use crate::input::Documents;
use crate::input::peek::Memory;
use crate::refusal::Refusal;
use crate::units;

/// Larger documents do not wait: they would not stay in a processor's own memory.
const MOST: usize = 512 << 10;
/// Memory for so many documents is kept: one waits while another is read.
const SPARE: usize = 2;
/// Documents up to this many bytes are held by every thread at once, and their memory is kept; of larger ones, one at a
/// time.
pub(super) const SMALL: usize = 16 << 20;

/// What one thread keeps of the documents that it has read.
#[derive(Default)]
pub(super) struct Pairing {
    waiting: Option<Waiting>,
    spare: Vec<Memory>,
}

/// A document that has been read, but for its digest.
struct Waiting {
    name: String,
    memory: Memory,
    tally: Tally,
}

impl Worker<'_> {
    /// Memory for the next document.
    pub(super) fn spare(&mut self) -> Memory {
        self.pairing.spare.pop().unwrap_or_default()
    }

    /// Keep the memory of one document for another.
    pub(super) fn keep(&mut self, memory: Memory) {
        if memory.capacity() <= SMALL && self.pairing.spare.len() < SPARE {
            self.pairing.spare.push(memory);
        }
    }

    /// Take in what the document in `memory` says, now or together with the next one.
    pub(super) fn pair(&mut self, name: &str, memory: Memory, tally: Tally) -> Result<(), Refusal> {
        if memory.filled().len() > MOST {
            let content = units::of_content(memory.filled());
            self.keep(memory);
            return self.tally(name, content, tally);
        }
        let name = name.to_owned();
        let next = Waiting {
            name,
            memory,
            tally,
        };
        match self.pairing.waiting.take() {
            None => self.pairing.waiting = Some(next),
            Some(before) => {
                let contents = [before.memory.filled(), next.memory.filled()];
                let digests = units::of_two(contents);
                for (document, digest) in [before, next].into_iter().zip(digests) {
                    self.waited(document, digest);
                }
            }
        }
        Ok(())
    }

    /// No other document comes: take in the one that waits.
    pub(super) fn end_of_pairs(&mut self) {
        if let Some(last) = self.pairing.waiting.take() {
            let content = units::of_content(last.memory.filled());
            self.waited(last, content);
        }
    }

    fn waited(&mut self, document: Waiting, content: [u8; 32]) {
        self.keep(document.memory);
        if let Err(refusal) = self.tally(&document.name, content, document.tally) {
            self.counts.documents -= 1;
            self.refused(&document.name, refusal);
        }
    }
}
