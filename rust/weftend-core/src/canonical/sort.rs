//! Putting names in order: packed words first, comparison only where they tie.
//!
//! Each name becomes one `u128`: its next twelve bytes behind what all names share, in the order of
//! [`leading`], and its index below them. Sorting these words sorts nearly every real set of names without
//! looking at a name again. Time is O(n log n) word comparisons, and for ties O(bytes · log n).

use std::cmp::Ordering;

use super::order::{compare, leading};

/// The bits of a word that hold the index.
const INDEX: u128 = u32::MAX as u128;

/// Appends to `words` one word for each of `count` names (fewer than 2^32), in the order of the names by
/// UTF-16 code unit, equal names by index; [`index`] tells which name a word stands for.
///
/// `name` gives the UTF-8 of the name with an index below `count`.
#[inline]
pub fn sort_names<'n>(
    words: &mut Vec<u128>,
    count: usize,
    name: impl Fn(usize) -> &'n [u8] + Copy,
) {
    let skip = shared_prefix(count, name);
    let start = words.len();
    words.extend((0..count).map(|index| pack(name(index), skip) | index as u128));
    let words = &mut words[start..];
    words.sort_unstable();
    let by_name = |l: &u128, r: &u128| compare(name(index(*l)), name(index(*r))).then(l.cmp(r));
    sort_ties(words, by_name);
}

/// Which name a sorted word stands for.
#[inline]
pub const fn index(word: u128) -> usize {
    (word & INDEX) as usize
}

/// Whether two sorted words can stand for equal names: their first bytes are the same.
#[inline]
pub(crate) const fn tie(left: u128, right: u128) -> bool {
    (left ^ right) & !INDEX == 0
}

/// Length of the beginning that all names share.
#[inline]
fn shared_prefix<'n>(count: usize, name: impl Fn(usize) -> &'n [u8]) -> usize {
    if count < 2 {
        return 0;
    }
    let first = name(0);
    let mut shared = first.len();
    for index in 1..count {
        let pairs = first[..shared].iter().zip(name(index));
        shared = pairs.take_while(|(l, r)| l == r).count();
        if shared == 0 {
            break;
        }
    }
    shared
}

/// Twelve bytes from `skip` on, above room for an index. Ends count as zeros, so that ties are not always
/// equal names.
#[inline]
fn pack(name: &[u8], skip: usize) -> u128 {
    leading(name.get(skip..).unwrap_or_default()) & !INDEX
}

#[inline]
fn sort_ties(words: &mut [u128], by_name: impl Fn(&u128, &u128) -> Ordering + Copy) {
    let mut start = 0;
    while start + 1 < words.len() {
        let run = words[start..]
            .iter()
            .take_while(|word| tie(words[start], **word))
            .count();
        if run > 1 {
            words[start..start + run].sort_unstable_by(by_name);
        }
        start += run;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(names: &[String]) -> Vec<usize> {
        let mut words = vec![7];
        sort_names(&mut words, names.len(), |index| names[index].as_bytes());
        assert_eq!(words[0], 7);
        words[1..].iter().map(|word| index(*word)).collect()
    }

    proptest! {
        #[test]
        fn words_sort_as_utf16_does(names in prop::collection::vec("(aaaaaaaaaaaa)?[a-b]{0,2}[\0a\u{E000}\u{10000}é]{0,3}.{0,2}", 0..40)) {
            let mut expected: Vec<usize> = (0..names.len()).collect();
            expected.sort_by_key(|&index| names[index].encode_utf16().collect::<Vec<_>>());
            prop_assert_eq!(sorted(&names), expected);
        }
    }
}
