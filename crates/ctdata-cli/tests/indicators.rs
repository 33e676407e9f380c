//! `ctdata indicators` as a user meets it: files of every kind, options, outputs and refusals.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A folder with simulated cases, records or rows of this format in `file`.
    fn with(file: &str, format: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.ok(&["sample", file, "--rows", "400", "--seed", "7", "--format", format]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ctdata")).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.ok(&[&["indicators"], arguments].concat()).stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The figures.
    fn observed(&self, arguments: &[&str]) -> Vec<Value> {
        self.json(arguments)["observations"].as_array().unwrap().clone()
    }

    /// Runs, expects this exit code and these words on standard error, and nothing on standard output.
    fn refused(&self, arguments: &[&str], code: i32, words: &[&str]) {
        let output = self.run(&[&["indicators"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: `{word}` is not in: {said}");
        }
        assert!(output.stdout.is_empty() && !said.contains("panicked"), "{arguments:?}: {said}");
    }

    /// What is told beside the answer.
    fn told(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.ok(&[&["indicators"], arguments].concat()).stderr).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Residents of a few countries in all years of the simulation.
    fn population(&self, name: &str) {
        let rows = ["USA", "UKR", "MDA", "PHL", "KHM", "IDN"]
            .iter()
            .flat_map(|alpha3| (2000..=2023).map(move |year| format!("{alpha3},{year},{}000000\n", 40 + year - 2000)));
        let text: String = ["alpha3,year,population_persons\n".to_owned()].into_iter().chain(rows).collect();
        fs::write(self.path(name), text).unwrap();
    }
}

fn cases() -> Desk {
    Desk::with("cases.csv", "ctdc-synthetic-2021")
}

fn skipped<'a>(answer: &'a Value, id: &str) -> Option<&'a str> {
    let skipped = answer["skipped"].as_array().unwrap().iter().find(|skipped| skipped["indicator"] == id)?;
    skipped["reason"].as_str()
}

fn of<'a>(answer: &'a Value, id: &str) -> Vec<&'a Value> {
    answer["observations"].as_array().unwrap().iter().filter(|one| one["indicator"] == id).collect()
}

