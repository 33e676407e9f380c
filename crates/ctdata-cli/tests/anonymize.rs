//! `ctdata anonymize` as a user meets it: what it answers, and what a bad plan leads to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const OLD: &[u8] = b"what was there before";

struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A folder with a survey of 240 persons, a hierarchy of its towns and a population.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let mut survey = String::from("person,age,town,job,income,joined,code\n");
        for row in 0..240_usize {
            // Strides that share no factor spread the values evenly and leave rare combinations.
            let age = 17 + (row * 37) % 71;
            let town = ["north", "south", "east", "west"][(row * row + row / 7) % 4];
            let job = ["clerk", "smith", "baker"][(row * 5 + row / 11) % 3];
            let income = ["low", "mid", "high"][(row / 3) % 3];
            let (month, code) = (1 + row % 9, 1000 + row % 40);
            let _ = writeln!(survey, "P{row},{age},{town},{job},{income},2019-0{month}-11,{code}");
        }
        desk.write("survey.csv", &survey);
        let (header, rows) = survey.split_once('\n').unwrap();
        desk.write("population.csv", &format!("{header}\n{}", rows.repeat(4)));
        desk.write("towns.csv", "north,up,*\nsouth,down,*\neast,up,*\nwest,down,*\n");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ctdata")).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn text(&self, plan: &str) -> String {
        self.write("plan.toml", plan);
        let output = self.run(&["anonymize", "survey.csv", "out.csv", "--plan", "plan.toml"]);
        assert!(output.status.success(), "{plan}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, plan: &str) -> Value {
        self.write("plan.toml", plan);
        let output = self.run(&["anonymize", "survey.csv", "out.csv", "--plan", "plan.toml", "--json"]);
        assert!(output.status.success(), "{plan}\n{}", String::from_utf8_lossy(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&document["format_version"], &document["verified"]), (&1.into(), &true.into()), "{plan}");
        assert_eq!(document["outputs"], serde_json::json!(["out.csv"]));
        assert!(document["levels"].is_object() && document["suppressed"].is_u64() && document["classes"].is_u64());
        assert!(document["statement"]["not_protected"].is_array() && document["quality"]["columns"].is_array());
        document
    }

    /// Runs a plan that is refused: with this exit code, in one sentence on standard error that begins with the plan
    /// and holds these words, nothing on standard output, and what was there as it was.
    fn refused_with(&self, plan: &str, input: &str, code: i32, words: &[&str]) {
        self.write("plan.toml", plan);
        fs::write(self.path("out.csv"), OLD).unwrap();
        let before = self.names();
        let output = self.run(&["anonymize", input, "out.csv", "--plan", "plan.toml", "--json"]);
        let said = String::from_utf8(output.stderr).unwrap();
        let context = format!("{plan}\n{said}");
        assert_eq!(output.status.code(), Some(code), "{context}");
        assert_eq!(said.lines().count(), 1, "{context}");
        assert!(said.starts_with("ctdata: plan.toml: "), "{context}");
        for word in words {
            assert!(said.contains(word), "{word} is not in {context}");
        }
        assert!(output.stdout.is_empty(), "{context}");
        assert_eq!(fs::read(self.path("out.csv")).unwrap(), OLD, "{context}");
        assert_eq!(self.names(), before, "{context}");
    }

    fn refused(&self, plan: &str, code: i32, words: &[&str]) {
        self.refused_with(plan, "survey.csv", code, words);
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn attribute(name: &str, role: &str, rest: &str) -> String {
    format!("[[attribute]]\nname = \"{name}\"\nrole = \"{role}\"\n{rest}\n")
}

fn quasi(name: &str, hierarchy: &str) -> String {
    attribute(name, "quasi-identifier", &format!("hierarchy = {{ {hierarchy} }}"))
}

fn model(kind: &str, rest: &str) -> String {
    format!("[[anonymize.model]]\nkind = \"{kind}\"\n{rest}\n")
}

fn k(k: u32) -> String {
    model("k-anonymity", &format!("k = {k}"))
}

const HEAD: &str = "format_version = 1\n[input]\nformat = \"csv\"\nseparator = \",\"\n";
const LIMIT: &str = "[anonymize]\nsuppression_limit = 0.1\n";

/// Age and town with hierarchies, job sensitive, income sensitive with a hierarchy.
fn survey() -> String {
    [
        HEAD.to_owned(),
        quasi("age", "intervals = [10, 30], lower = 20, upper = 80"),
        quasi("town", "file = \"towns.csv\""),
        attribute("job", "sensitive", ""),
        attribute(
            "income",
            "sensitive",
            "order = [\"low\", \"mid\", \"high\"]\n\
             hierarchy = { tree = [[\"low\", \"some\", \"*\"], [\"mid\", \"some\", \"*\"], [\"high\", \"much\", \"*\"]] }",
        ),
    ]
    .concat()
}

fn flat() -> String {
    [HEAD.to_owned(), attribute("age", "quasi-identifier", ""), attribute("town", "quasi-identifier", "weight = 2.5")]
        .concat()
}

#[test]
fn a_search_is_told_in_text_json_and_a_report() {
    let desk = Desk::new();
    let plan = [&survey(), LIMIT, &k(5)].concat();
    let told = desk.json(&plan);
    let levels = told["levels"].as_object().unwrap();
    assert_eq!(levels.keys().collect::<Vec<_>>(), ["age", "town"]);
    assert!(levels.values().all(Value::is_u64));
    assert!(told["score"].is_f64() && told["metric"] == "loss" && told["aggregate"] == "geometric");
    let search = &told["search"];
    assert!(search["optimal"] == true && search["checked"].is_u64() && search["bound"] == search["score"], "{search}");
    assert!(told["suppressed"].as_u64().unwrap() <= 24);
    assert_eq!(told["statement"]["models"][0]["required"], 5);

    // Counted again by splitting lines: nobody is in a smaller class.
    let mut classes = std::collections::BTreeMap::<String, u64>::new();
    for line in desk.read("out.csv").lines().skip(1) {
        *classes.entry(line.split(',').take(2).collect()).or_default() += 1;
    }
    assert!(classes.values().all(|size| *size >= 5), "{classes:?}");
    assert_eq!(told["classes"], classes.len());
    assert_eq!(told["suppressed"], 240 - classes.values().sum::<u64>());

    let text = desk.text(&plan);
    for words in [
        "csv: 0 findings of validation",
        "the proven optimum of 12 generalizations",
        "holds: k-anonymity with k = 5",
        "holds: whoever knows age, town of a person finds no possible match or at least 5",
        "verified; written:\n  out.csv",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(!text.contains("level 1)"), "a level without a name has none: {text}");

    desk.run(&["anonymize", "survey.csv", "out.csv", "--plan", "plan.toml", "--report", "report.md"]);
    let report = desk.read("report.md");
    for heading in ["## What holds", "## What was done", "## Risk", "## What is not protected"] {
        assert!(report.contains(heading), "{heading}");
    }
}

#[test]
fn every_method_makes_a_verified_copy() {
    let desk = Desk::new();
    let combination = "[[anonymize.combination]]\nattributes = [\"age\", \"town\"]\nup_to = 2\nk = 3\n";
    for (settings, attributes, rest) in [
        ("method = \"record-suppression\"", [HEAD, &attribute("town", "quasi-identifier", "")].concat(), ""),
        ("method = \"cell-suppression\"\nblank = [\"age\"]", flat(), ""),
        ("method = \"generalization\"\nsearch = \"exhaustive\"", survey(), ""),
        ("method = \"generalization\"\nsearch = \"heuristic\"\ndeadline_seconds = 60", survey(), ""),
        ("method = \"generalization\"\nsuppression_limit = 0.1\nsuppressed_records = \"as-class\"", survey(), ""),
        ("method = \"local-recoding\"\nmetric = \"precision\"", survey(), ""),
        ("method = \"mondrian\"\npartition = \"relaxed\"", survey(), ""),
        ("method = \"mondrian\"", flat(), ""),
        ("method = \"local-suppression\"", flat(), combination),
        ("method = \"local-suppression\"\nconcealment = \"attacker-view\"\nsuppression_limit = 0.1", flat(), ""),
    ] {
        let plan = format!("{attributes}[anonymize]\n{settings}\n{}{rest}", k(4));
        let told = desk.json(&plan);
        let method = settings.split('"').nth(1).unwrap();
        assert_eq!(told["method"], method);
        assert_eq!(told["search"].is_object(), method == "generalization" || method == "local-recoding", "{settings}");
        assert!(told["statement"]["possible_matches"].as_u64().unwrap() >= 4, "{settings}");
        assert!(desk.text(&plan).contains("finds no possible match or at least 4"), "{settings}");
    }
}

#[test]
fn every_model_is_reached_and_described() {
    let desk = Desk::new();
    for (kind, rest, described) in [
        ("k-anonymity", "k = 3", "k-anonymity with k = 3"),
        ("k-map", "k = 8\npopulation = \"population.csv\"", "k-map with k = 8"),
        ("k-map", "k = 5\nsampling_fraction = 0.1", "fraction 0.1"),
        ("distinct-l-diversity", "attribute = \"job\"\nl = 2", "`job` with l = 2"),
        ("entropy-l-diversity", "attribute = \"job\"\nl = 1.5\nestimator = \"grassberger\"", "Grassberger"),
        ("recursive-c-l-diversity", "attribute = \"job\"\nc = 4\nl = 2", "c = 4 and l = 2"),
        ("t-closeness", "attribute = \"job\"\nt = 0.4", "t = 0.4 (equal distance)"),
        ("t-closeness", "attribute = \"income\"\nt = 0.4\ndistance = \"hierarchical\"", "hierarchical"),
        ("delta-disclosure", "attribute = \"job\"\ndelta = 2\npresent_only = true", "present values only"),
        ("beta-likeness", "attribute = \"job\"\nbeta = 2\nenhanced = true", "enhanced"),
        ("delta-presence", "min = 0.1\nmax = 0.5\npopulation = \"population.csv\"", "from 0.1 to 0.5"),
        ("sample-uniqueness", "share = 0.01", "at most 0.01"),
        ("average-risk", "risk = 0.2\nhighest = 0.5", "highest risk of at most 0.5"),
        ("population-uniqueness", "share = 0.01\nsampling_fraction = 0.1\nestimator = \"zayatz\"", "zayatz"),
    ] {
        let told = desk.json(&[&survey(), LIMIT, &model(kind, rest)].concat());
        let statement = told["statement"]["models"][0]["description"].as_str().unwrap();
        assert!(statement.contains(described), "{statement}");
        let hides = told["statement"]["possible_matches"].as_u64().unwrap() > 1;
        let remarks = told["remarks"].to_string();
        assert_eq!(remarks.contains("nobody is hidden among the others"), !hides, "{kind}: {remarks}");
    }
}

#[test]
fn every_kind_of_hierarchy_makes_values_coarser() {
    let desk = Desk::new();
    let order = "order = [\"north\", \"south\", \"east\", \"west\"]\n";
    for (name, rest, first) in [
        ("town", "hierarchy = { file = \"towns.csv\" }\nlevels = [1, 1]", "down"),
        ("town", &*format!("{order}hierarchy = {{ groups = [2] }}\nlevels = [1, 1]"), "east to west"),
        ("age", "hierarchy = { intervals = [10], lower = 20, upper = 80 }\nlevels = [1, 1]", "<20"),
        ("age", "hierarchy = { intervals = [10, 20], origin = 5 }\nlevels = [1, 2]", "15-24"),
        ("joined", "hierarchy = { date = [\"month\", \"quarter\", \"year\"] }\nlevels = [2, 2]", "2019-Q1"),
        ("code", "hierarchy = { prefix = [3, 2] }\nlevels = [2, 2]", "10"),
        ("code", "hierarchy = { mask = \"right\" }\nlevels = [1, 4]", "100*"),
        (
            "town",
            "hierarchy = { tree = [[\"north\", \"n\"], [\"south\", \"s\"], [\"east\", \"e\"], [\"west\", \"w\"]] }\nlevels = [1, 1]",
            "e",
        ),
    ] {
        let plan = [HEAD, &attribute(name, "quasi-identifier", rest), LIMIT, &k(2)].concat();
        let told = desk.json(&plan);
        assert!(told["levels"][name].as_u64().unwrap() >= 1, "{rest}: {told}");
        let out = desk.read("out.csv");
        let cells: Vec<&str> = out.lines().skip(1).collect();
        assert!(cells.contains(&first), "{rest}: {:?}", cells.first());
    }
}

#[test]
fn gzip_ids_and_layouts_go_in_and_out() {
    let desk = Desk::new();
    desk.run(&["sample", "cases.csv.gz", "--rows", "3000", "--seed", "2"]);
    let case = |name: &str, of: &str| quasi(name, &format!("case = \"{of}\""));
    let plan = [
        "format_version = 1\n",
        &case("yearOfRegistration", "year_of_registration"),
        &case("citizenship", "citizenship"),
        "[anonymize]\nsuppression_limit = 0.05\n",
        &k(11),
    ];
    desk.write("plan.toml", &plan.concat());
    let output = desk.run(&["anonymize", "cases.csv.gz", "out.csv.gz", "--plan", "plan.toml"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut text = String::new();
    flate2::read::GzDecoder::new(fs::File::open(desk.path("out.csv.gz")).unwrap()).read_to_string(&mut text).unwrap();
    assert!(text.starts_with("yearOfRegistration,citizenship\n") && text.contains("Asia"), "{}", &text[..80]);

    let told = desk.json(&[&survey(), &attribute("person", "identifier", ""), LIMIT, &k(4)].concat());
    assert_eq!(told["statement"]["unit"], "person");
    assert!(!desk.read("out.csv").contains("person"));
}

#[test]
fn what_is_misspelt_in_a_plan_is_told_with_its_line() {
    let desk = Desk::new();
    let age = attribute("age", "quasi-identifier", "");
    for (plan, words) in [
        (
            "[anonymize]\nsupression_limit = 0.1\n".to_owned(),
            ["line 10", "`supression_limit`", "did you mean `suppression_limit`?"],
        ),
        ("[anonymize]\nmethod = \"mondrain\"\n".to_owned(), ["line 10", "`mondrain`", "did you mean `mondrian`?"]),
        (model("k-anonimity", "k = 5"), ["line 10", "`k-anonimity`", "did you mean `k-anonymity`?"]),
        (model("k-anonymity", "k = 5\nkk = 2"), ["line 9", "unknown field", "`kk`"]),
        (model("k-anonymity", "k = -5"), ["line 9", "`-5`", "a whole number"]),
        (model("k-anonymity", ""), ["line 9", "missing field", "`k`"]),
        ("[[attribute]\n".to_owned(), ["line 9", "expected", "`]`"]),
        ("[[table]]\nindicator = \"sex\"\nbye = []\n".to_owned(), ["line 11", "unknown field", "`bye`"]),
    ] {
        desk.refused(&[HEAD, &age, &plan].concat(), 2, &words);
    }
    desk.refused("format_version = 2\n", 2, &["format_version is 2, and 1 is known"]);
    desk.refused(&age, 2, &["missing field `format_version`"]);
    desk.refused("", 2, &["missing field `format_version`"]);
}

#[test]
fn parameters_outside_their_range_are_told_with_their_key() {
    let desk = Desk::new();
    for (settings, words) in [
        ("suppression_limit = 2", "anonymize.suppression_limit = 2: it is a number from 0 to 1"),
        ("suppression_limit = nan", "anonymize.suppression_limit = NaN"),
        ("suppression_limit = -0.1", "anonymize.suppression_limit = -0.1"),
        ("suppression_factor = inf", "anonymize.suppression_factor = inf"),
        ("deadline_seconds = inf", "anonymize.deadline_seconds = inf"),
        ("deadline_seconds = 0", "anonymize.deadline_seconds = 0"),
        ("partition = \"strict\"", "`partition` goes with method = \"mondrian\""),
        ("method = \"mondrian\"\nmetric = \"loss\"", "`metric` goes with"),
        ("blank = [\"age\"]", "`blank` goes with"),
        ("method = \"local-suppression\"", "attribute `age`: method = \"local-suppression\" makes no value coarser"),
    ] {
        desk.refused(&format!("{}[anonymize]\n{settings}\n{}", survey(), k(5)), 2, &[words]);
    }
    for (kind, rest, words) in [
        ("k-anonymity", "k = 0", "k: it is at least 1"),
        ("k-map", "k = 5", "either population or sampling_fraction"),
        ("k-map", "k = 5\nsampling_fraction = 1.5", "sampling fraction"),
        ("t-closeness", "attribute = \"job\"\nt = nan", "t: it is from 0 to 1"),
        ("t-closeness", "attribute = \"job\"\nt = 1.5", "t: it is from 0 to 1"),
        ("entropy-l-diversity", "attribute = \"job\"\nl = inf", "l: "),
        ("beta-likeness", "attribute = \"job\"\nbeta = -1", "beta: "),
        ("delta-disclosure", "attribute = \"job\"\ndelta = nan", "delta: "),
        ("delta-presence", "min = 0.9\nmax = 0.5\npopulation = \"population.csv\"", "min = 0.9 is above max = 0.5"),
        ("average-risk", "risk = 2", "risk: "),
        ("sample-uniqueness", "share = -1", "share of uniques: "),
    ] {
        let place = format!("anonymize.model 2 ({kind}): ");
        desk.refused(&[&survey(), LIMIT, &k(2), &model(kind, rest)].concat(), 2, &[&place, words]);
    }
    for (rest, words) in [
        ("weight = nan", "weight is a positive number"),
        ("weight = 0", "weight is a positive number"),
        ("levels = [0, 1]", "levels are those of a hierarchy, and it has none"),
        ("hierarchy = { intervals = [10] }\nlevels = [0, 3]", "go from 0 to 2"),
        ("hierarchy = { intervals = [10] }\nlevels = [2, 1]", "levels = [2, 1]"),
        ("hierarchy = { intervals = [10], mask = \"left\" }", "a hierarchy is one of file, case, tree"),
        ("hierarchy = { intervals = [10, 15] }", "15 is none of 10"),
        ("hierarchy = { intervals = [10], lower = 80, upper = 20 }", "the lower bound, 80, is below the upper one, 20"),
        ("hierarchy = { intervals = [10] }\norder = []", "order lists its values"),
    ] {
        let plan = [HEAD, &attribute("age", "quasi-identifier", rest), &k(2)].concat();
        desk.refused(&plan, 2, &["attribute `age`: ", words]);
    }
}

#[test]
fn attributes_that_are_not_there_or_not_what_a_model_needs_are_told() {
    let desk = Desk::new();
    let diverse = |name: &str| model("distinct-l-diversity", &format!("attribute = \"{name}\"\nl = 2"));
    let with = |rest: &str| [&survey(), rest].concat();
    desk.refused(&[HEAD, &attribute("agee", "quasi-identifier", "")].concat(), 2, &["`agee`", "did you mean `age`?"]);
    desk.refused(&with(&diverse("jobb")), 2, &["model 1 (distinct-l-diversity)", "did you mean `job`?"]);
    desk.refused(&with(&diverse("age")), 2, &["`age` is a quasi-identifier", "cannot be sensitive as well"]);
    desk.refused(&with(&diverse("code")), 2, &["`code`", "needs an entry with the role sensitive"]);
    let dropped = with(&[attribute("code", "dropped", ""), diverse("code")].concat());
    desk.refused(&dropped, 2, &["`code`", "its role is sensitive"]);
    desk.refused(&with(&attribute("age", "released", "")), 2, &["the attribute `age` is given twice"]);
    desk.refused(
        &[HEAD, &attribute("age", "released", "")].concat(),
        2,
        &["no attribute has the role quasi-identifier"],
    );
    desk.refused(HEAD, 2, &["no attribute has the role quasi-identifier"]);
    let persons = [attribute("person", "identifier", ""), attribute("code", "identifier", "")].concat();
    desk.refused(&with(&persons), 2, &["two attributes have the role identifier"]);
    desk.refused(
        &[&flat(), "[anonymize]\nmethod = \"cell-suppression\"\nblank = [\"town\", \"job\"]\n"].concat(),
        2,
        &["anonymize.blank: `job` is not a quasi-identifier"],
    );
    let combination = |names: &str, up_to: u32| {
        format!("[[anonymize.combination]]\nattributes = [{names}]\nup_to = {up_to}\nk = 3\n")
    };
    desk.refused(&with(&combination("\"agge\"", 1)), 2, &["anonymize.combination 1: ", "did you mean `age`?"]);
    desk.refused(&with(&combination("\"code\"", 1)), 2, &["anonymize.combination 1: `code` is not released"]);
    desk.refused(&with(&combination("\"age\"", 3)), 2, &["up_to = 3, and 1 attributes are named"]);
    desk.refused(&with(&combination("\"age\", \"age\"", 1)), 2, &["`age` is named twice"]);
    let whole_table = model("average-risk", "risk = 0.2");
    desk.refused(
        &[&survey(), "[anonymize]\nmethod = \"mondrian\"\n", &k(2), &whole_table].concat(),
        2,
        &["anonymize.model 2 (average-risk)", "method = \"mondrian\" cannot reach"],
    );
    desk.refused(
        &[&flat(), "[anonymize]\nmethod = \"local-suppression\"\n", &whole_table].concat(),
        2,
        &["anonymize.model 1 (average-risk)", "reaches k-anonymity and no other model"],
    );
    let ordered = model("t-closeness", "attribute = \"job\"\nt = 0.4\ndistance = \"ordered\"");
    desk.refused(&with(&ordered), 2, &["model 1 (t-closeness): `job`", "`order` gives it one"]);
    let hierarchical = model("t-closeness", "attribute = \"job\"\nt = 0.4\ndistance = \"hierarchical\"");
    desk.refused(&with(&hierarchical), 2, &["`job`", "needs a hierarchy in its entry"]);
}

#[test]
fn files_that_a_plan_names_are_told_with_what_is_wrong_in_them() {
    let desk = Desk::new();
    fs::write(desk.path("latin.csv"), b"north,n\xe9,*\n").unwrap();
    desk.write("empty.csv", "");
    desk.write("twice.csv", "north,up,*\nnorth,down,*\n");
    desk.write("ragged.csv", "north,up,*\nsouth,*\n");
    desk.write("parents.csv", "north,up,a\nsouth,up,b\n");
    for (file, words) in [
        ("file = \"nowhere.csv\"", "nowhere.csv: "),
        ("file = \"latin.csv\"", "latin.csv, line 1, row 1: not valid UTF-8"),
        ("file = \"empty.csv\"", "empty.csv: a hierarchy needs at least one row"),
        ("file = \"twice.csv\"", "twice.csv, line 2, row 2: `north` has a row already, row 1"),
        ("file = \"ragged.csv\"", "ragged.csv, line 2, row 2: the row of `south` has 2 cells"),
        ("file = \"parents.csv\"", "`up` (column 2) lies under `b`"),
        ("file = \"towns.csv\", separator = \";\"", "another separator?"),
        ("file = \"towns.csv\", separator = \"|\"", "separator is a comma, a semicolon or a tab"),
        ("case = \"citizenshp\"", "did you mean `citizenship`?"),
        ("tree = []", "tree has no rows"),
        ("groups = [2]", "`order` gives them one"),
        ("intervals = [5]", "made of numbers"),
        ("date = [\"year\"]", "the values are no dates"),
        ("prefix = [1, 2]", "lengths are positive and descending"),
    ] {
        let plan = [HEAD, &quasi("town", file), &k(2)].concat();
        desk.refused(&plan, 2, &["attribute `town`: hierarchy: ", words]);
    }
    let presence = |file: &str| model("delta-presence", &format!("min = 0.1\nmax = 0.5\npopulation = \"{file}\""));
    let with = |rest: &str| [&survey(), rest].concat();
    desk.refused(&with(&presence("nobody.csv")), 2, &["anonymize.model 1 (delta-presence): nobody.csv: "]);
    desk.refused(&with(&presence("towns.csv")), 2, &["towns.csv: the population has no column `age`"]);
    let two = [model("k-map", "k = 2\npopulation = \"population.csv\""), presence("survey.csv")].concat();
    desk.refused(&with(&two), 2, &["anonymize.model 2 (delta-presence)", "survey.csv", "population.csv"]);
    let layout = "format_version = 1\n[input]\nformat = \"ctdc-kanon-65\"\n";
    desk.refused(layout, 2, &["input.format: there is no layout `ctdc-kanon-65`; did you mean"]);
    desk.write("header.csv", "age,town,job,income\n");
    desk.refused_with(&with(&k(2)), "header.csv", 2, &["attribute `age`: hierarchy: the column has no value"]);
}

#[test]
fn what_the_data_cannot_give_is_an_answer_of_its_own() {
    let desk = Desk::new();
    let with = |rest: &str| [&survey(), LIMIT, rest].concat();
    desk.refused(&with(&k(241)), 1, &["anonymize.model 1 (k-anonymity): k = 241, and the file has 240 records"]);
    let diverse = |kind: &str, l: &str| model(kind, &format!("attribute = \"job\"\nl = {l}"));
    desk.refused(&with(&diverse("distinct-l-diversity", "4")), 1, &["l = 4, and `job` has 3 values in the file"]);
    desk.refused(&with(&diverse("entropy-l-diversity", "3.5")), 1, &["l = 3.5, and `job` has 3 values"]);
    let close = model("t-closeness", "attribute = \"job\"\nt = 0");
    let low = survey().replace("\"towns.csv\" }", "\"towns.csv\" }\nlevels = [0, 1]");
    desk.refused(&(low + &close), 1, &["no solution: under every generalization"]);
    // At the top of all hierarchies even t = 0 holds; what that is worth is remarked on.
    let told = desk.json(&with(&close));
    assert_eq!(told["classes"], 1);
    assert!(told["remarks"].to_string().contains("`age` is one value wherever it is recorded"), "{}", told["remarks"]);

    let flat = [HEAD, &attribute("age", "quasi-identifier", ""), &attribute("code", "quasi-identifier", "")].concat();
    desk.refused(
        &[&flat, "[anonymize]\nmethod = \"generalization\"\n", &k(5)].concat(),
        1,
        &["more than 0 of the 240 records", "suppression_limit"],
    );
    desk.refused(&(flat + &k(5)), 1, &["leaves none of the 240 records", "local-suppression"]);
    desk.refused(&with(&k(5)).replace(LIMIT, "[anonymize]\ndeadline_seconds = 1e-9\n"), 1, &["deadline_seconds"]);
    let combination =
        "[[anonymize.combination]]\nattributes = [\"age\", \"town\", \"job\", \"income\"]\nup_to = 4\nk = 9\n";
    desk.refused(&with(&[&k(2), combination].concat()), 1, &["anonymize.combination", "\"local-suppression\" does"]);
}

#[test]
fn values_that_a_hierarchy_misses_are_shown_to_who_asks() {
    let desk = Desk::new();
    let plan = [HEAD, &quasi("town", "tree = [[\"north\", \"*\"], [\"south\", \"*\"]]"), &k(2)].concat();
    desk.refused(&plan, 1, &["the hierarchy of `town` lacks 2 values", "rows", "--show-values"]);
    desk.refused(
        &[HEAD, &attribute("town", "quasi-identifier", "order = [\"north\"]"), &k(2)].concat(),
        1,
        &["`town` lacks 3 values"],
    );
    let plain = desk.run(&["anonymize", "survey.csv", "new.csv", "--plan", "plan.toml"]);
    assert!(!String::from_utf8_lossy(&plain.stderr).contains("west"));
    let shown = desk.run(&["anonymize", "survey.csv", "new.csv", "--plan", "plan.toml", "--show-values", "--json"]);
    assert_eq!(shown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&shown.stderr).contains("town: west\n"));
    assert!(shown.stdout.is_empty() && !desk.path("new.csv").exists());
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let desk = Desk::new();
    desk.write("plan.toml", &[&survey(), LIMIT, &k(5)].concat());
    let (before, towns) = (desk.read("survey.csv"), desk.read("towns.csv"));
    fs::create_dir(desk.path("sub")).unwrap();
    for out in ["survey.csv", "./survey.csv", "sub/../survey.csv", "towns.csv", "plan.toml"] {
        let output = desk.run(&["anonymize", "survey.csv", out, "--plan", "plan.toml"]);
        assert_eq!(output.status.code(), Some(2), "{out}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("would be written over"), "{out}");
        let report = desk.run(&["anonymize", "survey.csv", "new.csv", "--plan", "plan.toml", "--report", out]);
        assert_eq!(report.status.code(), Some(2), "{out}");
    }
    let twice = desk.run(&["anonymize", "survey.csv", "new.csv", "--plan", "plan.toml", "--report", "./new.csv"]);
    assert!(String::from_utf8_lossy(&twice.stderr).contains("written twice"));
    assert!(!desk.path("new.csv").exists());
    let converted = desk.run(&["convert", "survey.csv", "survey.csv", "--from", "csv", "--to", "csv"]);
    assert_eq!(converted.status.code(), Some(2));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(desk.path("survey.csv"), desk.path("link.csv")).unwrap();
        assert_eq!(desk.run(&["anonymize", "survey.csv", "link.csv", "--plan", "plan.toml"]).status.code(), Some(2));
    }
    assert_eq!((desk.read("survey.csv"), desk.read("towns.csv")), (before, towns));
}

#[test]
fn files_that_are_not_there_are_named() {
    let desk = Desk::new();
    desk.write("plan.toml", &(survey() + &k(5)));
    for (input, plan, words) in [
        ("nobody.csv", "plan.toml", "nobody.csv: "),
        ("survey.csv", "noplan.toml", "noplan.toml: "),
        ("empty.csv", "plan.toml", "empty.csv: the file is empty"),
    ] {
        desk.write("empty.csv", "");
        let output = desk.run(&["anonymize", input, "out.csv", "--plan", plan]);
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(words), "{input}");
        assert!(!desk.path("out.csv").exists());
    }
}
