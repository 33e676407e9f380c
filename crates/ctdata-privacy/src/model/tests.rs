//! All models against their definitions, and what merging does to them.
#![expect(clippy::cast_precision_loss, reason = "small numbers")]

use std::collections::BTreeMap;

use ctdata_table::{
    Attribute, Column, Control, Domain, Hierarchy, Missing, MissingKinds, Origin, Schema, Table, Weights,
};
use proptest::prelude::*;

use super::evaluator::{ClassView, Evaluator};
use super::*;
use crate::PrivacyError;

/// A quasi-identifier `q` of 6 values and a sensitive attribute `s` of 4 ordered values, not applicable
/// (code 5), not recorded (4) and unknown (6).
fn table(rows: &[(u16, u16)]) -> Table {
    let labels = |count: u16| (0..count).map(|value| format!("{value}")).collect::<Vec<_>>();
    let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable, Missing::Unknown]);
    let attributes = vec![
        Attribute::new("q", Domain::nominal(labels(6), Origin::Public).unwrap(), MissingKinds::NONE),
        Attribute::new("s", Domain::ordered(labels(4), Origin::Public).unwrap(), kinds),
    ];
    let column = |pick: fn(&(u16, u16)) -> u16| Column::from_u16(rows.iter().map(pick).collect());
    Table::try_new(Schema::try_new(attributes).unwrap(), vec![column(|row| row.0), column(|row| row.1)]).unwrap()
}

fn rows(most: usize) -> impl Strategy<Value = Vec<(u16, u16)>> {
    prop::collection::vec((0u16..6, prop_oneof![8 => 0u16..4, 1 => 4u16..7]), 1..most)
}

fn by_q(rows: &[(u16, u16)]) -> BTreeMap<u16, Vec<u16>> {
    let mut classes: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
    for &(q, s) in rows {
        classes.entry(q).or_default().push(s);
    }
    classes
}

/// All kinds of missing that are blanks become one category.
fn pooled(code: u16) -> u16 {
    if code == 6 { 4 } else { code }
}

fn shares(codes: &[u16]) -> BTreeMap<u16, f64> {
    let mut shares = BTreeMap::new();
    for &code in codes {
        *shares.entry(pooled(code)).or_insert(0.0) += 1.0 / codes.len() as f64;
    }
    shares
}

/// Whether a class holds, given the codes of the class and of the table.
type Definition = fn(&[u16], &[u16]) -> bool;

fn models() -> Vec<(PrivacyModel, Definition)> {
    fn counts(class: &[u16]) -> Vec<f64> {
        let mut counts: Vec<f64> = shares(class).values().map(|share| share * class.len() as f64).collect();
        counts.sort_by(|a, b| b.total_cmp(a));
        counts
    }
    fn entropy(class: &[u16]) -> f64 {
        shares(class).values().map(|share| -share * share.ln()).sum()
    }
    fn gains(class: &[u16], table: &[u16]) -> Vec<(f64, f64)> {
        let p = shares(table);
        shares(class).iter().map(|(code, &q)| ((q - p[code]) / p[code], p[code])).collect()
    }
    const SLACK: f64 = 1e-9;
    vec![
        (KAnonymity::try_new(3).unwrap().into(), |class, _| class.len() >= 3),
        (DistinctLDiversity::try_new("s", 2).unwrap().into(), |class, _| shares(class).len() >= 2),
        (EntropyLDiversity::try_new("s", 2.2).unwrap().into(), |class, _| entropy(class) >= 2.2f64.ln()),
        (RecursiveCLDiversity::try_new("s", 2.5, 2).unwrap().into(), |class, _| {
            let counts = counts(class);
            counts.len() >= 2 && counts[0] < 2.5 * counts[1..].iter().sum::<f64>() - SLACK
        }),
        (TCloseness::try_new("s", 0.4, SensitiveDistance::Equal).unwrap().into(), |class, table| {
            let (p, q) = (shares(table), shares(class));
            p.iter().map(|(code, p)| (p - q.get(code).unwrap_or(&0.0)).abs()).sum::<f64>() / 2.0 <= 0.4 + SLACK
        }),
        (DeltaDisclosure::try_new("s", 1.3, AbsentValues::Strict).unwrap().into(), |class, table| {
            let (p, q) = (shares(table), shares(class));
            p.iter().all(|(code, p)| q.get(code).is_some_and(|q| (q / p).log2().abs() < 1.3))
        }),
        (DeltaDisclosure::try_new("s", 1.3, AbsentValues::PresentOnly).unwrap().into(), |class, table| {
            let (p, q) = (shares(table), shares(class));
            q.iter().all(|(code, q)| (q / p[code]).log2().abs() < 1.3)
        }),
        (BetaLikeness::try_new("s", 0.8, BetaBound::Basic).unwrap().into(), |class, table| {
            gains(class, table).iter().all(|&(gain, _)| gain <= 0.8 + SLACK)
        }),
        (BetaLikeness::try_new("s", 0.8, BetaBound::Enhanced).unwrap().into(), |class, table| {
            gains(class, table).iter().all(|&(gain, p)| gain <= 0.8f64.min(-p.ln()) + SLACK)
        }),
    ]
}

