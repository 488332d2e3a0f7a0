//! Members that can only hold one value.

use serde::{Deserialize, Deserializer, Serialize};

macro_rules! schema {
    ($name:ident, $text:literal) => {
        #[doc = concat!("Always `", $text, "`.")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            /// The one version there is.
            #[default]
            #[serde(rename = $text)]
            V0,
        }
    };
}

schema!(AggregateSchema, "weftend.telemetry.aggregate/0");
schema!(ChunkSchema, "weftend.telemetry.chunk/0");
schema!(JournalSchema, "weftend.telemetry.journal/0");
schema!(StoreSchema, "weftend.telemetry.conduitStore/0");
schema!(SnapshotSchema, "weftend.telemetry.conduitSnapshot/0");

/// The number 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

impl TryFrom<u8> for Version {
    type Error = &'static str;

    fn try_from(version: u8) -> Result<Self, Self::Error> {
        if version == 0 {
            Ok(Version)
        } else {
            Err("v is 0")
        }
    }
}

impl From<Version> for u8 {
    fn from(_: Version) -> u8 {
        0
    }
}

/// A member that may be absent but not `null`.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
