//! Profile shares against worked examples and brute force over rows.

use std::collections::BTreeMap;

use ctdata_indicators::estimate::{ChildBasis, NotAvailable, Value};
use ctdata_indicators::{
    Base, CATALOGUE, Estimate, FormCoding, GeoLevel, IndicatorError, Request, compute, compute_all, indicator,
};
use ctdata_model::{CaseAttribute, CaseGroup, CaseTable, Country, ExploitationForm, Layout};
use ctdata_table::{Cell, Column, Control, Missing, Schema, Table, TableBuilder};
use proptest::prelude::*;

const FORMS: [ExploitationForm; 3] =
    [ExploitationForm::ForcedLabour, ExploitationForm::SexualExploitation, ExploitationForm::Other];

/// Yes, no, not recorded, as codes of a flag.
const YES: u8 = 1;
const NO: u8 = 0;
const BLANK: u8 = 2;

fn forms(rows: &[[u8; 3]]) -> Table {
    let flag = |form: &ExploitationForm| CaseAttribute::Form(*form).attribute();
    let schema = Schema::try_new(FORMS.iter().map(flag).collect()).unwrap();
    let column = |index: usize| Column::from_u8(rows.iter().map(|row| row[index]).collect());
    Table::try_new(schema, vec![column(0), column(1), column(2)]).unwrap()
}

/// Indicator notes §2, after the CTDC codebook (2024), section 6: six persons, (FL), (SX), (Other),
/// (none), (FL+SX), (none).
fn six_persons() -> Table {
    forms(&[
        [YES, BLANK, BLANK],
        [BLANK, YES, BLANK],
        [BLANK, BLANK, YES],
        [BLANK, BLANK, BLANK],
        [YES, YES, BLANK],
        [BLANK, BLANK, BLANK],
    ])
}

fn run(table: &Table, request: &Request) -> Vec<Estimate> {
    compute(table, request, None, &Control::default()).unwrap().estimates
}

fn figures(estimates: &[Estimate]) -> Vec<(u64, u64, u64)> {
    estimates.iter().map(|e| (e.numerator.unwrap(), e.base.unwrap(), e.unknown.unwrap())).collect()
}

fn code<'a>(estimate: &'a Estimate, name: &str) -> &'a str {
    &estimate.dimensions.get(name).unwrap_or_else(|| panic!("{name} in {estimate:?}")).code
}

fn close(value: f64, printed: f64, tolerance: f64) -> bool {
    (value - printed).abs() <= tolerance
}

#[test]
fn the_six_persons_of_the_codebook() {
    let shares = run(&six_persons(), &Request::new("V-EXP"));
    assert_eq!(figures(&shares), [(2, 4, 2), (2, 4, 2), (1, 4, 2)]);
    let percent: Vec<f64> = shares.iter().map(|share| share.value.known().unwrap()).collect();
    assert_eq!(percent, [50.0, 50.0, 25.0]);
    assert!(shares[0].notes.iter().any(|note| note.contains("more than 100 %")));

    let all = Request { base: Some(Base::All), ..Request::new("form-of-exploitation") };
    let shares = run(&six_persons(), &all);
    assert_eq!(figures(&shares), [(2, 6, 0), (2, 6, 0), (1, 6, 0)]);
    assert!(close(shares[0].value.known().unwrap(), 33.3, 0.05));
    assert!(close(shares[2].value.known().unwrap(), 16.7, 0.05));
}

#[test]
fn a_file_without_no_cannot_tell_who_answered() {
    let answered = Request { base: Some(Base::Answered), ..Request::new("form-of-exploitation") };
    let shares = run(&six_persons(), &answered);
    assert!(shares.iter().all(|share| share.value == Value::NotAvailable(NotAvailable::NotSeparable)));
    // With a "no" the same request has an answer: of two who answered on labour, one said yes.
    let table = forms(&[[YES, NO, BLANK], [NO, BLANK, BLANK], [BLANK, NO, YES]]);
    let shares = run(&table, &answered);
    assert_eq!(figures(&shares), [(1, 2, 1), (0, 2, 1), (1, 1, 2)]);
    assert_eq!(shares[0].value, Value::Known(50.0));
}

