//! Times as GitHub writes them (RFC 3339), and what lies between two.

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Nanoseconds from `start` to `end`; `None` where either cannot be read or the end is before the start.
pub(super) fn between(start: Option<&str>, end: Option<&str>) -> Option<u64> {
    let nanos = instant(end?)?.checked_sub(instant(start?)?)?;
    u64::try_from(nanos).ok()
}

/// Nanoseconds since 1970 of `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`.
fn instant(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.strip_prefix(['T', 't', ' '])?.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let plausible = (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !plausible {
        return None;
    }
    let (fraction, zone) = split_fraction(rest)?;
    let seconds =
        days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
    seconds.checked_mul(NANOS_PER_SECOND)?.checked_add(fraction)
}

/// Three numbers of so many digits each.
fn numbers(text: &str, between: char, lengths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(between);
    let mut next = |length: usize| parts.next().filter(|part| part.len() == length);
    let numbers = [
        digits(next(lengths[0])?)?,
        digits(next(lengths[1])?)?,
        digits(next(lengths[2])?)?,
    ];
    if parts.next().is_none() {
        Some(numbers)
    } else {
        None
    }
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// The fraction in nanoseconds, and the zone behind it.
fn split_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(text) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let end = text.find(|character: char| !character.is_ascii_digit())?;
    let (fraction, zone) = text.split_at(end);
    let nine: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    if fraction.is_empty() {
        None
    } else {
        Some((nine.parse().ok()?, zone))
    }
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    Some(sign * (digits(hours)? * 3_600 + digits(minutes)? * 60))
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last day of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let of_years = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    of_years + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_count_from_1970() {
        let table = [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31T23:59:59Z", -NANOS_PER_SECOND),
            ("2000-02-29T12:30:15Z", 951_827_415 * NANOS_PER_SECOND),
            (
                "2026-11-03T00:00:00.25-02:30",
                1_793_673_000 * NANOS_PER_SECOND + 250_000_000,
            ),
        ];
        for (text, nanos) in table {
            assert_eq!(instant(text), Some(nanos), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_or_goes_back_is_unknown() {
        for text in [
            "",
            "now",
            "2020-13-01T00:00:00Z",
            "2020-01-01T00:00:00",
            "2020-1-1T00:00:00Z",
            "2020-01-01T00:00:00.Z",
            "+020-01-01T00:00:00Z",
            "2026-02-31T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-1-011T00:00:00Z",
            "2026-01-01T0:000:00Z",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01T00:00:00+001:00",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
        let (early, late) = (Some("2020-01-01T00:00:00Z"), Some("2020-01-01T00:00:01Z"));
        assert_eq!(between(early, late), Some(1_000_000_000));
        assert_eq!(between(late, early), None);
        assert_eq!(between(None, late), None);
    }
}
