//! Protection from counted records to verified figures, against an adversary.
//!
//! Tables of invented records are counted, linked, marked, protected and verified, as a release is. The adversary sets up
//! its own linear program over what is printed and solves it with `microlp`; it must not narrow any marked cell below its
//! level.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use ctdata_privacy::PrivacyUnit;
use ctdata_privacy::tables::{
    AuditOptions, CellId, Pattern, PrimaryRules, ProtectOptions, ProtectedTables, Standing, SystemBuilder, TableRules,
    TableSystem, audit, mark, protect, union,
};
use ctdata_table::{
    Attribute, Category, Column, Control, Domain, MissingKinds, Origin, Schema, Table, Variable, tabulate,
};
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};

/// Slack of floating point optima, which are of the order of 100.
const TOLERANCE: f64 = 1e-5;

/// A small generator of numbers, so that the records are the same everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    /// The first values much oftener than the last.
    fn skewed(&mut self, n: u64) -> u8 {
        u8::try_from(self.below(n).min(self.below(n))).unwrap()
    }
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Records by country, sex and two forms, of which each person can have both.
fn records(draw: &mut Draw, rows: usize) -> Vec<[u8; 4]> {
    (0..rows).map(|_| [draw.skewed(4), draw.skewed(3), draw.skewed(3), draw.skewed(3)]).collect()
}

fn table(records: &[[u8; 4]]) -> Table {
    let domain = |codes: &[&str]| Domain::nominal(codes.iter().copied(), Origin::Public).unwrap();
    let schema = Schema::try_new(vec![
        Attribute::new("country", domain(&["a", "b", "c", "d"]), MissingKinds::NONE),
        // The third code is not recorded.
        Attribute::new("sex", domain(&["f", "m"]), MissingKinds::NOT_RECORDED),
        Attribute::flag("labour"),
        Attribute::flag("services"),
    ]);
    let column = |at: usize| Column::from_u8(records.iter().map(|record| record[at]).collect());
    Table::try_new(schema.unwrap(), (0..4).map(column).collect()).unwrap()
}

fn add(builder: &mut SystemBuilder, table: &Table, variables: &[Variable]) -> ctdata_privacy::tables::TableIndex {
    builder.add(&tabulate(table, "t", variables, &Control::default()).unwrap()).unwrap()
}

fn country() -> Variable {
    Variable::attribute("country")
}

fn forms() -> Variable {
    Variable::Flags {
        name: "form".into(),
        members: vec!["labour".into(), "services".into()],
        categories: vec![Category::new("labour", "Labour"), Category::new("services", "Services")],
    }
}

/// By country (in two regions) and sex with all totals, and by country and form, of which persons can have several.
fn with_margins(table: &Table) -> TableSystem {
    let mut builder = SystemBuilder::new();
    let sexes = add(&mut builder, table, &[country(), Variable::attribute("sex")]);
    builder.hierarchy(sexes, "country", &[0, 0, 1, 1]).unwrap();
    builder.margins(sexes).unwrap();
    let several = add(&mut builder, table, &[country(), forms()]);
    builder.margins(several).unwrap();
    builder.finish().unwrap()
}

/// Nothing is printed but sums: totals of countries and sexes, and those with a form.
fn with_sums(table: &Table) -> TableSystem {
    let mut builder = SystemBuilder::new();
    let sexes = add(&mut builder, table, &[country(), Variable::attribute("sex")]);
    let labour = add(&mut builder, table, &[Variable::attribute("sex"), Variable::attribute("labour")]);
    for country in 0..4 {
        // A numerator (women) and its base (women and men), and those whose sex is not recorded.
        for terms in [vec![0], vec![0, 1], vec![2]] {
            let keys: Vec<[u16; 2]> = terms.iter().map(|sex| [country, *sex]).collect();
            let terms: Vec<_> = keys.iter().map(|key| (sexes, key.as_slice())).collect();
            builder.figure(&terms, 1.0 + f64::from(country)).unwrap();
        }
    }
    for sex in 0..3u16 {
        for codes in [vec![1], vec![0, 1]] {
            let keys: Vec<[u16; 2]> = codes.iter().map(|code| [sex, *code]).collect();
            let terms: Vec<_> = keys.iter().map(|key| (labour, key.as_slice())).collect();
            builder.figure(&terms, 5.0).unwrap();
        }
    }
    builder.finish().unwrap()
}

/// The least and the greatest count of a cell that agree with everything printed.
fn attack(system: &TableSystem, printed: &ProtectedTables, target: CellId) -> (f64, f64) {
    let solve = |direction| {
        let mut problem = Problem::new(direction);
        let variables: Vec<_> = system
            .ids()
            .map(|id| {
                let cell = system.cell(id).unwrap();
                let bounds = (float(cell.least), cell.most.map_or(f64::INFINITY, float));
                let wanted = f64::from(u8::from(id == target));
                printed.value(id).is_none().then(|| problem.add_var(wanted, bounds))
            })
            .collect();
        for relation in system.relations() {
            let mut known = 0.0;
            let mut terms = Vec::new();
            for (cell, by) in &relation.terms {
                match variables[cell.index()] {
                    Some(variable) => terms.push((variable, f64::from(*by))),
                    None => known += f64::from(*by) * float(printed.value(*cell).unwrap()),
                }
            }
            if !terms.is_empty() {
                problem.add_constraint(&terms[..], ComparisonOp::Eq, -known);
            }
        }
        match problem.solve() {
            Ok(outcome) => outcome.into_solution().unwrap().objective(),
            Err(Error::Unbounded) => f64::INFINITY,
            Err(other) => panic!("{other}"),
        }
    };
    (solve(OptimizationDirection::Minimize), solve(OptimizationDirection::Maximize))
}

