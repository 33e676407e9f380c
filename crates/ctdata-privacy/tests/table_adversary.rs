//! An adversary who knows every published figure of linked tables, against protection.
//!
//! The adversary is not ours: it sets up its own linear program over the counts behind the figures (at least zero each,
//! each published figure their sum) from plain lists, and solves it with `microlp`. It must not narrow any marked figure
//! below its level, and the exact intervals of the audit must be its optima.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use ctdata_privacy::tables::{
    AuditOptions, CellId, Fraction, Level, Pattern, ProtectOptions, SystemCell, TableSystem, audit, feasible_interval,
    protect,
};
use ctdata_table::Control;
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};

/// Slack of floating point optima, which are of the order of 100.
const TOLERANCE: f64 = 1e-5;

/// Values of the three attributes; those of the first form two groups of two.
const SIZES: [usize; 3] = [4, 3, 2];

/// A figure: the inner counts that it adds up, by position.
#[derive(Clone, PartialEq, Eq)]
struct Figure(Vec<usize>);

/// Linked tables over the same records.
struct Linked {
    /// Counts of all combinations of the three attributes.
    inner: Vec<u64>,
    figures: Vec<Figure>,
    system: TableSystem,
    /// The cells of the figures.
    cells: Vec<CellId>,
}

/// A small generator of numbers, so that the tables are the same everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// What is asked of an attribute: one value, a group of the first, or all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Value(usize),
    Group(usize),
    All,
}

impl Part {
    fn holds(self, value: usize) -> bool {
        match self {
            Self::Value(one) => one == value,
            Self::Group(group) => value / 2 == group,
            Self::All => true,
        }
    }

    /// The parts that add up to it.
    fn parts(self, attribute: usize) -> Vec<Self> {
        match self {
            Self::Value(_) => Vec::new(),
            Self::Group(group) => vec![Self::Value(2 * group), Self::Value(2 * group + 1)],
            Self::All if attribute == 0 => vec![Self::Group(0), Self::Group(1)],
            Self::All => (0..SIZES[attribute]).map(Self::Value).collect(),
        }
    }
}

fn figure(parts: [Part; 3]) -> Figure {
    let all = (0..SIZES[0]).flat_map(|a| (0..SIZES[1]).flat_map(move |b| (0..SIZES[2]).map(move |c| [a, b, c])));
    let holds = |values: &[usize; 3]| parts.iter().zip(values).all(|(part, value)| part.holds(*value));
    Figure(all.enumerate().filter(|(_, values)| holds(values)).map(|(position, _)| position).collect())
}

/// Random counts, and the tables over these sets of attributes with all margins and the groups of the first attribute.
/// Relations are those between figures where these say everything (`inner` is false), else sums of inner counts.
fn linked(draw: &mut Draw, tables: &[[bool; 3]], inner: bool) -> Linked {
    let counts: Vec<u64> = (0..SIZES.iter().product())
        .map(|_| match draw.below(4) {
            0 => 0,
            1 => draw.below(3),
            _ => draw.below(15),
        })
        .collect();
    let options = |attribute: usize, is_in: bool| -> Vec<Part> {
        let mut options = vec![Part::All];
        if is_in {
            options.extend((0..SIZES[attribute]).map(Part::Value));
            if attribute == 0 {
                options.extend([Part::Group(0), Part::Group(1)]);
            }
        }
        options
    };
    let mut keys: Vec<[Part; 3]> = Vec::new();
    for table in tables {
        for a in options(0, table[0]) {
            for b in options(1, table[1]) {
                for c in options(2, table[2]) {
                    if !keys.contains(&[a, b, c]) {
                        keys.push([a, b, c]);
                    }
                }
            }
        }
    }
    let figures: Vec<Figure> = keys.iter().map(|key| figure(*key)).collect();
    let mut system = TableSystem::new();
    let total = |figure: &Figure| figure.0.iter().map(|cell| counts[*cell]).sum();
    let cells: Vec<CellId> =
        figures.iter().map(|figure| system.push(SystemCell::figure(total(figure))).unwrap()).collect();
    if inner {
        let hidden: Vec<CellId> = counts.iter().map(|count| system.push(SystemCell::inner(*count)).unwrap()).collect();
        for (figure, cell) in figures.iter().zip(&cells) {
            system.sum(*cell, figure.0.iter().map(|position| hidden[*position])).unwrap();
        }
    } else {
        for (key, cell) in keys.iter().zip(&cells) {
            for attribute in 0..3 {
                let with = |part: Part| {
                    let mut other = *key;
                    other[attribute] = part;
                    keys.iter().position(|key| *key == other).map(|position| cells[position])
                };
                let parts: Option<Vec<CellId>> = key[attribute].parts(attribute).into_iter().map(with).collect();
                if let Some(parts) = parts.filter(|parts| !parts.is_empty()) {
                    system.sum(*cell, parts).unwrap();
                }
            }
        }
    }
    Linked { inner: counts, figures, system, cells }
}

