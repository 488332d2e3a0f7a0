//! The share of maps that are whole, in hundredths.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A share from 0 to 1 in steps of 0.01; in JSON a number with at most two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coverage(u8);

impl Coverage {
    /// Nothing was suppressed.
    pub const WHOLE: Coverage = Coverage(100);

    /// `part` of `all`, rounded down to 0.01; [`Coverage::WHOLE`] where `all` is 0 or less than `part`.
    pub fn of(part: usize, all: usize) -> Coverage {
        let hundredths = (part.min(all) as u128 * 100).checked_div(all as u128);
        Coverage(hundredths.unwrap_or(100) as u8)
    }

    /// 0 to 100.
    pub fn hundredths(self) -> u8 {
        self.0
    }
}

impl Serialize for Coverage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

impl<'de> Deserialize<'de> for Coverage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        let hundredths = (share * 100.0).round();
        if !(0.0..=100.0).contains(&hundredths) || hundredths / 100.0 != share {
            return Err(de::Error::custom(
                "coverage is from 0 to 1 in steps of 0.01",
            ));
        }
        Ok(Coverage(hundredths as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_down_and_come_back() {
        for all in 1..=64 {
            for part in 0..=all {
                let coverage = Coverage::of(part, all);
                assert_eq!(usize::from(coverage.hundredths()), 100 * part / all);
                let text = serde_json::to_string(&coverage).unwrap();
                assert_eq!(serde_json::from_str::<Coverage>(&text).unwrap(), coverage);
            }
        }
        assert_eq!(
            crate::canonical::to_vec(&Coverage::of(2, 3)).unwrap(),
            b"0.66"
        );
        assert_eq!(crate::canonical::to_vec(&Coverage::WHOLE).unwrap(), b"1");
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["-0.01", "1.01", "0.001", "0.665", "\"1\"", "null"] {
            assert!(serde_json::from_str::<Coverage>(text).is_err(), "{text}");
        }
    }
}
