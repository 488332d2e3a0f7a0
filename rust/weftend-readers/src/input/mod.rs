//! How input reaches a reader: folders and files opened so that nothing outside them can be.

pub mod budget;
mod contents;
mod folder;
pub mod peek;
mod sources;
mod unpack;
mod zstd;

pub use folder::{Entry, Folder, Kind, Refusal};
pub use sources::{Source, Sources};
pub use unpack::{Documents, unpack, unpack_file};
