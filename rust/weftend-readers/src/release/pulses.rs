//! `receipts/pulses.json`: what a runtime was asked for. Denied capabilities are observations; the other kinds of
//! pulse are checked and not counted.

use rayon::prelude::*;
use weftend_core::digest::digest_bytes;

use super::bounds;
use super::fields::{Fields, Source};
use super::found::Found;
use super::observation::{Channel, Observation};
use crate::input::Folder;
use crate::issues::Issues;
use crate::json::Cursor;

const FILE: &str = "pulses.json";
const SCHEMA: &str = "weftend.pulse/0";
const COUNTED: &str = "CAP_DENY";
const KINDS: [&str; 6] = [
    "PUBLISH",
    "LOAD",
    "CAP_REQUEST",
    COUNTED,
    "CAP_ALLOW",
    "EXIT",
];

/// Reads the pulses of `receipts/`, whose path `folder` is for issues; none where there is no file.
pub(crate) fn read(receipts: &Folder, folder: &str) -> Found {
    let source = Source::file(folder, FILE);
    match receipts.read_known(c"pulses.json", bounds::PULSES_BYTES) {
        Ok(Some(text)) => pulses(&text, source).unwrap_or_else(Found::refused),
        Ok(None) => Found::default(),
        Err(refusal) => Found::refused(source.unread(&refusal)),
    }
}

fn pulses(text: &[u8], source: Source<'_>) -> Result<Found, Issues> {
    source.canonical(text)?;
    let mut cursor = Cursor::new(text);
    let mut fields = Fields::new(source);
    let mut starts = Vec::new();
    if fields.array(&mut cursor, "the list of pulses") {
        while cursor.element() {
            if starts.len() == bounds::PULSES {
                let message = format!("more than {} pulses", bounds::PULSES);
                return Err(source
                    .issue("INPUT_TOO_LARGE", cursor.offset(), &message)
                    .into());
            }
            starts.push(cursor);
            cursor.skip();
        }
    }
    fields.finish()?;
    let pulses = starts
        .into_par_iter()
        .filter_map(|pulse| one(pulse, source).transpose());
    Ok(pulses
        .fold(Found::default, Found::with)
        .reduce(Found::default, Found::and))
}

/// One pulse: an observation if it is of the kind that is counted.
fn one(mut pulse: Cursor<'_>, source: Source<'_>) -> Result<Option<Observation>, Issues> {
    let mut fields = Fields::new(source);
    let counted = members(&mut fields, pulse);
    let keys = fields.finish()?;
    if !counted {
        return Ok(None);
    }
    let canonical = source.canonical(pulse.raw())?;
    Ok(Some(Observation {
        unit: digest_bytes(&canonical).0,
        keys,
    }))
}

/// Checks the members of a pulse and says whether it counts.
fn members(fields: &mut Fields<'_>, mut cursor: Cursor<'_>) -> bool {
    let start = cursor.offset();
    if !fields.object(&mut cursor, "the pulse") {
        return false;
    }
    let (mut schema, mut digest, mut kind) = (false, false, None);
    while let Some(name) = cursor.member() {
        if name.is("schema") {
            schema = true;
            fields.schema(&mut cursor, SCHEMA);
        } else if name.is("kind") {
            kind = Some(self::kind(fields, &mut cursor));
        } else if name.is("capId") {
            fields.key(&mut cursor, Channel::CapDenies, "capId");
        } else if name.is("reasonCodes") {
            fields.reasons(&mut cursor);
        } else if name.is("pulseDigest") {
            digest = true;
            fields.digest_ref(&mut cursor, Channel::EvidenceRefs, "pulseDigest");
        } else {
            cursor.skip();
        }
    }
    fields.require(start, schema, "the pulse has no schema");
    fields.require(start, digest, "the pulse has no pulseDigest");
    fields.require(start, kind.is_some(), "the pulse has no kind");
    kind.flatten() == Some(COUNTED)
}

/// Which of the known kinds the string at the cursor is.
fn kind(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>) -> Option<&'static str> {
    let at = cursor.offset();
    let text = fields.string(cursor, "kind")?;
    let known = KINDS.into_iter().find(|kind| text.is(kind));
    if known.is_none() {
        fields.refuse(at, &format!("kind is none of {}", KINDS.join(", ")));
    }
    known
}
