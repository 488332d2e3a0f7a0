//! A growing output into which short pieces are written without a copy of variable length.

use super::block::{BLOCK, Block};

/// Bytes written so far, and initialised room behind them.
///
/// Writers ask for room once, fill it from its beginning in copies of fixed size, which may write beyond what
/// is wanted, and then say how much of it they used. A `Vec` would store and load its length for every piece.
#[derive(Debug, Default)]
pub struct Buffer {
    /// What was written, then room: whatever stands there.
    bytes: Vec<u8>,
    used: usize,
}

impl Buffer {
    /// An empty buffer without room.
    pub const fn new() -> Self {
        Buffer {
            bytes: Vec::new(),
            used: 0,
        }
    }

    /// An empty buffer with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Buffer {
            bytes: vec![0; capacity],
            used: 0,
        }
    }

    /// What was written.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.used]
    }

    /// What was written, as a vector.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.used);
        self.bytes
    }

    /// Bytes written.
    #[inline]
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Bytes written and room.
    pub fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Takes back all but the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.used = self.used.min(length);
    }

    /// Appends a byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.used += 1;
    }

    /// Writes a byte over the one at `at`, which was written.
    #[inline]
    pub(crate) fn replace(&mut self, at: usize, byte: u8) {
        self.bytes[at] = byte;
    }

    /// Appends bytes.
    #[inline]
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
    }

    /// Appends `source[start..end]`; short ranges in one copy of fixed size.
    #[inline]
    pub(crate) fn push_range(&mut self, source: &[u8], start: usize, end: usize) {
        let length = end - start;
        copy_range(self.room(length + SHORT), source, start, end);
        self.used += length;
    }

    /// Appends at most 32 bytes.
    #[inline]
    pub(crate) fn push_short(&mut self, bytes: &[u8]) {
        let room = self.room(2 * BLOCK);
        match bytes.len().checked_sub(BLOCK) {
            // The second block overlaps the first.
            Some(second) if second <= BLOCK => {
                room[..BLOCK].copy_from_slice(&bytes[..BLOCK]);
                room[second..second + BLOCK].copy_from_slice(&bytes[second..]);
                self.used += bytes.len();
            }
            Some(_) => self.extend_from_slice(bytes),
            None => self.push_block(Block::load(bytes, 0).bytes(), bytes.len()),
        }
    }

    /// Appends the first `length` bytes of a block.
    #[inline]
    pub(crate) fn push_block(&mut self, block: &[u8; BLOCK], length: usize) {
        self.room(BLOCK)[..BLOCK].copy_from_slice(block);
        self.used += length.min(BLOCK);
    }

    /// At least `size` bytes of room, which [`Buffer::advance`] adds to what was written.
    #[inline]
    pub(crate) fn room(&mut self, size: usize) -> &mut [u8] {
        if self.bytes.len() - self.used < size {
            self.grow(size);
        }
        &mut self.bytes[self.used..]
    }

    /// Says that the first `size` bytes of the room were written.
    #[inline]
    pub(crate) fn advance(&mut self, size: usize) {
        self.used = self.bytes.len().min(self.used + size);
    }

    #[cold]
    fn grow(&mut self, size: usize) {
        let length = (2 * self.bytes.len()).max(self.used + size).max(256);
        self.bytes.resize(length, 0);
    }
}

/// Bytes that [`copy_range`] copies at once.
pub(crate) const SHORT: usize = 2 * BLOCK;

/// Copies `source[start..end]` to the beginning of `room`, which is [`SHORT`] longer or more; short ranges in one
/// copy of fixed size.
#[inline]
pub(crate) fn copy_range(room: &mut [u8], source: &[u8], start: usize, end: usize) {
    match (
        source[start..].first_chunk::<SHORT>(),
        room.first_chunk_mut::<SHORT>(),
    ) {
        (Some(from), Some(to)) if end - start <= SHORT => *to = *from,
        _ => copy_any(room, &source[start..end]),
    }
}

/// A function of its own: inlined, it is merged with the copy of fixed size into one of any size.
#[inline(never)]
fn copy_any(room: &mut [u8], source: &[u8]) {
    room[..source.len()].copy_from_slice(source);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_what_is_there() {
        let mut buffer = Buffer::new();
        let mut expected = Vec::new();
        for round in 0..200u8 {
            buffer.push(round);
            buffer.extend_from_slice(&[round; 5]);
            buffer.push_block(&[round; BLOCK], usize::from(round % 17));
            buffer.push_short(&[round; 40][..usize::from(round % 36)]);
            expected.push(round);
            expected.extend([round; 5]);
            expected.resize(
                expected.len() + usize::from(round % 17) + usize::from(round % 36),
                round,
            );
        }
        assert_eq!(buffer.as_slice(), expected);
        buffer.truncate(3);
        buffer.extend_from_slice(b"x");
        assert_eq!(buffer.into_vec(), [0, 0, 0, b'x']);
    }
}
