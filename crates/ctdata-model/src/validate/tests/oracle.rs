//! An oracle for the rules that reads the text of a file, row by row, and knows no codes; and the files
//! that it judges, drawn at random.

use std::collections::{BTreeMap, HashSet};

use ctdata_table::Control;

use super::super::Severity;
use crate::{CaseReader, Layout, OnError, Outcome};

/// Labels of the concatenated lists and the columns that they name, from the CTDC codebook and files:
/// part of each list is enough.
const LABELS: &[(&str, &str)] = &[
    ("Debt bondage", "meansOfControlDebtBondage"),
    ("Takes earnings", "meansOfControlTakesEarnings"),
    ("Threats", "meansOfControlThreats"),
    ("Physical Abuse", "meansOfControlPhysicalAbuse"),
    ("Denied freedom of movement/kept in isolation", "meansOfControlRestrictsMovement"),
    ("Other", "meansOfControlOther"),
    ("Not specified", "meansOfControlNotSpecified"),
    ("Forced labour and/or services", "isForcedLabour"),
    ("Sexual exploitation", "isSexualExploit"),
    ("Other", "isOtherExploit"),
    ("Forced marriage", "isForcedMarriage"),
    ("Agriculture", "typeOfLabourAgriculture"),
    ("Domestic work", "typeOfLabourDomesticWork"),
    ("Other", "typeOfLabourOther"),
    ("Not specified", "typeOfLabourNotSpecified"),
    ("Prostitution", "typeOfSexProstitution"),
    ("Pornography", "typeOfSexPornography"),
    ("Intimate Partner", "recruiterRelationIntimatePartner"),
    ("Friend/Acquaintance", "recruiterRelationFriend"),
    ("Other", "recruiterRelationOther"),
    ("Not Specified", "recruiterRelationUnknown"),
];

/// Each list and the columns of its flags; `isSexAndLabour` belongs to no list.
const LISTS: &[(&str, &[&str])] = &[
    ("meansOfControlConcatenated", &["meansOfControl"]),
    (
        "typeOfExploitConcatenated",
        &[
            "isForcedLabour",
            "isSexualExploit",
            "isOtherExploit",
            "isForcedMarriage",
            "isForcedMilitary",
            "isOrganRemoval",
            "isSlavery",
        ],
    ),
    ("typeOfLabourConcatenated", &["typeOfLabour"]),
    ("typeOfSexConcatenated", &["typeOfSex"]),
    ("RecruiterRelationship", &["recruiterRelation"]),
];

/// What a cell of a column may hold: the oracle's rows are drawn from these.
fn pool(layout: &Layout, column: &str) -> Vec<&'static str> {
    let new = layout.synthetic;
    match column {
        "yearOfRegistration" => {
            vec!["2016", "2016", "", "2001", "2002", "2010", "2017", "2018", "2019", "2021", "2022", "2023", "2024"]
        }
        "Datasource" => vec!["Hotline", "Case Management", "Case Management", ""],
        "gender" => vec!["", if layout.name.ends_with("2024") { "Woman" } else { "Female" }],
        "ageBroad" if new => vec!["", "0--8", "09--17", "18--20", "48+"],
        "ageBroad" => vec!["", "0--8", "9--17", "18--20", "48+"],
        "majorityStatus" | "majorityStatusAtExploit" | "majorityEntry" if !new => {
            vec!["", "Minor", "Adult", "Unknown"]
        }
        "majorityStatusAtExploit" => vec!["", "Minor", "Adult"],
        "traffickMonths" => vec!["", "0--12 (0-1 yr)", "25--60 (2-5 yrs)", "25+ (2+ yrs)"],
        // In neither dictionary: Aland, Guernsey. Of the other kind: one of each, found by the reader.
        "citizenship" | "CountryOfExploitation" if new => {
            vec!["", "KEN", "NAM", "SRB", "KEN", "NAM", "SRB", "ALA", "KE"]
        }
        "citizenship" | "CountryOfExploitation" => {
            vec!["", "KE", "NA", "RS", "0", "KE", "NA", "AX", "GG", "KEN"]
        }
        list if LISTS.iter().any(|(name, _)| *name == list) => {
            vec![
                "=",
                "=",
                "=",
                "",
                "Not specified",
                "Minor sexually exploited or abused",
                "nonsense",
                "Other; debt BONDAGE",
            ]
        }
        _ if new => vec!["", "", "", "1"],
        _ => vec!["", "", "", "0", "0", "1"],
    }
}

/// A file, as text.
pub(super) struct File {
    pub(super) layout: &'static Layout,
    pub(super) rows: Vec<Vec<String>>,
}

impl File {
    pub(super) fn new(layout: &'static Layout, choices: &[Vec<u8>], rows: usize) -> Self {
        let rows = choices
            .iter()
            .cycle()
            .take(if choices.is_empty() { 0 } else { rows })
            .map(|choices| Self::row(layout, choices));
        Self { layout, rows: rows.collect() }
    }

