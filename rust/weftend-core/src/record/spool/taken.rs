//! Taking a segment up for reading.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use super::folder::make_private_folder;

/// A segment taken up for reading. While it lives nobody else removes a closed segment.
#[derive(Debug)]
pub struct Taken {
    path: PathBuf,
    file: File,
    closed: bool,
}

impl Taken {
    /// Take up the segment at `path`.
    ///
    /// # Errors
    /// Whatever the file system says; `NotFound` where somebody else removed it.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        let file = File::open(&path)?;
        let closed = match file.try_lock() {
            Ok(()) => true,
            Err(fs::TryLockError::WouldBlock) => false,
            Err(fs::TryLockError::Error(error)) => return Err(error),
        };
        Ok(Taken { path, file, closed })
    }

    /// Whether its writer is gone: nothing will be added.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Everything that is in it now.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Remove it; only a closed segment goes.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn remove(self) -> io::Result<()> {
        if self.closed {
            fs::remove_file(&self.path)
        } else {
            Ok(())
        }
    }

    /// Move it into `folder`, made when it is missing, instead of removing it.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn set_aside(self, folder: &Path) -> io::Result<()> {
        make_private_folder(folder)?;
        let name = self.path.file_name().unwrap_or_default();
        fs::rename(&self.path, folder.join(name))
    }
}
