//! Numbers as ECMAScript prints them (RFC 8785 section 3.2.2.3, ECMA-262 Number::toString).

use super::buffer::Buffer;
use super::error::CanonCode;

/// Greatest integer of which every smaller one is a double too: 2^53 − 1.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Appends an integer.
///
/// # Errors
/// [`CanonCode::NumberRange`] outside ±(2^53−1).
pub fn write_i64(out: &mut Buffer, value: i64) -> Result<(), CanonCode> {
    if value.unsigned_abs() > MAX_SAFE_INTEGER {
        return Err(CanonCode::NumberRange);
    }
    write_integer(out, value < 0, value.unsigned_abs());
    Ok(())
}

/// Appends a double.
///
/// # Errors
/// [`CanonCode::NumberNotFinite`] for NaN and the infinities.
pub fn write_f64(out: &mut Buffer, value: f64) -> Result<(), CanonCode> {
    if !value.is_finite() {
        return Err(CanonCode::NumberNotFinite);
    }
    write_finite(out, value);
    Ok(())
}

#[inline]
fn write_finite(out: &mut Buffer, value: f64) {
    let whole = value as i64;
    if whole as f64 == value && whole.unsigned_abs() <= MAX_SAFE_INTEGER {
        // Also takes -0, which prints 0.
        return write_integer(out, whole < 0, whole.unsigned_abs());
    }
    match value.abs() {
        // zmij is faster, and differs from ECMAScript only in where it begins to write an exponent, and in the
        // ".0" of integers that are that large.
        1e-6..1e-5 | 1e15..1e21 => {
            out.push_short(ryu_js::Buffer::new().format_finite(value).as_bytes())
        }
        _ => out.push_short(zmij::Buffer::new().format_finite(value).as_bytes()),
    }
}

/// Appends an integer of at most 16 digits.
#[inline]
fn write_integer(out: &mut Buffer, negative: bool, magnitude: u64) {
    if negative {
        out.push(b'-');
    }
    if magnitude < EIGHT_DIGITS {
        let length = write_short(out.room(8), magnitude);
        return out.advance(length);
    }
    write_large(out, magnitude);
}

/// Writes an integer below 10^8 at the beginning of `room`, which is eight bytes long or more; how many were
/// written.
///
/// The length comes from the number and not from its digits, so that what is written next waits less long.
#[inline]
pub(crate) fn write_short(room: &mut [u8], number: u64) -> usize {
    let length = digit_count(number);
    let text = (eight_digits(number) | ZEROS) >> (64 - 8 * length);
    room[..8].copy_from_slice(&text.to_le_bytes());
    length
}

#[inline(never)]
fn write_large(out: &mut Buffer, magnitude: u64) {
    let room = out.room(16);
    let length = write_short(room, magnitude / EIGHT_DIGITS);
    let digits = eight_digits(magnitude % EIGHT_DIGITS) | ZEROS;
    room[length..length + 8].copy_from_slice(&digits.to_le_bytes());
    out.advance(length + 8);
}

pub(crate) const EIGHT_DIGITS: u64 = 100_000_000;

/// Eight decimal digits of a number below 10^8, one in each byte, the first in the lowest.
///
/// Each step divides all its fields at once, by multiplying with a reciprocal that is exact for their range.
#[inline]
const fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((pairs - 10 * tens) << 8)
}

/// Eight digits `0`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// How many decimal digits a number below 2^32 has.
#[inline]
const fn digit_count(number: u64) -> usize {
    let bits = (number | 1).ilog2() as usize & 31;
    ((number + DIGIT_COUNTS[bits]) >> 32) as usize
}

/// For each length in bits but one: the digits of the shortest such number, shifted by 32; where a power of ten
/// lies among these numbers, one digit more, less that power, so that adding a number carries from there on.
const DIGIT_COUNTS: [u64; 32] = {
    let mut counts = [0; 32];
    let (mut bits, mut digits, mut power) = (0, 1, 10);
    while bits < 32 {
        counts[bits] = digits << 32;
        if power < 2 << bits {
            digits += 1;
            counts[bits] = (digits << 32) - power;
            power *= 10;
        }
        bits += 1;
    }
    counts
};

/// Length of the integer that begins at `at`, if it has 1 to 7 digits, no sign, and is canonical as it
/// stands; looks at eight bytes at once.
#[inline]
pub(crate) fn short_integer(text: &[u8], at: usize) -> Option<usize> {
    let word = u64::from_le_bytes(*text[at..].first_chunk()?);
    let values = word ^ ZEROS;
    // The high bit is set in the first byte that is no digit; carries only disturb those behind it.
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    let digits = others.trailing_zeros() / 8;
    if digits == 0 || digits > 7 || (word as u8 == b'0' && digits > 1) {
        return None;
    }
    let next = (word >> (8 * digits)) as u8;
    (!matches!(next, b'.' | b'e' | b'E')).then_some(digits as usize)
}

