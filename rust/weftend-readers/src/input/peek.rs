//! Looking at the first bytes of a source without losing them, and holding all of it where it is small.

use std::io::{self, Chain, Cursor, ErrorKind, Read};

/// How many bytes are looked at.
pub const HEAD: usize = 64 << 10;

/// Memory for what is read from a source. All of it is set to something, filled or not, so that it need not be cleared
/// for the next source.
#[derive(Debug, Default)]
pub struct Memory {
    bytes: Vec<u8>,
    filled: usize,
}

impl Memory {
    /// What was read.
    pub fn filled(&self) -> &[u8] {
        self.bytes.get(..self.filled).unwrap_or_default()
    }

    /// How many bytes there is room for.
    pub fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Read from `source` until `most` bytes are filled or it ends; whether it ended. `size` is how many there may be
    /// in all: so much room is made at once.
    pub fn fill(&mut self, source: &mut dyn Read, most: usize, size: usize) -> io::Result<bool> {
        while self.filled < most {
            if self.filled == self.bytes.len() {
                let room = (size + 1).max(self.filled * 2).max(HEAD).min(most);
                self.bytes.resize(room, 0);
            }
            let end = most.min(self.bytes.len());
            let space = self.bytes.get_mut(self.filled..end).unwrap_or_default();
            match source.read(space) {
                Ok(0) => return Ok(true),
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn into_filled(mut self) -> Vec<u8> {
        self.bytes.truncate(self.filled);
        self.bytes
    }
}

/// A source whose first bytes are known.
pub struct Peeked<R> {
    head: Memory,
    rest: R,
}

impl<R: Read> Peeked<R> {
    /// Read the first [`HEAD`] bytes of `source`, or all of it, into `memory`.
    pub fn new(mut source: R, mut memory: Memory) -> io::Result<Self> {
        memory.filled = 0;
        memory.fill(&mut source, HEAD, 0)?;
        Ok(Peeked {
            head: memory,
            rest: source,
        })
    }

    /// The first bytes.
    pub fn head(&self) -> &[u8] {
        self.head.filled()
    }

    /// The whole source again.
    pub fn into_reader(self) -> Chain<Cursor<Vec<u8>>, R> {
        Cursor::new(self.head.into_filled()).chain(self.rest)
    }

    /// The first bytes, in memory that has room for more, and the source of those behind them.
    pub fn into_parts(self) -> (Memory, R) {
        (self.head, self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, and is interrupted between them.
    struct Trickle<'a>(&'a [u8], bool);

    impl Read for Trickle<'_> {
        fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let count = self.0.len().min(space.len()).min(1000);
            let (here, rest) = self.0.split_at(count);
            space[..count].copy_from_slice(here);
            self.0 = rest;
            Ok(count)
        }
    }

    #[test]
    fn everything_is_there_however_it_comes_and_whatever_was_there_before() {
        let text: Vec<u8> = (0..200_000u32).map(|number| number as u8).collect();
        let mut memory = Memory::default();
        for length in [0, 1, HEAD - 1, HEAD, HEAD + 1, text.len()] {
            let source = Trickle(&text[..length], false);
            let peeked = Peeked::new(source, memory).unwrap();
            assert_eq!(peeked.head(), &text[..length.min(HEAD)]);
            let (mut held, mut rest) = peeked.into_parts();
            assert!(held.fill(&mut rest, usize::MAX, length).unwrap());
            assert_eq!(held.filled(), &text[..length]);
            memory = held;
        }
    }

    #[test]
    fn no_more_is_read_than_asked_for() {
        let mut memory = Memory::default();
        assert!(!memory.fill(&mut io::repeat(b'a'), 100_000, 0).unwrap());
        assert_eq!(memory.filled().len(), 100_000);
        let mut again = Vec::new();
        let peeked = Peeked::new(io::repeat(b'b').take(70_000), memory).unwrap();
        peeked.into_reader().read_to_end(&mut again).unwrap();
        assert_eq!(again, [b'b'; 70_000]);
    }
}
