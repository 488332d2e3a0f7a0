//! Compressions and archives, read in place: every document in them is handed on as it streams by.

use std::io::{Cursor, Read, Seek};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use super::budget::{self, Budget, MAX_DOCUMENT, MAX_LAYERS, MAX_MEMBERS, Unpacked};
use super::contents;
use super::peek::{Memory, Peeked};
use super::zstd::Frames;
use crate::refusal::{INPUT_INVALID, INPUT_TOO_LARGE, Refusal};

/// How a document, or what holds it, is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
    Tar,
    Zip,
}

impl Packing {
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1F, 0x8B, 0x08, ..] => Packing::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Packing::Zstd,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Packing::Zip,
            _ if head.get(257..262) == Some(b"ustar") => Packing::Tar,
            _ => Packing::None,
        }
    }
}

/// Who gets the documents.
pub trait Documents {
    /// One document: its name (`archive!/member` within archives) and its bytes; `member` where it is in an archive,
    /// in which there may be files of any kind.
    fn document(&mut self, name: &str, source: Peeked<&mut dyn Read>, member: bool);
    /// Memory that the next document may be read into; whoever gets the document may keep it for the next one.
    fn memory(&mut self) -> Memory {
        Memory::default()
    }
    /// Something that cannot be unpacked, or not any further.
    fn refused(&mut self, name: &str, refusal: Refusal);
    /// Whether to go on.
    fn goes_on(&self) -> bool {
        true
    }
}

/// Hand every document in `source` to `to`.
pub fn unpack(name: &str, source: &mut dyn Read, budget: &Budget, to: &mut dyn Documents) {
    Layers::new(budget, to).unpack(name, source, 0);
}

/// The same for a file, of whose archives only what is needed is read.
pub fn unpack_file<F: Read + Seek>(
    name: &str,
    file: &mut F,
    budget: &Budget,
    to: &mut dyn Documents,
) {
    let mut layers = Layers::new(budget, to);
    let read = Peeked::new(&mut *file as &mut dyn Read, layers.to.memory());
    let peeked = match read {
        Ok(peeked) => peeked,
        Err(error) => return layers.to.refused(name, budget::refusal(&error)),
    };
    if Packing::of(peeked.head()) != Packing::Zip {
        return layers.peeked(name, peeked, 0);
    }
    let (head, _) = peeked.into_parts();
    let result = match file.rewind() {
        Ok(()) => layers.members(name, file, 1),
        // What cannot be wound back, such as a pipe, is held.
        Err(_) => layers.zip(name, head.filled().chain(file), 1),
    };
    if let Err(refusal) = result {
        layers.to.refused(name, refusal);
    }
}

struct Layers<'a> {
    budget: &'a Budget,
    to: &'a mut dyn Documents,
    /// How many archives are open.
    members_of: usize,
}

impl<'a> Layers<'a> {
    fn new(budget: &'a Budget, to: &'a mut dyn Documents) -> Self {
        Layers {
            budget,
            to,
            members_of: 0,
        }
    }

    fn member(&mut self, name: &str, source: &mut dyn Read, layer: usize) {
        self.members_of += 1;
        self.unpack(name, source, layer);
        self.members_of -= 1;
    }

    fn unpack(&mut self, name: &str, source: &mut dyn Read, layer: usize) {
        match Peeked::new(source, self.to.memory()) {
            Ok(peeked) => self.peeked(name, peeked, layer),
            Err(error) => self.to.refused(name, budget::refusal(&error)),
        }
    }

    fn peeked(&mut self, name: &str, source: Peeked<&mut dyn Read>, layer: usize) {
        if let Err(refusal) = self.layer(name, source, layer) {
            self.to.refused(name, refusal);
        }
    }