#[test]
fn who_answers_no_to_everything_is_outside_the_base_but_not_unknown() {
    let table = forms(&[[YES, NO, NO], [NO, NO, NO], [BLANK, BLANK, BLANK]]);
    let shares = run(&table, &Request::new("form-of-exploitation"));
    assert_eq!(figures(&shares), [(1, 1, 1), (0, 1, 1), (0, 1, 1)]);
}

#[test]
fn exclusive_forms_add_up_with_mixed() {
    let request = Request { forms: FormCoding::Exclusive, ..Request::new("form-of-exploitation") };
    let shares = run(&six_persons(), &request);
    assert_eq!(figures(&shares), [(1, 4, 2), (1, 4, 2), (1, 4, 2), (1, 4, 2)]);
    assert_eq!(code(&shares[3], "form"), "mixed");
}

/// Indicator notes §2: 9 of 27 is 0.333333, Wilson 0.186433 to 0.521752.
#[test]
fn nine_of_twenty_seven() {
    let table = forms(&[[[YES, BLANK, BLANK]; 9].as_slice(), &[[BLANK, YES, BLANK]; 18]].concat());
    let share = run(&table, &Request::new("forced-labour")).remove(0);
    let interval = share.interval.unwrap();
    assert!(close(share.value.known().unwrap(), 33.3333, 5e-5));
    assert!(close(interval.low(), 18.6433, 5e-5) && close(interval.high(), 52.1752, 5e-5));
    assert_eq!(share.code.as_deref(), Some("P-87"));
}

#[test]
fn forced_marriage_inside_other_is_not_separable() {
    let share = run(&six_persons(), &Request::new("forced-marriage")).remove(0);
    assert_eq!(share.value, Value::NotAvailable(NotAvailable::NotSeparable));
    let kanon = CaseTable::schema(Layout::named("ctdc-kanon-63").unwrap(), |_| None).unwrap();
    let specs = indicator("P-53").unwrap().tables(&Request::new(""), &kanon).unwrap();
    assert_eq!(specs.len(), 2);
}

/// A table of rows of codes in the 37 columns of 2021, from weights of a small generator.
fn synthetic(rows: usize, mut state: u64) -> Table {
    let layout = Layout::named("ctdc-synthetic-2021").unwrap();
    random(CaseTable::schema(layout, |_| None).unwrap(), rows, &mut state)
}