impl Linked {
    fn count(&self, figure: usize) -> u64 {
        self.figures[figure].0.iter().map(|cell| self.inner[*cell]).sum()
    }

    /// The adversary's least and greatest value of a figure.
    fn attack(&self, pattern: &Pattern, target: usize) -> (f64, f64) {
        let solve = |direction| {
            let mut problem = Problem::new(direction);
            let wanted = |cell: usize| f64::from(u8::from(self.figures[target].0.contains(&cell)));
            let variables: Vec<_> =
                (0..self.inner.len()).map(|cell| problem.add_var(wanted(cell), (0.0, f64::INFINITY))).collect();
            for (position, figure) in self.figures.iter().enumerate() {
                if !pattern.withholds(self.cells[position]) {
                    let terms: Vec<_> = figure.0.iter().map(|cell| (variables[*cell], 1.0)).collect();
                    problem.add_constraint(&terms[..], ComparisonOp::Eq, float(self.count(position)));
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
}

fn same(found: Fraction, optimum: f64) -> bool {
    (found.to_f64() - optimum).abs() < TOLERANCE
}

/// Protects random linked tables and sets the adversary on some marked figures of each; how many it attacked.
fn protected_from_adversary(seed: u64, cases: u64, tables: &[[bool; 3]], inner: bool) -> u64 {
    let mut draw = Draw(seed);
    let control = Control::default();
    let mut attacks = 0;
    for _ in 0..cases {
        let mut linked = linked(&mut draw, tables, inner);
        let mut marked = Vec::new();
        for position in 0..linked.figures.len() {
            let count = linked.count(position);
            if (1..3).contains(&count) {
                let level = Level { lower: 1 + draw.below(count), upper: 1 + draw.below(3) };
                linked.system.cell_mut(linked.cells[position]).unwrap().level = level;
                marked.push((position, level));
            }
        }
        let protected = protect(&linked.system, &ProtectOptions::default(), &control).unwrap();
        let summary = &protected.audit.summary;
        assert_eq!((summary.marked, summary.protected, summary.exposed), (marked.len() as u64, summary.marked, 0));
        assert!(
            protected.audit.witnesses.iter().all(|found| found.check(&linked.system, &protected.pattern).is_some())
        );
        // Two of them, drawn: over all cases each position comes up.
        for _ in 0..marked.len().min(2) {
            let (position, level) = marked[usize::try_from(draw.below(marked.len() as u64)).unwrap()];
            let (low, high) = linked.attack(&protected.pattern, position);
            let count = float(linked.count(position));
            assert!(low <= count - float(level.lower) + TOLERANCE && high >= count + float(level.upper) - TOLERANCE);
            attacks += 1;
        }
        // The exact interval of any figure, withheld or not.
        let position = usize::try_from(draw.below(linked.figures.len() as u64)).unwrap();
        let found = feasible_interval(&linked.system, &protected.pattern, linked.cells[position], &control).unwrap();
        let (low, high) = linked.attack(&protected.pattern, position);
        assert!(found.certified && same(found.low, low));
        assert!(found.high.map_or(high.is_infinite(), |found| same(found, high)));
    }
    attacks
}

/// 1,000 systems in all; in parts, so that they run side by side.
const TWO: [[bool; 3]; 2] = [[true, true, false], [true, false, true]];
const THREE: [[bool; 3]; 3] = [[true, true, false], [true, false, true], [false, true, true]];

#[test]
fn two_linked_tables_with_a_hierarchy() {
    assert!(protected_from_adversary(1, 250, &TWO, false) > 250);
}

#[test]
fn two_linked_tables_with_a_hierarchy_again() {
    assert!(protected_from_adversary(4, 250, &TWO, false) > 250);
}

#[test]
fn three_linked_tables_with_a_hierarchy() {
    assert!(protected_from_adversary(2, 125, &THREE, true) > 125);
}

#[test]
fn three_linked_tables_with_a_hierarchy_again() {
    assert!(protected_from_adversary(5, 125, &THREE, true) > 125);
}

#[test]
fn tables_of_three_attributes_with_a_hierarchy() {
    assert!(protected_from_adversary(3, 125, &[[true; 3]], false) > 125);
}

#[test]
fn tables_of_three_attributes_with_a_hierarchy_again() {
    assert!(protected_from_adversary(6, 125, &[[true; 3]], false) > 125);
}

/// Rows and columns with all totals; the cells, the row totals, the column totals and the grand total.
fn with_totals(system: &mut TableSystem, counts: [[u64; 2]; 2], rows: [CellId; 2], grand: CellId) -> [[CellId; 2]; 2] {
    let cells = counts.map(|row| row.map(|count| system.push(SystemCell::figure(count)).unwrap()));
    for (row, total) in cells.iter().zip(rows) {
        system.sum(total, *row).unwrap();
    }
    let columns = [0, 1].map(|column| {
        let total = system.push(SystemCell::figure(counts[0][column] + counts[1][column])).unwrap();
        system.sum(total, cells.map(|row| row[column])).unwrap();
        total
    });
    system.sum(grand, columns).unwrap();
    cells
}

#[test]
fn a_linked_pair_that_table_by_table_handling_gets_wrong() {
    let control = Control::default();
    let start = || {
        let mut system = TableSystem::new();
        let [a, b, grand] = [10, 15, 25].map(|count| system.push(SystemCell::figure(count)).unwrap());
        system.sum(grand, [a, b]).unwrap();
        (system, [a, b], grand)
    };
    // By sex: one girl in the first region. Withheld: both counts of girls and the totals of both regions.
    let (mut alone, regions, grand) = start();
    let cells = with_totals(&mut alone, [[1, 9], [8, 7]], regions, grand);
    alone.cell_mut(cells[0][0]).unwrap().level = Level { lower: 1, upper: 3 };
    let mut pattern = Pattern::open(&alone);
    for cell in [cells[0][0], cells[1][0], regions[0], regions[1]] {
        pattern.withhold(cell);
    }
    assert!(audit(&alone, &pattern, &AuditOptions::default(), &control).unwrap().passes());
    // By age: nothing is small, so that alone it is published whole, with the totals of the regions.
    let (mut both, regions, grand) = start();
    let cells = with_totals(&mut both, [[1, 9], [8, 7]], regions, grand);
    with_totals(&mut both, [[4, 6], [10, 5]], regions, grand);
    both.cell_mut(cells[0][0]).unwrap().level = Level { lower: 1, upper: 3 };
    let mut pattern = Pattern::open(&both);
    for cell in [cells[0][0], cells[1][0]] {
        pattern.withhold(cell);
    }
    let found = audit(&both, &pattern, &AuditOptions::default(), &control).unwrap();
    assert_eq!(found.summary.exposed, 1);
    // Withholding the totals as well does not help: the ages add up to them.
    for cell in regions {
        pattern.withhold(cell);
    }
    let known = feasible_interval(&both, &pattern, cells[0][0], &control).unwrap();
    assert_eq!((known.low, known.high), (Fraction::whole(1), Some(Fraction::whole(1))));
    // Together they are protected, and that takes more than the table of sexes did.
    let protected = protect(&both, &ProtectOptions::default(), &control).unwrap();
    assert!(protected.audit.passes() && protected.pattern.len() >= 4);
    let known = feasible_interval(&both, &protected.pattern, cells[0][0], &control).unwrap();
    assert!(known.low.to_f64() <= 0.0 && known.high.is_none_or(|high| high.to_f64() >= 4.0));
}
