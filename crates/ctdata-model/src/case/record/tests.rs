//! Cases taken apart, put together and written.

use super::*;
use crate::{LAYOUTS, LayoutKind, Simulator};
use proptest::prelude::*;

fn layouts() -> impl Iterator<Item = &'static Layout> {
    LAYOUTS.iter().filter(|layout| layout.kind == LayoutKind::Cases)
}

/// Any case that a layout can hold, from one number per attribute.
fn case_of(layout: &'static Layout, numbers: &[u16]) -> Case {
    let mut case = Case::default();
    let held = CaseAttribute::all().iter().filter(|attribute| layout.column_of(**attribute).is_some());
    for (&attribute, &number) in held.zip(numbers) {
        let described = attribute.attribute();
        match case.list_mut(attribute) {
            Some(list) if number % 3 == 0 => *list = Some(Recorded::NotRecorded),
            Some(list) => {
                *list = Some(Recorded::Value(format!("{}\"\n;{}", number % 7, "é".repeat(usize::from(number % 2)))));
            }
            None => {
                let code = number % u16::try_from(described.code_count()).unwrap();
                let cell = match described.cell(code).unwrap() {
                    Cell::Value(code) => Recorded::Value(code),
                    Cell::Missing(kind) => missing(kind),
                };
                case.set_code(attribute, cell);
            }
        }
    }
    case
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn cases_tables_and_json_hold_the_same(
        which in 0usize..6,
        rows in prop::collection::vec(prop::collection::vec(any::<u16>(), 80), 0..12),
    ) {
        let layout = layouts().nth(which).unwrap();
        let cases: Vec<Case> = rows.iter().map(|numbers| case_of(layout, numbers)).collect();
        let table = CaseTable::from_cases(layout, cases.clone()).unwrap();
        prop_assert_eq!(&table.cases().collect::<Vec<_>>(), &cases);
        #[cfg(feature = "json")]
        {
            let mut lines = Vec::new();
            crate::write_json_lines(&table, &mut lines).unwrap();
            prop_assert_eq!(crate::read_json_lines(lines.as_slice(), layout).unwrap(), table);
        }
    }
}

#[test]
fn simulated_cases_survive_being_taken_apart() {
    for layout in layouts() {
        let table = Simulator::new(11).cases(layout, 300).unwrap();
        assert_eq!(CaseTable::from_cases(layout, table.cases()).unwrap(), table, "{}", layout.name);
        assert_eq!(table.case(300), None);
    }
}

#[test]
fn what_a_layout_cannot_hold_is_refused_by_row_and_attribute() {
    let layout = Layout::named("ctdc-synthetic-2024").unwrap();
    let mut builder = CaseTableBuilder::new(layout).unwrap();
    builder.push(&Case::default()).unwrap();
    let mut finer = Case { gender: Some(Recorded::Value(Gender::Male)), ..Case::default() };
    finer.means_of_control.insert(MeansOfControl::Threats, Recorded::Value(true));
    let error = builder.push(&finer).unwrap_err();
    assert_eq!(error.to_string(), "case 2, `control_threats`: the layout ctdc-synthetic-2024 does not have it");
    let list = Case { control_list: Some(Recorded::Value("secret".to_owned())), ..Case::default() };
    let error = builder.push(&list).unwrap_err();
    assert_eq!(error.to_string(), "case 2, `control_list`: the layout ctdc-synthetic-2024 does not have it");
    let withheld = Case { age_band: Some(Recorded::Withheld), ..Case::default() };
    assert_eq!(builder.push(&withheld).unwrap_err().to_string(), "case 2, `age_band`: it is never withheld");
    // Nothing of a refused case stays.
    builder.push(&Case { citizenship: Some(Recorded::Unknown), ..Case::default() }).unwrap();
    let table = builder.finish().unwrap();
    assert_eq!((table.rows(), table.case(1).unwrap().gender), (2, Some(Recorded::NotRecorded)));
    assert_eq!(table.case(1).unwrap().citizenship, Some(Recorded::Unknown));
    let perpetrators = Layout::named("ctdc-victim-perpetrator").unwrap();
    assert!(matches!(CaseTableBuilder::new(perpetrators), Err(ModelError::NotCases { .. })));
}