/// Few distinct values per attribute, so that cells fill up; a quarter missing.
fn random(schema: Schema, rows: usize, state: &mut u64) -> Table {
    let mut draw = |below: u64| {
        // Steele, Lea and Flood (2014), SplitMix64.
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    let mut builder = TableBuilder::new(schema.clone());
    for _ in 0..rows {
        let row: Vec<Cell> = schema
            .attributes()
            .iter()
            .map(|attribute| {
                let values = attribute.domain().len() as u64;
                let missing: Vec<Missing> = attribute.missing().iter().collect();
                if values == 0 || draw(4) == 0 {
                    return Cell::Missing(missing[draw(missing.len() as u64) as usize]);
                }
                let few = draw(6) * (values / 6).max(1) % values;
                Cell::Value(u16::try_from(few).unwrap())
            })
            .collect();
        builder.push_row(&row).unwrap();
    }
    builder.finish().unwrap()
}

/// The rows of a table as texts, missing as none.
fn texts(table: &Table) -> Vec<BTreeMap<String, Option<String>>> {
    let read = |row: usize| {
        let cell = |(index, attribute): (usize, &ctdata_table::Attribute)| {
            let text = match table.cell(row, index).unwrap() {
                Cell::Value(code) => Some(attribute.domain().label(code).unwrap().into_owned()),
                Cell::Missing(_) => None,
            };
            (attribute.name().to_owned(), text)
        };
        table.schema().attributes().iter().enumerate().map(cell).collect()
    };
    (0..table.rows()).map(read).collect()
}

#[test]
fn broken_down_and_filtered_forms_equal_a_loop_over_rows() {
    let table = synthetic(700, 1);
    let request = Request::new("form-of-exploitation").by("sex").filter("age", "0-8").filter("age", "18-20");
    let shares = run(&table, &request);
    assert!(!shares.is_empty());
    let rows = texts(&table);
    for share in &shares {
        let sex = code(share, "sex");
        let flag = format!("form_{}", code(share, "form").replace('-', "_"));
        let chosen = rows.iter().filter(|row| {
            let age = row["age_band"].as_deref();
            let in_sex = row["gender"].as_deref().map_or(["not-recorded", "unknown"].contains(&sex), |own| own == sex);
            matches!(age, Some("0-8" | "18-20")) && in_sex
        });
        let yes = |row: &&BTreeMap<String, Option<String>>, name: &str| row[name].as_deref() == Some("yes");
        let any = |row: &&BTreeMap<String, Option<String>>| {
            ["form_forced_labour", "form_sexual_exploitation", "form_other"].iter().any(|name| yes(row, name))
        };
        if sex == "not-recorded" || sex == "unknown" {
            continue; // two kinds of missing, which `texts` does not tell apart
        }
        let base: Vec<_> = chosen.filter(any).collect();
        assert_eq!(share.base, Some(base.len() as u64));
        assert_eq!(share.numerator, Some(base.iter().filter(|row| yes(row, &flag)).count() as u64));
    }
    assert_eq!(shares[0].filters[0].codes, ["0-8", "18-20"]);
}

#[test]
fn movement_and_flows_equal_a_loop_over_rows() {
    let table = synthetic(900, 2);
    let (mut classes, mut flows) = (BTreeMap::<&str, u64>::new(), BTreeMap::<(String, String), u64>::new());
    let mut both = 0;
    for row in texts(&table) {
        let country = |name: &str| row[name].as_deref().map(|text| text.parse::<Country>().unwrap());
        let (Some(from), Some(to)) = (country("citizenship"), country("country_of_exploitation")) else { continue };
        both += 1;
        let class = match (from.sub_region(), to.sub_region()) {
            _ if from == to => "domestic",
            (Some(a), Some(b)) if a == b => "within-sub-region",
            (Some(a), Some(b)) if a.region() == b.region() => "within-region",
            (Some(_), Some(_)) => "across-regions",
            _ => "unmapped",
        };
        *classes.entry(class).or_default() += 1;
        let region = |country: Country| country.sdg_region().map_or("unmapped", |region| region.code()).to_owned();
        *flows.entry((region(from), region(to))).or_default() += 1;
    }
    let shares = run(&table, &Request::new("V-DOM"));
    let found: BTreeMap<&str, u64> = shares.iter().map(|e| (code(e, "movement"), e.numerator.unwrap())).collect();
    assert_eq!(found, classes);
    assert!(shares.iter().all(|share| share.base == Some(both) && share.unknown == Some(900 - both)));

    let request = Request { flow_level: GeoLevel::SdgRegion, ..Request::new("flows") };
    let shares = run(&table, &request);
    let found: BTreeMap<(String, String), u64> = shares
        .iter()
        .map(|e| {
            let of = |name: &str| code(e, name).to_owned();
            ((of("sdg-region-of-origin"), of("sdg-region-of-exploitation")), e.numerator.unwrap())
        })
        .collect();
    assert_eq!(found, flows);
}

#[test]
fn children_are_counted_on_each_basis_and_conflicts_beside() {
    let layout = Layout::named("ctdc-kanon-63").unwrap();
    let table = random(CaseTable::schema(layout, |_| None).unwrap(), 800, &mut 3);
    let is_child = |band: &str| ["0-8", "9-17"].contains(&band);
    let (mut child, mut known, mut conflicts) = ([0; 3], [0; 3], 0);
    for row in texts(&table) {
        let minor = |name: &str| row[name].as_deref().map(|text| text == "minor");
        let registered = row["age_band"].as_deref().map(is_child).or_else(|| minor("majority_at_registration"));
        let exploited = minor("majority_at_exploitation");
        let either = registered.into_iter().chain(exploited).reduce(|a, b| a || b);
        for (index, answer) in [registered, exploited, either].into_iter().enumerate() {
            known[index] += u64::from(answer.is_some());
            child[index] += u64::from(answer == Some(true));
        }
        conflicts += u64::from(registered.is_some() && exploited.is_some() && registered != exploited);
    }
    let shares = run(&table, &Request::new("children"));
    let expected: Vec<_> =
        (0..3).map(|i| (child[i], known[i], 800 - known[i])).chain([(conflicts, known[2], 800 - known[2])]).collect();
    assert_eq!(figures(&shares), expected);
    let bases: Vec<_> = shares.iter().map(|share| code(share, "child-basis")).collect();
    assert_eq!(bases, ["age-at-registration", "majority-at-exploitation", "either", "either"]);
    // One basis on request, and a file without it says what it lacks.
    let request = Request { child_basis: Some(ChildBasis::MajorityAtExploitation), ..Request::new("children") };
    assert_eq!(run(&table, &request).len(), 1);
    let age = table.select_named(&["age_band", "gender"]).unwrap();
    assert_eq!(
        compute(&age, &request, None, &Control::default()).unwrap_err().to_string(),
        "indicator `children` cannot be computed: the file has no attribute `majority_at_exploitation`"
    );
    assert_eq!(run(&age, &Request::new("children")).len(), 1);
}

#[test]
fn the_four_way_split_adds_up() {
    let shares = run(&synthetic(500, 4), &Request::new("sex-and-age"));
    for basis in ["age-at-registration", "majority-at-exploitation", "either"] {
        let of_basis: Vec<_> = shares.iter().filter(|share| code(share, "child-basis") == basis).collect();
        let sum: u64 = of_basis.iter().filter_map(|share| share.numerator).sum();
        assert_eq!(Some(sum), of_basis[0].base, "{basis}");
    }
}

#[test]
fn sectors_are_reported_with_and_without_forced_labour() {
    let table = synthetic(600, 5);
    let (any, forced) = (Request::new("labour-sector"), Request::new("labour-sector-of-forced-labour"));
    let (any, forced) = (run(&table, &any), run(&table, &forced));
    let sector = |row: &BTreeMap<String, Option<String>>| {
        row.iter().any(|(name, text)| name.starts_with("sector_") && text.as_deref() == Some("yes"))
    };
    let rows = texts(&table);
    let with = rows.iter().filter(|row| sector(row)).count() as u64;
    let both = rows.iter().filter(|row| sector(row) && row["form_forced_labour"].as_deref() == Some("yes")).count() as u64;
    assert_eq!((any[0].base, forced[0].base), (Some(with), Some(both)));
    assert_eq!(forced[0].filters[0].dimension, "form-forced-labour");
}

#[test]
fn the_whole_catalogue_is_computed_or_says_why_not() {
    let table = synthetic(300, 6);
    let all = compute_all(&table, &Request::default(), None, &Control::default()).unwrap();
    let skipped: Vec<_> = all.skipped.iter().map(|skipped| skipped.indicator.id).collect();
    assert_eq!(skipped, ["victims-per-100k"]);
    assert_eq!(all.results.len() + 1, CATALOGUE.len());
    // Shares of a base are never negative, above 100 % or not a number, and say their base.
    for estimate in all.estimates() {
        let share = estimate.value.known();
        assert!(share.is_none_or(|share| (0.0..=100.0).contains(&share)), "{estimate:?}");
        assert!(estimate.base_rule.is_some() && !estimate.notes.is_empty());
        assert!(estimate.numerator <= estimate.base);
    }
    // Some columns only: what they lack is named, the rest is computed as before.
    let few = table.select_named(&["gender", "form_forced_labour", "citizenship"]).unwrap();
    let part = compute_all(&few, &Request::default(), None, &Control::default()).unwrap();
    let ids: Vec<_> = part.results.iter().map(|result| result.indicator.id).collect();
    assert_eq!(
        ids,
        ["form-of-exploitation", "sex", "region-of-origin", "completeness", "forced-labour", "female-victims"]
    );
    let sector = part.skipped.iter().find(|skipped| skipped.indicator.id == "labour-sector").unwrap();
    assert_eq!(
        sector.reason.to_string(),
        "indicator `labour-sector` cannot be computed: the file has no attribute `labour_sectors`"
    );
}

#[test]
fn estimates_need_only_the_tables() {
    let table = synthetic(300, 7);
    for definition in CATALOGUE {
        let request = Request::new(definition.id).filter("year", "1900/2050");
        let result = compute(&table, &request, None, &Control::default()).unwrap();
        let mut tables = result.counts.clone();
        tables.reverse();
        let again = definition.estimates(&request, &tables, None).unwrap();
        assert_eq!(again.len(), result.estimates.len());
        let sorted = |estimates: &[Estimate]| {
            let mut texts: Vec<_> =
                estimates.iter().map(|e| format!("{:?} {:?} {:?}", e.dimensions, e.numerator, e.base)).collect();
            texts.sort();
            texts
        };
        assert_eq!(sorted(&again), sorted(&result.estimates), "{}", definition.id);
        // Tables of another request are not taken for these.
        assert!(definition.estimates(&Request::new(definition.id), &tables, None).is_err(), "{}", definition.id);
    }
}

#[test]
fn requests_that_make_no_sense_are_refused_with_a_reason() {
    let table = synthetic(20, 8);
    let refuse = |request: Request| compute(&table, &request, None, &Control::default()).unwrap_err().to_string();
    assert_eq!(refuse(Request::new("sex").by("gender")), "indicator `sex`: it is counted by `sex` already");
    assert_eq!(
        refuse(Request { base: Some(Base::AnyInGroup), ..Request::new("sex") }),
        "indicator `sex`: its base is answered or all"
    );
    assert_eq!(
        refuse(Request::new("means-of-control").by("form")),
        "indicator `means-of-control`: one question with several answers at a time: use a filter for the other"
    );
    assert_eq!(refuse(Request::new("sex").by("year").by("year")), "indicator `sex`: dimension `year` is given twice");
    assert!(matches!(
        compute(&table, &Request::new("16.2.1"), None, &Control::default()),
        Err(IndicatorError::NeedsSurveyData { .. })
    ));
}

#[test]
fn a_question_can_break_down_a_single_answer() {
    let table = synthetic(400, 9);
    let shares = run(&table, &Request::new("sex").by("form"));
    let rows = texts(&table);
    for share in &shares {
        let flag = format!("form_{}", code(share, "form").replace('-', "_"));
        let sex = code(share, "sex");
        let found = rows.iter().filter(|row| row[&flag].as_deref() == Some("yes") && row["gender"].as_deref() == Some(sex));
        assert_eq!(share.numerator, Some(found.count() as u64));
    }
}

fn any_rows() -> impl Strategy<Value = Vec<[u8; 3]>> {
    proptest::collection::vec([0u8..3, 0u8..3, 0u8..3], 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn base_and_unknown_are_everybody_who_answered_or_not(rows in any_rows()) {
        let request = Request { base: Some(Base::Answered), ..Request::new("form-of-exploitation") };
        for share in run(&forms(&rows), &request) {
            prop_assert_eq!(share.base.unwrap() + share.unknown.unwrap(), rows.len() as u64);
        }
    }

    #[test]
    fn exclusive_forms_add_up_to_their_base(rows in any_rows()) {
        let request = Request { forms: FormCoding::Exclusive, ..Request::new("form-of-exploitation") };
        let shares = run(&forms(&rows), &request);
        let any = run(&forms(&rows), &Request::new("form-of-exploitation"));
        let sum: u64 = shares.iter().filter_map(|share| share.numerator).sum();
        prop_assert_eq!(Some(sum), shares[0].base);
        prop_assert_eq!((shares[0].base, shares[0].unknown), (any[0].base, any[0].unknown));
    }

    #[test]
    fn every_exclusive_indicator_adds_up_to_its_base(seed in any::<u64>()) {
        let table = synthetic(60, seed);
        for id in ["sex", "age-band", "trafficking-duration", "domestic-and-cross-border", "region-of-origin", "flows"] {
            let shares = run(&table, &Request::new(id));
            let sum: u64 = shares.iter().filter_map(|share| share.numerator).sum();
            for share in &shares {
                prop_assert_eq!(share.base.unwrap(), sum);
                prop_assert_eq!(share.base.unwrap() + share.unknown.unwrap(), 60);
            }
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(seed in any::<u64>()) {
        let table = synthetic(40, seed);
        let backwards: Vec<u32> = (0..40).rev().collect();
        let turned = table.take(&backwards).unwrap();
        for id in ["means-of-control", "flows", "children"] {
            prop_assert_eq!(run(&table, &Request::new(id)), run(&turned, &Request::new(id)));
        }
    }
}

#[test]
fn every_group_of_every_layout_can_be_counted() {
    for layout in ctdata_model::LAYOUTS {
        let Ok(schema) = CaseTable::schema(layout, |_| None) else { continue };
        let table = random(schema, 30, &mut 10);
        let all = compute_all(&table, &Request::default().by("year"), None, &Control::default()).unwrap();
        for group in CaseGroup::ALL {
            let counted = all.results.iter().any(|result| result.indicator.needs() == [group.name()]);
            assert!(counted, "{} in {}", group.name(), layout.name);
        }
    }
}
