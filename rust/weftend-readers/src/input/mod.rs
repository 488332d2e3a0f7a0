//! How input reaches a reader: folders and files opened so that nothing outside them can be.

mod folder;

pub use folder::{Entry, Folder, Kind, Refusal};