#[test]
fn debug_shows_no_value() {
    let layout = Layout::named("ctdc-kanon-63").unwrap();
    for case in Simulator::new(12).cases(layout, 50).unwrap().cases() {
        let shown = format!("{case:?}");
        let digits = shown.strip_prefix("Case { attributes: 63, recorded: ").and_then(|rest| rest.strip_suffix(" }"));
        assert!(digits.is_some_and(|digits| digits.parse::<u8>().is_ok()), "{shown}");
    }
}

/// A case with every field and every kind of missing.
#[cfg(feature = "serde")]
fn full() -> Case {
    fn all<L: CodeList>(of: impl Fn(usize) -> Recorded<bool>) -> BTreeMap<L, Recorded<bool>> {
        L::ALL.iter().map(|&value| (value, of(value.index()))).collect()
    }
    let yes_no = |index: usize| match index % 3 {
        0 => Recorded::Value(true),
        1 => Recorded::Value(false),
        _ => Recorded::NotRecorded,
    };
    let text = |text: &str| Some(Recorded::Value(text.to_owned()));
    Case {
        year_of_registration: Some(Recorded::Value(Year::try_new(2019).unwrap())),
        data_source: Some(Recorded::Value(DataSource::Hotline)),
        gender: Some(Recorded::Value(Gender::TransgenderOrNonConforming)),
        age_band: Some(Recorded::Value(AgeBand::From48)),
        majority_at_registration: Some(Recorded::Value(Majority::Adult)),
        majority_at_exploitation: Some(Recorded::Unknown),
        majority_at_entry: Some(Recorded::Withheld),
        citizenship: Some(Recorded::Value(Country::from_alpha2("NA").unwrap())),
        country_of_exploitation: Some(Recorded::Unknown),
        trafficking_duration: Some(Recorded::NotApplicable),
        means_of_control: all(yes_no),
        control_not_specified: Some(Recorded::Value(false)),
        control_list: text("Debt bondage;Threats"),
        forms_of_exploitation: all(yes_no),
        form_sex_and_labour: Some(Recorded::NotRecorded),
        form_list: text("Forced labour"),
        labour_sectors: all(yes_no),
        sector_not_specified: Some(Recorded::Value(true)),
        sector_list: Some(Recorded::NotRecorded),
        sexual_exploitation_types: all(yes_no),
        sexual_list: text("Prostitution"),
        abduction: Some(Recorded::Value(false)),
        recruiter_relations: all(yes_no),
        recruiter_not_specified: Some(Recorded::Value(false)),
        recruiter_list: text("Family/Relative; Other"),
        industry: Some(Recorded::Value(IsicSection::ALL[0])),
        trafficker_relationship: Some(Recorded::Value(TraffickerRelationship::ALL[0])),
        trafficking_status: Some(Recorded::Value(TraffickingStatus::ALL[0])),
        status_decided_by: Some(Recorded::Value(StatusDecisionMaker::ALL[0])),
    }
}

/// The file holds the representation that other programs rely on.
#[cfg(feature = "serde")]
#[test]
fn json_is_as_it_was() {
    let golden = include_str!("../../../tests/golden/case.json");
    let mut written = serde_json::to_string_pretty(&full()).unwrap();
    written.push('\n');
    assert_eq!(written, golden);
    assert_eq!(serde_json::from_str::<Case>(golden).unwrap(), full());
    assert_eq!(serde_json::to_string(&Case::default()).unwrap(), "{}");
    assert!(serde_json::from_str::<Case>("{\"sex\":\"female\"}").is_err());
}
