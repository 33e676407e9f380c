//! Systems of tables that are counted from invented records.

use ctdata_table::{Category, Control, CountTable, Table, Variable, tabulate};
use proptest::prelude::*;

use super::*;
use crate::tables::Pattern;
use crate::tables::dense::is_determined;
use crate::testing::{flags, texts};

fn count(table: &Table, variables: &[Variable]) -> CountTable {
    tabulate(table, "t", variables, &Control::default()).unwrap()
}

fn named(table: &Table, names: &[&str]) -> CountTable {
    count(table, &names.iter().map(|name| Variable::attribute(*name)).collect::<Vec<_>>())
}

/// Countries `p` and `q` in region `x`, `r` in `y`.
fn people() -> Table {
    texts(&[
        ("country", &["p", "p", "p", "q", "q", "q", "r", "r", "r", "r", "p", "q"]),
        ("sex", &["f", "m", "f", "f", "m", "m", "f", "f", "m", "f", "m", "f"]),
        ("form", &["a", "b", "a", "a", "b", "b", "b", "a", "a", "b", "b", "-"]),
    ])
}

fn region() -> Variable {
    Variable::Recoded {
        name: "region".into(),
        attribute: "country".into(),
        categories: vec![Category::new("x", "X"), Category::new("y", "Y"), Category::new("none", "None")],
        map: vec![0, 0, 1, 2],
    }
}

/// Publishes everything but the marked figures, and says whether a cell follows.
fn follows(system: &TableSystem, withheld: &[CellId], cell: CellId) -> bool {
    let mut pattern = Pattern::open(system);
    for &cell in withheld {
        pattern.withhold(cell);
    }
    is_determined(system, &pattern, &[], cell)
}

#[test]
fn tables_share_the_figures_of_common_margins() {
    let table = people();
    let mut builder = SystemBuilder::new();
    let first = builder.add(&named(&table, &["sex", "form"])).unwrap();
    let second = builder.add(&named(&table, &["country", "sex"])).unwrap();
    builder.margins(first).unwrap();
    builder.margins(second).unwrap();
    // 2 x 3 cells, 2 + 3 totals; 3 x 2 cells, 3 totals more; the whole is the same.
    assert_eq!(builder.system().cells().len(), 6 + 2 + 3 + 6 + 3 + 1);
    assert_eq!(builder.system().cells().iter().filter(|cell| cell.standing == Standing::Figure).count(), 21);
    let hidden = [[0, 0], [1, 0]].map(|key| builder.cell(second, &key).unwrap());
    let of_first = builder.cell(first, &[0, 0]).unwrap();
    let system = builder.finish().unwrap();
    assert!(follows(&system, &[of_first], of_first));
    // Two countries of the same sex: their totals give them away, those of the sexes alone would not.
    assert!(follows(&system, &hidden, hidden[0]));
}

#[test]
fn a_table_by_region_gives_away_a_table_by_country() {
    let table = people();
    let mut builder = SystemBuilder::new();
    let by_country = builder.add(&named(&table, &["country", "sex"])).unwrap();
    let by_region = builder.add(&count(&table, &[region(), Variable::attribute("sex")])).unwrap();
    let key = |country: u16, sex: u16| builder.cell(by_country, &[country, sex]).unwrap();
    let (p, q, r) = (key(0, 0), key(1, 0), key(2, 0));
    let x = builder.cell(by_region, &[0, 0]).unwrap();
    assert!(builder.cell(by_region, &[2, 0]).is_none()); // nobody: not used
    for cell in [p, q, r, x] {
        builder.lattice.system.cell_mut(cell).unwrap().standing = Standing::Figure;
    }
    let system = builder.finish().unwrap();
    assert!(follows(&system, &[p], p)); // q and the region are printed
    assert!(!follows(&system, &[p, q], p));
    assert!(!follows(&system, &[p, x], p));
}

