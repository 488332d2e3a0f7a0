//! SHA-256 over canonical bytes, written `sha256:` and 64 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::canonical::{CanonicalError, canonicalize_text, is_canonical, to_vec};

const PREFIX: &str = "sha256:";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A SHA-256 digest; shows and serializes as `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Length of the digest's text in bytes.
    pub const TEXT_LENGTH: usize = PREFIX.len() + 64;
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADigest;

impl fmt::Display for NotADigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest is \"sha256:\" and 64 lower-case hexadecimal digits")
    }
}

impl std::error::Error for NotADigest {}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let digits = text.strip_prefix(PREFIX).ok_or(NotADigest)?.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return Err(NotADigest);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Digest(bytes))
    }
}

fn nibble(digit: u8) -> Result<u8, NotADigest> {
    let value = HEX.iter().position(|&hex| hex == digit);
    value.map(|value| value as u8).ok_or(NotADigest)
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The digest of exactly these bytes, whatever they are.
pub fn digest_bytes(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// The digest of the canonical form of a JSON text.
///
/// Text that is already canonical is checked in one pass and hashed where it is.
///
/// # Errors
/// As [`canonicalize_text`].
pub fn digest_text(text: &[u8]) -> Result<Digest, CanonicalError> {
    if is_canonical(text) {
        return Ok(digest_bytes(text));
    }
    Ok(digest_bytes(&canonicalize_text(text)?))
}

/// The digest of the canonical form of a value.
///
/// # Errors
/// As [`to_vec`].
pub fn digest<T: Serialize + ?Sized>(value: &T) -> Result<Digest, CanonicalError> {
    Ok(digest_bytes(&to_vec(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY_OBJECT: &str =
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    #[test]
    fn white_space_and_order_do_not_change_a_digest() {
        assert_eq!(digest_text(b"{}").unwrap().to_string(), EMPTY_OBJECT);
        assert_eq!(digest_text(b" { } ").unwrap().to_string(), EMPTY_OBJECT);
        let (one, other) = (
            digest_text(br#"{"a":1,"b":2}"#),
            digest_text(br#"{"b":2.0,"a":1e0}"#),
        );
        assert_eq!(one, other);
        assert_ne!(one.unwrap().to_string(), EMPTY_OBJECT);
    }

    #[test]
    fn a_digest_reads_back_and_nothing_else_does() {
        let digest: Digest = EMPTY_OBJECT.parse().unwrap();
        assert_eq!(digest.to_string(), EMPTY_OBJECT);
        assert_eq!(
            serde_json::from_str::<Digest>(&serde_json::to_string(&digest).unwrap()).unwrap(),
            digest
        );
        for text in [
            "",
            "sha256:",
            &EMPTY_OBJECT[7..],
            &EMPTY_OBJECT[..70],
            &EMPTY_OBJECT.to_uppercase(),
        ] {
            assert_eq!(text.parse::<Digest>(), Err(NotADigest), "{text}");
        }
        assert_eq!(
            EMPTY_OBJECT.replace('f', "g").parse::<Digest>(),
            Err(NotADigest)
        );
    }
}
