//! Every kind of indicator against brute force: a loop over the rows of random and simulated cases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/random.rs"]
mod random;
mod support;
#[path = "support/texts.rs"]
mod texts;

use std::collections::BTreeMap;

use ctdata_indicators::estimate::ChildBasis;
use ctdata_indicators::{Base, CATALOGUE, Estimate, GeoLevel, IndicatorError, Request, compute, compute_all};
use ctdata_model::{CaseGroup, CaseTable, Country, LAYOUTS, Layout, Simulator};
use ctdata_table::Control;
use proptest::prelude::*;
use random::{random, synthetic};
use support::{code, figures, run};
use texts::texts;

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
        let (Some(from), Some(to)) = (country("citizenship"), country("country_of_exploitation")) else {
            continue;
        };
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
    let table = random(&CaseTable::schema(layout, |_| None).unwrap(), 800, &mut 3);
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
    let both =
        rows.iter().filter(|row| sector(row) && row["form_forced_labour"].as_deref() == Some("yes")).count() as u64;
    assert_eq!((any[0].base, forced[0].base), (Some(with), Some(both)));
    assert_eq!(forced[0].filters[0].dimension, "form-forced-labour");
}

#[test]
fn the_whole_catalogue_is_computed_or_says_why_not() {
    let table = synthetic(300, 6);
    let all = compute_all(&table, &Request::default(), None, &Control::default()).unwrap();
    let is_of_cases = |reason: &IndicatorError| !matches!(reason, IndicatorError::NotCollected { .. });
    let skipped = all.skipped.iter().filter(|skipped| is_of_cases(&skipped.reason));
    let rates = CATALOGUE.iter().filter(|definition| definition.needs_population()).map(|definition| definition.id);
    assert!(skipped.map(|skipped| skipped.indicator.id).eq(rates));
    assert_eq!(all.results.len() + all.skipped.len(), CATALOGUE.len());
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
    assert_eq!(ids, ["sex", "region-of-origin", "completeness", "female-victims"]);
    // Of one answer alone, everybody in the base has it: no figure.
    let form = part.skipped.iter().find(|skipped| skipped.indicator.id == "form-of-exploitation").unwrap();
    assert!(form.reason.to_string().contains("100 % by definition"), "{}", form.reason);
    // Of two, the base is said to be theirs.
    let two = table.select_named(&["form_forced_labour", "form_sexual_exploitation"]).unwrap();
    let of_two = compute(&two, &Request::new("form-of-exploitation"), None, &Control::default()).unwrap();
    let note = "answers in this table: Forced labour, Sexual exploitation";
    assert!(of_two.estimates.iter().all(|estimate| estimate.notes.iter().any(|found| found == note)));
    // All persons as the base need no second answer.
    let request = Request { base: Some(Base::All), ..Request::new("form-of-exploitation") };
    assert_eq!(compute(&few, &request, None, &Control::default()).unwrap().estimates[0].base, Some(300));
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
        let result = match compute(&table, &request, None, &Control::default()) {
            Err(IndicatorError::NotCollected { .. }) => continue, // nothing that cases have
            result => result.unwrap(),
        };
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
        let found =
            rows.iter().filter(|row| row[&flag].as_deref() == Some("yes") && row["gender"].as_deref() == Some(sex));
        assert_eq!(share.numerator, Some(found.count() as u64));
    }
}

#[test]
fn every_group_of_every_layout_can_be_counted() {
    for layout in LAYOUTS {
        let Ok(schema) = CaseTable::schema(layout, |_| None) else {
            continue;
        };
        let table = random(&schema, 30, &mut 10);
        let all = compute_all(&table, &Request::default().by("year"), None, &Control::default()).unwrap();
        for group in CaseGroup::ALL {
            let counted = all.results.iter().any(|result| result.indicator.needs() == [group.name()]);
            assert!(counted, "{} in {}", group.name(), layout.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

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
fn means_of_control_of_simulated_cases_equal_a_loop_over_rows() {
    for layout in ["ctdc-kanon-63", "ctdc-synthetic-2021", "ctdc-synthetic-2024"] {
        let cases = Simulator::new(11).cases(Layout::named(layout).unwrap(), 1_200).unwrap();
        let rows = texts(cases.table());
        let members: Vec<String> =
            cases.members(CaseGroup::MeansOfControl).iter().map(|flag| flag.name().into_owned()).collect();
        let request = Request::new("V-MOC").by("year").filter("citizenship", "PH").filter("citizenship", "UKR");
        let shares = run(cases.table(), &request);
        assert!(!shares.is_empty(), "{layout}");
        for share in shares.iter().filter(|share| code(share, "year") != "not-recorded") {
            let flag = format!("control_{}", code(share, "means").replace('-', "_"));
            let chosen = rows.iter().filter(|row| {
                row["year_of_registration"].as_deref() == Some(code(share, "year"))
                    && matches!(row["citizenship"].as_deref(), Some("PH" | "UA"))
            });
            let yes = |row: &&BTreeMap<String, Option<String>>, name: &str| row[name].as_deref() == Some("yes");
            let base: Vec<_> = chosen.filter(|row| members.iter().any(|name| yes(row, name))).collect();
            let numerator = base.iter().filter(|row| yes(row, &flag)).count();
            assert_eq!((share.numerator, share.base), (Some(numerator as u64), Some(base.len() as u64)), "{layout}");
        }
    }
}
