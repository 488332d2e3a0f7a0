//! Looking at the first bytes of a source without losing them.

use std::io::{self, Chain, Cursor, Read};

/// How many bytes are looked at.
pub const HEAD: usize = 64 << 10;

/// A source whose first bytes are known.
pub struct Peeked<R> {
    head: Vec<u8>,
    rest: R,
}

impl<R: Read> Peeked<R> {
    /// Read the first [`HEAD`] bytes of `source`, or all of it.
    pub fn new(mut source: R) -> io::Result<Self> {
        // Room for all of it, or it would be read in ever larger pieces.
        let mut head = Vec::with_capacity(HEAD);
        source.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        Ok(Peeked { head, rest: source })
    }

    /// The first bytes.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The whole source again.
    pub fn into_reader(self) -> Chain<Cursor<Vec<u8>>, R> {
        Cursor::new(self.head).chain(self.rest)
    }
}