fn tally(codes: &[u16]) -> Vec<(u16, u32)> {
    let mut counts = BTreeMap::new();
    for &code in codes {
        *counts.entry(code).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

fn holds(evaluator: &Evaluator, class: &[u16]) -> bool {
    let counts = tally(class);
    let sensitive = [counts.as_slice()];
    let sensitive = if evaluator.sensitive().is_empty() { &[][..] } else { &sensitive[..] };
    evaluator.class_holds(&ClassView { size: class.len() as u64, population: None, sensitive })
}

fn measure(table: &Table, models: &[PrivacyModel], population: Option<&Table>) -> Vec<ModelReport> {
    measure_models(table, &["q"], models, population, &Control::default()).unwrap()
}

proptest! {
    #[test]
    fn every_model_equals_its_definition(rows in rows(40)) {
        let input = table(&rows);
        let all: Vec<u16> = rows.iter().map(|row| row.1).collect();
        for (model, by_definition) in models() {
            let evaluator = Evaluator::new(std::slice::from_ref(&model), &input, None).unwrap();
            let mut every = true;
            for class in by_q(&rows).values() {
                let expected = by_definition(class, &all);
                every &= expected;
                prop_assert_eq!(holds(&evaluator, class), expected, "{}", model);
                prop_assert!(!expected || class.len() as u64 >= evaluator.least_class_size(), "{}", model);
                if evaluator.is_size_only() && class.len() as u64 >= evaluator.least_class_size() {
                    prop_assert!(expected, "{}", model);
                }
            }
            prop_assert_eq!(measure(&input, std::slice::from_ref(&model), None)[0].holds, every, "{}", model);
        }
    }

    #[test]
    fn several_models_hold_where_each_does(rows in rows(40)) {
        let input = table(&rows);
        let models: Vec<PrivacyModel> = models().into_iter().map(|(model, _)| model).collect();
        let together = Evaluator::new(&models, &input, None).unwrap();
        prop_assert_eq!(together.monotonicity(), Monotonicity::NONE);
        for class in by_q(&rows).values() {
            let each = models.iter().all(|model| {
                holds(&Evaluator::new(std::slice::from_ref(model), &input, None).unwrap(), class)
            });
            prop_assert_eq!(holds(&together, class), each);
        }
    }

    /// Classes of `q` against classes of pairs or triples of `q`: what the types promise of ancestors.
    #[test]
    fn what_is_called_monotone_is(rows in rows(60), width in 2u16..4) {
        let input = table(&rows);
        let mut all: Vec<PrivacyModel> = models().into_iter().map(|(model, _)| model).collect();
        let tree = Hierarchy::of(input.schema().attributes()[1].domain().clone())
            .with_level("halves", ["low", "high"], |leaf| leaf / 2).unwrap();
        for distance in [SensitiveDistance::Ordered, SensitiveDistance::Hierarchical(tree)] {
            all.push(TCloseness::try_new("s", 0.3, distance).unwrap().into());
        }
        let fine = by_q(&rows);
        let coarse = by_q(&rows.iter().map(|&(q, s)| (q / width, s)).collect::<Vec<_>>());
        for model in all {
            let evaluator = Evaluator::new(std::slice::from_ref(&model), &input, None).unwrap();
            let failing = |classes: &BTreeMap<u16, Vec<u16>>| -> usize {
                classes.values().filter(|class| !holds(&evaluator, class)).map(Vec::len).sum()
            };
            let (before, after) = (failing(&fine), failing(&coarse));
            let promised = model.monotonicity();
            prop_assert!(!promised.without_suppression || before > 0 || after == 0, "{}", model);
            prop_assert!(!promised.with_suppression || after <= before, "{}", model);
            prop_assert!(promised.without_suppression || !promised.with_suppression);
            // Each merge of two classes, which is what an ancestor is made of.
            for (first, second) in fine.values().flat_map(|first| fine.values().map(move |second| (first, second))) {
                let merged: Vec<u16> = first.iter().chain(second).copied().collect();
                let (one, both) = (holds(&evaluator, first), holds(&evaluator, first) && holds(&evaluator, second));
                prop_assert!(!promised.without_suppression || !both || holds(&evaluator, &merged), "{}", model);
                prop_assert!(!promised.with_suppression || !one || holds(&evaluator, &merged), "{}", model);
            }
        }
    }

    #[test]
    fn population_models_equal_their_definition(
        sample in rows(30), rest in rows(30), k in 1u32..8, lowest in 0u8..3, highest in 3u8..11
    ) {
        let all: Vec<(u16, u16)> = sample.iter().chain(&rest).copied().collect();
        let (lowest, highest) = (f64::from(lowest) / 10.0, f64::from(highest) / 10.0);
        let (input, population) = (table(&sample), table(&all));
        let presence = DeltaPresence::try_new(lowest, highest).unwrap();
        let models = [KMap::try_new(k).unwrap().into(), presence.into()];
        let reports = measure(&input, &models, Some(&population));
        let (f, big_f) = (by_q(&sample), by_q(&all));
        let people = f.keys().map(|q| big_f[q].len()).min().unwrap();
        prop_assert_eq!(reports[0].achieved, Some(Measure::Count(people as u64)));
        prop_assert_eq!(reports[0].holds, people >= k as usize);
        let presences: Vec<f64> =
            big_f.iter().map(|(q, all)| f.get(q).map_or(0, Vec::len) as f64 / all.len() as f64).collect();
        prop_assert_eq!(reports[1].holds, presences.iter().all(|share| (lowest..=highest).contains(share)));
        let least = presences.iter().copied().fold(f64::INFINITY, f64::min);
        let most = presences.iter().copied().fold(0.0, f64::max);
        prop_assert_eq!(reports[1].achieved, Some(Measure::Range(least, most)));

        // And both promise what merging does.
        let evaluator = Evaluator::new(&models, &input, Some(&population)).unwrap();
        prop_assert_eq!(evaluator.allows_missed_population(), lowest <= 0.0);
        for (model, promised) in models.iter().zip([KMap::MONOTONICITY, DeltaPresence::MONOTONICITY]) {
            let evaluator = Evaluator::new(std::slice::from_ref(model), &input, Some(&population)).unwrap();
            let failing = |width: u16| -> usize {
                let count = |rows: &[(u16, u16)]| by_q(&rows.iter().map(|&(q, s)| (q / width, s)).collect::<Vec<_>>());
                let all = count(&all);
                count(&sample)
                    .iter()
                    .map(|(q, class)| {
                        let (size, population) = (class.len() as u64, Some(all[q].len() as u64));
                        let fails = !evaluator.class_holds(&ClassView { size, population, sensitive: &[] });
                        if fails { class.len() } else { 0 }
                    })
                    .sum()
            };
            // A class of the population that nobody in the file belongs to fails a `lowest` above 0.
            let fails = failing(1) > 0 || f.len() < big_f.len() && !evaluator.allows_missed_population();
            prop_assert!(!promised.without_suppression || fails || failing(2) == 0);
            prop_assert!(!evaluator.monotonicity().without_suppression || failing(1) > 0 || failing(2) == 0);
            prop_assert!(!promised.with_suppression || failing(2) <= failing(1));
        }
    }
}

/// A good class and a bad one, and the bad class that they make: with suppression, more records fail.
#[test]
fn each_model_that_is_not_monotone_under_suppression_has_a_case() {
    let repeat = |value: u16, times: usize| std::iter::repeat_n(value, times);
    let even: Vec<u16> = [0, 1, 2, 3].into_iter().flat_map(|value| repeat(value, 5)).collect();
    let homogeneous: Vec<u16> = repeat(0, 40).collect();
    let others: Vec<u16> = [1, 2, 3].into_iter().flat_map(|value| repeat(value, 25)).collect();
    let rows: Vec<(u16, u16)> = [(0, &even), (1, &homogeneous), (2, &others)]
        .into_iter()
        .flat_map(|(q, class)| class.iter().map(move |&s| (q, s)))
        .collect();
    let input = table(&rows);
    let merged: Vec<u16> = even.iter().chain(&homogeneous).copied().collect();
    let cases: Vec<PrivacyModel> = vec![
        EntropyLDiversity::try_new("s", 3.0).unwrap().into(),
        RecursiveCLDiversity::try_new("s", 2.0, 2).unwrap().into(),
        TCloseness::try_new("s", 0.15, SensitiveDistance::Equal).unwrap().into(),
        TCloseness::try_new("s", 0.15, SensitiveDistance::Ordered).unwrap().into(),
        DeltaDisclosure::try_new("s", 0.8, AbsentValues::Strict).unwrap().into(),
        BetaLikeness::try_new("s", 0.5, BetaBound::Basic).unwrap().into(),
        BetaLikeness::try_new("s", 0.5, BetaBound::Enhanced).unwrap().into(),
    ];
    for model in cases {
        assert_eq!(model.monotonicity(), Monotonicity::WITHOUT_SUPPRESSION);
        let evaluator = Evaluator::new(std::slice::from_ref(&model), &input, None).unwrap();
        assert!(holds(&evaluator, &even), "{model}");
        assert!(!holds(&evaluator, &homogeneous) && !holds(&evaluator, &merged), "{model}");
    }
    let presence = Evaluator::new(&[DeltaPresence::try_new(0.0, 0.5).unwrap().into()], &input, Some(&input)).unwrap();
    let presence_holds =
        |size, population| presence.class_holds(&ClassView { size, population: Some(population), sensitive: &[] });
    assert!(presence_holds(1, 2) && !presence_holds(9, 9) && !presence_holds(10, 11));
}

/// Tables of models that judge kept classes: with k = 2 the single record is dropped, and a merge that
/// keeps fewer classes of another kind raises the mean, the share of uniques, and the estimate.
#[test]
fn each_model_of_the_table_has_a_case_where_a_merge_breaks_it() {
    let evaluator = |model: PrivacyModel| Evaluator::new(&[model], &table(&[(0, 0)]), None).unwrap();
    // A merge of the class of 20 with one of l = 1 makes it fail as a whole: what is left are pairs.
    let average = evaluator(AverageRisk::try_new(0.2).unwrap().into());
    assert!(average.table_holds(&[(2, 2), (20, 1)]) && !average.table_holds(&[(2, 2)]));
    let uniqueness = evaluator(SampleUniqueness::try_new(0.1).unwrap().into());
    assert!(uniqueness.table_holds(&[(1, 2), (20, 1)]) && !uniqueness.table_holds(&[(1, 2)]));
    let fraction = SamplingFraction::try_new(0.5).unwrap();
    // Zayatz: merging two pairs into a four removes what explained the uniques.
    let input = table(&(0..50).map(|_| (0, 0)).collect::<Vec<_>>());
    let share = |kept: &[(u64, u64)]| {
        PopulationUniqueness::try_new(1.0, fraction, PopulationEstimator::Zayatz)
            .unwrap()
            .estimate(kept, input.rows() as u64)
            .unwrap()
            .share
    };
    let (before, after) = (share(&[(1, 10), (2, 20)]), share(&[(1, 10), (4, 10)]));
    assert!(before < after);
    let threshold = f64::midpoint(before, after);
    let model = PopulationUniqueness::try_new(threshold, fraction, PopulationEstimator::Zayatz).unwrap();
    let model = Evaluator::new(&[model.into()], &input, None).unwrap();
    assert!(model.has_table_models() && model.monotonicity() == Monotonicity::NONE);
    assert!(model.table_holds(&[(1, 10), (2, 20)]) && !model.table_holds(&[(1, 10), (4, 10)]));
    // Where a person has several records: {p, q} and {p, q} merge to {p, q}, and p and q are counted once.
    assert!(SampleUniqueness::share(&[(1, 1), (2, 2)]) < SampleUniqueness::share(&[(1, 1), (2, 1)]));
    assert!(AverageRisk::mean(&[(1, 2), (3, 2)]) < AverageRisk::mean(&[(1, 2), (3, 1)]));
}

#[test]
fn records_of_one_person_are_no_diversity() {
    let input = table(&[(0, 0), (0, 1)]);
    let models = [DistinctLDiversity::try_new("s", 2).unwrap().into()];
    assert!(measure(&input, &models, None)[0].holds);
    let one_person = input.with_ids(["p", "p"].into_iter().collect()).unwrap();
    let report = &measure(&one_person, &models, None)[0];
    assert_eq!((report.achieved, report.holds), (Some(Measure::Count(2)), false));
}

#[test]
fn weights_of_a_population_count_people() {
    let population = table(&[(0, 0), (1, 0)]).with_weights(Weights::new(vec![7, 3])).unwrap();
    let reports = measure(&table(&[(0, 0)]), &[KMap::try_new(5).unwrap().into()], Some(&population));
    assert_eq!((reports[0].achieved, reports[0].holds), (Some(Measure::Count(7)), true));
}

#[test]
fn what_does_not_fit_is_said() {
    let input = table(&[(0, 0)]);
    let control = Control::default();
    let error = |quasi: &str, model: PrivacyModel| -> String {
        let error: PrivacyError = measure_models(&input, &[quasi], &[model], None, &control).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        error("q", DistinctLDiversity::try_new("q", 2).unwrap().into()),
        "sensitive attribute: `q` is a quasi-identifier"
    );
    assert!(error("q", DistinctLDiversity::try_new("t", 2).unwrap().into()).starts_with("there is no attribute `t`"));
    assert_eq!(
        error("q", KMap::try_new(5).unwrap().into()),
        "population: k-map with k = 5 counts in a population table, and there is none"
    );
}

#[test]
fn a_table_without_rows_breaks_nothing() {
    let fraction = SamplingFraction::try_new(0.1).unwrap();
    let mut models: Vec<PrivacyModel> = models().into_iter().map(|(model, _)| model).collect();
    models.push(SampleUniqueness::try_new(0.0).unwrap().into());
    models.push(AverageRisk::try_new(0.0).unwrap().into());
    models.push(PopulationUniqueness::try_new(0.0, fraction, PopulationEstimator::Dankar).unwrap().into());
    for report in measure(&table(&[]), &models, None) {
        assert!(report.holds && report.achieved.is_none(), "{}", report.model);
    }
}

#[test]
fn levels_are_those_of_the_worst_class() {
    let input = table(&[(0, 0), (0, 1), (0, 1), (0, 2), (1, 0), (1, 3)]);
    let models = [
        KAnonymity::try_new(2).unwrap().into(),
        EntropyLDiversity::try_new("s", 2.0).unwrap().into(),
        RecursiveCLDiversity::try_new("s", 2.0, 2).unwrap().into(),
        DeltaDisclosure::try_new("s", 2.0, AbsentValues::Strict).unwrap().into(),
        BetaLikeness::try_new("s", 2.0, BetaBound::Basic).unwrap().into(),
        SampleUniqueness::try_new(0.0).unwrap().into(),
        AverageRisk::try_new(0.2).unwrap().into(),
    ];
    let reports = measure(&input, &models, None);
    assert_eq!(reports[0].achieved, Some(Measure::Count(2)));
    let real = |report: &ModelReport| match report.achieved {
        Some(Measure::Real(level)) => level,
        _ => f64::NAN,
    };
    assert!((real(&reports[1]) - 2.0).abs() < 1e-12 && reports[1].holds);
    assert!((real(&reports[2]) - 1.0).abs() < 1e-12);
    assert_eq!((reports[3].achieved, reports[3].holds), (Some(Measure::Unbounded), false));
    // s = 3 is one of six, and one of two in the class.
    assert!((real(&reports[4]) - 2.0).abs() < 1e-12 && reports[4].holds);
    assert!(real(&reports[5]).abs() < 1e-12 && reports[5].holds);
    assert!((real(&reports[6]) - 1.0 / 3.0).abs() < 1e-12 && !reports[6].holds);
}

#[cfg(feature = "serde")]
#[test]
fn the_wire_form_is_stable() {
    let report = |model: &str, attribute: Option<&str>, achieved| ModelReport {
        model: model.to_owned(),
        attribute: attribute.map(ToOwned::to_owned),
        required: Measure::Real(1.5),
        achieved,
        holds: false,
    };
    for (report, json) in [
        (
            report("delta-disclosure", Some("s"), Some(Measure::Unbounded)),
            r#"{"model":"delta-disclosure","attribute":"s","required":1.5,"achieved":"unbounded","holds":false}"#,
        ),
        (
            report("delta-presence", None, Some(Measure::Range(0.0, 0.5))),
            r#"{"model":"delta-presence","required":1.5,"achieved":[0.0,0.5],"holds":false}"#,
        ),
        (
            report("population-uniqueness", None, None),
            r#"{"model":"population-uniqueness","required":1.5,"achieved":null,"holds":false}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&report).unwrap(), json);
        assert_eq!(serde_json::from_str::<ModelReport>(json).unwrap(), report);
    }
    assert!(serde_json::from_str::<Measure>(r#""much""#).is_err());
}

#[test]
fn names_are_kebab_case_and_apart() {
    let fraction = SamplingFraction::try_new(0.1).unwrap();
    let mut names: Vec<&str> = models().iter().map(|(model, _)| model.name()).collect();
    names.dedup();
    names.extend([KMap::NAME, DeltaPresence::NAME, SampleUniqueness::NAME, AverageRisk::NAME]);
    let last: PrivacyModel = PopulationUniqueness::try_new(0.0, fraction, PopulationEstimator::Zayatz).unwrap().into();
    names.push(last.name());
    let expected = [
        "k-anonymity",
        "distinct-l-diversity",
        "entropy-l-diversity",
        "recursive-c-l-diversity",
        "t-closeness",
        "delta-disclosure",
        "beta-likeness",
        "k-map",
        "delta-presence",
        "sample-uniqueness",
        "average-risk",
        "population-uniqueness",
    ];
    assert_eq!(names, expected);
}