    fn row(layout: &'static Layout, choices: &[u8]) -> Vec<String> {
        let cells = layout.columns.iter().zip(choices).map(|(column, &choice)| {
            let pool = pool(layout, column.name);
            pool[usize::from(choice) % pool.len()].to_owned()
        });
        let mut row: Vec<String> = cells.collect();
        // "=" stands for the list that agrees with the flags, as far as labels are known here.
        for (list, _) in LISTS {
            let Some(at) = layout.columns.iter().position(|column| column.name == *list) else {
                continue;
            };
            if row[at] == "=" {
                let named = LABELS.iter().filter(|(_, flag)| is_flag_of(list, flag) && cell(layout, &row, flag) == "1");
                row[at] = named.map(|(label, _)| *label).collect::<Vec<_>>().join(";");
            }
        }
        // Now and then, a flag that is none: the reader leaves the row out.
        let last = layout.columns.len() - 1;
        if choices[0] % 16 == 15 {
            "7".clone_into(&mut row[last]);
        }
        row
    }

    fn text(&self) -> String {
        let separator = char::from(self.layout.separator);
        let quoted = |cell: &str| {
            if cell.contains([';', ',']) { format!("\"{cell}\"") } else { cell.to_owned() }
        };
        let header = self.layout.columns.iter().map(|column| column.name.to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| quoted(cell)).collect());
        let lines =
            std::iter::once(header).chain(rows).map(|cells: Vec<String>| cells.join(&separator.to_string()) + "\n");
        lines.collect()
    }

    pub(super) fn read(&self) -> Outcome {
        let reader =
            CaseReader { layout: Some(self.layout), on_error: OnError::Collect { limit: 0 }, ..CaseReader::default() };
        reader.read(self.text().as_bytes(), "inline", &Control::default()).unwrap()
    }
}

fn cell<'a>(layout: &Layout, row: &'a [String], column: &str) -> &'a str {
    layout.columns.iter().position(|found| found.name == column).map_or("", |at| row[at].as_str())
}

fn is_flag_of(list: &str, column: &str) -> bool {
    let (_, prefixes) = LISTS.iter().find(|(name, _)| *name == list).unwrap();
    column != list && prefixes.iter().any(|prefix| column.starts_with(prefix))
}

/// By rule and severity: how many, the first row, and the column that shows it.
pub(super) type Breaches = BTreeMap<(&'static str, Severity), (u64, u64, Option<&'static str>)>;

/// One row, and what it breaks.
struct Row<'a> {
    file: &'a File,
    cells: &'a [String],
    number: u64,
    synthetic: bool,
    breaches: &'a mut Breaches,
}

