//! How many records of one person are counted.

use std::fmt;

use ctdata_table::{Control, Table};
use rand::CryptoRng;

use crate::draw::below;
use crate::unit::Persons;
use crate::{PrivacyError, PrivacyUnit};

/// Keeps at most so many records of each person, so that noise for that many hides the person.
///
/// Which ones is drawn without replacement, each with the same chance whatever it says. Rows with the same id
/// belong to one person, also those with the empty id.
///
/// # Guarantee
/// What is rho-zCDP for one record added or removed is m^2 rho-zCDP for one person, all records of whom are
/// added or removed; an [`Allowance`](crate::dp::Allowance) for m records per person is counted so. A table without
/// ids can not be bounded: then the guarantee is for any m records, whosever they are. See
/// [`proofs::contribution_bound`](crate::proofs::contribution_bound).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContributionBound {
    records_per_person: u32,
}

/// A table in which no person has too many records.
///
/// It is as confidential as the table it comes from. It has no ids any more.
#[derive(Clone, PartialEq)]
pub struct Bounded {
    table: Table,
    unit: PrivacyUnit,
    records_per_person: u32,
    dropped: u64,
}

impl ContributionBound {
    /// At most so many records. Fewer need less noise, and lose more of those who have many.
    ///
    /// # Errors
    /// None at all.
    pub fn try_new(records_per_person: u32) -> Result<Self, PrivacyError> {
        if records_per_person == 0 {
            let rule = "is at least 1".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "records_per_person", rule });
        }
        Ok(Self { records_per_person })
    }

    /// How many.
    pub fn records_per_person(self) -> u32 {
        self.records_per_person
    }

    /// The table with no more than that of each person, in the order of the table.
    ///
    /// The stream is part of the secret, as that of noise is: who knows it may see from the records of others that
    /// were kept that somebody has many.
    ///
    /// # Errors
    /// A table with weights: how many a record stands for is not bounded by its number.
    /// [`PrivacyError::Cancelled`].
    pub fn apply<R: CryptoRng + ?Sized>(
        self,
        table: &Table,
        rng: &mut R,
        control: &Control,
    ) -> Result<Bounded, PrivacyError> {
        if table.weights().is_some() {
            let rule = "are not counted with differential privacy: one record would count for many".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "weights", rule });
        }
        control.check()?;
        let kept = self.kept(&Persons::of(table), table.rows(), rng);
        let unit = PrivacyUnit::of(table);
        let (dropped, bounded) = match kept {
            Some(rows) => (table.rows() - rows.len(), table.take(&rows)?),
            None => (0, table.clone()),
        };
        Ok(Bounded {
            table: bounded.without_ids(),
            unit,
            records_per_person: self.records_per_person,
            dropped: dropped as u64,
        })
    }

    /// The rows that are kept, in order; none where these are all.
    fn kept<R: CryptoRng + ?Sized>(self, persons: &Persons, rows: usize, rng: &mut R) -> Option<Vec<u32>> {
        if !persons.repeat() {
            return None;
        }
        // Rows by person, then by place.
        let mut rows: Vec<(u32, u32)> =
            (0..u32::try_from(rows).unwrap_or(u32::MAX)).map(|row| (persons.of_row(row), row)).collect();
        rows.sort_unstable();
        let most = usize::try_from(self.records_per_person).unwrap_or(usize::MAX);
        let mut kept = Vec::with_capacity(rows.len());
        for of_person in rows.chunk_by_mut(|a, b| a.0 == b.0) {
            choose(rng, of_person, most);
            kept.extend(of_person.iter().take(most).map(|&(_, row)| row));
        }
        if kept.len() == rows.len() {
            return None;
        }
        kept.sort_unstable();
        Some(kept)
    }
}

/// Puts so many items, drawn without replacement, in front of the others. Draws nothing where there are no more.
pub(super) fn choose<R: CryptoRng + ?Sized, T>(rng: &mut R, items: &mut [T], most: usize) {
    if items.len() <= most {
        return;
    }
    for place in 0..most {
        let other = usize::try_from(below(rng, (items.len() - place) as u64)).unwrap_or(0);
        items.swap(place, place + other);
    }
}

impl Bounded {
    /// The table. Confidential.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The table, taken out.
    pub fn into_table(self) -> Table {
        self.table
    }

