//! Bucket keys: names percent-encoded into printable ASCII, and durations as powers of two.

use std::borrow::Cow;

/// The duration bucket of what has no readable time.
pub const UNKNOWN_DURATION: &str = "unknown";

const NANOS_PER_MILLI: u64 = 1_000_000;

/// `name` with every byte outside `!`–`~` as `%XX` (upper-case hex over UTF-8); the rest, `%` too, as it is.
pub fn percent_encoded(name: &str) -> Cow<'_, str> {
    if is_printable(name) {
        return Cow::Borrowed(name);
    }
    let mut text = String::with_capacity(name.len() + 8);
    push_percent_encoded(&mut text, name);
    Cow::Owned(text)
}

/// Whether all bytes are among `!`–`~`; without branches, so that many are looked at together.
#[inline]
fn is_printable(name: &str) -> bool {
    name.bytes().fold(true, |printable, byte| {
        printable & (byte.wrapping_sub(b'!') <= b'~' - b'!')
    })
}

/// Append `name` to `text`, encoded as [`percent_encoded`] does.
pub fn push_percent_encoded(text: &mut String, name: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if is_printable(name) {
        return text.push_str(name);
    }
    for byte in name.bytes() {
        if byte.is_ascii_graphic() {
            text.push(byte.into());
        } else {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            text.extend(['%', digits[0].into(), digits[1].into()]);
        }
    }
}

/// The exponent of the greatest power of two that is at most `nanos`, in milliseconds; 0 below 2 ms.
#[inline]
pub fn duration_exponent(nanos: u64) -> u32 {
    (nanos / NANOS_PER_MILLI).max(1).ilog2()
}

/// The duration bucket of `nanos`: `ms_1` (below 2 ms), `ms_2`, `ms_4`, … by lower bound.
pub fn duration_key(nanos: u64) -> String {
    format!("ms_{}", 1u64 << duration_exponent(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_printable_ascii() {
        assert_eq!(percent_encoded("a.B::c[1]~!%"), "a.B::c[1]~!%");
        assert_eq!(percent_encoded("a b\u{7f}\u{e9}\n"), "a%20b%7F%C3%A9%0A");
        assert_eq!(percent_encoded(""), "");
    }

    #[test]
    fn durations_go_by_their_lower_bound() {
        let milli = NANOS_PER_MILLI;
        let table = [
            (0, 1),
            (milli, 1),
            (2 * milli - 1, 1),
            (2 * milli, 2),
            (10_000 * milli, 8192),
        ];
        for (nanos, bound) in table {
            assert_eq!(duration_key(nanos), format!("ms_{bound}"));
        }
        assert_eq!(duration_key(u64::MAX), "ms_17592186044416");
    }
}
