//! Numbers in events: as text, the shortest that reads back as the same number. A JSON number would be read by whatever
//! precision a reader has, and a replay compares bits.

use serde::de::{Deserializer, Error};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// A 64-bit float that comes back bit by bit; NaN, which is "not known", is null.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub f64);

impl PartialEq for Number {
    /// By bits, except that all NaN are one.
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() || (self.0.is_nan() && other.0.is_nan())
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_nan() {
            return serializer.serialize_none();
        }
        serializer.collect_str(&format_args!("{:?}", self.0))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let Some(text) = text else {
            return Ok(Self(f64::NAN));
        };
        let number = text.parse();
        number
            .map(Self)
            .map_err(|_| D::Error::custom(format!("{text:?} is no number")))
    }
}

/// The numbers of a list.
pub fn numbers(values: &[f64]) -> Vec<Number> {
    values.iter().copied().map(Number).collect()
}

/// The list as plain numbers.
pub fn values(numbers: &[Number]) -> Vec<f64> {
    numbers.iter().map(|number| number.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_back_bit_by_bit() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = Number(f64::from_bits(bits));
            let text = serde_json::to_string(&number).unwrap();
            let back: Number = serde_json::from_str(&text).unwrap();
            assert_eq!(number, back, "{text}");
        }
        for edge in [
            0.0,
            -0.0,
            f64::INFINITY,
            f64::MIN_POSITIVE,
            5e-324,
            f64::MAX,
        ] {
            let text = serde_json::to_string(&Number(edge)).unwrap();
            let back: Number = serde_json::from_str(&text).unwrap();
            assert_eq!(back.0.to_bits(), edge.to_bits(), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_number_is_refused() {
        let error = serde_json::from_str::<Number>("\"abc\"").unwrap_err();
        assert!(error.to_string().contains("\"abc\" is no number"));
    }
}
