//! Numbers: the grammar, and the range that I-JSON gives them here.

use weftend_core::canonical;

use super::{Fault, Scan};

/// Integers of this many digits or fewer are always within ±(2^53−1).
const SAFE_DIGITS: usize = 15;

/// Offset after the number that starts at `start`.
#[inline]
pub(crate) fn end(text: &[u8], start: usize) -> Scan<usize> {
    let first = start + usize::from(text.get(start) == Some(&b'-'));
    let whole = match text.get(first) {
        Some(b'0') => first + 1,
        Some(b'1'..=b'9') => digits(text, first + 1),
        _ => return Err(Fault),
    };
    let fraction = fraction(text, whole)?;
    let end = exponent(text, fraction)?;
    // A fraction without exponent is finite as soon as its whole part is: at most 300 digits are below 10^300.
    let safe = if end == whole {
        whole - first <= SAFE_DIGITS
    } else {
        end == fraction && whole - first <= 300
    };
    if safe || in_range(text.get(start..end).ok_or(Fault)?) {
        Ok(end)
    } else {
        Err(Fault)
    }
}

#[inline]
fn digits(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let other = not_digits(u64::from_le_bytes(*chunk));
        if other != 0 {
            return at + (other.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// Bits in those bytes of `word` that are no ASCII digits; the lowest ones are right, those above may not be.
#[inline]
fn not_digits(word: u64) -> u64 {
    const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);
    // '0'..='9' are 0x30 to 0x39: the high half is 3, and stays so when 6 is added.
    let high = |word: u64| word & u64::from_ne_bytes([0xF0; 8]);
    (high(word) ^ ZEROS) | (high(word.wrapping_add(u64::from_ne_bytes([6; 8]))) ^ ZEROS)
}

fn some_digits(text: &[u8], at: usize) -> Scan<usize> {
    let end = digits(text, at);
    if end == at { Err(Fault) } else { Ok(end) }
}

fn fraction(text: &[u8], at: usize) -> Scan<usize> {
    if text.get(at) == Some(&b'.') {
        some_digits(text, at + 1)
    } else {
        Ok(at)
    }
}

fn exponent(text: &[u8], at: usize) -> Scan<usize> {
    let Some(b'e' | b'E') = text.get(at) else {
        return Ok(at);
    };
    let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
    some_digits(text, at + 1 + sign)
}

/// The rare ones are judged by the canonicalizer, which knows the rule.
#[cold]
fn in_range(token: &[u8]) -> bool {
    canonical::canonicalize_text(token).is_ok()
}

/// The whole number from 0 that a checked token stands for, however it is spelled (`7`, `7.0`, `70e-1`).
#[inline]
pub(crate) fn whole(token: &[u8]) -> Option<u64> {
    if token.len() <= SAFE_DIGITS && token.iter().all(u8::is_ascii_digit) {
        let value = |number, digit: &u8| number * 10 + u64::from(digit - b'0');
        return Some(token.iter().fold(0, value));
    }
    printed(token)
}

/// The same of one that is spelled otherwise.
#[inline(never)]
fn printed(token: &[u8]) -> Option<u64> {
    let printed = canonical::canonicalize_text(token).ok()?;
    std::str::from_utf8(&printed).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_what_they_stand_for_however_spelled() {
        for (token, number) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("7", Some(7)),
            ("7.0", Some(7)),
            ("70e-1", Some(7)),
            ("123456789012345", Some(123_456_789_012_345)),
            ("9007199254740991", Some(9_007_199_254_740_991)),
            ("-1", None),
            ("1.5", None),
            ("1e300", None),
        ] {
            assert_eq!(whole(token.as_bytes()), number, "{token}");
        }
    }

    #[test]
    fn digits_end_where_they_end() {
        for length in 0..20 {
            for other in 0..=255u8 {
                let mut text = b"90817263549081726354".to_vec();
                text.insert(length, other);
                let expected = if other.is_ascii_digit() {
                    text.len()
                } else {
                    length
                };
                assert_eq!(digits(&text, 0), expected, "{other} at {length}");
            }
        }
    }
}
