//! What a name must not say: names of maps and keys of vocabularies become member names of what is released.
//!
//! A name is refused for what it is called (`token`, `createdAt`), and when it looks like an e-mail address, an IP
//! address, a URL or an absolute path; percent-encoding hides nothing. The privacy model in `docs/` says why, and
//! `weftend.reference.privacy` says the same of whole documents; property tests hold the two together.

use std::net::Ipv6Addr;

const IDENTIFYING: [&str; 16] = [
    "ip",
    "ipaddress",
    "useragent",
    "ua",
    "hostname",
    "email",
    "deviceid",
    "sessionid",
    "userid",
    "accountid",
    "playerid",
    "cookie",
    "token",
    "authtoken",
    "password",
    "secret",
];
const OF_TIME: [&str; 9] = [
    "createdat",
    "updatedat",
    "builtat",
    "issuedat",
    "expiresat",
    "timestamp",
    "datetime",
    "time",
    "date",
];

/// Why `name`, of printable ASCII, may not be released, without the name itself; nothing where it may.
pub fn refusal(name: &str) -> Option<&'static str> {
    let plain = name.to_ascii_lowercase().replace(['_', '-'], "");
    if IDENTIFYING.contains(&plain.as_str()) {
        return Some("a member of this name may identify somebody");
    }
    if OF_TIME.contains(&plain.as_str()) {
        return Some("a member of this name holds wall-clock time");
    }
    looks_like(name).or_else(|| match name.contains('%') {
        true => looks_like(&percent_decoded(name)),
        false => None,
    })
}

fn looks_like(text: &str) -> Option<&'static str> {
    if holds_url(text) {
        return Some("looks like a URL");
    }
    if holds_email(text) {
        return Some("looks like an e-mail address");
    }
    if holds_ipv4(text.as_bytes()) || holds_ipv6(text) {
        return Some("looks like an IP address");
    }
    holds_path(text).then_some("looks like an absolute path")
}

/// Each `%` and two hex digits as the byte they stand for; what is then not UTF-8 as replacement characters.
fn percent_decoded(name: &str) -> String {
    let (mut rest, mut decoded) = (name.as_bytes(), Vec::with_capacity(name.len()));
    while let Some((&byte, behind)) = rest.split_first() {
        let escape = behind.first_chunk::<2>().filter(|_| byte == b'%');
        let value = escape.and_then(|[high, low]| Some(hex(*high)? << 4 | hex(*low)?));
        decoded.push(value.unwrap_or(byte));
        rest = if value.is_some() {
            &behind[2..]
        } else {
            behind
        };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// A scheme before `://`, or `www.` where a word begins.
fn holds_url(text: &str) -> bool {
    let scheme = |before: &str| {
        let run = before.bytes().rev();
        run.take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte))
            .any(|byte| byte.is_ascii_alphabetic())
    };
    let site = |at: usize| {
        let behind = text.as_bytes()[at + 4..].first();
        let before = text[..at].bytes().next_back();
        behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && !before.is_some_and(|byte| byte.is_ascii_alphanumeric())
    };
    text.match_indices("://").any(|(at, _)| scheme(&text[..at]))
        || text
            .to_ascii_lowercase()
            .match_indices("www.")
            .any(|(at, _)| site(at))
}

/// Something, `@`, and a domain whose last part begins with a letter and has two characters or more.
fn holds_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let local = text[..at].chars().next_back();
        let domain = &text[at + 1..];
        let domain = &domain[..domain.find(ends_address).unwrap_or(domain.len())];
        local.is_some_and(|last| !ends_address(last))
            && domain
                .match_indices('.')
                .any(|(dot, _)| dot > 0 && begins_with_label(&domain[dot + 1..]))
    })
}

fn ends_address(scalar: char) -> bool {
    is_space(scalar) || "@,;:<>()[]\"'/\\".contains(scalar)
}

fn is_space(scalar: char) -> bool {
    scalar.is_whitespace() || ('\x1C'..='\x1F').contains(&scalar)
}

fn begins_with_label(text: &str) -> bool {
    let Some(behind) = text.strip_prefix(|first: char| first.is_ascii_alphabetic()) else {
        return false;
    };
    behind
        .trim_start_matches('-')
        .starts_with(|next: char| next.is_ascii_alphanumeric())
}

/// Four numbers below 256 between points, where no further number follows or goes before.
fn holds_ipv4(text: &[u8]) -> bool {
    let begins = |at: usize| {
        at.checked_sub(1)
            .is_none_or(|before| !is_numeric(text[before]))
    };
    (0..text.len()).any(|at| begins(at) && begins_with_ipv4(&text[at..]))
}

