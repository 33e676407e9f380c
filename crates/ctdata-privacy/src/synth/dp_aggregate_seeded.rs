//! Synthetic records from noisy aggregates.

use ctdata_table::{Control, Table};

use super::{AggregateSeeded, AggregateSeededReport};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, NoisyAggregates, SparseMarginals};

/// Differentially private synthetic records of sparse tables: noisy counts of combinations, and records made of
/// them that hold no combination, up to the length measured, that was not found.
///
/// It suits files of many attributes of which a record has few, where combinations that nobody has would mislead
/// most. The counts are a second product, consistent with the records: all combinations of the records, up to
/// that length, are in it, and neither a single value nor a combination of the longest length occurs more often
/// than it counts.
///
/// ```
/// use ctdata_privacy::dp::{Allowance, Delta, Epsilon, NoiseSource, rho_of_epsilon};
/// use ctdata_privacy::synth::DpAggregateSeeded;
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b"), Attribute::flag("c")])?;
/// let codes = |of: fn(u32) -> bool| Column::from_u8((0..30_000).map(|row| if of(row) { 1 } else { 2 }).collect());
/// let columns = vec![codes(|row| row % 2 == 0), codes(|row| row % 3 == 0), codes(|_| false)];
/// let table = Table::try_new(schema, columns)?;
///
/// let rho = rho_of_epsilon(Epsilon::try_new(1.0)?, Delta::try_new(1e-9)?)?;
/// let mut allowance = Allowance::without_ledger(rho, 1);
/// let mut source = NoiseSource::from_seed(1); // for trials: `from_entropy` is private
/// let drawn = DpAggregateSeeded::default().draw(&table, &mut allowance, &mut source, &Control::default())?;
/// assert_eq!(drawn.table.rows() as u64, drawn.aggregates.records);
/// // Somebody has `a` and `b`, and nobody has `c`.
/// assert!(drawn.aggregates.combinations.get(&[(0, 1), (1, 1)]).is_some_and(|count| count > 3_000));
/// assert_eq!(drawn.aggregates.combinations.get(&[(2, 1)]), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DpAggregateSeeded {
    /// What is measured. Its attributes are those of the output.
    pub marginals: SparseMarginals,
}

/// Synthetic records with the noisy counts that they were made of. Nothing in it depends on a record but through
/// noise that was paid for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NoisySynthesis {
    /// The synthetic table: the attributes asked for, as many rows as the noisy number of records.
    pub table: Table,
    /// The counts, by position in `table`'s schema; codes of values are the same there.
    pub aggregates: NoisyAggregates,
    /// How records were made of them.
    pub sampling: AggregateSeededReport,
}

impl DpAggregateSeeded {
    /// Measures a table with all that is left of an allowance, and draws records.
    ///
    /// # Guarantee
    /// That of [`SparseMarginals::measure`]: records are drawn from what it returns, and see nothing else. Every
    /// combination of values in the output, up to the length measured, was found; longer ones are made up.
    ///
    /// # Errors
    /// As [`SparseMarginals::measure`].
    pub fn draw(
        &self,
        table: &Table,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<NoisySynthesis, PrivacyError> {
        let names = &self.marginals.attributes;
        let selected = if names.is_empty() { table.clone() } else { table.select_named(names)? };
        let marginals = SparseMarginals { attributes: Vec::new(), ..self.marginals.clone() };
        let aggregates = marginals.measure(&selected, allowance, source, control)?;
        let (table, sampling) = AggregateSeeded::new().records(aggregates.records).draw(
            selected.schema(),
            &aggregates.combinations,
            source,
            control,
        )?;
        Ok(NoisySynthesis { table, aggregates, sampling })
    }
}

#[cfg(test)]
mod tests {
    use ctdata_table::{CountSource, Origin};

    use super::*;
    use crate::dp::Rho;
    use crate::testing::Dice;
    use ctdata_table::{Attribute, Column, Domain, MissingKinds, Schema};

