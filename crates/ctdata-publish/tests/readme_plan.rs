//! The plan in the README does what the README says.

use std::fs;
use std::path::Path;

use ctdata_model::{Layout, Simulator, write_cases};
use ctdata_publish::{DATA_FILE, Plan, Publisher, Role, TABLES_FILE};
use ctdata_table::Control;

#[test]
fn the_plan_of_the_readme_makes_a_release() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let plan: Plan = text.parse().unwrap();
    assert_eq!((plan.k(), plan.names(Role::Sensitive).collect::<Vec<_>>()), (11, vec!["typeOfLabourAgriculture"]));

    let folder = tempfile::tempdir().unwrap();
    let control = Control::default();
    let cases = Simulator::new(9).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 5_000).unwrap();
    let input = folder.path().join("cases.csv");
    write_cases(&cases, fs::File::create(&input).unwrap(), &control).unwrap();
    let out = folder.path().join("release");
    let published = Publisher { plan: Some(plan), ..Publisher::default() }.publish(&input, &out, &control).unwrap();
    assert!(published.statement.verified.smallest_class.unwrap() >= 11);
    let data = fs::read_to_string(out.join(DATA_FILE)).unwrap();
    assert_eq!(data.lines().next(), Some("gender,citizenship,isForcedLabour,isSexualExploit,typeOfLabourAgriculture"));
    assert!(fs::read_to_string(out.join(TABLES_FILE)).unwrap().lines().count() > 3);
}
