//! Lower bounds of the epsilon of whole pipelines, those that keep their claim and those broken on purpose.

use ctdata_privacy::PrivacyUnit;
use ctdata_privacy::dp::{Delta, Epsilon, NoiseSource};
use ctdata_privacy::evaluate::{AuditReport, DpAudit, Neighbour};
use ctdata_table::{Column, Control, Table};
use rand::Rng;

use crate::pipeline::{
    Method, Neighbours, Record, YES, payment, person, read_off_neighbours, unique, wider, wider_and_unique,
};

const EPSILON: f64 = 1.0;
const DELTA: f64 = 0.01;
const RUNS: u32 = 300;

/// What is looked at in a released table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    rows: usize,
    /// Records with the value that nobody else has.
    unique: usize,
    /// Records with two flags or more, which nobody else has.
    pairs: usize,
    /// Flags of the widest record.
    widest: usize,
    /// Values that the schema lists.
    listed: usize,
}

/// The statistics that are audited, each by itself.
const STATISTICS: [fn(&Seen) -> usize; 5] =
    [|seen| seen.rows, |seen| seen.unique, |seen| seen.pairs, |seen| seen.widest, |seen| seen.listed];

impl Seen {
    fn of(table: &Table) -> Self {
        let column = |name: &str| table.named(name).unwrap().1.iter().collect::<Vec<_>>();
        let flags = ["a", "b", "c", "d"].map(column);
        let width = |row: usize| flags.iter().filter(|flag| flag[row] == u16::from(YES)).count();
        let widths: Vec<usize> = (0..table.rows()).map(width).collect();
        let region = table.named("region").unwrap().0.domain();
        let unique = region.code_of("west");
        Self {
            rows: table.rows(),
            unique: column("region").into_iter().filter(|code| Some(*code) == unique).count(),
            pairs: widths.iter().filter(|width| **width >= 2).count(),
            widest: widths.into_iter().max().unwrap_or(0),
            listed: region.len(),
        }
    }
}

/// What an audit finds of each statistic of what `pipeline` releases; all of them look at the same runs.
fn audits(
    neighbours: &Neighbours,
    seed: u64,
    pipeline: impl FnMut(&Table, &mut NoiseSource) -> Table,
) -> Vec<AuditReport> {
    audits_of(EPSILON, neighbours, seed, pipeline)
}

/// The same for a claim of this epsilon.
fn audits_of(
    epsilon: f64,
    neighbours: &Neighbours,
    seed: u64,
    mut pipeline: impl FnMut(&Table, &mut NoiseSource) -> Table,
) -> Vec<AuditReport> {
    let mut noise = NoiseSource::from_seed(seed);
    let mut runs = |table: &Table| -> Vec<Seen> {
        let mut run = || {
            let mut key = [0; 32];
            noise.stream().fill_bytes(&mut key);
            Seen::of(&pipeline(table, &mut NoiseSource::from_entropy(key)))
        };
        (0..RUNS).map(|_| run()).collect()
    };
    let (without, with) = (runs(&neighbours.without), runs(&neighbours.with));
    let audit = DpAudit {
        runs: RUNS,
        confidence: 0.9999,
        epsilon: Epsilon::try_new(epsilon).unwrap(),
        delta: Some(Delta::try_new(DELTA).unwrap()),
    };
    let audit_of = |statistic: &fn(&Seen) -> usize| {
        let (mut without, mut with) = (without.iter(), with.iter());
        let next = |neighbour, _: &mut _| {
            let runs = if neighbour == Neighbour::With { &mut with } else { &mut without };
            Ok(statistic(runs.next().unwrap()))
        };
        audit.run(&mut NoiseSource::from_seed(0), &Control::default(), next).unwrap()
    };
    STATISTICS.iter().map(audit_of).collect()
}

fn synthesize(method: Method, table: &Table, records_per_person: u32, source: &mut NoiseSource) -> Table {
    synthesize_for(EPSILON, method, table, records_per_person, source)
}

fn synthesize_for(
    epsilon: f64,
    method: Method,
    table: &Table,
    records_per_person: u32,
    source: &mut NoiseSource,
) -> Table {
    let payment = payment(epsilon, DELTA, PrivacyUnit::of(table), records_per_person);
    method.run(table, payment, source, &Control::default()).unwrap().released.into_inner()
}