#[test]
fn the_catalogue_and_the_framework_are_told_without_a_file() {
    let desk = cases();
    let listed = desk.json(&["--list"]);
    for entry in listed["indicators"].as_array().unwrap() {
        for field in ["id", "title", "definition", "numerator", "unit", "source"] {
            assert!(entry[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {entry}");
        }
        assert!(entry["limits"].is_array());
    }
    let added = listed["added_columns"].as_array().unwrap();
    assert!(added.iter().any(|column| column["name"] == "recruitment_fee" && column["subject"] == "victims"));
    let text = desk.text(&["--list"]);
    for said in [
        "form-of-exploitation (V-EXP)",
        "victims-per-100k (16.2.2)",
        "recruitment_fee",
        "time-to-first-service",
        "perpetrator-sex",
        "mann-kendall",
    ] {
        assert!(text.contains(said), "{said}");
    }
    let framework = desk.json(&["--framework"]);
    let objectives = framework["objectives"].as_array().unwrap();
    assert_eq!(objectives.len(), 23);
    assert_eq!(objectives[9]["objective"]["number"], 10);
    assert!(!objectives[9]["targets"].as_array().unwrap().is_empty());
    let text = desk.text(&["--framework"]);
    assert!(text.starts_with("Objective 10: ") && text.contains("16.2.2") && text.contains("5.2"), "{text}");
    desk.refused(&["--list", "cases.csv"], 2, &["--list"]);
    desk.refused(&["--list", "--framework"], 2, &["--framework"]);
    desk.refused(&[], 2, &["FILE"]);
}

#[test]
fn records_give_what_cases_do_not_have() {
    let desk = Desk::with("records.json", "htcds-json");
    let all = desk.json(&["records.json", "--as-of", "2025-06-30"]);
    assert_eq!(all["format"], "htcds-json");
    for id in ["sex", "recruitment-method", "referral", "time-to-first-service", "perpetrator-sex"] {
        assert!(!of(&all, id).is_empty(), "{id}: {:?}", skipped(&all, id));
        assert_eq!(skipped(&all, id), None);
    }
    // Without the day nobody is known to be waiting still; no field says what was paid.
    let without = desk.json(&["records.json"]);
    assert!(skipped(&without, "time-to-first-service").is_some_and(|reason| reason.contains("as_of")));
    assert!(skipped(&without, "recruitment-fee").is_some());
    desk.refused(&["records.json", "--id", "time-to-first-service"], 1, &["as_of"]);
    desk.refused(&["records.json", "--id", "recruitment-fee"], 1, &["recruitment_fee"]);
    desk.refused(&["records.json", "--as-of", "30.6.2025"], 2, &["--as-of", "ISO form"]);
    // An id alone gives the figures that it has in the whole catalogue.
    for id in ["recruitment-method", "perpetrator-sex", "sex"] {
        assert_eq!(
            desk.observed(&["records.json", "--id", id]),
            of(&without, id).into_iter().cloned().collect::<Vec<_>>()
        );
    }
    // What cases cannot be broken down by, people can.
    let by = desk.observed(&["records.json", "--id", "sex", "--by", "consent"]);
    assert!(by.iter().all(|one| one["dimensions"]["consent"].is_string()) && !by.is_empty());
    // Services in a case with several victims are those of each only if it is said.
    let referred = |more: &[&str]| {
        let found = desk.observed(&[&["records.json", "--id", "referral"], more].concat());
        found[0]["numerator"].as_u64().unwrap()
    };
    assert!(referred(&["--services-of-groups"]) >= referred(&[]));
}

#[test]
fn a_person_in_several_cases_counts_once() {
    let desk = cases();
    let header = "person_id,case_id,prs_Gender,vic_TraffickingStatus\n";
    let rows: Vec<String> = (1..=5).map(|case| format!("P1,C{case},Feminine,ActualVictimOfTrafficking\n")).collect();
    let other = "P2,C9,Masculine,PossibleVictimOfTrafficking\n";
    fs::write(desk.path("one.csv"), [header, &rows.concat(), other].concat()).unwrap();
    let sexes = |more: &[&str]| {
        let found = desk.observed(&[&["one.csv", "--id", "sex"], more].concat());
        found.iter().map(|one| one["numerator"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sexes(&[]), sexes(&["--include", "possible"])), (1, 2));
    let told = desk.told(&["one.csv", "--id", "sex"]);
    assert!(told.contains("an earlier one: 4;") && told.contains("counts once"), "{told}");
}

#[test]
fn rows_of_victims_and_perpetrators_match_in_two_ways() {
    let desk = Desk::with("vp.csv", "ctdc-victim-perpetrator");
    let all = desk.json(&["vp.csv"]);
    assert_eq!(all["format"], "ctdc-victim-perpetrator");
    assert!(!of(&all, "own-region").is_empty() && skipped(&all, "recruitment-method").is_some());
    let shares = |more: &[&str]| desk.observed(&[&["vp.csv", "--id", "P-REG"], more].concat());
    let (both, any, every) = (shares(&[]), shares(&["--match", "any"]), shares(&["--match", "all"]));
    assert_eq!([any.clone(), every.clone()].concat(), both);
    assert!(any[0]["numerator"].as_u64() >= every[0]["numerator"].as_u64());
    desk.refused(&["vp.csv", "--match", "some"], 2, &["--match", "any, all"]);
    desk.refused(&["vp.csv", "--id", "recruitment-method"], 1, &["recruitment-method"]);
    // The names of the file's columns and of the schema are the same question.
    let by = |name: &str| desk.observed(&["vp.csv", "--id", "P-REG", "--by", name]);
    assert_eq!(by("yearRegister"), by("period_of_registration"));
    assert!(skipped(&all, "victims-per-100k").is_some_and(|reason| reason.contains("several rows")));
    let told = desk.told(&["vp.csv", "--id", "P-REG", "--as-of", "2025-01-01"]);
    assert!(told.contains("--as-of"), "{told}");
}

#[test]
fn a_table_with_added_columns_answers_about_them() {
    let desk = cases();
    let rows = "yes,1,Ann\nno,1,Bob\n,0,Cid\nyes,,Dan\n".repeat(5);
    fs::write(desk.path("added.csv"), format!("recruitment_fee,assisted_return,town\n{rows}")).unwrap();
    let fee = &desk.observed(&["added.csv", "--format", "csv", "--id", "recruitment-fee"])[0];
    assert_eq!(
        (fee["numerator"].as_u64(), fee["base"].as_u64(), fee["unknown"].as_u64()),
        (Some(10), Some(15), Some(5))
    );
    let told = desk.told(&["added.csv", "--format", "csv"]);
    assert!(told.contains("recruitment_fee, assisted_return") && !told.contains("town"), "{told}");
    // A column of an unknown name may mean anything.
    fs::write(desk.path("plain.csv"), "town,age\nA,1\n").unwrap();
    desk.refused(&["plain.csv", "--format", "csv"], 1, &["csv"]);
    fs::write(desk.path("odd.csv"), "recruitment_fee\nSecret\n").unwrap();
    let output = desk.run(&["indicators", "odd.csv", "--format", "csv"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("recruitment_fee") && !said.contains("Secret"), "{said}");
}

#[test]
fn what_needs_other_data_is_refused_with_the_reason() {
    let desk = cases();
    desk.refused(&["cases.csv", "--id", "16.2.1"], 1, &["16.2.1", "survey"]);
    desk.refused(&["cases.csv", "--id", "prevalence"], 1, &["prevalence"]);
    for id in ["recruitment-method", "time-to-first-service", "perpetrator-sex"] {
        desk.refused(&["cases.csv", "--id", id], 1, &[id]);
    }
    let all = desk.json(&["cases.csv"]);
    assert!(skipped(&all, "perpetrator-sex").is_some() && skipped(&all, "recruitment-method").is_some());
    // In words, what holds of several is said once.
    let said = desk.text(&["cases.csv"]);
    assert_eq!(said.matches("needs a population file").count(), 1, "{said}");
    let sample = "identified persons, not a random sample of all victims";
    assert_eq!((said.matches(sample).count(), said.contains("  notes: [1] [2]")), (1, true), "{said}");
    assert!(desk.text(&["cases.csv", "--id", "sex"]).contains(&format!("  note: {sample}")));
}

#[test]
fn choices_are_words_of_closed_lists() {
    let desk = cases();
    let id = ["cases.csv", "--id", "form-of-exploitation"];
    let with = |more: &[&'static str]| [&id[..], more].concat();
    for (option, known) in [
        ("--base", "answered"),
        ("--attribution", "citizenship"),
        ("--child", "age-at-registration"),
        ("--places", "sdg-region"),
        ("--forms", "exclusive"),
        ("--population-base", "own"),
        ("--unknown", "proportional"),
        ("--interval", "clopper-pearson"),
        ("--match", "all"),
    ] {
        desk.refused(&with(&[option, "nonsense"]), 2, &[option, "nonsense", known]);
    }
    desk.refused(&with(&["--level", "95"]), 2, &["--level"]);
    desk.refused(&with(&["--regions", "region"]), 2, &["--population"]);
    desk.refused(&with(&["--coverage", "0.5"]), 2, &["--regions"]);
    desk.population("people.csv");
    let rates = ["cases.csv", "--id", "16.2.2", "--population", "people.csv"];
    desk.refused(&[&rates[..], &["--regions", "continent"]].concat(), 2, &["--regions", "sub-region"]);
    desk.refused(&[&rates[..], &["--regions", "world", "--coverage", "50"]].concat(), 2, &["--coverage", "0 to 1"]);
}

#[test]
fn choices_move_the_figures_they_are_about() {
    let desk = cases();
    let observed = |more: &[&str]| desk.observed(&[&["cases.csv"], more].concat());
    let labels = |found: &[Value], dimension: &str| {
        let codes = found.iter().filter_map(|one| one["dimensions"][dimension].as_str());
        codes.map(str::to_owned).collect::<Vec<_>>()
    };
    let forms = ["--id", "form-of-exploitation"];
    let exclusive = observed(&[&forms[..], &["--forms", "exclusive"]].concat());
    assert!(labels(&exclusive, "form").iter().any(|code| code == "mixed"));
    let counted: u64 = exclusive.iter().map(|one| one["numerator"].as_u64().unwrap()).sum();
    assert_eq!(Some(counted), exclusive[0]["base"].as_u64());
    let (wide, narrow) = (observed(&forms), observed(&[&forms[..], &["--level", "0.5"]].concat()));
    assert!(narrow[0]["interval"]["low"].as_f64() > wide[0]["interval"]["low"].as_f64());
    assert_eq!(narrow[0]["interval"]["level"], 0.5);
    let exact = observed(&[&forms[..], &["--interval", "clopper-pearson", "--interval", "byar"]].concat());
    assert_eq!(exact[0]["interval"]["method"], "clopper-pearson");
    let by = |level: &str| observed(&["--id", "flows", "--places", level]).len();
    assert!(by("country") > by("region"));
    let children = observed(&["--id", "children", "--child", "age-at-registration"]);
    assert!(children.len() < observed(&["--id", "children"]).len());
}

#[test]
fn rates_are_summed_to_regions_and_followed_over_years() {
    let desk = cases();
    desk.population("people.csv");
    let rates = ["cases.csv", "--id", "16.2.2", "--population", "people.csv"];
    let with = |more: &[&'static str]| [&rates[..], more].concat();
    let countries = desk.observed(&rates);
    let has_value = |one: &&Value| one["value"].is_number();
    assert!(countries.iter().any(|one| has_value(&one)));
    // A population of six countries is far below half of the world's regions unless they are all that is known.
    let world = desk.observed(&with(&["--regions", "world", "--coverage", "0"]));
    let sums: Vec<&Value> = world[countries.len()..].iter().filter(has_value).collect();
    assert!(!sums.is_empty());
    assert!(sums.iter().all(|one| one["coverage"].as_f64().is_some_and(|share| share > 0.0 && share <= 1.0)));
    let strict = desk.observed(&with(&["--regions", "world", "--coverage", "1"]));
    assert!(strict[countries.len()..].iter().filter(has_value).count() < sums.len());
    let all_residents = desk.observed(&with(&["--by", "sex", "--population-base", "total"]));
    assert!(all_residents.iter().any(|one| one["population_base"] == "total"));
    let trend = desk.json(&with(&["--trend", "--where", "country=USA"]));
    assert!(!of(&trend, "rate-ratio").is_empty() && !of(&trend, "trend").is_empty());
    assert_eq!(of(&trend, "trend")[0]["unit"], "percent-per-year");
    assert!(desk.told(&["cases.csv", "--id", "sex", "--trend"]).contains("--trend"));
    let by_citizenship = desk.observed(&with(&["--attribution", "citizenship"]));
    assert!(by_citizenship.iter().all(|one| one["attribution"] == "citizenship"));
}

#[test]
fn files_are_written_as_sites_take_them() {
    let desk = cases();
    desk.population("people.csv");
    let rates = ["cases.csv", "--id", "16.2.2", "--population", "people.csv", "--where", "country=USA", "--trend"];
    let outputs = ["--out", "long.csv", "--open-sdg", "site.csv", "--sdmx", "sdmx.csv", "--plot", "rate.svg"];
    let answer = desk.json(&[&rates[..], &outputs[..]].concat());
    let figures = answer["observations"].as_array().unwrap().len();
    assert_eq!(desk.read("long.csv").lines().count(), figures + 1);
    assert!(desk.read("site.csv").starts_with("Year,"));
    assert!(desk.read("site.md").starts_with("---\n") && desk.read("site.md").contains("16.2.2"));
    assert!(desk.read("sdmx.csv").starts_with("STRUCTURE,"));
    assert!(desk.read("rate.svg").starts_with("<svg"));
    assert_eq!(desk.names(), ["cases.csv", "long.csv", "people.csv", "rate.svg", "sdmx.csv", "site.csv", "site.md"]);
}

#[test]
fn nothing_is_written_if_one_file_cannot_be() {
    let desk = cases();
    desk.population("people.csv");
    fs::write(desk.path("site.md"), "mine").unwrap();
    let before = desk.names();
    let sex = ["cases.csv", "--id", "sex", "--by", "year", "--out", "long.csv"];
    let with = |more: &[&'static str]| [&sex[..], more].concat();
    // Two indicators are neither one picture nor one file of a site.
    desk.refused(&with(&["--id", "children", "--plot", "two.svg"]), 2, &["--plot", "one indicator"]);
    desk.refused(&with(&["--id", "children", "--open-sdg", "two.csv"]), 2, &["--open-sdg", "one indicator"]);
    desk.refused(&with(&["--sdmx", "no/such/folder/sdmx.csv"]), 2, &["no/such/folder/sdmx.csv"]);
    // The metadata beside the data are an output like the others.
    desk.refused(&with(&["--open-sdg", "people.md", "--plot", "people.md"]), 2, &["written twice"]);
    desk.refused(&with(&["--open-sdg", "site.csv", "--plot", "site.md"]), 2, &["site.md", "written twice"]);
    fs::rename(desk.path("people.csv"), desk.path("people.md")).unwrap();
    let rates = ["cases.csv", "--id", "16.2.2", "--population", "people.md"];
    desk.refused(&[&rates[..], &["--open-sdg", "people.csv"]].concat(), 2, &["people.md", "written over"]);
    desk.refused(&[&rates[..], &["--out", "cases.csv"]].concat(), 2, &["cases.csv", "written over"]);
    fs::rename(desk.path("people.md"), desk.path("people.csv")).unwrap();
    assert_eq!(desk.names(), before);
    assert_eq!(desk.read("site.md"), "mine");
}

#[test]
fn options_of_records_apply_to_reading() {
    let desk = Desk::with("records.csv", "htcds-csv");
    let flat = desk.read("records.csv");
    let (header, rows) = flat.split_once('\n').unwrap();
    assert!(header.contains("prs_Gender"));
    fs::write(desk.path("own.csv"), format!("{}\n{rows}", header.replacen("prs_Gender", "sexo", 1))).unwrap();
    desk.ok(&["map", "--init", "own.csv", "--out", "map.toml"]);
    let map = desk.read("map.toml");
    assert!(map.contains("sexo"), "{map}");
    let sex = ["--id", "sex", "--id", "perpetrator-sex"];
    let mapped = desk.observed(&[&["own.csv", "--map", "map.toml"], &sex[..]].concat());
    assert_eq!(mapped, desk.observed(&[&["records.csv"], &sex[..]].concat()));
    desk.refused(&["own.csv", "--id", "sex"], 2, &["own.csv", "no field of HTCDS"]);
    desk.ok(&["convert", "records.csv", "records.xlsx"]);
    desk.refused(&["records.xlsx", "--sheet", "nothing"], 2, &["records.xlsx", "no sheet"]);
    desk.refused(&["records.csv", "--map", "map.toml", "--out", "map.toml"], 2, &["map.toml", "written over"]);
    desk.refused(&["records.csv", "--map", "missing.toml"], 2, &["missing.toml"]);
    desk.refused(&["records.csv", "--include", "everybody"], 2, &["--include", "possible"]);
}