fn is_numeric(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'.'
}

fn begins_with_ipv4(text: &[u8]) -> bool {
    let mut rest = text;
    for octet in 0..4 {
        if octet > 0 {
            match rest.split_first() {
                Some((b'.', behind)) => rest = behind,
                _ => return false,
            }
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=3).contains(&digits) || decimal(&rest[..digits]) > 255 {
            return false;
        }
        rest = &rest[digits..];
    }
    !matches!(rest, [b'.', next, ..] if next.is_ascii_digit())
}

fn decimal(digits: &[u8]) -> u32 {
    let next = |value, digit: &u8| 10 * value + u32::from(digit - b'0');
    digits.iter().fold(0, next)
}

/// An IPv6 address as a word. Tests are called `Class::name`, so a run that a letter touches is no address, and one
/// without any digit (`abc::add`) is not taken for one either.
fn holds_ipv6(text: &str) -> bool {
    let in_run = |scalar: char| scalar.is_ascii_hexdigit() || scalar == ':' || scalar == '.';
    let mut at = 0;
    while let Some(begin) = text[at..].find(in_run) {
        let start = at + begin;
        let length = text[start..].find(|scalar| !in_run(scalar));
        at = length.map_or(text.len(), |length| start + length);
        if is_ipv6_word(text, start, at) {
            return true;
        }
    }
    false
}

fn is_ipv6_word(text: &str, start: usize, end: usize) -> bool {
    let (before, mut run, behind) = (&text[..start], &text[start..end], &text[end..]);
    let is_word = |scalar: char| scalar.is_alphanumeric() || scalar == '_';
    if run.matches(':').count() < 2
        || !run.contains(|scalar: char| scalar.is_ascii_digit())
        || behind.starts_with(is_word)
    {
        return false;
    }
    if run.starts_with(':') && !run.starts_with("::") {
        run = &run[1..];
    } else if before.ends_with(is_word) {
        return false;
    }
    run.trim_end_matches('.').parse::<Ipv6Addr>().is_ok()
}

/// A path from a root, a home or a drive, at the beginning or behind what paths stand behind.
fn holds_path(text: &str) -> bool {
    if text.starts_with('/') || text.starts_with("\\\\") || begins_with_home_or_drive(text) {
        return true;
    }
    text.match_indices(|scalar| "\"'`=:,;|<({[".contains(scalar))
        .any(|(at, _)| begins_with_path(&text[at + 1..]))
}

fn begins_with_home_or_drive(text: &str) -> bool {
    match text.as_bytes() {
        [b'~', b'/' | b'\\', ..] => true,
        [drive, b':', b'/' | b'\\', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}

fn begins_with_path(text: &str) -> bool {
    match text.as_bytes() {
        [b'/', next, ..] => next.is_ascii_alphanumeric() || b"_.~-".contains(next),
        [b'\\', b'\\', share @ ..] => {
            let name = share.iter().take_while(|byte| **byte != b'\\').count();
            name > 0 && share.len() > name + 1 && share[name + 1] != b'\\'
        }
        _ => begins_with_home_or_drive(text),
    }
}

#[cfg(test)]
mod tests {
    use super::refusal;

    #[test]
    fn names_that_identify_or_hold_time_are_refused_however_they_are_spelled() {
        for name in ["token", "User-Id", "session_id", "TimeStamp", "created_at"] {
            assert!(refusal(name).is_some(), "{name}");
        }
        assert_eq!(refusal("tokens"), None);
    }

    #[test]
    fn what_looks_like_an_address_or_a_path_is_refused() {
        for name in [
            "ada@example.org",
            "a%40example.org",
            "https://example.org",
            "x=WWW.example.org",
            "10.0.0.1",
            "v10.0.0.1",
            "[fe80::1]",
            "/home/ada",
            "tests:/home/ada",
            "C:\\Users",
            "%2Fhome%2Fada",
            "~/notes",
        ] {
            assert!(refusal(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_of_tests_and_rules_may_stand() {
        for name in [
            "org.example.OrderTest::total_is_rounded",
            "abc::add",
            "tests/unit/test_a.py::test_b",
            "1.2.3",
            "1.2.3.4.5",
            "300.1.1.1",
            "20261122000000000000",
            "a@b",
            "rule/no-eval",
            "100%",
        ] {
            assert_eq!(refusal(name), None, "{name}");
        }
    }
}