#[track_caller]
fn assert_whole(reports: &[AuditReport]) {
    assert!(reports.iter().all(|report| report.holds), "{reports:#?}");
}

/// Some statistic shows clearly more than the claim.
#[track_caller]
fn assert_broken(reports: &[AuditReport]) {
    assert!(reports.iter().any(|report| report.epsilon_lower > 1.5 * EPSILON), "{reports:#?}");
}

fn keeps_its_claim(method: Method) {
    let of_records = [(wider(), 1), (unique(), 1)];
    let of_persons = [(person(), 1), (person(), 2)];
    for (seed, (neighbours, records_per_person)) in (1..).zip(of_records.into_iter().chain(of_persons)) {
        assert_whole(&audits(&neighbours, seed, |table, source| synthesize(method, table, records_per_person, source)));
    }
}

#[test]
fn mst_keeps_its_claim() {
    keeps_its_claim(Method::Mst);
}

#[test]
fn aim_keeps_its_claim() {
    keeps_its_claim(Method::Aim);
}

#[test]
fn aggregate_seeded_keeps_its_claim() {
    keeps_its_claim(Method::AggregateSeeded);
}

/// With a large epsilon the person shows, so that the audits look where there is something to see, and no more than is
/// claimed.
#[test]
fn what_little_noise_shows_is_seen_and_claimed() {
    const LARGE: f64 = 20.0;
    for method in Method::ALL {
        let reports =
            audits_of(LARGE, &wider_and_unique(), 21, |table, source| synthesize_for(LARGE, method, table, 1, source));
        assert_whole(&reports);
        let most = reports.iter().map(|report| report.epsilon_lower).fold(0.0, f64::max);
        assert!(most > 0.3, "{method:?} {most}");
    }
}

/// Broken: as many rows as there are records.
#[test]
fn an_exact_number_of_rows_is_found() {
    for method in Method::ALL {
        assert_broken(&audits(&wider(), 11, |table, source| {
            let released = synthesize(method, table, 1, source);
            let last = u32::try_from(released.rows()).unwrap().max(1);
            let rows: Vec<u32> = (0..u32::try_from(table.rows()).unwrap()).map(|row| row % last).collect();
            // A release without a row has none to repeat.
            if released.rows() == 0 { table.clone() } else { released.take(&rows).unwrap() }
        }));
    }
}

/// Broken: the codebook is what occurs in the file, given out for public.
#[test]
fn a_codebook_read_off_the_data_is_found() {
    for method in Method::ALL {
        assert_broken(&audits(&read_off_neighbours(), 12, |table, source| synthesize(method, table, 1, source)));
    }
}

/// Broken: ids are thrown away, so that forty records of a person count as those of forty persons.
#[test]
fn ids_that_are_thrown_away_are_found() {
    for method in Method::ALL {
        assert_broken(&audits(&person(), 13, |table, source| {
            synthesize(method, &table.clone().without_ids(), 1, source)
        }));
    }
}

/// Broken: a record that stands out is put beside the synthetic ones.
#[test]
fn a_record_that_is_put_through_is_found() {
    for method in Method::ALL {
        assert_broken(&audits(&wider(), 14, |input, source| {
            let released = synthesize(method, input, 1, source);
            let all: Record = [0, YES, YES, YES, YES];
            let is_wide =
                |row: usize| input.columns().iter().zip(all).all(|(column, code)| column.get(row) == Some(code.into()));
            let stands_out = (0..input.rows()).any(is_wide);
            if stands_out { with_one_more_wide(&released) } else { released }
        }));
    }
}

/// The flags of the last row set.
fn with_one_more_wide(released: &Table) -> Table {
    let mut table = released.clone();
    for position in 1..5 {
        let mut codes: Vec<u16> = table.columns()[position].iter().collect();
        if let Some(last) = codes.last_mut() {
            *last = u16::from(YES);
        }
        let attribute = table.schema().get(position).unwrap().clone();
        let column = Column::from_codes(&codes, attribute.code_count());
        table = table.with_replaced(position, attribute, column).unwrap();
    }
    table
}
