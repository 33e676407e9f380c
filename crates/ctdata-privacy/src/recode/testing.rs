//! Judges and tables for the tests of recoding. The judges are written straight from the definitions
//! of the models, apart from the crate's own.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "small numbers of tests; equal by construction"
)]

use std::path::Path;

use ctdata_table::csv::{CsvReader, Separator};
use ctdata_table::{Attribute, Column, Control, Domain, Hierarchy, Ids, Missing, MissingKinds, Origin, Schema, Table};

use super::QuasiIdentifier;
use super::judge::{JudgeClasses, JudgeTable};
use crate::model::evaluator::{ClassView, Monotonicity};

/// A model of one sensitive attribute, the first that the judge asks for.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    Distinct(usize),
    Entropy(f64),
    Recursive(f64, usize),
    /// With the distribution of the whole table.
    EqualDistance(f64, Vec<f64>),
    /// With the distribution of the whole table and, for each level below the top, the groups of codes.
    HierarchicalDistance(f64, Vec<f64>, Vec<Vec<u16>>),
    /// Least and greatest share of the population that is in the sample.
    Presence(f64, f64),
    /// At least so many in the population.
    Population(u64),
}

#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) k: u64,
    pub(super) sensitive: Vec<usize>,
    pub(super) models: Vec<Rule>,
    /// Classes per kept unit, at the most.
    pub(super) average_risk: Option<f64>,
    /// What is claimed instead of what holds.
    pub(super) claims: Option<Monotonicity>,
}

impl Rules {
    pub(super) fn k(k: u64) -> Self {
        Self { k, sensitive: Vec::new(), models: Vec::new(), average_risk: None, claims: None }
    }

    pub(super) fn with(mut self, sensitive: usize, rule: Rule) -> Self {
        self.sensitive = vec![sensitive];
        self.models.push(rule);
        self
    }
}

impl Rule {
    fn holds(&self, class: &ClassView<'_>) -> bool {
        let counts: Vec<f64> =
            class.sensitive.first().map_or_else(Vec::new, |list| list.iter().map(|cell| f64::from(cell.1)).collect());
        let all: f64 = counts.iter().sum();
        let shares = |codes: usize| {
            let mut shares = vec![0.0; codes];
            for &(code, count) in class.sensitive[0] {
                shares[usize::from(code)] = f64::from(count) / all;
            }
            shares
        };
        match self {
            Self::Distinct(l) => counts.len() >= *l,
            Self::Entropy(l) => counts.iter().map(|c| -c / all * (c / all).ln()).sum::<f64>() >= l.ln() - 1e-12,
            Self::Recursive(c, l) => {
                let mut sorted = counts.clone();
                sorted.sort_by(|a, b| b.total_cmp(a));
                sorted.len() >= *l && sorted[0] < c * sorted[l - 1..].iter().sum::<f64>()
            }
            Self::EqualDistance(t, whole) => {
                let shares = shares(whole.len());
                whole.iter().zip(shares).map(|(p, q)| (p - q).abs()).sum::<f64>() / 2.0 <= t + 1e-12
            }
            Self::HierarchicalDistance(t, whole, levels) => {
                // All leaves at depth H; mass moves between the children of a node at height/H.
                let height = levels.len() as f64;
                let mut extra: Vec<f64> = shares(whole.len()).iter().zip(whole).map(|(q, p)| q - p).collect();
                let mut below: Vec<u16> = (0..u16::try_from(whole.len()).unwrap()).collect();
                let mut cost = 0.0;
                for (level, groups) in levels.iter().enumerate() {
                    let count = usize::from(*groups.iter().max().unwrap()) + 1;
                    let mut parent_of = vec![0; below.iter().max().map_or(0, |max| usize::from(*max) + 1)];
                    for (leaf, &child) in below.iter().enumerate() {
                        parent_of[usize::from(child)] = usize::from(groups[leaf]);
                    }
                    let (mut more, mut less, mut sums) = (vec![0.0; count], vec![0.0; count], vec![0.0; count]);
                    for (child, &extra) in extra.iter().enumerate() {
                        let parent = parent_of[child];
                        sums[parent] += extra;
                        if extra > 0.0 { more[parent] += extra } else { less[parent] -= extra }
                    }
                    for (more, less) in more.iter().zip(&less) {
                        cost += (level as f64 + 1.0) / height * more.min(*less);
                    }
                    extra = sums;
                    below.clone_from(groups);
                }
                cost <= t + 1e-12
            }
            Self::Presence(least, most) => {
                let share = class.size as f64 / class.population.unwrap() as f64;
                (*least..=*most).contains(&share)
            }
            Self::Population(k) => class.population.unwrap() >= *k,
        }
    }
}