#[test]
fn bands_that_cut_through_each_other_agree_on_what_both_can_tell() {
    let table = texts(&[("age", &["1", "1", "2", "3", "3", "3", "4", "4", "4", "4"])]);
    let bands = |name: &str, map: Vec<u16>| Variable::Recoded {
        name: name.into(),
        attribute: "age".into(),
        categories: vec![Category::new("a", "A"), Category::new("b", "B"), Category::new("c", "C")],
        map,
    };
    let mut builder = SystemBuilder::new();
    let one = builder.add(&count(&table, &[bands("one", vec![0, 0, 1, 2, 2])])).unwrap();
    let other = builder.add(&count(&table, &[bands("other", vec![0, 1, 1, 2, 2])])).unwrap();
    // {1, 2}, {3}, {4} and {1}, {2, 3}, {4}: both tell {1, 2, 3} and {4}.
    let four = builder.cell(other, &[2]).unwrap();
    let young = builder.cell(one, &[0]).unwrap();
    let three = builder.cell(one, &[1]).unwrap();
    for cell in [four, young, three] {
        builder.lattice.system.cell_mut(cell).unwrap().standing = Standing::Figure;
    }
    let both = builder.cell(one, &[2]).unwrap();
    let [first, second] = [[0], [1]].map(|key| builder.cell(other, &key).unwrap());
    let system = builder.finish().unwrap();
    assert!(follows(&system, &[], both)); // it is the same four
    assert!(!follows(&system, &[], first));
    assert!(!follows(&system, &[], second));
}

#[test]
fn hierarchies_are_sub_totals_of_every_margin() {
    let table = people();
    let mut builder = SystemBuilder::new();
    let by_country = builder.add(&named(&table, &["country", "sex"])).unwrap();
    builder.hierarchy(by_country, "country", &[0, 0, 1, 2]).unwrap();
    assert!(builder.hierarchy(by_country, "country", &[0, 1, 1, 2]).is_err()); // cuts through the regions
    assert!(builder.hierarchy(by_country, "county", &[0, 0, 1, 2]).is_err());
    builder.margins(by_country).unwrap();
    // Cells 3 x 2, regions 2 x 2, countries 3, regions 2, sexes 2, all 1.
    assert_eq!(builder.system().cells().len(), 6 + 4 + 3 + 2 + 2 + 1);
    let mut uses = vec![0; builder.system().cells().len()];
    for (cell, _) in builder.system().relations().iter().flat_map(|relation| &relation.terms) {
        uses[cell.index()] += 1;
    }
    assert!(uses.iter().all(|&uses| uses <= 2)); // a graph
    // A table by the region of the same attribute is the same figures.
    let cells = builder.system().cells().len();
    let by_region = builder.add(&count(&table, &[region(), Variable::attribute("sex")])).unwrap();
    assert_eq!(builder.system().cells().len(), cells);
    let of_region = builder.cell(by_region, &[0, 0]).unwrap();
    assert_eq!(builder.system().cell(of_region).unwrap().standing, Standing::Figure);
    builder.finish().unwrap();
}

#[test]
fn flags_are_linked_to_their_attributes_and_bounded_by_who_has_any() {
    let table = flags(&[&[1, 1, 0, 0, 2, 2, 1], &[1, 0, 1, 0, 2, 1, 2], &[0, 0, 1, 1, 0, 2, 2]]);
    let members: Vec<String> = ["a", "b"].map(String::from).to_vec();
    let categories = vec![Category::new("a", "A"), Category::new("b", "B")];
    let each = Variable::Flags { name: "each".into(), members: members.clone(), categories };
    let any = Variable::AnyFlag { name: "any".into(), members };
    let mut builder = SystemBuilder::new();
    let of_each = builder.add(&count(&table, &[each, Variable::attribute("c")])).unwrap();
    let of_any = builder.add(&count(&table, &[Variable::attribute("c"), any])).unwrap();
    let of_a = builder.add(&named(&table, &["a"])).unwrap();
    let yes = builder.cell(of_a, &[1]).unwrap();
    let parts: Vec<CellId> = (0..3).filter_map(|c| builder.cell(of_each, &[0, c])).collect();
    let any_and_c = builder.cell(of_any, &[0, 0]).unwrap();
    for &cell in parts.iter().chain([&yes]) {
        builder.lattice.system.cell_mut(cell).unwrap().standing = Standing::Figure;
    }
    let system = builder.finish().unwrap();
    // All of `a` by `c` is all of `a`.
    assert!(follows(&system, &[yes], yes));
    assert!(follows(&system, &[parts[0]], parts[0]));
    assert!(!follows(&system, &[parts[0], yes], parts[0]));
    // With `a` at most those with any: the difference is a cell.
    let rest = system.relations().iter().any(|relation| {
        relation.terms.len() == 3
            && relation.terms.iter().any(|(cell, _)| system.cell(*cell).unwrap().weight == 0.0)
            && relation.terms.contains(&(parts[0], 1))
    });
    assert!(rest);
    // Who has any, and how often somebody has one more.
    assert!(
        system
            .relations()
            .iter()
            .any(|relation| { relation.terms.contains(&(any_and_c, -1)) || relation.terms.contains(&(any_and_c, 1)) })
    );
}

