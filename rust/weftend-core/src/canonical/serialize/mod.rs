//! Any `serde::Serialize` value to canonical bytes.
//!
//! Follows the data model that serde_json has (structs are objects, `None` and `()` are `null`, enum variants
//! with content are one-member objects), so that a value and its JSON text have one digest.

mod containers;
mod name;
mod writer;

use std::fmt;

use serde::{Serialize, ser};

use super::error::{CanonCode, CanonicalError};
use super::pointer::Trail;
use writer::Writer;

/// The canonical form of a value.
///
/// # Errors
/// With the JSON Pointer of what was refused: `CANON_NUMBER_NOT_FINITE` for NaN and infinities,
/// `CANON_NUMBER_RANGE` for integers outside ±(2^53−1), `CANON_KEY_TYPE` for map keys that are not strings,
/// `CANON_DUPLICATE_NAME` for an object that repeats a name (place: the object), `CANON_DEPTH` for a container
/// at level 129, `CANON_TYPE` when a `Serialize` implementation itself fails.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let mut writer = Writer::default();
    match value.serialize(&mut writer) {
        Ok(()) => Ok(writer.output.bytes.into_vec()),
        Err(refusal) => Err(refusal.0.into()),
    }
}

/// The error serde wants; boxed, since it travels in every result.
#[derive(Debug)]
struct Refused(Box<Trail>);

impl From<CanonCode> for Refused {
    fn from(code: CanonCode) -> Self {
        Refused(Box::new(Trail::new(code)))
    }
}

impl Refused {
    fn under_name(self, name: &str) -> Self {
        Refused(Box::new(self.0.under_name(name)))
    }

    fn under_index(self, index: usize) -> Self {
        Refused(Box::new(self.0.under_index(index)))
    }
}

impl From<Box<Trail>> for CanonicalError {
    fn from(trail: Box<Trail>) -> Self {
        (*trail).into()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        CanonCode::Type.into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};

    use super::super::canonicalize_text;
    use super::*;
    use crate::error::Place;

    fn text<T: Serialize>(value: &T) -> String {
        String::from_utf8(to_vec(value).unwrap()).unwrap()
    }

    fn refused<T: Serialize>(value: &T) -> (CanonCode, String) {
        let error = to_vec(value).unwrap_err();
        let Place::Pointer(pointer) = error.place else {
            panic!("{error}")
        };
        (error.code, pointer)
    }

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(f32),
        Tuple(u8, char),
        Struct { b: Option<()>, a: (i8, i16) },
    }

    #[test]
    fn enums_and_structs_look_as_serde_json_writes_them() {
        assert_eq!(text(&Shape::Unit), r#""Unit""#);
        assert_eq!(text(&Shape::Newtype(0.5)), r#"{"Newtype":0.5}"#);
        assert_eq!(text(&Shape::Tuple(7, 'é')), r#"{"Tuple":[7,"é"]}"#);
        assert_eq!(
            text(&Shape::Struct {
                b: None,
                a: (-1, 2)
            }),
            r#"{"Struct":{"a":[-1,2],"b":null}}"#
        );
        assert_eq!(
            text(&BTreeMap::from([('\u{E000}', 1), ('\u{10000}', 2)])),
            "{\"\u{10000}\":2,\"\u{E000}\":1}"
        );
    }

    #[test]
    fn refusals_name_the_place() {
        assert_eq!(
            refused(&json!({"a": [0, {"b/c": (1u64 << 53)}]})),
            (CanonCode::NumberRange, "/a/1/b~1c".into())
        );
        assert_eq!(
            refused(&[0.0, f64::NAN]),
            (CanonCode::NumberNotFinite, "/1".into())
        );
        assert_eq!(
            refused(&[BTreeMap::from([(1, 2)])]),
            (CanonCode::KeyType, "/0".into())
        );
        assert_eq!(
            refused(&Shape::Newtype(f32::INFINITY)),
            (CanonCode::NumberNotFinite, "/Newtype".into())
        );
        assert_eq!(refused(&i128::MAX), (CanonCode::NumberRange, String::new()));
        let repeated = Repeated {
            a: 1,
            rest: BTreeMap::from([("a", 2)]),
        };
        assert_eq!(
            refused(&[repeated]),
            (CanonCode::DuplicateName, "/0".into())
        );
    }

    #[derive(Serialize)]
    struct Repeated {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<&'static str, u8>,
    }

    #[test]
    fn level_129_is_refused() {
        let nested = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(text(&nested(128)).len(), 257);
        assert_eq!(refused(&nested(129)), (CanonCode::Depth, "/0".repeat(128)));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(1i64 << 53) + 1..1 << 53).prop_map(Value::from),
            any::<f64>()
                .prop_filter("finite", |f| f.is_finite())
                .prop_map(Value::from),
            "[a\"\\\\\n\u{e9}\u{E000}\u{10000}]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map("[a-c\"\n\u{E000}\u{10000}]{0,3}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_and_its_text_have_one_canonical_form(value in values()) {
            let bytes = to_vec(&value).unwrap();
            prop_assert!(super::super::is_canonical(&bytes));
            prop_assert_eq!(&canonicalize_text(&serde_json::to_vec_pretty(&value).unwrap()).unwrap(), &bytes);
        }
    }
}
