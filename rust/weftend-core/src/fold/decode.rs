//! Bytes that nobody vouches for, as a partial: checked before they are believed. The format: [`super::encode`].

use sha2::{Digest as _, Sha256};

use super::blocks::{Blocks, Builder};
use super::encode::HEADER;
use super::partial::{OWN, Partial};
use super::table::{DigestTable, KeyTable};
use super::{FoldError, MAX_AMOUNT, MAX_KEY_BYTES, UnitDigest, varint};

impl Partial {
    /// A partial from bytes that [`Partial::to_bytes`] made, here or elsewhere.
    ///
    /// Anything else is refused with [`FoldError::Bytes`]: another version, cut or longer bytes, numbers out of
    /// range, orders that are not ascending, names that nothing uses. Never takes more memory than a few times the
    /// length of `bytes`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FoldError> {
        let mut reader = Reader::open(bytes)?;
        let mut partial =
            Partial::new(reader.channels()?).map_err(|_| reader.error("bad channels"))?;
        partial.units = reader.digests()?;
        partial.parts = reader.digests()?;
        partial.keys = reader.keys(partial.channels.len())?;
        partial.closed = reader.rows(&partial)?;
        partial.find_own_parts();
        Ok(partial)
    }
}

/// Reads on from a place; stays within the bytes.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Checks the first line and the digest at the end.
    fn open(bytes: &'a [u8]) -> Result<Self, FoldError> {
        let mut reader = Reader { bytes, at: 0 };
        if !bytes.starts_with(HEADER) {
            return Err(reader.error("another header or version"));
        }
        reader.at = HEADER.len();
        let body = bytes
            .len()
            .checked_sub(32)
            .filter(|&body| body > HEADER.len());
        let body = body.ok_or_else(|| reader.error("the bytes end too early"))?;
        if Sha256::digest(&bytes[..body])[..] != bytes[body..] {
            reader.at = body;
            return Err(reader.error("the digest does not match"));
        }
        reader.bytes = &bytes[..body];
        Ok(reader)
    }

    fn error(&self, reason: &'static str) -> FoldError {
        FoldError::Bytes {
            offset: self.at,
            reason,
        }
    }

    fn check(&self, holds: bool, reason: &'static str) -> Result<(), FoldError> {
        if holds {
            Ok(())
        } else {
            Err(self.error(reason))
        }
    }

    fn number(&mut self) -> Result<u64, FoldError> {
        varint::read(self.bytes, &mut self.at).ok_or_else(|| self.error("a number expected"))
    }

    /// How many things follow that take `least` bytes each: never more than the bytes can hold.
    fn count(&mut self, least: usize) -> Result<usize, FoldError> {
        let start = self.at;
        let count = self.number()?;
        let most = (self.bytes.len() - self.at) / least;
        if count > most as u64 {
            self.at = start;
            return Err(self.error("a count beyond the end"));
        }
        Ok(count as usize)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], FoldError> {
        let bytes = self.bytes.get(self.at..).and_then(|rest| rest.get(..len));
        let bytes = bytes.ok_or_else(|| self.error("the bytes end too early"))?;
        self.at += len;
        Ok(bytes)
    }

    fn text(&mut self, most: usize) -> Result<&'a str, FoldError> {
        let start = self.at;
        let len = self.count(1)?;
        self.check(len <= most, "a text that is too long")?;
        let bytes = self.take(len)?;
        std::str::from_utf8(bytes).map_err(|_| FoldError::Bytes {
            offset: start,
            reason: "a text that is not UTF-8",
        })
    }

    fn channels(&mut self) -> Result<Vec<String>, FoldError> {
        (0..self.count(2)?)
            .map(|_| self.text(128).map(str::to_owned))
            .collect()
    }

    fn digests(&mut self) -> Result<DigestTable, FoldError> {
        let count = self.count(32)?;
        let mut table = DigestTable::with_capacity(count);
        for _ in 0..count {
            let start = self.at;
            let mut digest = [0; 32];
            digest.copy_from_slice(self.take(32)?);
            if table.as_slice().last().is_some_and(|last| *last >= digest) {
                self.at = start;
                return Err(self.error("digests that do not ascend"));
            }
            table.intern(&digest)?;
        }
        Ok(table)
    }

    fn keys(&mut self, channels: usize) -> Result<KeyTable, FoldError> {
        let mut table = KeyTable::default();
        let mut before = None;
        for _ in 0..self.count(2)? {
            let channel = self.number()?;
            self.check(channel < channels as u64, "a channel that does not exist")?;
            let key = (channel as u16, self.text(MAX_KEY_BYTES)?);
            self.check(
                before.is_none_or(|before| before < key),
                "keys that do not ascend",
            )?;
            table.intern(key.0, key.1)?;
            before = Some(key);
        }
        Ok(table)
    }

    /// The rest is rows of every unit, and uses every part and key.
    fn rows(&mut self, partial: &Partial) -> Result<Blocks, FoldError> {
        let mut used = Used::of(partial);
        let mut blocks = Builder::default();
        for unit in partial.units.as_slice() {
            let start = self.at;
            let rows = self.unit_rows(unit, partial.parts.as_slice(), &mut used)?;
            blocks.push_bytes(&self.bytes[start..self.at], rows);
        }
        self.check(self.at == self.bytes.len(), "bytes behind the last unit")?;
        self.check(used.all(), "a part or a key that nothing uses")?;
        Ok(blocks.finish())
    }

    fn unit_rows(
        &mut self,
        unit: &UnitDigest,
        parts: &[UnitDigest],
        used: &mut Used,
    ) -> Result<usize, FoldError> {
        let mut rows = 0;
        let mut next = 0;
        for _ in 0..self.count(3)? {
            let part = self.number()?;
            self.check(
                (next..=parts.len() as u64).contains(&part),
                "a part out of order",
            )?;
            let own = part != u64::from(OWN) && parts[part as usize - 1] == *unit;
            self.check(!own, "the unit's own part under another number")?;
            used.parts[part as usize] = true;
            next = part + 1;
            rows += self.part_rows(used)?;
        }
        Ok(rows)
    }

    fn part_rows(&mut self, used: &mut Used) -> Result<usize, FoldError> {
        let count = self.count(1)?;
        self.check(count > 0, "a part without rows")?;
        let mut bucket = 0;
        for index in 0..count {
            let step = self.number()?;
            bucket += step >> 1;
            let ascends = index == 0 || step >> 1 > 0;
            self.check(
                ascends && bucket < used.keys.len() as u64,
                "a key out of order",
            )?;
            used.keys[bucket as usize] = true;
            if step & 1 == 1 {
                let amount = self.number()?;
                self.check((2..=MAX_AMOUNT).contains(&amount), "an amount out of range")?;
            }
        }
        Ok(count)
    }
}

/// Which parts and keys some row has named.
struct Used {
    parts: Vec<bool>,
    keys: Vec<bool>,
}

impl Used {
    fn of(partial: &Partial) -> Self {
        let mut parts = vec![false; partial.parts.len() + 1];
        parts[OWN as usize] = true;
        Used {
            parts,
            keys: vec![false; partial.keys.len()],
        }
    }

    fn all(&self) -> bool {
        self.parts.iter().chain(&self.keys).all(|&used| used)
    }
}