#[test]
fn the_same_sum_is_the_same_figure() {
    let table = people();
    let mut builder = SystemBuilder::new();
    let sexes = builder.add(&named(&table, &["sex"])).unwrap();
    let again = builder.add(&named(&table, &["sex"])).unwrap();
    let all = builder.figure(&[(sexes, &[0]), (sexes, &[1])], 3.0).unwrap();
    assert_eq!(builder.figure(&[(sexes, &[1]), (again, &[0])], 7.0).unwrap(), all);
    assert_eq!(builder.system().cell(all).unwrap().weight.to_bits(), 7f64.to_bits());
    let one = builder.figure(&[(sexes, &[0])], 2.0).unwrap();
    assert_eq!(Some(one), builder.cell(again, &[0]));
    assert!(builder.figure(&[(TableIndex(9), &[0])], 1.0).is_err());
    // Nobody's sex is not recorded: known to be zero.
    let nobody = builder.figure(&[(sexes, &[2])], 1.0).unwrap();
    let system = builder.finish().unwrap();
    assert!(follows(&system, &[nobody], nobody));
}

#[test]
fn tables_of_other_records_are_refused() {
    let table = people();
    let fewer = texts(&[("sex", &["f", "m"]), ("form", &["a", "b"])]);
    let mut builder = SystemBuilder::new();
    builder.add(&named(&table, &["sex", "form"])).unwrap();
    assert!(builder.add(&named(&fewer, &["sex", "form"])).is_err());
    builder.add(&named(&fewer, &["sex"])).unwrap();
    assert!(builder.finish().is_err());
}

#[test]
fn zeros_past_the_limit_are_known() {
    let table = texts(&[("a", &["x", "y"]), ("b", &["u", "v"])]);
    let counted = named(&table, &["a", "b"]);
    for (limit, cells) in [(4, 4), (3, 2)] {
        let mut builder = SystemBuilder::new().with_zeros_limit(limit);
        let index = builder.add(&counted).unwrap();
        assert_eq!(builder.system().cells().len(), cells);
        assert_eq!(builder.cell(index, &[0, 1]).is_some(), limit == 4);
    }
}

#[test]
fn joint_variables_are_those_of_all_tables() {
    let table = people();
    let mut builder = SystemBuilder::new();
    builder.add(&named(&table, &["sex", "form"])).unwrap();
    assert_eq!(builder.joint_variables(1000), None);
    builder.add(&named(&table, &["country", "sex"])).unwrap();
    let joint = builder.joint_variables(1000).unwrap();
    assert_eq!(joint.iter().map(Variable::name).collect::<Vec<_>>(), ["sex", "form", "country"]);
    assert_eq!(builder.joint_variables(10), None);
    builder.add(&count(&table, &joint)).unwrap();
    assert_eq!(builder.joint_variables(1000), None);
    builder.finish().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is added to a system of tables that are counted from the same records, what follows for a figure from
    /// two tables is what follows from their joint counts: margins of joint counts (that may be negative) are all that
    /// is known, and agreement on common margins says the same.
    #[test]
    fn agreement_on_common_margins_is_all_that_joint_counts_say(
        rows in prop::collection::vec((0u8..2, 0u8..2, 0u8..2), 1..12),
        withheld in prop::collection::vec(any::<bool>(), 40),
    ) {
        let column = |of: fn(&(u8, u8, u8)) -> u8| rows.iter().map(of).collect::<Vec<u8>>();
        let table = flags(&[&column(|row| row.0), &column(|row| row.1), &column(|row| row.2)]);
        let build = |joint: bool| {
            let mut builder = SystemBuilder::new();
            for names in [["a", "b"], ["b", "c"], ["c", "a"]] {
                let index = builder.add(&named(&table, &names)).unwrap();
                builder.margins(index).unwrap();
            }
            let figures = builder.system().cells().len();
            if joint {
                builder.add(&named(&table, &["a", "b", "c"])).unwrap();
            }
            (builder.finish().unwrap(), figures)
        };
        let ((plain, figures), (joint, _)) = (build(false), build(true));
        let mut pattern = Pattern::open(&plain);
        for (id, _) in plain.ids().zip(&withheld).filter(|(_, withheld)| **withheld) {
            pattern.withhold(id);
        }
        let mut wider = Pattern::open(&joint);
        plain.ids().take(figures).filter(|&id| pattern.withholds(id)).for_each(|id| wider.withhold(id));
        // Zeros of unused categories are known in both.
        for id in plain.ids().take(figures).filter(|&id| pattern.withholds(id)) {
            prop_assert_eq!(is_determined(&plain, &pattern, &[], id), is_determined(&joint, &wider, &[], id));
        }
    }
}