/// A number token of RFC 8259 that has ended.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a [u8],
    /// Neither fraction nor exponent.
    pub(crate) integer: bool,
}

impl Token<'_> {
    /// Whether the token is spelled as canonical JSON spells its number.
    pub(crate) fn is_canonical(self) -> bool {
        if self.is_short_integer() {
            return true;
        }
        let mut printed = Buffer::with_capacity(32);
        self.write(&mut printed).is_ok() && printed.as_slice() == self.text
    }

    /// Appends the number that the token reads as.
    ///
    /// # Errors
    /// `NumberRange` for an integer outside ±(2^53−1) that is not what ECMAScript prints for its nearest
    /// double; `NumberNotFinite` for another number whose nearest double is infinite.
    pub(crate) fn write(self, out: &mut Buffer) -> Result<(), CanonCode> {
        if self.is_short_integer() {
            out.extend_from_slice(self.text);
            return Ok(());
        }
        let value = self.nearest_double();
        if self.integer && value.abs() > MAX_SAFE_INTEGER as f64 {
            return self.write_large_integer(out, value);
        }
        write_f64(out, value)
    }

    /// At most 15 digits and not `-0`: canonical as it stands.
    pub(crate) fn is_short_integer(self) -> bool {
        self.integer && self.text.len() <= 15 && self.text != b"-0"
    }

    fn nearest_double(self) -> f64 {
        // The token follows RFC 8259, which is a subset of what Rust parses; NaN would be refused.
        let text = std::str::from_utf8(self.text).unwrap_or("NaN");
        text.parse().unwrap_or(f64::NAN)
    }

    fn write_large_integer(self, out: &mut Buffer, value: f64) -> Result<(), CanonCode> {
        let start = out.len();
        if value.is_finite() {
            write_finite(out, value);
        }
        if out.as_slice()[start..] == *self.text {
            return Ok(());
        }
        Err(CanonCode::NumberRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn printed(value: f64) -> String {
        let mut out = Buffer::new();
        write_f64(&mut out, value).unwrap();
        String::from_utf8(out.into_vec()).unwrap()
    }

    fn by_ryu_js(value: f64) -> String {
        ryu_js::Buffer::new().format_finite(value).to_owned()
    }

    #[test]
    fn the_table_of_rfc_8785_appendix_b() {
        for (bits, text) in [
            (0x0000000000000000, "0"),
            (0x8000000000000000, "0"),
            (0x0000000000000001, "5e-324"),
            (0x8000000000000001, "-5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"),
            (0xffefffffffffffff, "-1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"),
            (0xc340000000000000, "-9007199254740992"),
            (0x4430000000000000, "295147905179352830000"),
            (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"),
            (0x44b52d02c7e14af7, "1.0000000000000001e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"),
            (0x444b1ae4d6e2ef4f, "999999999999999900000"),
            (0x444b1ae4d6e2ef50, "1e+21"),
            (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
            (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"),
            (0x41b3de4355555554, "333333333.33333325"),
            (0x41b3de4355555555, "333333333.3333333"),
            (0x41b3de4355555556, "333333333.3333334"),
            (0x41b3de4355555557, "333333333.33333343"),
            (0xbecbf647612f3696, "-0.0000033333333333333333"),
            (0x43143ff3c1cb0959, "1424953923781206.2"),
        ] {
            assert_eq!(printed(f64::from_bits(bits)), text);
        }
    }

    #[test]
    fn what_is_not_a_finite_double_is_refused() {
        let mut out = Buffer::new();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(write_f64(&mut out, value), Err(CanonCode::NumberNotFinite));
        }
        assert_eq!(write_i64(&mut out, 1 << 53), Err(CanonCode::NumberRange));
        assert_eq!(write_i64(&mut out, i64::MIN), Err(CanonCode::NumberRange));
        assert!(out.is_empty());
    }

    proptest! {
        #[test]
        fn every_double_prints_as_ryu_js_prints_it(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(printed(value), by_ryu_js(value));
        }

        #[test]
        fn near_each_power_of_ten_too(exponent in -324i32..309, digits in 1u64..100_000, negative: bool) {
            let value: f64 = format!("{}{digits}e{exponent}", if negative { "-" } else { "" }).parse().unwrap();
            prop_assume!(value.is_finite());
            for bits in value.to_bits().saturating_sub(3)..value.to_bits() + 3 {
                let value = f64::from_bits(bits);
                prop_assume!(value.is_finite());
                prop_assert_eq!(printed(value), by_ryu_js(value));
            }
        }

        #[test]
        fn integers_print_as_themselves(value in -(MAX_SAFE_INTEGER as i64)..=MAX_SAFE_INTEGER as i64) {
            let mut out = Buffer::new();
            write_i64(&mut out, value).unwrap();
            prop_assert_eq!(out.into_vec(), value.to_string().into_bytes());
            prop_assert_eq!(printed(value as f64), value.to_string());
        }
    }
}
