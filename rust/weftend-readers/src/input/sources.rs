//! From what an operator names (files, folders, patterns, `-`) to the files that are read, each once.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use weftend_core::error::Issue;

use crate::issues::Issues;
use crate::refusal::{INPUT_NOT_FOUND, INPUT_TOO_LARGE, INPUT_UNREADABLE, Refusal};

/// Folders nest at most this deep below one that was named.
const MAX_DEPTH: usize = 64;
/// No more files than these are taken from one command line.
const MAX_FILES: usize = 4_000_000;

/// One file to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is, without anything that a path can do without (`//`, `/./`); `None` for standard input.
    pub path: Option<PathBuf>,
    /// Its size in bytes when it was found; 0 for standard input and for pipes.
    pub size: u64,
    /// Whether the operator named it, or a pattern of theirs did; otherwise it was found in a folder, where there
    /// may be files of any kind.
    pub named: bool,
}

impl Source {
    /// Its name for people: the path as given, `<stdin>` for standard input.
    pub fn name(&self) -> String {
        self.path.as_ref().map_or_else(
            || "<stdin>".to_owned(),
            |path| path.to_string_lossy().into_owned(),
        )
    }

    /// The folder that it is in.
    pub fn folder(&self) -> Option<&Path> {
        self.path.as_deref().and_then(Path::parent)
    }

    /// What sources are ordered by and told apart by.
    pub fn place(&self) -> Option<&[u8]> {
        let path = self.path.as_ref()?;
        Some(path.as_os_str().as_encoded_bytes())
    }
}

/// Everything to read, and what could not be found.
#[derive(Debug, Default)]
pub struct Sources {
    /// Sorted by path, each path once; standard input first.
    pub files: Vec<Source>,
    /// What was named and is not there, and folders that cannot be listed.
    pub issues: Issues,
    /// Symbolic links that were found in folders and not followed.
    pub links: u64,
}

impl Sources {
    /// The files that `inputs` mean: `-` is standard input; a path that exists is itself, or everything in it; what
    /// does not exist and holds `*`, `?` or `[` is a pattern (`**` for folders at any depth).
    pub fn of(inputs: &[PathBuf]) -> Self {
        let mut found = Found::default();
        for input in inputs {
            found.input(input);
        }
        let mut files = found.files;
        files.sort_by(|one, other| one.place().cmp(&other.place()));
        // Named and found in a folder, too: one file, and the one that was named.
        files.dedup_by(|again, file| {
            let same = again.place() == file.place();
            file.named |= same && again.named;
            same
        });
        Sources {
            files,
            issues: found.issues,
            links: found.links,
        }
    }

    /// Bytes to read, as far as sizes are known.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

#[derive(Default)]
struct Found {
    files: Vec<Source>,
    issues: Issues,
    links: u64,
}

impl Found {
    fn input(&mut self, input: &Path) {
        if input.as_os_str() == "-" {
            self.add(Source {
                path: None,
                size: 0,
                named: true,
            });
            return;
        }
        match fs::metadata(input) {
            Ok(found) if found.is_dir() => self.folder(&plain(input), 0),
            Ok(found) => self.named(input, found.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.pattern(input),
            Err(error) => self.unreadable(input, &error),
        }
    }

    fn named(&mut self, path: &Path, size: u64) {
        self.add(Source {
            path: Some(plain(path)),
            size,
            named: true,
        });
    }

    fn add(&mut self, source: Source) {
        if self.files.len() >= MAX_FILES {
            let message = format!("more than {MAX_FILES} files");
            self.issues
                .push(Refusal::new(INPUT_TOO_LARGE, "", message).issue(""));
            return;
        }
        self.files.push(source);
    }

    /// Everything in a folder, but nothing that a symbolic link leads to.
    fn folder(&mut self, folder: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} folders below each other");
            self.issue(folder, INPUT_TOO_LARGE, &message);
            return;
        }
        let entries = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => return self.unreadable(folder, &error),
        };
        for entry in entries {
            match entry.file_type() {
                Ok(kind) => self.entry(&entry, kind, depth),
                Err(error) => self.unreadable(&entry.path(), &error),
            }
        }
    }

    fn entry(&mut self, entry: &fs::DirEntry, kind: FileType, depth: usize) {
        if kind.is_symlink() {
            self.links += 1;
        } else if kind.is_dir() {
            self.folder(&entry.path(), depth + 1);
        } else if kind.is_file() {
            match entry.metadata() {
                Ok(found) => self.add(Source {
                    path: Some(entry.path()),
                    size: found.len(),
                    named: false,
                }),
                Err(error) => self.unreadable(&entry.path(), &error),
            }
        }
    }

    fn pattern(&mut self, input: &Path) {
        let text = input.to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            return self.issue(input, INPUT_NOT_FOUND, "is not there");
        }
        let Ok(paths) = glob::glob(&text) else {
            return self.issue(
                input,
                INPUT_NOT_FOUND,
                "is not there, and is no pattern either",
            );
        };
        let mut any = false;
        for path in paths {
            any = true;
            match path {
                Ok(path) => self.matched(&path),
                Err(error) => self.unreadable(error.path(), error.error()),
            }
        }
        if !any {
            self.issue(input, INPUT_NOT_FOUND, "nothing is named like this");
        }
    }

    /// What a pattern found.
    fn matched(&mut self, path: &Path) {
        if !path.is_dir() {
            let size = fs::metadata(path).map_or(0, |found| found.len());
            return self.named(path, size);
        }
        match path.is_symlink() {
            true => self.links += 1,
            false => self.folder(&plain(path), 0),
        }
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        self.issue(path, INPUT_UNREADABLE, &format!("cannot be read: {error}"));
    }

    fn issue(&mut self, path: &Path, code: &'static str, message: &str) {
        let path = format!("{}#", path.to_string_lossy());
        self.issues.push(Issue {
            code,
            path,
            message: message.to_owned(),
        });
    }
}

/// The path without what it can do without, so that one file has one path.
fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_one_source_however_its_path_is_written() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/input");
        let named = ["", "//", "/./"].map(|between| format!("{folder}{between}/sources.rs").into());
        let found = Sources::of(&[folder.into(), format!("{folder}/").into()]);
        let both = Sources::of(&[&[folder.into()], &named[..], &named[..]].concat());
        let paths = |sources: &Sources| -> Vec<_> {
            sources.files.iter().map(|file| file.path.clone()).collect()
        };
        assert!(found.files.len() > 1 && found.files.iter().all(|file| !file.named));
        assert_eq!(paths(&both), paths(&found));
        let told: Vec<_> = both.files.iter().filter(|file| file.named).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].name().ends_with("input/sources.rs"));
    }
}
