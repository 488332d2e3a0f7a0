//! `tartarus.jsonl`: one record of what went wrong a line, each an observation of its own.

use rayon::prelude::*;
use weftend_core::digest::digest_bytes;

use super::bounds;
use super::fields::{Fields, Source};
use super::found::Found;
use super::observation::{Channel, Observation};
use crate::input::Folder;
use crate::issues::Issues;
use crate::json::Cursor;

const FILE: &str = "tartarus.jsonl";
const SCHEMA: &str = "weftend.tartarus/0";

/// Reads the records of a release folder; none where there is no file.
pub(crate) fn read(release: &Folder) -> Found {
    match release.read_known(c"tartarus.jsonl", bounds::TARTARUS_BYTES) {
        Ok(Some(text)) => records(&text).unwrap_or_else(Found::refused),
        Ok(None) => Found::default(),
        Err(refusal) => Found::refused(Source::file("", FILE).unread(&refusal)),
    }
}

fn records(text: &[u8]) -> Result<Found, Issues> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        if is_blank(line) {
            continue;
        }
        if lines.len() == bounds::RECORDS {
            let message = format!("more than {} records", bounds::RECORDS);
            let source = Source {
                line: Some(number),
                ..Source::file("", FILE)
            };
            return Err(source.issue("INPUT_TOO_LARGE", 0, &message).into());
        }
        lines.push((number, line));
    }
    let found = lines.into_par_iter();
    Ok(found
        .fold(Found::default, |found, (number, line)| {
            found.with(record(line, number))
        })
        .reduce(Found::default, Found::and))
}

/// The end of the last line makes an empty one, and an empty line says nothing that could be misread.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

fn record(line: &[u8], number: usize) -> Result<Observation, Issues> {
    let source = Source {
        line: Some(number),
        ..Source::file("", FILE)
    };
    if line.len() > bounds::LINE_BYTES {
        let message = format!("the line is longer than {} bytes", bounds::LINE_BYTES);
        return Err(source
            .issue("INPUT_TOO_LARGE", bounds::LINE_BYTES, &message)
            .into());
    }
    let canonical = source.canonical(line)?;
    let mut fields = Fields::new(source);
    members(&mut fields, Cursor::new(line));
    Ok(Observation {
        unit: digest_bytes(&canonical).0,
        keys: fields.finish()?,
    })
}

fn members(fields: &mut Fields<'_>, mut cursor: Cursor<'_>) {
    if !fields.object(&mut cursor, "the record") {
        return;
    }
    let mut kind = false;
    while let Some(name) = cursor.member() {
        if name.is("schema") {
            fields.schema(&mut cursor, SCHEMA);
        } else if name.is("kind") {
            kind = true;
            fields.key(&mut cursor, Channel::TartarusKinds, "kind");
        } else if name.is("reasonCodes") {
            fields.reasons(&mut cursor);
        } else if name.is("recordId") {
            fields.digest_ref(&mut cursor, Channel::TartarusRefs, "recordId");
        } else {
            cursor.skip();
        }
    }
    fields.require(0, kind, "there is no kind");
}
