//! Folders: what is opened by name, even where a listing said something else a moment before.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use weftend_readers::input::{Entry, Folder, Kind, Refusal};

/// A folder with a file, a folder with a file, and links to both.
fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("folder")
        .join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("inner")).expect("a folder");
    fs::write(path.join("file"), "text").expect("a file");
    fs::write(path.join("inner/file"), "more").expect("a file");
    symlink("file", path.join("to-file")).expect("a link");
    symlink("inner", path.join("to-inner")).expect("a link");
    symlink("nowhere", path.join("to-nothing")).expect("a link");
    path
}

#[test]
fn lists_every_name_in_byte_order_without_following() {
    let opened = Folder::open(&folder("list")).expect("a folder");
    let expected = [
        (c"file", Kind::File),
        (c"inner", Kind::Folder),
        (c"to-file", Kind::Link),
        (c"to-inner", Kind::Link),
        (c"to-nothing", Kind::Link),
    ];
    let expected = expected.map(|(name, kind)| Entry {
        name: name.to_owned(),
        kind,
    });
    assert_eq!(opened.entries(5).expect("names"), expected);
    assert_eq!(opened.entries(4), Err(Refusal::TooMany { limit: 4 }));
}

#[test]
fn opens_no_link_whoever_asks() {
    let opened = Folder::open(&folder("links")).expect("a folder");
    for name in [c"to-file", c"to-inner", c"to-nothing"] {
        assert_eq!(opened.read(name, 100), Err(Refusal::Link), "{name:?}");
        assert_eq!(opened.folder(name).err(), Some(Refusal::Link), "{name:?}");
    }
    assert!(opened.folder(c"inner").is_ok());
}

#[test]
fn reads_whole_files_within_a_limit() {
    let path = folder("read");
    let opened = Folder::open(&path).expect("a folder");
    let expected = "a regular file";
    assert_eq!(opened.read(c"file", 4), Ok(b"text".to_vec()));
    assert_eq!(opened.read(c"file", 3), Err(Refusal::TooLarge { limit: 3 }));
    assert_eq!(
        opened.read(c"inner", 100),
        Err(Refusal::WrongKind { expected })
    );
    assert_eq!(opened.read(c"nowhere", 100), Err(Refusal::Missing));
    assert_eq!(opened.read_known(c"nowhere", 100), Ok(None));
    fs::write(path.join("empty"), "").expect("a file");
    assert_eq!(opened.read(c"empty", 0), Ok(Vec::new()));
}

/// Files of `/proc` say that they hold nothing, and then hold something: as a file does that grows meanwhile.
#[test]
fn a_file_that_is_longer_than_it_was_is_not_believed() {
    let proc = Path::new("/proc/self");
    if !proc.is_dir() {
        eprintln!("SKIPPED: there is no /proc here");
        return;
    }
    let opened = Folder::open(proc).expect("a folder");
    assert_eq!(opened.read(c"status", 1 << 20), Err(Refusal::Changed));
}
