//! Unsigned LEB128: seven bits a byte, least significant first, in the one shortest form.

/// The longest encoding of a `u64`.
const MAX_BYTES: usize = 10;

/// Appends `value`.
#[inline]
pub(super) fn write(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads one number at `*at` and moves `*at` behind it.
///
/// `None`, with `*at` unchanged, where the bytes end too early, hold more than 64 bits, or are longer than they
/// had to be: there is one encoding of each number.
#[inline]
pub(super) fn read(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let first = *bytes.get(*at)?;
    if first < 0x80 {
        *at += 1;
        return Some(u64::from(first));
    }
    read_long(bytes, at)
}

fn read_long(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for (index, &byte) in bytes.get(*at..)?.iter().take(MAX_BYTES).enumerate() {
        let bits = u64::from(byte & 0x7f);
        if index == MAX_BYTES - 1 && bits > 1 {
            return None;
        }
        value |= bits << (7 * index);
        if byte & 0x80 == 0 {
            let shortest = byte != 0 || index == 0;
            *at += index + 1;
            return shortest.then_some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                let mut bytes = Vec::new();
                write(&mut bytes, value);
                let mut at = 0;
                assert_eq!(read(&bytes, &mut at), Some(value));
                assert_eq!(at, bytes.len());
            }
        }
    }

    #[test]
    fn what_is_not_the_shortest_form_is_refused() {
        for bytes in [
            &[0x80u8, 0x00][..],
            &[0xff, 0x00],
            &[0x80],
            &[],
            &[0xff; 10],
            &[0xff; 11],
        ] {
            assert_eq!(read(bytes, &mut 0), None, "{bytes:?}");
        }
    }
}
