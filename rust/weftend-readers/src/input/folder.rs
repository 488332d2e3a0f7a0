//! A folder held open, below which no symbolic link is followed and nothing but regular files is read.
//!
//! Every name is opened relative to its folder's descriptor with `O_NOFOLLOW`, so a link that appears while
//! reading cannot lead outside either. `O_NONBLOCK` and a look at the open file's own type keep a pipe or a
//! device from being read.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, openat, statat};
use rustix::io::Errno;
use weftend_core::error::Issue;

const NOT_A_FILE: Refusal = Refusal::WrongKind {
    expected: "a regular file",
};
const NEVER_FOLLOW: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);

/// What a name in a folder is, without following it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl From<FileType> for Kind {
    fn from(found: FileType) -> Self {
        match found {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        }
    }
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name as the file system holds it; any bytes but NUL and `/`.
    pub name: CString,
    /// What it is.
    pub kind: Kind,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing has this name.
    Missing,
    /// It is a symbolic link.
    Link,
    /// It is not what is read here: `expected` says what would be.
    WrongKind {
        /// What would have been read: "a regular file" or "a folder".
        expected: &'static str,
    },
    /// It holds more bytes than are read.
    TooLarge {
        /// The most bytes that are read.
        limit: u64,
    },
    /// It is a folder with more names than are read.
    TooMany {
        /// The most names that are read.
        limit: usize,
    },
    /// Its length changed while it was read.
    Changed,
    /// The system refused.
    Unreadable(String),
}

impl Refusal {
    /// The refusal as an issue at `path` (`file#place`).
    pub fn issue(&self, path: String) -> Issue {
        let (code, message) = match self {
            Refusal::Missing => ("INPUT_NOT_FOUND", "is not there".to_owned()),
            Refusal::Link => (
                "INPUT_SYMLINK",
                "is a symbolic link, and links are never followed".to_owned(),
            ),
            Refusal::WrongKind { expected } => ("INPUT_INVALID", format!("is not {expected}")),
            Refusal::TooLarge { limit } => {
                ("INPUT_TOO_LARGE", format!("holds more than {limit} bytes"))
            }
            Refusal::TooMany { limit } => {
                ("INPUT_TOO_LARGE", format!("holds more than {limit} names"))
            }
            Refusal::Changed => ("INPUT_UNREADABLE", "changed while it was read".to_owned()),
            Refusal::Unreadable(reason) => {
                ("INPUT_UNREADABLE", format!("cannot be read: {reason}"))
            }
        };
        Issue {
            code,
            path,
            message,
        }
    }
}

impl From<Errno> for Refusal {
    fn from(error: Errno) -> Self {
        match error {
            Errno::NOENT => Refusal::Missing,
            Errno::LOOP => Refusal::Link,
            other => Refusal::Unreadable(other.to_string()),
        }
    }
}

/// A folder held open by its descriptor.
#[derive(Debug)]
pub struct Folder(OwnedFd);

impl Folder {
    /// Opens the folder that an operator named. Links on the way to it are followed, as in any command; below
    /// it none is.
    ///
    /// # Errors
    /// [`Refusal::Missing`], [`Refusal::WrongKind`] or [`Refusal::Unreadable`].
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(CWD, path, flags, Mode::empty())
            .map(Folder)
            .map_err(not_a_folder)
    }

    /// Opens the folder `name` in this one.
    ///
    /// # Errors
    /// As [`Folder::open`], and [`Refusal::Link`].
    pub fn folder(&self, name: &CStr) -> Result<Self, Refusal> {
        match openat(
            &self.0,
            name,
            NEVER_FOLLOW | OFlags::DIRECTORY,
            Mode::empty(),
        ) {
            Ok(opened) => Ok(Folder(opened)),
            // With O_DIRECTORY a link is reported as "not a directory"; say which of the two it is.
            Err(Errno::NOTDIR) if self.kind(name)? == Some(Kind::Link) => Err(Refusal::Link),
            Err(error) => Err(not_a_folder(error)),
        }
    }

    /// What `name` is, or `None` where nothing has this name.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`].
    pub fn kind(&self, name: &CStr) -> Result<Option<Kind>, Refusal> {
        match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(FileType::from_raw_mode(found.st_mode).into())),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Every name in the folder but `.` and `..`, in byte order; at most `limit`.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`] or [`Refusal::TooMany`].
    pub fn entries(&self, limit: usize) -> Result<Vec<Entry>, Refusal> {
        let again = self
            .0
            .try_clone()
            .map_err(|error| Refusal::Unreadable(error.to_string()))?;
        let mut listing = Dir::new(again)?;
        listing.rewind(); // the two descriptors share one position
        let mut entries = Vec::new();
        for found in listing {
            let found = found?;
            let name = found.file_name();
            if name == c"." || name == c".." {
                continue;
            }
            if entries.len() == limit {
                return Err(Refusal::TooMany { limit });
            }
            entries.push(Entry {
                name: name.to_owned(),
                kind: self.entry_kind(name, found.file_type())?,
            });
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Not every file system says in its listing what a name is.
    fn entry_kind(&self, name: &CStr, listed: FileType) -> Result<Kind, Refusal> {
        match listed {
            FileType::Unknown => Ok(self.kind(name)?.unwrap_or(Kind::Other)),
            known => Ok(known.into()),
        }
    }

    /// The bytes of the file `name`, at most `limit` of them, or `None` where nothing has this name. What is not a
    /// regular file is not opened.
    ///
    /// # Errors
    /// As [`Folder::read`].
    pub fn read_known(&self, name: &CStr, limit: u64) -> Result<Option<Vec<u8>>, Refusal> {
        self.read_listed(name, self.kind(name)?, limit)
    }

    /// [`Folder::read_known`] where the listing has already said what `name` is.
    ///
    /// # Errors
    /// As [`Folder::read`].
    pub fn read_listed(
        &self,
        name: &CStr,
        kind: Option<Kind>,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        match kind {
            None => Ok(None),
            Some(Kind::File) => self.read(name, limit).map(Some),
            Some(Kind::Link) => Err(Refusal::Link),
            Some(Kind::Folder | Kind::Other) => Err(NOT_A_FILE),
        }
    }

    /// The bytes of the regular file `name`, at most `limit` of them.
    ///
    /// # Errors
    /// Any [`Refusal`]; [`Refusal::Changed`] where its length is not what it was when it was opened.
    pub fn read(&self, name: &CStr, limit: u64) -> Result<Vec<u8>, Refusal> {
        let flags = NEVER_FOLLOW | OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let opened = openat(&self.0, name, flags, Mode::empty())?;
        let found = fstat(&opened)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(NOT_A_FILE);
        }
        let size = u64::try_from(found.st_size).unwrap_or(u64::MAX);
        if size > limit {
            return Err(Refusal::TooLarge { limit });
        }
        read_whole(File::from(opened), size)
    }
}

fn not_a_folder(error: Errno) -> Refusal {
    match error {
        Errno::NOTDIR => Refusal::WrongKind {
            expected: "a folder",
        },
        other => other.into(),
    }
}

/// Reads a file that is `size` bytes long. One byte more is asked for, so that a file that grew shows itself
/// without a second call.
fn read_whole(mut file: File, size: u64) -> Result<Vec<u8>, Refusal> {
    let size = usize::try_from(size).map_err(|_| Refusal::TooLarge { limit: size })?;
    let mut bytes = vec![0; size + 1];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Refusal::Unreadable(error.to_string())),
        }
        if filled == size {
            break;
        }
    }
    bytes.truncate(filled);
    if filled == size {
        Ok(bytes)
    } else {
        Err(Refusal::Changed)
    }
}
