//! The XML declaration (XML 1.0, section 2.8).

use super::markup::Wrong;

const MALFORMED: Wrong = "an XML declaration that is not well-formed";
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Check what stands between `<?xml` and `?>`: a version, then perhaps an encoding, then perhaps whether the
/// document stands alone.
pub(super) fn check(attributes: &str) -> Result<(), Wrong> {
    let (mut rest, mut last) = (attributes, 0);
    while !rest.trim_start_matches(SPACE).is_empty() {
        let (place, behind) = attribute(rest).ok_or(MALFORMED)?;
        if place <= last || (last == 0 && place != 1) {
            return Err(MALFORMED);
        }
        (rest, last) = (behind, place);
    }
    if last == 0 { Err(MALFORMED) } else { Ok(()) }
}

/// The place that the declaration has for the attribute that `text` starts with, from 1, and what follows; `None` for
/// what it does not have.
fn attribute(text: &str) -> Option<(u8, &str)> {
    let (name, rest) = text.strip_prefix(SPACE)?.split_once('=')?;
    let rest = rest.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|quote| "\"'".contains(*quote))?;
    let (value, behind) = rest.get(1..)?.split_once(quote)?;
    let place = match (name.trim_matches(SPACE), value) {
        ("version", value) if is_version(value) => 1,
        ("encoding", value) if is_encoding(value) => 2,
        ("standalone", "yes" | "no") => 3,
        _ => return None,
    };
    Some((place, behind))
}

fn is_version(value: &str) -> bool {
    let digits = |minor: &str| minor.bytes().all(|digit| digit.is_ascii_digit());
    value
        .strip_prefix("1.")
        .is_some_and(|minor| !minor.is_empty() && digits(minor))
}

/// Section 4.3.3: a letter, then letters, digits, `.`, `_` and `-`.
fn is_encoding(value: &str) -> bool {
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    value.starts_with(|first: char| first.is_ascii_alphabetic()) && value.bytes().all(goes_on)
}
