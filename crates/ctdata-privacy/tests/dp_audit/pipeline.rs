//! Small tables that differ in one person, and the pipelines that are run on them.

use ctdata_privacy::dp::{Budget, Delta, Epsilon, NoiseSource, Payment};
use ctdata_privacy::synth::{Aim, DpAggregateSeeded, Mst};
use ctdata_privacy::{PrivacyError, PrivacyUnit, Released};
use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
use serde_json::Value;

/// A region and four flags.
pub(crate) type Record = [u8; 5];

/// The region that nobody has but the person in question.
pub(crate) const UNIQUE: u8 = 3;
/// A flag that is set, and one that is not.
pub(crate) const YES: u8 = 1;
pub(crate) const NO: u8 = 2;

/// Two inputs, without and with one person.
pub(crate) struct Neighbours {
    pub(crate) without: Table,
    pub(crate) with: Table,
}

/// Twenty-four records with at most one flag set, in three of the four regions.
pub(crate) fn others() -> Vec<Record> {
    let record = |row: u8| {
        let mut record = [row % 3, NO, NO, NO, NO];
        if let Some(flag) = record.get_mut(1 + usize::from(row % 5)) {
            *flag = YES;
        }
        record
    };
    (0..24).map(record).collect()
}

/// Over the public codebook.
pub(crate) fn table(records: &[Record]) -> Table {
    over(records, 4, Origin::Public)
}

/// Over what occurs, and said to be public or not.
pub(crate) fn read_off(records: &[Record], said: Origin) -> Table {
    over(records, usize::from(records.iter().map(|record| record[0]).max().unwrap() + 1), said)
}

fn over(records: &[Record], regions: usize, origin: Origin) -> Table {
    let labels = ["north", "east", "south", "west"].into_iter().take(regions);
    let region = Domain::nominal(labels, origin).unwrap();
    let mut attributes = vec![Attribute::new("region", region, MissingKinds::NONE)];
    attributes.extend(["a", "b", "c", "d"].map(Attribute::flag));
    let column = |at: usize| Column::from_u8(records.iter().map(|record| record[at]).collect());
    Table::try_new(Schema::try_new(attributes).unwrap(), (0..5).map(column).collect()).unwrap()
}

fn one_more(record: Record) -> Neighbours {
    let mut records = others();
    let without = table(&records);
    records.push(record);
    Neighbours { without, with: table(&records) }
}

/// A record with more values than all others.
pub(crate) fn wider() -> Neighbours {
    one_more([0, YES, YES, YES, YES])
}

/// A record with a value that nobody else has.
pub(crate) fn unique() -> Neighbours {
    one_more([UNIQUE, NO, NO, NO, NO])
}

/// The same over codebooks of what occurs, given out for public ones.
pub(crate) fn read_off_neighbours() -> Neighbours {
    let mut records = others();
    let without = read_off(&records, Origin::Public);
    records.push([UNIQUE, NO, NO, NO, NO]);
    Neighbours { without, with: read_off(&records, Origin::Public) }
}

/// A record with both.
pub(crate) fn wider_and_unique() -> Neighbours {
    one_more([UNIQUE, YES, YES, YES, YES])
}

/// A person with forty records like that, all others with one each.
pub(crate) fn person() -> Neighbours {
    let with_ids = |forty: usize| {
        let mut records = others();
        let ids: Vec<String> = (0..records.len()).map(|other| format!("other {other}")).collect();
        let ids = ids.into_iter().chain(std::iter::repeat_n("one".to_owned(), forty));
        records.extend(std::iter::repeat_n([UNIQUE, YES, YES, YES, YES], forty));
        table(&records).with_ids(ids.collect()).unwrap()
    };
    Neighbours { without: with_ids(0), with: with_ids(40) }
}

/// A synthesizer with a guarantee of differential privacy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Mst,
    Aim,
    AggregateSeeded,
}

impl Method {
    pub(crate) const ALL: [Self; 3] = [Self::Mst, Self::Aim, Self::AggregateSeeded];

    /// From the table to the verified release.
    pub(crate) fn run(
        self,
        table: &Table,
        payment: Payment,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Outcome, PrivacyError> {
        let (output, report, shown) = match self {
            Self::Mst => {
                let made = Mst::new().run(table, payment, source, control)?;
                let shown = format!("{made:?}");
                (made.output, serde_json::to_value(made.report).unwrap(), shown)
            }
            Self::Aim => {
                let made = Aim::new().run(table, payment, source, control)?;
                let shown = format!("{made:?}");
                (made.output, serde_json::to_value(made.report).unwrap(), shown)
            }
            Self::AggregateSeeded => {
                let made = DpAggregateSeeded::default().run(table, payment, source, control)?;
                let shown = format!("{made:?}");
                (made.output, serde_json::to_value(made.report).unwrap(), shown)
            }
        };
        Ok(Outcome { released: output.verify(control)?, report, shown })
    }
}

/// What a pipeline hands back.
pub(crate) struct Outcome {
    pub(crate) released: Released<Table>,
    /// The report as JSON.
    pub(crate) report: Value,
    /// All that there is before the verification, as `Debug` shows it.
    pub(crate) shown: String,
}

/// A payment that no ledger knows of.
pub(crate) fn payment(epsilon: f64, delta: f64, unit: PrivacyUnit, records_per_person: u32) -> Payment {
    let budget = Budget { epsilon: Epsilon::try_new(epsilon).unwrap(), delta: Delta::try_new(delta).unwrap() };
    Payment::without_ledger(budget, unit, records_per_person).unwrap()
}
