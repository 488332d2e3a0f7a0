//! The release's own name for itself: `release_manifest.json`.
//!
//! A manifest holds together when it is one I-JSON object of the schema `weftend.release/0`, its `manifestBody`
//! is an object whose `pathDigest` is a full SHA-256 digest, and its `releaseId` is the digest of the canonical
//! `manifestBody`. Signatures are not checked: the keys that could check them are not part of a release.

use weftend_core::digest::{Digest, digest_text};

use super::bounds;
use super::fields::{Fields, Source};
use crate::input::{Folder, Refusal};
use crate::issues::Issues;
use crate::json::{Cursor, Kind, Text};

const SCHEMA: &str = "weftend.release/0";

/// What a release calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// `releaseId`: the digest of `manifestBody`, checked.
    pub release_id: String,
    /// `manifestBody.pathDigest`: a full digest.
    pub path_digest: String,
}

/// Reads the manifest of a release folder.
pub(crate) fn read(release: &Folder) -> Result<Manifest, Issues> {
    let source = Source::file("", "release_manifest.json");
    let text = release
        .read_known(c"release_manifest.json", bounds::DOCUMENT_BYTES)
        .and_then(|found| found.ok_or(Refusal::Missing))
        .map_err(|refusal| source.unread(&refusal))?;
    source.canonical(&text)?;
    parse(&text, source)
}

/// What of a manifest is looked at: text and byte offset.
#[derive(Default)]
struct Found<'t> {
    schema: bool,
    release_id: Option<(Text<'t>, usize)>,
    path_digest: Option<(Text<'t>, usize)>,
    body: Option<&'t [u8]>,
}

fn parse(text: &[u8], source: Source<'_>) -> Result<Manifest, Issues> {
    let mut fields = Fields::new(source);
    let found = members(&mut fields, Cursor::new(text));
    fields.require(0, found.schema, "there is no schema");
    fields.require(0, found.release_id.is_some(), "there is no releaseId");
    fields.require(0, found.body.is_some(), "there is no manifestBody");
    fields.require(
        0,
        found.path_digest.is_some(),
        "there is no manifestBody.pathDigest",
    );
    let (Some((id, id_at)), Some((path, path_at)), Some(body)) =
        (found.release_id, found.path_digest, found.body)
    else {
        return Err(fields.into_issues());
    };
    if path.decoded().parse::<Digest>().is_err() {
        fields.refuse(
            path_at,
            "manifestBody.pathDigest is not sha256: and 64 lower-case hex digits",
        );
    }
    if !digest_text(body).is_ok_and(|digest| id.is(&digest.to_string())) {
        fields.refuse(id_at, "releaseId is not the digest of manifestBody");
    }
    let manifest = Manifest {
        release_id: id.decoded().into(),
        path_digest: path.decoded().into(),
    };
    fields.finish().map(|_| manifest)
}

fn members<'t>(fields: &mut Fields<'_>, mut cursor: Cursor<'t>) -> Found<'t> {
    let mut found = Found::default();
    if !fields.object(&mut cursor, "the manifest") {
        return found;
    }
    while let Some(name) = cursor.member() {
        let at = cursor.offset();
        if name.is("schema") {
            found.schema = true;
            fields.schema(&mut cursor, SCHEMA);
        } else if name.is("releaseId") {
            found.release_id = fields.string(&mut cursor, "releaseId").map(|id| (id, at));
        } else if name.is("manifestBody") && cursor.kind() == Kind::Object {
            found.path_digest = path_digest(fields, cursor);
            found.body = Some(cursor.raw());
        } else {
            cursor.skip();
        }
    }
    found
}

fn path_digest<'t>(fields: &mut Fields<'_>, mut body: Cursor<'t>) -> Option<(Text<'t>, usize)> {
    body.enter();
    let mut found = None;
    while let Some(name) = body.member() {
        let at = body.offset();
        if name.is("pathDigest") {
            found = fields
                .string(&mut body, "manifestBody.pathDigest")
                .map(|digest| (digest, at));
        } else {
            body.skip();
        }
    }
    found
}
