//! Lines out of any source of bytes, in blocks of whole lines.

use std::io::{ErrorKind, Read};

use crate::refusal::{INPUT_TOO_LARGE, INPUT_UNREADABLE, Refusal};

/// No line is longer, in bytes.
pub const MAX_LINE: usize = 16 << 20;

/// Blocks of whole lines from `source`, each about `size` bytes and at most [`MAX_LINE`] more.
pub struct Blocks<R> {
    source: R,
    size: usize,
    rest: Vec<u8>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    /// Blocks of about `size` bytes.
    pub fn new(source: R, size: usize) -> Self {
        Blocks {
            source,
            size,
            rest: Vec::new(),
            ended: false,
        }
    }

    /// Fill `block` with the next whole lines; `false` when there are none left. Only the last line of all may
    /// stand there without its line feed. What `block` held is overwritten, so that no memory has to be cleared.
    pub fn next(&mut self, block: &mut Vec<u8>) -> Result<bool, Refusal> {
        let mut filled = self.rest.len();
        block.resize(block.len().clamp(filled, filled.max(self.size)), 0);
        block.splice(..filled, self.rest.drain(..));
        while !self.ended {
            let target = self.size.max(filled + self.size / 4 + 1);
            block.resize(target.max(block.len()), 0);
            filled = self.fill(block, filled)?;
            let read = block.get(..filled).unwrap_or_default();
            if let Some(end) = memchr::memrchr(b'\n', read) {
                if !self.ended {
                    self.rest
                        .extend_from_slice(read.get(end + 1..).unwrap_or_default());
                    filled = end + 1;
                }
                break;
            }
            if filled > MAX_LINE {
                let message = format!("a line of more than {MAX_LINE} bytes");
                return Err(Refusal::new(INPUT_TOO_LARGE, "", message));
            }
        }
        block.truncate(filled);
        Ok(!block.is_empty())
    }

    /// Read into `block` from its byte at `filled`, until it is full or the source ends; how much of it is filled.
    fn fill(&mut self, block: &mut [u8], mut filled: usize) -> Result<usize, Refusal> {
        while let Some(space) = block.get_mut(filled..).filter(|space| !space.is_empty()) {
            match self.source.read(space) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Refusal::new(INPUT_UNREADABLE, "", error.to_string())),
            }
        }
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one to three bytes at a time.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
            let count = (self.0.len() % 3 + 1).min(self.0.len()).min(space.len());
            let (here, rest) = self.0.split_at(count);
            space[..count].copy_from_slice(here);
            self.0 = rest;
            Ok(count)
        }
    }

    fn blocks(text: &[u8], size: usize) -> Vec<Vec<u8>> {
        let mut whole = Blocks::new(Trickle(text), size);
        let (mut blocks, mut block) = (Vec::new(), Vec::new());
        while whole.next(&mut block).expect("readable") {
            blocks.push(block.clone());
        }
        blocks
    }

    #[test]
    fn blocks_are_whole_lines_and_nothing_is_lost() {
        for text in [
            "",
            "\n",
            "a",
            "a\n",
            "a\nbb\nccc\n\ndddd",
            "a long line without end",
        ] {
            for size in 1..12 {
                let blocks = blocks(text.as_bytes(), size);
                assert_eq!(blocks.concat(), text.as_bytes());
                let whole = blocks
                    .split_last()
                    .map(|(_, before)| before)
                    .unwrap_or_default();
                assert!(
                    whole.iter().all(|block| block.ends_with(b"\n")),
                    "{text:?} in {size}"
                );
            }
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut whole = Blocks::new(std::io::repeat(b'a'), 1 << 20);
        let refusal = whole.next(&mut Vec::new()).expect_err("too long");
        assert_eq!(refusal.code, INPUT_TOO_LARGE);
    }
}