impl JudgeClasses for Rules {
    fn sensitive(&self) -> &[usize] {
        &self.sensitive
    }

    fn least_class_size(&self) -> u64 {
        self.k
    }

    fn is_size_only(&self) -> bool {
        self.models.is_empty()
    }

    fn class_holds(&self, class: &ClassView<'_>) -> bool {
        class.size >= self.k && self.models.iter().all(|rule| rule.holds(class))
    }

    fn absent_class_holds(&self, _population: u64) -> bool {
        self.models.iter().all(|rule| !matches!(rule, Rule::Presence(least, _) if *least > 0.0))
    }

    fn monotonicity(&self) -> Monotonicity {
        if let Some(claims) = self.claims {
            return claims;
        }
        let suppressing = self.models.iter().all(|rule| matches!(rule, Rule::Distinct(_) | Rule::Population(_)));
        Monotonicity { without_suppression: true, with_suppression: suppressing }
    }
}

impl JudgeTable for Rules {
    fn has_table_models(&self) -> bool {
        self.average_risk.is_some()
    }

    fn table_holds(&self, kept: &[(u64, u64)]) -> bool {
        assert!(kept.is_sorted_by(|a, b| a.0 < b.0) && kept.iter().all(|size| size.0 > 0 && size.1 > 0));
        let units: u64 = kept.iter().map(|(units, classes)| units * classes).sum();
        let classes: u64 = kept.iter().map(|(_, classes)| classes).sum();
        self.average_risk.is_none_or(|risk| units == 0 || classes as f64 / units as f64 <= risk)
    }
}

/// A sequence of numbers from a seed (Steele, Lea and Flood, SplitMix64), for problems by the thousand.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub(super) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// A random table with quasi-identifiers `q0`, `q1`, … and a sensitive attribute `s` after them, and a
/// population that it is a sample of.
pub(super) struct RandomTable {
    pub(super) table: Table,
    pub(super) population: Table,
    pub(super) quasi: Vec<QuasiIdentifier>,
}

impl RandomTable {
    pub(super) fn new(dice: &mut Dice, most_rows: u64) -> Self {
        let rows = dice.roll(most_rows + 1) as usize;
        let more = dice.roll(20) as usize;
        let (mut attributes, mut columns, mut quasi) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..2 + dice.roll(3) {
            let name = format!("q{at}");
            let values = 1 + dice.roll(6) as u16;
            let mut hierarchy =
                Hierarchy::of(Domain::nominal((0..values).map(|v| v.to_string()), Origin::Public).unwrap());
            for level in 0..dice.roll(4) {
                let below = hierarchy.level(hierarchy.height()).unwrap().clone();
                let groups = 1 + dice.roll(below.domain().len() as u64) as u16;
                let map: Vec<u16> = (0..below.domain().len()).map(|_| dice.roll(groups.into()) as u16).collect();
                let labels = (0..groups).map(|group| format!("{level}.{group}"));
                hierarchy = hierarchy
                    .with_level(format!("{level}"), labels, |leaf| map[usize::from(below.of_leaf()[usize::from(leaf)])])
                    .unwrap();
            }
            let kinds = match dice.roll(4) {
                0 => MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable]),
                1 => MissingKinds::NOT_RECORDED,
                _ => MissingKinds::NONE,
            };
            let attribute = Attribute::new(name.as_str(), hierarchy.leaves().clone(), kinds);
            let codes: Vec<u16> = (0..rows + more).map(|_| dice.roll(attribute.code_count() as u64) as u16).collect();
            columns.push(codes);
            attributes.push(attribute);
            let height = hierarchy.height() as u64;
            let mut identifier = QuasiIdentifier::new(name, hierarchy);
            if dice.one_in(4) {
                identifier = identifier.with_weight(dice.roll(8) as f64 / 4.0 + 0.25).unwrap();
            }
            if dice.one_in(4) {
                let lowest = dice.roll(height + 1);
                let highest = lowest + dice.roll(height + 1 - lowest);
                identifier = identifier.with_levels(lowest as usize..=highest as usize).unwrap();
            }
            quasi.push(identifier);
        }
        attributes.push(Attribute::new(
            "s",
            Domain::nominal(["a", "b", "c", "d"], Origin::Public).unwrap(),
            MissingKinds::NOT_RECORDED,
        ));
        let skewed = (0..rows + more).map(|_| dice.roll(5).min(dice.roll(5)) as u16);
        columns.push(skewed.collect());
        let schema = std::sync::Arc::new(Schema::try_new(attributes).unwrap());
        let of = |rows: usize| {
            let columns = columns.iter().zip(schema.attributes());
            let columns = columns.map(|(codes, attribute)| Column::from_codes(&codes[..rows], attribute.code_count()));
            Table::try_new(std::sync::Arc::clone(&schema), columns.collect()).unwrap()
        };
        let (mut table, population) = (of(rows), of(rows + more));
        if dice.one_in(3) {
            let people = 1 + dice.roll(most_rows);
            let ids = (0..rows).map(|_| format!("person {}", dice.roll(people)));
            table = table.with_ids(ids.collect::<Ids>()).unwrap();
        }
        Self { table, population, quasi }
    }

    /// The place of the sensitive attribute.
    pub(super) fn sensitive(&self) -> usize {
        self.quasi.len()
    }

    /// Random models, and whether they need the population.
    pub(super) fn rules(&self, dice: &mut Dice) -> (Rules, bool) {
        let mut rules = Rules::k(1 + dice.roll(4));
        let mut whole = vec![0.0; 5];
        let column = self.table.column(self.sensitive()).unwrap();
        for code in column.iter() {
            whole[usize::from(code)] += 1.0 / column.len() as f64;
        }
        let mut populated = dice.one_in(5);
        let rule = match dice.roll(9) {
            0 => Some(Rule::Distinct(1 + dice.roll(3) as usize)),
            1 => Some(Rule::Entropy(1.0 + dice.roll(20) as f64 / 10.0)),
            2 => Some(Rule::Recursive(0.5 + dice.roll(10) as f64 / 2.0, 1 + dice.roll(3) as usize)),
            3 => Some(Rule::EqualDistance(dice.roll(10) as f64 / 10.0, whole)),
            4 => Some(Rule::HierarchicalDistance(
                dice.roll(10) as f64 / 10.0,
                whole,
                vec![vec![0, 0, 1, 1, 1], vec![0; 5]],
            )),
            5 => {
                populated = true;
                Some(Rule::Presence(if dice.one_in(3) { 0.2 } else { 0.0 }, dice.roll(11) as f64 / 10.0))
            }
            6 => {
                populated = true;
                Some(Rule::Population(1 + dice.roll(8)))
            }
            _ => None,
        };
        if let Some(rule) = rule {
            rules = rules.with(self.sensitive(), rule);
        }
        if dice.one_in(5) {
            rules.average_risk = Some(dice.roll(10) as f64 / 10.0);
        }
        (rules, populated)
    }
}

