//! Readers: files that other tools wrote, turned into contributions for a fold.
