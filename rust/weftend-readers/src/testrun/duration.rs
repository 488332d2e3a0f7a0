//! Times as test reports write them, read exactly.

/// How long a case took, in nanoseconds; `None` where the report does not say it in numbers.
pub type Duration = Option<u64>;

/// Digits of a fraction that count; further ones are below a nanosecond.
const FRACTION_DIGITS: i32 = 9;
/// A time of more nanoseconds than these 18 digits hold (31 years) is not believed.
const MAX_NANOS_DIGITS: i32 = 18;

/// Seconds in decimal notation to whole nanoseconds, cut, not rounded.
///
/// Read are `12`, `1.5`, `.5`, `5.`, an exponent (`1.5E-4`), white space around, a leading `+`, and groups of
/// three digits by commas where a decimal point follows (`1,234.567`, as Surefire writes it). Anything else is
/// unreadable, and so is what is negative or above 31 years.
pub fn seconds(text: &str) -> Duration {
    plain(text.as_bytes()).or_else(|| any(text))
}

/// The common form: up to nine digits, and up to nine more behind a point.
#[inline]
fn plain(text: &[u8]) -> Duration {
    const MOST: usize = FRACTION_DIGITS as usize;
    let whole = text
        .iter()
        .position(|byte| *byte == b'.')
        .unwrap_or(text.len());
    let fraction = text.get(whole + 1..).unwrap_or_default();
    if !(1..=MOST).contains(&whole) || fraction.len() > MOST {
        return None;
    }
    let mut nanos = 0;
    for byte in text.iter().take(whole).chain(fraction) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        nanos = nanos * 10 + u64::from(digit);
    }
    Some(nanos * POWERS[MOST - fraction.len()])
}

/// Powers of ten.
const POWERS: [u64; 10] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
];

/// Every form.
fn any(text: &str) -> Duration {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let text = text.strip_prefix('+').unwrap_or(text);
    let (number, exponent) = split_exponent(text)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = without_groups(whole, number.contains('.'))?;
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    nanos(&whole, fraction, exponent)
}

fn split_exponent(text: &str) -> Option<(&str, i32)> {
    let Some((number, exponent)) = text.split_once(['e', 'E']) else {
        return Some((text, 0));
    };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain {
        Some((number, exponent.parse().ok()?))
    } else {
        None
    }
}

/// `whole` without the commas between groups of three, which only mean that where a decimal point follows.
fn without_groups(whole: &str, has_point: bool) -> Option<std::borrow::Cow<'_, str>> {
    if !whole.contains(',') {
        return Some(whole.into());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?.len();
    let grouped = (1..=3).contains(&first) && groups.all(|group| group.len() == 3);
    if has_point && grouped {
        Some(whole.replace(',', "").into())
    } else {
        None
    }
}

fn nanos(whole: &str, fraction: &str, exponent: i32) -> Duration {
    let digits = whole.bytes().chain(fraction.bytes());
    let mut places = i32::try_from(whole.len()).ok()? + exponent + FRACTION_DIGITS;
    let (mut nanos, mut significant) = (0u64, 0);
    for digit in digits {
        let value = (digit as char).to_digit(10)?;
        if places > 0 {
            if significant > 0 || value > 0 {
                significant += 1;
            }
            if significant > MAX_NANOS_DIGITS {
                return None;
            }
            nanos = nanos * 10 + u64::from(value);
        }
        places -= 1;
    }
    scaled(nanos, places)
}

/// `nanos` with `places` zeros appended, where the exponent asks for more digits than were written.
fn scaled(nanos: u64, places: i32) -> Duration {
    if nanos == 0 || places <= 0 {
        return Some(nanos);
    }
    let scaled = 10u64
        .checked_pow(places.unsigned_abs())
        .and_then(|power| nanos.checked_mul(power))?;
    if scaled < 10u64.pow(MAX_NANOS_DIGITS.unsigned_abs()) {
        Some(scaled)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_whole_nanoseconds() {
        let table = [
            ("0", 0),
            ("1", 1_000_000_000),
            (" 1.5\n", 1_500_000_000),
            (".25", 250_000_000),
            ("5.", 5_000_000_000),
            ("+2", 2_000_000_000),
            ("0.0000000019", 1),
            ("1.5E-4", 150_000),
            ("1.5e+2", 150_000_000_000),
            ("1e2", 100_000_000_000),
            ("0e99", 0),
            ("1,234.567", 1_234_567_000_000),
            ("1,234,567.", 1_234_567_000_000_000),
            ("000000000000000000000000000001", 1_000_000_000),
            ("999999999.999999999", 999_999_999_999_999_999),
        ];
        for (text, nanos) in table {
            assert_eq!(seconds(text), Some(nanos), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_common_form_is_read_as_any_form_is(text in "[0-9]{0,10}[.]?[0-9]{0,10}") {
            if let Some(nanos) = plain(text.as_bytes()) {
                proptest::prop_assert_eq!(any(&text), Some(nanos));
            }
        }
    }

    #[test]
    fn what_is_no_time_is_unknown() {
        let table = [
            "",
            " ",
            ".",
            "-1",
            "-0",
            "1,5",
            "1,234",
            "12,34.5",
            "1234,567.8",
            "one second",
            "1s",
            "NaN",
            "inf",
            "0x10",
            "1e",
            "1e1000",
            "1e-",
            "1e20",
            "1000000000",
            "1.2.3",
            "1 2",
            "PT1S",
            "00:01:02",
            "\u{661}",
            "1e+-2",
        ];
        for text in table {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
