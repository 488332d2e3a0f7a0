//! A partial as bytes: equal partials are equal bytes, and bytes from anywhere are checked before they are believed.
//!
//! A line that says what it is and that it is private; then the number of channels and each name; of units and each
//! digest, ascending; of parts and each digest, ascending; of keys and each key with its channel, ascending; then
//! the packed rows ([`super::packed`]) with all numbers in these orders; then SHA-256 of all of it. Texts are their
//! length and their bytes; numbers are LEB128 in the shortest form. Nothing is listed that no row uses.

use sha2::{Digest as _, Sha256};

use super::packed::write_unit;
use super::partial::{OWN, Partial};
use super::rows::Cell;
use super::{UnitDigest, varint};

/// First line: what this is, its version, and that it is private.
pub(super) const HEADER: &[u8] =
    b"weftend.partial/0 PRIVATE: data about single units, not for release\n";

impl Partial {
    /// The partial as bytes, the same for equal partials however they came about. **Private.**
    pub fn to_bytes(&self) -> Vec<u8> {
        let settled = self.settled();
        let order = Order::of(&settled);
        let mut out = HEADER.to_vec();
        varint::write(&mut out, settled.channels.len() as u64);
        settled
            .channels
            .iter()
            .for_each(|name| write_text(&mut out, name));
        write_digests(&mut out, &order.units, settled.units.as_slice());
        write_digests(&mut out, &order.parts, settled.parts.as_slice());
        varint::write(&mut out, order.keys.len() as u64);
        for &key in &order.keys {
            let (channel, text) = settled.keys.get(key);
            varint::write(&mut out, u64::from(channel));
            write_text(&mut out, text);
        }
        order.write_rows(&settled, &mut out);
        let seal = Sha256::digest(&out);
        out.extend_from_slice(&seal);
        out
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    varint::write(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn write_digests(out: &mut Vec<u8>, order: &[u32], digests: &[UnitDigest]) {
    varint::write(out, order.len() as u64);
    order
        .iter()
        .for_each(|&number| out.extend_from_slice(&digests[number as usize]));
}

/// The numbers of what is used, in the order of the bytes, and back.
struct Order {
    units: Vec<u32>,
    parts: Vec<u32>,
    keys: Vec<u32>,
}

impl Order {
    fn of(partial: &Partial) -> Self {
        let (units, parts) = (partial.units.as_slice(), partial.parts.as_slice());
        let mut used_parts = vec![false; parts.len() + 1];
        let mut used_keys = vec![false; partial.keys.len()];
        partial.each_cells(|_, _, cells| {
            for cell in cells.iter() {
                used_parts[cell.part as usize] = true;
                used_keys[cell.bucket as usize] = true;
            }
        });
        let mut by_unit: Vec<u32> = (0..units.len() as u32).collect();
        by_unit.sort_unstable_by_key(|&unit| &units[unit as usize]);
        let mut by_part = used(&used_parts[1..]);
        by_part.sort_unstable_by_key(|&part| &parts[part as usize]);
        let mut by_key = used(&used_keys);
        by_key.sort_unstable_by_key(|&key| partial.keys.get(key));
        Order {
            units: by_unit,
            parts: by_part,
            keys: by_key,
        }
    }

    fn write_rows(&self, partial: &Partial, out: &mut Vec<u8>) {
        let parts = inverse(&self.parts, partial.parts.len());
        let keys = inverse(&self.keys, partial.keys.len());
        let starts = partial.closed.starts(partial.units.len());
        let mut cells: Vec<Cell> = Vec::new();
        for &unit in &self.units {
            cells.clear();
            let start = starts[unit as usize];
            partial
                .closed
                .cursor(unit as usize, start)
                .read_unit(&mut cells);
            for cell in &mut cells {
                cell.part = if cell.part == OWN {
                    OWN
                } else {
                    parts[cell.part as usize - 1] + 1
                };
                cell.bucket = keys[cell.bucket as usize];
            }
            cells.sort_unstable_by_key(Cell::place);
            write_unit(out, &cells);
        }
    }
}

fn used(flags: &[bool]) -> Vec<u32> {
    (0..flags.len() as u32)
        .filter(|&number| flags[number as usize])
        .collect()
}

fn inverse(order: &[u32], len: usize) -> Vec<u32> {
    let mut inverse = vec![0; len];
    for (place, &number) in order.iter().enumerate() {
        inverse[number as usize] = place as u32;
    }
    inverse
}