/// The hierarchy in rows of leaves and their generalizations, separated by `;`.
pub(super) fn hierarchy(text: &str) -> Hierarchy {
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|line| !line.is_empty()).map(|line| line.split(';').collect()).collect();
    let leaves = Domain::nominal(rows.iter().map(|row| row[0]), Origin::Public).unwrap();
    let mut hierarchy = Hierarchy::of(leaves);
    for level in 1..rows[0].len() {
        let mut labels: Vec<&str> = Vec::new();
        for row in &rows {
            if !labels.contains(&row[level]) {
                labels.push(row[level]);
            }
        }
        let of_leaf =
            |leaf: u16| labels.iter().position(|label| *label == rows[usize::from(leaf)][level]).unwrap() as u16;
        hierarchy = hierarchy.with_level(format!("level {level}"), labels.iter().copied(), of_leaf).unwrap();
    }
    hierarchy
}

/// A table read from `;`-separated text, with quasi-identifiers over the leaves of their hierarchies.
pub(super) fn read(text: &str, hierarchies: &[(&str, Hierarchy)]) -> (Table, Vec<QuasiIdentifier>) {
    let mut reader = CsvReader::new().separator(Separator::Semicolon);
    for (name, hierarchy) in hierarchies {
        reader = reader.attribute(Attribute::new(*name, hierarchy.leaves().clone(), MissingKinds::NONE));
    }
    let table = reader.read(text.as_bytes(), None, &Control::default()).unwrap().into_table().unwrap();
    let quasi = hierarchies.iter().map(|(name, hierarchy)| QuasiIdentifier::new(*name, hierarchy.clone()));
    (table, quasi.collect())
}

/// A table of a folder with its hierarchies: `{file}.csv` and `{file}_hierarchy_{attribute}.csv`.
pub(super) fn read_folder(folder: &Path, file: &str, names: &[&str]) -> (Table, Vec<QuasiIdentifier>) {
    let text = |name: String| std::fs::read_to_string(folder.join(name)).unwrap();
    let hierarchies: Vec<_> =
        names.iter().map(|name| (*name, hierarchy(&text(format!("{file}_hierarchy_{name}.csv"))))).collect();
    read(&text(format!("{file}.csv")), &hierarchies)
}
