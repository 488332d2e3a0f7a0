//! What tells one file of records from another.

use sha2::{Digest, Sha256};
use twox_hash::XxHash3_128;
use weftend_core::fold::UnitDigest;

use super::shard::RecordUnit;

/// The identity of a file, as it streams by.
///
/// Where the file is the unit it is the SHA-256 of its bytes, by which it is consumed once. Where it only tells the
/// records of one file from those of another, so that a copy adds nothing, 128 bits of a fast hash and the length
/// say as much at a tenth of the cost: two files would have to be made to be taken for each other, by somebody who
/// could as well leave one out.
pub(super) enum Content {
    Unit(Box<Sha256>),
    Source { hash: Box<XxHash3_128>, bytes: u64 },
}

impl Content {
    /// Of a file whose records belong to `unit`.
    pub(super) fn of(unit: &RecordUnit) -> Self {
        match unit {
            RecordUnit::Whole => Content::Unit(Box::default()),
            RecordUnit::Field(_) | RecordUnit::Record => Content::Source {
                hash: Box::default(),
                bytes: 0,
            },
        }
    }

    /// The next bytes.
    pub(super) fn update(&mut self, next: &[u8]) {
        match self {
            Content::Unit(hash) => hash.update(next),
            Content::Source { hash, bytes } => {
                hash.write(next);
                *bytes += next.len() as u64;
            }
        }
    }

    /// The identity of all of it.
    pub(super) fn digest(self) -> UnitDigest {
        match self {
            Content::Unit(hash) => hash.finalize().into(),
            Content::Source { hash, bytes } => {
                let mut digest = Sha256::new_with_prefix(b"weftend.part.records/0\n");
                digest.update(bytes.to_be_bytes());
                digest.update(hash.finish_128().to_be_bytes());
                digest.finalize().into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(unit: &RecordUnit, pieces: &[&[u8]]) -> UnitDigest {
        let mut content = Content::of(unit);
        pieces.iter().for_each(|piece| content.update(piece));
        content.digest()
    }

    #[test]
    fn the_identity_is_of_the_bytes_however_they_come() {
        for unit in [RecordUnit::Whole, RecordUnit::Record] {
            let whole = digest(&unit, &[b"one\ntwo\n"]);
            for cut in 0..8 {
                let (one, two) = b"one\ntwo\n".split_at(cut);
                assert_eq!(digest(&unit, &[one, two]), whole);
            }
            assert_ne!(digest(&unit, &[b"one\ntwO\n"]), whole);
            assert_ne!(digest(&unit, &[b"one\ntwo\n\0"]), whole);
        }
        let whole = digest(&RecordUnit::Whole, &[b"a"]);
        assert_eq!(whole, crate::units::of_content(b"a"));
        assert_ne!(digest(&RecordUnit::Record, &[b"a"]), whole);
    }
}