/// Sets the adversary on some marked cells; how many.
fn attacked(draw: &mut Draw, system: &TableSystem, printed: &ProtectedTables) -> u64 {
    let marked: Vec<CellId> = system.ids().filter(|id| !system.cell(*id).unwrap().level.is_none()).collect();
    let some = marked.len().min(3);
    for _ in 0..some {
        let target = marked[usize::try_from(draw.below(marked.len() as u64)).unwrap()];
        let cell = system.cell(target).unwrap();
        let (low, high) = attack(system, printed, target);
        assert!(low <= float(cell.count - cell.level.lower) + TOLERANCE);
        assert!(high >= float(cell.count + cell.level.upper) - TOLERANCE);
    }
    some as u64
}

/// Marks, protects and verifies tables of drawn records, and attacks them; attacks, and figures withheld.
fn end_to_end(seed: u64, cases: u64, link: impl Fn(&Table) -> TableSystem) -> (u64, u64) {
    let mut draw = Draw(seed);
    let control = Control::default();
    let (mut attacks, mut withheld) = (0, 0);
    for case in 0..cases {
        let records = records(&mut draw, 60 + 5 * usize::try_from(case).unwrap());
        let mut system = link(&table(&records));
        let sums = system.relations().len();
        let rules = PrimaryRules { threshold: 3, small_complement: case % 2 == 0, ..PrimaryRules::default() };
        mark(&mut system, &rules).unwrap();
        let done = protect(&system, &ProtectOptions::default(), &control).unwrap();
        let rules = TableRules::new(PrivacyUnit::Record, rules.rules()).with_sums(sums);
        let output = ProtectedTables::suppressed(system.clone(), done.pattern, done.audit.witnesses, rules);
        let released = output.verify(&control).unwrap();
        withheld += released.get().withheld().count() as u64;
        attacks += attacked(&mut draw, &system, released.get());
    }
    (attacks, withheld)
}

#[test]
fn hierarchies_totals_and_persons_with_several_forms() {
    let (attacks, withheld) = end_to_end(1, 25, with_margins);
    assert!(attacks >= 50 && withheld >= 50, "{attacks} {withheld}");
}

#[test]
fn printed_sums_of_counts_that_are_not_printed() {
    let (attacks, withheld) = end_to_end(2, 25, with_sums);
    assert!(attacks >= 50 && withheld >= 25, "{attacks} {withheld}");
}

/// The second release has a few more records than the first, which is out: neither the few nor what the first hid is
/// given away by both together.
#[test]
fn two_releases_of_growing_records() {
    let mut draw = Draw(3);
    let control = Control::default();
    let (mut attacks, mut small) = (0, 0);
    for _ in 0..15 {
        let mut records = records(&mut draw, 90);
        let link = |records: &[[u8; 4]]| {
            let mut builder = SystemBuilder::new();
            let sexes = add(&mut builder, &table(records), &[country(), Variable::attribute("sex")]);
            builder.margins(sexes).unwrap();
            let mut system = builder.finish().unwrap();
            mark(&mut system, &PrimaryRules { threshold: 3, ..PrimaryRules::default() }).unwrap();
            system
        };
        let older = link(&records);
        let first = protect(&older, &ProtectOptions::default(), &control).unwrap();
        records.extend(self::records(&mut draw, 9));
        let new = link(&records);
        let pairs: Vec<(CellId, CellId)> = older.ids().zip(new.ids()).collect();
        let joined = union(&older, &first.pattern, &new, &pairs, 3).unwrap();
        let done = protect(&joined.system, &ProtectOptions::default(), &control).unwrap();
        let rules = PrimaryRules { threshold: 3, ..PrimaryRules::default() }.rules();
        let rules = TableRules::new(PrivacyUnit::Record, rules).with_sums(new.relations().len());
        let pattern = joined.new_pattern(&new, &done.pattern);
        let output = ProtectedTables::suppressed(joined.system.clone(), done.pattern, done.audit.witnesses, rules);
        let released = output.verify(&control).unwrap();
        // What the pattern of the new release withholds is what the verified figures withhold.
        assert!(new.ids().all(|id| pattern.withholds(id) == released.get().is_withheld(id)));
        attacks += attacked(&mut draw, &joined.system, released.get());
        // The new release protected by itself tells more than both together may.
        let alone = protect(&new, &ProtectOptions::default(), &control).unwrap();
        let mut naive = Pattern::open(&joined.system);
        new.ids().filter(|id| alone.pattern.withholds(*id)).for_each(|id| naive.withhold(id));
        let exposed = audit(&joined.system, &naive, &AuditOptions::default(), &control).unwrap();
        small += u64::from(!exposed.passes());
        assert!(joined.system.cells().iter().any(|cell| cell.standing == Standing::Fixed));
    }
    assert!(attacks >= 30 && small >= 10, "{attacks} {small}");
}