    /// Whom the guarantee counts: persons where the table had ids, else records.
    pub fn unit(&self) -> PrivacyUnit {
        self.unit
    }

    /// How many records one person has at most; of a table without ids, how many records are hidden together.
    pub fn records_per_person(&self) -> u32 {
        self.records_per_person
    }

    /// How many records were left out. Confidential: for internal reports only.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl fmt::Debug for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bounded")
            .field("unit", &self.unit)
            .field("records_per_person", &self.records_per_person)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ctdata_table::Weights;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    use super::*;
    use crate::testing::{any_table, flags};

    fn bound(most: u32) -> ContributionBound {
        ContributionBound::try_new(most).unwrap()
    }

    #[test]
    fn every_choice_of_records_is_as_likely() {
        let table = flags(&[&[0, 1, 1, 0, 1], &[0, 1, 2, 0, 0]])
            .with_ids(["p", "q", "p", "p", "p"].into_iter().collect())
            .unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut seen = BTreeMap::new();
        for _ in 0..6_000 {
            let kept = bound(2).kept(&Persons::of(&table), 5, &mut rng).unwrap();
            *seen.entry(kept).or_insert(0u32) += 1;
        }
        // All six pairs of the rows 0, 2, 3, 4, each with row 1. Chi-square with five degrees of freedom: above
        // 20.5 with probability 0.001.
        assert_eq!(seen.len(), 6);
        assert!(seen.keys().all(|rows| rows.len() == 3 && rows.contains(&1)));
        let chi: f64 = seen.values().map(|&n| (f64::from(n) - 1_000.0).powi(2) / 1_000.0).sum();
        assert!(chi < 20.5, "{chi}");
    }

    #[test]
    fn without_ids_nothing_is_dropped_and_the_unit_is_the_record() {
        let table = flags(&[&[0, 1, 1]]);
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let bounded = bound(2).apply(&table, &mut rng, &Control::default()).unwrap();
        assert_eq!((bounded.unit(), bounded.dropped(), bounded.records_per_person()), (PrivacyUnit::Record, 0, 2));
        assert_eq!(bounded.into_table(), table);
    }

    #[test]
    fn weights_and_nothing_are_refused() {
        assert!(ContributionBound::try_new(0).is_err());
        let table = flags(&[&[0, 1]]).with_weights(Weights::new(vec![1, 2])).unwrap();
        assert!(bound(1).apply(&table, &mut ChaCha20Rng::seed_from_u64(3), &Control::default()).is_err());
    }

    #[test]
    fn what_was_dropped_is_not_shown() {
        let table = flags(&[&[0, 1, 1]]).with_ids(["p", "p", "p"].into_iter().collect()).unwrap();
        let bounded = bound(1).apply(&table, &mut ChaCha20Rng::seed_from_u64(3), &Control::default()).unwrap();
        assert_eq!(bounded.dropped(), 2);
        assert_eq!(format!("{bounded:?}"), "Bounded { unit: Person, records_per_person: 1, .. }");
    }

    proptest! {
        #[test]
        fn each_person_keeps_what_it_had_up_to_the_bound(table in any_table(30), most in 1u32..5, seed in 0u64..9) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            let persons = Persons::of(&table);
            let rows = u32::try_from(table.rows()).unwrap();
            let count = |rows: &[u32]| {
                let mut counts = BTreeMap::new();
                for &row in rows {
                    *counts.entry(persons.of_row(row)).or_insert(0u32) += 1;
                }
                counts
            };
            let all: Vec<u32> = (0..rows).collect();
            let kept = bound(most).kept(&persons, table.rows(), &mut rng).unwrap_or_else(|| all.clone());
            prop_assert!(kept.is_sorted_by(|a, b| a < b));
            let expected: BTreeMap<u32, u32> = count(&all).into_iter().map(|(id, n)| (id, n.min(most))).collect();
            prop_assert_eq!(count(&kept), expected);
            let bounded = bound(most).apply(&table, &mut rng, &Control::default()).unwrap();
            prop_assert!(bounded.table().ids().is_none());
            prop_assert_eq!(bounded.table().rows() as u64 + bounded.dropped(), u64::from(rows));
            prop_assert_eq!(bounded.table().rows(), kept.len());
        }
    }
}
