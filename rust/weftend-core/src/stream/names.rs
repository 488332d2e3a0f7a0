//! What names may look like, and whether lists are in order.

use super::Grammar;

pub(super) fn ascends<T: Ord>(items: &[T]) -> bool {
    items.is_sorted_by(|a, b| a < b)
}

pub(super) fn distinct(keys: &[String]) -> bool {
    let mut sorted: Vec<&String> = keys.iter().collect();
    sorted.sort_unstable();
    ascends(&sorted)
}

pub(crate) fn is_stream_id(id: &str) -> bool {
    let word = |word: &str| {
        word.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    let words: Vec<&str> = id.split('.').collect();
    let version = words
        .last()
        .and_then(|last| last.strip_prefix('v'))
        .unwrap_or("");
    id.len() <= 128
        && words.len() > 1
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && words.iter().all(|part| !part.is_empty() && word(part))
        && (1..=4).contains(&version.len())
        && version.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_word(word: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte == b' ' || byte == b'-';
    (1..=40).contains(&word.len())
        && word.as_bytes()[0].is_ascii_lowercase()
        && word.bytes().all(rest)
}

pub(crate) fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase());
    name.len() <= 64 && starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(super) fn is_enum_key(key: &str) -> bool {
    Grammar::named("dotted-id").is_some_and(|grammar| grammar.accepts(key))
}

pub(super) fn is_pointer(pointer: &str) -> bool {
    let escapes = pointer
        .split('~')
        .skip(1)
        .all(|rest| rest.starts_with(['0', '1']));
    pointer.starts_with('/') && pointer.len() <= 256 && escapes
}
