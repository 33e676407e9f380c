//! What a search says of its answer.

use ctdata_table::StopReason;

/// How an answer was found and what is proven of it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SearchReport {
    /// Whether no solution has a lower score.
    pub optimal: bool,
    /// Nodes whose classes were counted.
    pub checked: u64,
    /// Nodes of the lattice; a text in JSON, as it may pass 2^53.
    #[cfg_attr(feature = "serde", serde(with = "as_text"))]
    pub lattice: u128,
    /// The score of the answer by the metric asked for; smaller is better.
    pub score: f64,
    /// No solution has a lower score than this. The score itself where the answer is optimal.
    pub bound: f64,
    /// (score - bound) / score: how much lower the score could be at most; 0 where the answer is
    /// optimal.
    pub gap: f64,
    /// Why the search ended early, if it did.
    pub stopped: Option<StopReason>,
    /// The level of each quasi-identifier, in their order.
    pub levels: Vec<usize>,
    /// Records that the answer drops.
    pub suppressed: u64,
    /// Classes that it keeps.
    pub classes: u64,
}

#[cfg(feature = "serde")]
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn lattices_past_64_bits_survive_json() {
        let report = SearchReport {
            optimal: false,
            checked: 7,
            lattice: u128::MAX,
            score: 0.5,
            bound: 0.25,
            gap: 0.5,
            stopped: Some(StopReason::Deadline),
            levels: vec![1, 0],
            suppressed: 3,
            classes: 2,
        };
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(
            json,
            r#"{"optimal":false,"checked":7,"lattice":"340282366920938463463374607431768211455","score":0.5,"bound":0.25,"gap":0.5,"stopped":"deadline","levels":[1,0],"suppressed":3,"classes":2}"#
        );
        assert_eq!(serde_json::from_str::<SearchReport>(&json).unwrap(), report);
    }
}