impl Row<'_> {
    fn is(&self, column: &str) -> &str {
        cell(self.file.layout, self.cells, column)
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.file.layout.columns.iter().map(|column| column.name)
    }

    /// Whether a flag is 1 whose column begins like this.
    fn any(&self, prefix: &str, but: &str) -> bool {
        self.columns().any(|column| column.starts_with(prefix) && column != but && self.is(column) == "1")
    }

    fn add(&mut self, rule: &'static str, severity: Severity, column: Option<&'static str>) {
        self.breaches.entry((rule, severity)).or_insert((0, self.number, column)).0 += 1;
    }

    /// A breach of a rule that is softened for synthetic releases.
    fn add_logical(&mut self, rule: &'static str, severity: Severity, column: &'static str) {
        let severity = if self.synthetic { Severity::Information } else { severity };
        self.add(rule, severity, Some(column));
    }

    fn forms(&mut self) {
        for (rule, prefix, form) in [("R4", "typeOfLabour", "isForcedLabour"), ("R5", "typeOfSex", "isSexualExploit")] {
            match self.is(form) {
                "0" if self.any(prefix, "") => self.add_logical(rule, Severity::Error, form),
                "" if self.any(prefix, "") => self.add(rule, Severity::Information, Some(form)),
                _ => {}
            }
        }
        let (labour, sexual) = (self.is("isForcedLabour"), self.is("isSexualExploit"));
        let contradicts = match self.is("isSexAndLabour") {
            "1" => labour == "0" || sexual == "0",
            "0" => labour == "1" && sexual == "1",
            _ => false,
        };
        if contradicts {
            self.add_logical("R6", Severity::Error, "isSexAndLabour");
        }
        let narrower = ["isForcedMarriage", "isForcedMilitary", "isOrganRemoval"];
        if self.is("isOtherExploit") == "0" && narrower.iter().any(|form| self.is(form) == "1") {
            self.add_logical("R7", Severity::Warning, "isOtherExploit");
        }
    }

    fn answers(&mut self) {
        let none = "meansOfControlNotSpecified";
        let means = self.any("means", none);
        if self.is(none) == "1" && means || self.is(none) == "0" && !means {
            self.add_logical("R8", Severity::Warning, none);
        }
        for (rule, none, prefix, severity) in [
            ("R9", "recruiterRelationUnknown", "recruiterRelation", Severity::Warning),
            ("R11", "typeOfLabourNotSpecified", "typeOfLabour", Severity::Information),
        ] {
            if self.is(none) == "1" && self.any(prefix, none) {
                self.add_logical(rule, severity, none);
            }
        }
        if let Some(list) = self.columns().find(|list| disagrees(self.file, self.cells, list)) {
            self.add_logical("R10", Severity::Warning, list);
        }
    }

    fn ages(&mut self) {
        let age = match self.is("ageBroad") {
            "" => "",
            "0--8" | "9--17" | "09--17" => "Minor",
            _ => "Adult",
        };
        let status = self.is("majorityStatus");
        let is_child = age == "Minor" || status == "Minor";
        if age == "Minor" && status == "Adult" || age == "Adult" && status == "Minor" {
            self.add_logical("R12", Severity::Error, "majorityStatus");
        }
        let earlier =
            ["majorityStatusAtExploit", "majorityEntry"].into_iter().find(|moment| self.is(moment) == "Adult");
        if let Some(earlier) = earlier.filter(|_| is_child) {
            self.add_logical("R13", Severity::Error, earlier);
        }
        if self.is("majorityStatusAtExploit") == "Minor" && self.is("majorityEntry") == "Adult" {
            self.add_logical("R14", Severity::Warning, "majorityEntry");
        }
    }

    fn times(&mut self) {
        let year: Option<i16> = self.is("yearOfRegistration").parse().ok();
        if year.is_some_and(|year| year < 2002 || year > self.file.layout.last_year()) {
            self.add("R15", Severity::Error, Some("yearOfRegistration"));
        }
        let late = ["typeOfSexRemoteInteractiveServices", "typeOfSexPrivateSexualServices", "isAbduction"];
        let filled = late.into_iter().find(|late| !self.is(late).is_empty());
        if let Some(filled) = filled.filter(|_| year.is_some_and(|year| year < 2017)) {
            self.add("R18", Severity::Information, Some(filled));
        }
        let foreign = if self.file.layout.name.ends_with("2024") { "25--60 (2-5 yrs)" } else { "25+ (2+ yrs)" };
        if self.is("traffickMonths") == foreign {
            self.add("R19", Severity::Warning, Some("traffickMonths"));
        }
    }

    fn countries(&mut self) {
        let unlisted = COUNTRIES.into_iter().find(|country| ["AX", "GG", "ALA"].contains(&self.is(country)));
        if let Some(country) = unlisted {
            self.add("R17", Severity::Error, Some(country));
        }
    }

    /// What the reader finds: cell by cell, in the order of the columns, also in rows that it leaves out.
    fn cells(&mut self) {
        let other_kind = if self.file.layout.synthetic { "KE" } else { "KEN" };
        for column in COUNTRIES {
            if self.is(column) == other_kind {
                self.add("R17", Severity::Warning, Some(column));
            }
        }
        if self.is_left_out() {
            let last = self.columns().last();
            self.add("R1", Severity::Error, last);
        }
    }

    fn is_left_out(&self) -> bool {
        self.cells.last().is_some_and(|cell| cell == "7")
    }
}

const COUNTRIES: [&str; 2] = ["citizenship", "CountryOfExploitation"];

/// Every breach, by the words of the specification.
pub(super) fn oracle(file: &File, synthetic: bool) -> Breaches {
    let mut breaches = Breaches::new();
    let mut seen = HashSet::new();
    for (number, cells) in (1..).zip(&file.rows) {
        let mut row = Row { file, cells, number, synthetic, breaches: &mut breaches };
        row.cells();
        if row.is_left_out() {
            continue;
        }
        row.forms();
        row.answers();
        row.ages();
        row.times();
        row.countries();
        // A country is the same in either spelling.
        let same = |cell: &String| {
            if cell == "KEN" { "KE".to_owned() } else { cell.clone() }
        };
        if !seen.insert(cells.iter().map(same).collect::<Vec<_>>()) {
            row.add("R34", Severity::Information, None);
        }
    }
    breaches
}

fn disagrees(file: &File, row: &[String], list: &str) -> bool {
    if !LISTS.iter().any(|(name, _)| *name == list) {
        return false;
    }
    let text = cell(file.layout, row, list);
    let flags: HashSet<&str> = file
        .layout
        .columns
        .iter()
        .map(|column| column.name)
        .filter(|column| is_flag_of(list, column) && cell(file.layout, row, column) == "1")
        .collect();
    let mut named: HashSet<&str> = HashSet::new();
    for label in text.split(';').map(str::trim).filter(|label| !label.is_empty()) {
        let mut labels = LABELS.iter().filter(|(_, flag)| is_flag_of(list, flag));
        match labels.find(|(known, _)| known.to_lowercase() == label.to_lowercase()) {
            Some((_, flag)) => named.insert(flag),
            // Types of sexual exploitation and forms have no such flag.
            None if label == "Minor sexually exploited or abused" || label == "Not specified" => {
                continue;
            }
            None => named.insert("(something else)"),
        };
    }
    let states = ["meansOfControlNotSpecified", "typeOfLabourNotSpecified", "recruiterRelationUnknown"];
    let only_a_state = flags.len() == 1 && flags.iter().all(|flag| states.contains(flag));
    named != flags && !(text.is_empty() && only_a_state && cell(file.layout, row, "Datasource") != "Hotline")
}