    /// Records with a value of `x` and flags that depend on it; with `unique`, one more who alone has the last
    /// value and all flags.
    fn cases(unique: bool) -> Table {
        let x = Domain::nominal(["p", "q", "r", "s"], Origin::Public).unwrap();
        let mut attributes = vec![Attribute::new("x", x, MissingKinds::NONE)];
        attributes.extend((0..6).map(|flag| Attribute::flag(format!("flag {flag}"))));
        let mut dice = Dice(3);
        let mut codes: Vec<Vec<u8>> = vec![Vec::new(); 7];
        for _ in 0..2_000 {
            let x = u8::try_from(dice.roll(3)).unwrap();
            codes[0].push(x);
            for flag in 0..6u8 {
                let has = if flag % 3 == x { !dice.one_in(3) } else { dice.one_in(5) };
                codes[usize::from(flag) + 1].push(if has { 1 } else { 2 });
            }
        }
        if unique {
            codes[0].push(3);
            codes[1..].iter_mut().for_each(|flag| flag.push(1));
        }
        let columns = codes.into_iter().map(Column::from_u8).collect();
        Table::try_new(Schema::try_new(attributes).unwrap(), columns).unwrap()
    }

    fn draw(table: &Table, rho: f64, seed: u64) -> NoisySynthesis {
        let mut allowance = Allowance::without_ledger(Rho::at_most(rho).unwrap(), 1);
        let mut source = NoiseSource::from_seed(seed);
        DpAggregateSeeded::default().draw(table, &mut allowance, &mut source, &Control::default()).unwrap()
    }

    #[test]
    fn every_combination_of_the_output_was_found() {
        let drawn = draw(&cases(false), 0.5, 1);
        assert_eq!(drawn.table.rows() as u64, drawn.aggregates.records);
        let output = drawn.table.combinations(3, 1, &Control::default()).unwrap();
        assert!(output.len() > 50, "{output:?}");
        for (entry, count) in output.iter() {
            let items: Vec<_> = entry.iter().map(|&item| output.items()[item as usize]).collect();
            let found = drawn.aggregates.combinations.get(&items);
            assert!(found.is_some_and(|found| items.len() == 2 || found >= count));
        }
    }

    #[test]
    fn a_seed_gives_the_same_records() {
        let table = cases(false);
        assert_eq!(draw(&table, 0.5, 4), draw(&table, 0.5, 4));
        assert_ne!(draw(&table, 0.5, 4).table, draw(&table, 0.5, 5).table);
    }

    /// Neighbours of which one has a record with a value that nobody else has: what is public about the outputs is
    /// the same, and the value shows in neither.
    #[test]
    fn a_value_that_one_person_has_does_not_show() {
        let (without, with) = (draw(&cases(false), 0.05, 6), draw(&cases(true), 0.05, 6));
        assert_eq!(without.table.schema(), with.table.schema());
        assert_eq!(without.table.schema().get(0).unwrap().domain().len(), 4);
        for drawn in [&without, &with] {
            assert_eq!(drawn.aggregates.combinations.get(&[(0, 3)]), None);
            assert_eq!(drawn.aggregates.lengths[0].candidates, 10);
        }
    }

    #[test]
    fn the_output_has_the_attributes_asked_for() {
        let marginals =
            SparseMarginals { attributes: vec!["flag 2".into(), "x".into()], length: 2, ..SparseMarginals::default() };
        let mut allowance = Allowance::without_ledger(Rho::at_most(0.5).unwrap(), 1);
        let source = &mut NoiseSource::from_seed(2);
        let drawn = DpAggregateSeeded { marginals };
        let drawn = drawn.draw(&cases(false), &mut allowance, source, &Control::default()).unwrap();
        let names: Vec<&str> = drawn.table.schema().attributes().iter().map(Attribute::name).collect();
        assert_eq!(names, ["flag 2", "x"]);
    }
}
