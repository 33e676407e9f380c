//! How a table of histories is stored.

use super::CaptureHistories;
use crate::mse::error::MseError;
use serde::{Deserialize, Serialize};

/// `{"lists": ["police", "shelters"], "histories": [{"on": ["police"], "count": 40}]}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Histories {
    lists: Vec<String>,
    histories: Vec<History>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    /// The lists by name, in the order of the table.
    on: Vec<String>,
    count: u64,
}

impl From<CaptureHistories> for Histories {
    fn from(table: CaptureHistories) -> Self {
        let on = |list: usize| table.name(list).clone();
        let histories = table.iter().map(|(history, count)| History { on: history.iter().map(on).collect(), count });
        Self { histories: histories.collect(), lists: table.lists }
    }
}

impl TryFrom<Histories> for CaptureHistories {
    type Error = MseError;

    fn try_from(stored: Histories) -> Result<Self, MseError> {
        let empty = Self::try_new(stored.lists, [])?;
        let mut counts = Vec::with_capacity(stored.histories.len());
        for History { on, count } in stored.histories {
            let history = empty.set(&on)?;
            if history.len() < on.len() {
                return Err(MseError::Histories("a history names each list once"));
            }
            counts.push((history, count));
        }
        Self::try_new(empty.lists, counts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::tables;
    use super::*;
    use crate::mse::ListSet;
    use proptest::prelude::*;

    #[test]
    fn the_stored_form_is_a_promise() {
        let counts = [(ListSet::of([0]), 40), (ListSet::of([0, 1]), 6)];
        let table = CaptureHistories::try_new(["police", "shelters"], counts).unwrap();
        let stored = r#"{"lists":["police","shelters"],"histories":[{"on":["police"],"count":40},{"on":["police","shelters"],"count":6}]}"#;
        assert_eq!(serde_json::to_string(&table).unwrap(), stored);
    }

    #[test]
    fn what_is_read_is_checked() {
        for stored in [
            r#"{"lists":["a"],"histories":[]}"#,
            r#"{"lists":["a","b"],"histories":[{"on":[],"count":1}]}"#,
            r#"{"lists":["a","b"],"histories":[{"on":["c"],"count":1}]}"#,
            r#"{"lists":["a","b"],"histories":[{"on":["a","a"],"count":1}]}"#,
            r#"{"lists":["a","b"],"histories":[{"on":["a"],"count":-1}]}"#,
            r#"{"lists":["a","b"],"histories":[{"on":["a"],"count":1.5}]}"#,
            r#"{"lists":["a","b"],"histories":[],"persons":0}"#,
        ] {
            assert!(serde_json::from_str::<CaptureHistories>(stored).is_err(), "{stored}");
        }
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_back(table in tables()) {
            let stored = serde_json::to_string(&table).unwrap();
            prop_assert!(serde_json::from_str::<CaptureHistories>(&stored).unwrap() == table);
        }
    }
}