    fn layer(
        &mut self,
        name: &str,
        peeked: Peeked<&mut dyn Read>,
        layer: usize,
    ) -> Result<(), Refusal> {
        let packing = Packing::of(peeked.head());
        if packing == Packing::None {
            self.to.document(name, peeked, self.members_of > 0);
            return Ok(());
        }
        if layer >= MAX_LAYERS {
            return Err(Refusal::new(
                INPUT_TOO_LARGE,
                "",
                format!("packed more than {MAX_LAYERS} times"),
            ));
        }
        let packed = peeked.into_reader();
        match packing {
            Packing::Gzip => self.unpack(
                name,
                &mut Unpacked::new(MultiGzDecoder::new(packed), self.budget),
                layer + 1,
            ),
            Packing::Zstd => self.unpack(
                name,
                &mut Unpacked::new(Frames::new(packed), self.budget),
                layer + 1,
            ),
            Packing::Tar => self.tar(name, packed, layer + 1)?,
            _ => self.zip(name, packed, layer + 1)?,
        }
        Ok(())
    }

    /// Members of a tape archive, in its order; links and devices are passed over.
    fn tar(&mut self, name: &str, packed: impl Read, layer: usize) -> Result<(), Refusal> {
        let mut archive = tar::Archive::new(packed);
        let entries = archive.entries().map_err(|error| budget::refusal(&error))?;
        for (index, entry) in entries.enumerate() {
            check_members(index as u64 + 1)?;
            let mut entry = entry.map_err(|error| budget::refusal(&error))?;
            if !entry.header().entry_type().is_file() || !self.to.goes_on() {
                continue;
            }
            let member = format!("{name}!/{}", String::from_utf8_lossy(&entry.path_bytes()));
            self.member(&member, &mut entry, layer);
        }
        Ok(())
    }

    /// Members of a zip archive, which has to be held: its table of contents stands at its end.
    fn zip(&mut self, name: &str, packed: impl Read, layer: usize) -> Result<(), Refusal> {
        let mut held = Vec::new();
        let limit = MAX_DOCUMENT as u64 + 1;
        packed
            .take(limit)
            .read_to_end(&mut held)
            .map_err(|error| budget::refusal(&error))?;
        if held.len() > MAX_DOCUMENT {
            return Err(Refusal::new(
                INPUT_TOO_LARGE,
                "",
                format!("an archive of more than {MAX_DOCUMENT} bytes in another"),
            ));
        }
        self.members(name, Cursor::new(held), layer)
    }

    fn members(
        &mut self,
        name: &str,
        mut file: impl Read + Seek,
        layer: usize,
    ) -> Result<(), Refusal> {
        let told = contents::members(&mut file).map_err(|error| budget::refusal(&error))?;
        check_members(told.most)?;
        let mut archive = ZipArchive::new(file).map_err(of_zip)?;
        if told.last > archive.len() as u64 {
            self.to.refused(name, of_one_name());
        }
        for index in 0..archive.len() {
            if !self.to.goes_on() {
                break;
            }
            match archive.by_index(index) {
                Ok(member) if member.is_file() => {
                    let path = member
                        .name()
                        .map_or_else(|_| index.to_string(), |name| name.into_owned());
                    let mut unpacked = Unpacked::new(member, self.budget);
                    self.member(&format!("{name}!/{path}"), &mut unpacked, layer);
                }
                Ok(_) => {}
                Err(error) => self.to.refused(&format!("{name}!/{index}"), of_zip(error)),
            }
        }
        Ok(())
    }
}

fn check_members(count: u64) -> Result<(), Refusal> {
    if count <= MAX_MEMBERS {
        return Ok(());
    }
    Err(Refusal::new(
        INPUT_TOO_LARGE,
        "",
        format!("an archive of more than {MAX_MEMBERS} members"),
    ))
}

/// The archive's contents are kept by name, so of members of one name only the last is to be had.
fn of_one_name() -> Refusal {
    Refusal::new(
        INPUT_INVALID,
        "",
        "several members have one name: only the last of them is read",
    )
}

fn of_zip(error: ZipError) -> Refusal {
    match error {
        ZipError::Io(error) => budget::refusal(&error),
        other => Refusal::new(
            INPUT_INVALID,
            "",
            format!("not a zip archive that can be read: {other}"),
        ),
    }
}
