//! How many members a zip archive says it has, before anything makes room for them.

use std::io::{self, Read, Seek, SeekFrom};

const END: &[u8; 4] = b"PK\x05\x06";
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
/// The end record and the longest comment behind it, and the locator of zip64 before it.
const TAIL: u64 = 22 + 65_535 + 20;

/// How many members the end records of a file give; 0 where there is none.
#[derive(Clone, Copy, Default)]
pub(super) struct Members {
    /// The greatest count; a record may also stand in a member that is a zip archive, or in the comment.
    pub(super) most: u64,
    /// The count of the last record, which is the archive's own unless its comment holds one.
    pub(super) last: u64,
}

/// The counts that the end records in `file` give. Leaves `file` at its start.
pub(super) fn members(file: &mut (impl Read + Seek)) -> io::Result<Members> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.by_ref().take(TAIL).read_to_end(&mut tail)?;
    let mut found = Members::default();
    for at in memchr::memmem::find_iter(&tail, END) {
        let count = number(&tail, at + 10, 2).unwrap_or(0);
        found.last = if count == 0xFFFF {
            members_of_zip64(file, &tail, at)?.max(count)
        } else {
            count
        };
        found.most = found.most.max(found.last);
    }
    file.rewind()?;
    Ok(found)
}

/// The count in the zip64 end record that the locator before the end record at `at` points to.
fn members_of_zip64(file: &mut (impl Read + Seek), tail: &[u8], at: usize) -> io::Result<u64> {
    let locator = at
        .checked_sub(20)
        .filter(|locator| tail.get(*locator..locator + 4) == Some(LOCATOR));
    let Some(offset) = locator.and_then(|locator| number(tail, locator + 8, 8)) else {
        return Ok(0);
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut record = Vec::new();
    file.by_ref().take(56).read_to_end(&mut record)?;
    Ok(number(&record, 32, 8).unwrap_or(0))
}

/// The little-endian number of `width` bytes at `at`.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + width)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}
