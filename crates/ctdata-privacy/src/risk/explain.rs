//! The risk of one record, with the formulas and the numbers in them.

use std::fmt;

use ctdata_table::{Classes, Control, Table};

use super::attacker::AttackerView;
use super::individual::reidentification_risk;
use super::report::ratio;
use super::suda::{SudaScores, SudaWeighting, dis_parts};
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;
use crate::{KAnonymity, PrivacyError, PrivacyUnit};

/// Why one record is at risk. `Display` prints each formula with its numbers; attributes are named,
/// values never.
///
/// The position of a record and its risk are confidential: this is for those who hold the file.
///
/// ```
/// use ctdata_privacy::{RecordExplanation, Suda};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 0, 1, 1]), Column::from_u8(vec![0, 1, 1, 1])])?;
/// let scores = Suda::new().run(&table, &["a", "b"], &Control::default())?;
/// let why = RecordExplanation::of(&table, &["a", "b"], 0, Some(&scores), &Control::default())?;
/// assert_eq!(why.to_string(), "\
/// record 1 of 4, by a, b
/// class size: f = 1 record
/// prosecutor risk: 1/f = 1/1 = 1
/// attacker view: K = 1 record fits what is true of it, blanks fit everything
/// SUDA, M = 2, sizes up to 2:
///   unique by {b}: (M-1)! = 1! = 1
///   score: 1
///   share of the score: a 0 %, b 100 %
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RecordExplanation {
    /// The record's position, from 0.
    pub row: usize,
    /// Records of the table.
    pub rows: u64,
    /// What the class size and the candidates count.
    pub unit: PrivacyUnit,
    /// The attributes that an attacker may know.
    pub quasi_identifiers: Vec<String>,
    /// Units that agree with the record on all of them, itself included.
    pub class_size: u64,
    /// 1 / class size.
    pub prosecutor: f64,
    /// Units compatible with what the record says, blanks fitting everything; where the record has
    /// blanks itself, only blanks are counted there.
    pub candidates: u64,
    /// The risk after Benedetti and Franconi, where the table has weights.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub weighted: Option<WeightedExplanation>,
    /// Minimal sample uniques, where they were looked for.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub suda: Option<SudaExplanation>,
}

/// The risk after Benedetti and Franconi of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WeightedExplanation {
    /// Records of the class, f.
    pub sample: u64,
    /// The sum of their weights, or f where that is less: the estimated people of the class.
    pub population: u64,
    /// The mean of 1/F given f and p = f / population.
    pub risk: f64,
}

/// The SUDA score of a record, term by term.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SudaExplanation {
    /// The attributes of the search; M is their number.
    pub attributes: Vec<String>,
    /// The largest size looked for.
    pub max_size: usize,
    /// How minimal sample uniques are weighted.
    pub weighting: SudaWeighting,
    /// The record's minimal sample uniques, by size.
    pub minimal_uniques: Vec<MinimalUnique>,
    /// The sum of their weights.
    pub score: f64,
    /// For each attribute the share of the score from minimal sample uniques with it.
    pub contributions: Vec<f64>,
    /// DIS-SUDA, where a sampling fraction was given and there are uniques.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub dis: Option<DisExplanation>,
}

/// A minimal sample unique of a record.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MinimalUnique {
    /// Its attributes.
    pub attributes: Vec<String>,
    /// What it adds to the score.
    pub weight: f64,
}

/// The DIS-SUDA score of a record: 1 / (1 + (U/θ - U) / (s^Q A)).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DisExplanation {
    /// The share of the population that the file holds, f.
    pub sampling_fraction: f64,
    /// Unique records of the file, U.
    pub uniques: u64,
    /// Pairs of the file, P.
    pub pairs: u64,
    /// θ = U f / (U f + 2 P (1 - f)).
    pub theta: f64,
    /// Q = 1 + (8 - M)/20.
    pub exponent: f64,
    /// A, the sum of s^-Q over the scores above 0.
    pub sum: f64,
    /// The score; 0 where that of the record is.
    pub score: f64,
}

impl RecordExplanation {
    /// Explains the record at position `row`, counted from 0; `suda` are scores of the same table.
    ///
    /// # Errors
    /// A row past the end, scores of another number of rows, no quasi-identifier, one that the table
    /// lacks or that is named twice; a stop by `control`.
    pub fn of<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        row: usize,
        suda: Option<&SudaScores>,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let invalid = |parameter: &'static str| {
            let rule = format!("the table has {} rows", table.rows());
            PrivacyError::InvalidParameter { parameter, rule }
        };
        let at = u32::try_from(row).ok().filter(|_| row < table.rows()).ok_or_else(|| invalid("row"))?;
        if suda.is_some_and(|scores| scores.scores().len() != table.rows()) {
            return Err(invalid("suda"));
        }
        let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
        let classes = Classes::with_members(table, &quasi.set, control)?;
        let class = classes.class_of_row().get(row).map_or(0, |&class| class as usize);
        let class_size = Persons::of(table).class_sizes(&classes).get(class).copied().unwrap_or(0);
        let view =
            AttackerView::between(&table.take(&[at])?, table, quasi_identifiers, KAnonymity::try_new(1)?, control)?;
        let weighted = table.weights().map(|_| {
            let sample = classes.rows(class);
            let population = classes.size(class).max(sample);
            let risk = reidentification_risk(sample, ratio(sample, population))?;
            Ok::<_, PrivacyError>(WeightedExplanation { sample, population, risk })
        });
        Ok(Self {
            row,
            rows: table.rows() as u64,
            unit: PrivacyUnit::of(table),
            quasi_identifiers: quasi_identifiers.iter().map(|name| name.as_ref().to_owned()).collect(),
            class_size,
            prosecutor: ratio(1, class_size),
            candidates: view.smallest.unwrap_or(0),
            weighted: weighted.transpose()?,
            suda: suda.map(|scores| SudaExplanation::of(scores, row)),
        })
    }
}

impl SudaExplanation {
    fn of(scores: &SudaScores, row: usize) -> Self {
        let report = scores.report();
        let minimal_unique = |set: Vec<usize>| MinimalUnique {
            attributes: set.iter().filter_map(|&key| report.attributes.get(key).cloned()).collect(),
            weight: scores.weight(set.len()),
        };
        let (exponent, sum) = dis_parts(scores.scores(), report.attributes.len());
        let of_row = |values: &[f64]| values.get(row).copied().unwrap_or(0.0);
        let dis = report.dis.zip(scores.dis()).map(|(dis, of_rows)| DisExplanation {
            sampling_fraction: dis.sampling_fraction,
            uniques: report.uniques,
            pairs: report.pairs,
            theta: dis.theta,
            exponent,
            sum,
            score: of_row(of_rows),
        });
        Self {
            attributes: report.attributes.clone(),
            max_size: report.max_size,
            weighting: report.weighting,
            minimal_uniques: scores.minimal_uniques(row).map(minimal_unique).collect(),
            score: of_row(scores.scores()),
            contributions: scores.contributions(row),
            dis,
        }
    }
}

/// A number with up to six digits after the point.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.6}", self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Display for RecordExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.code();
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let size = self.class_size;
        writeln!(f, "record {} of {}, by {}", self.row + 1, self.rows, self.quasi_identifiers.join(", "))?;
        writeln!(f, "class size: f = {size} {unit}{}", plural(size))?;
        writeln!(f, "prosecutor risk: 1/f = 1/{size} = {}", Short(self.prosecutor))?;
        let (candidates, fit) = (self.candidates, if self.candidates == 1 { "fits" } else { "fit" });
        let candidate = plural(candidates);
        writeln!(
            f,
            "attacker view: K = {candidates} {unit}{candidate} {fit} what is true of it, blanks fit everything"
        )?;
        if let Some(weighted) = &self.weighted {
            writeln!(f, "{weighted}")?;
        }
        self.suda.as_ref().map_or(Ok(()), |suda| suda.fmt(f))
    }
}

impl fmt::Display for WeightedExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sample, population, risk } = self;
        let p = Short(ratio(*sample, *population));
        let formula = match sample {
            _ if sample == population => "1/f",
            1 => "p/(1-p) ln(1/p)",
            2 => "p/(1-p) - (p/(1-p))^2 ln(1/p)",
            _ => "(p^f/f) 2F1(f, f; f+1; 1-p)",
        };
        write!(f, "Benedetti-Franconi risk: p = f/F = {sample}/{population} = {p}, {formula} = {}", Short(*risk))
    }
}

impl fmt::Display for SudaExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.attributes.len();
        writeln!(f, "SUDA, M = {keys}, sizes up to {}:", self.max_size)?;
        for MinimalUnique { attributes, weight } in &self.minimal_uniques {
            let size = attributes.len();
            let rest = keys.saturating_sub(size);
            write!(f, "  unique by {{{}}}: ", attributes.join(", "))?;
            match self.weighting {
                SudaWeighting::Original => writeln!(f, "(M-{size})! = {rest}! = {}", Short(*weight))?,
                SudaWeighting::Ihsn => writeln!(
                    f,
                    "(2^(M-{size})-1) {size}! (M-{size})!/M! = (2^{rest}-1) {size}! {rest}!/{keys}! = {}",
                    Short(*weight)
                )?,
            }
        }
        let terms: Vec<String> = self.minimal_uniques.iter().map(|unique| Short(unique.weight).to_string()).collect();
        match terms.as_slice() {
            [] => writeln!(f, "  no minimal sample unique, score: 0")?,
            [_] => writeln!(f, "  score: {}", Short(self.score))?,
            several => writeln!(f, "  score: {} = {}", several.join(" + "), Short(self.score))?,
        }
        if self.score > 0.0 {
            let share = |(name, share): (&String, &f64)| format!("{name} {} %", (share * 100.0).round());
            let shares: Vec<String> = self.attributes.iter().zip(&self.contributions).map(share).collect();
            writeln!(f, "  share of the score: {}", shares.join(", "))?;
        }
        if let Some(dis) = &self.dis {
            let DisExplanation { uniques, pairs, .. } = dis;
            let (fraction, theta) = (Short(dis.sampling_fraction), Short(dis.theta));
            let rest = Short(1.0 - dis.sampling_fraction);
            writeln!(
                f,
                "  DIS: theta = U f/(U f + 2 P (1-f)) = {uniques}·{fraction}/({uniques}·{fraction} + 2·{pairs}·{rest}) = {theta}"
            )?;
            if self.score > 0.0 {
                let (q, sum, score) = (Short(dis.exponent), Short(dis.sum), Short(self.score));
                writeln!(
                    f,
                    "  DIS-SUDA: 1/(1 + (U/theta - U)/(s^Q A)) = 1/(1 + ({uniques}/{theta} - {uniques})/({score}^{q}·{sum})) = {}",
                    Short(dis.score)
                )?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Suda;
    use crate::testing::{flags, texts};
    use ctdata_table::Weights;

    /// The practice guide's table, see the tests of SUDA.
    fn guide() -> Table {
        texts(&[
            ("residence", &["U", "U", "U", "U", "R", "U", "U", "U", "U", "U"]),
            ("gender", &["F", "F", "F", "M", "F", "M", "F", "M", "F", "F"]),
            ("education", &["SI", "SI", "PI", "SC", "SC", "SC", "PC", "PS", "SI", "SI"]),
            ("labour", &["E", "E", "N", "E", "X", "E", "N", "X", "N", "N"]),
        ])
    }

    const NAMES: [&str; 4] = ["residence", "gender", "education", "labour"];

    #[test]
    fn a_special_unique_is_explained_with_its_numbers() {
        let table = guide().with_weights(Weights::new(vec![10; 10])).unwrap();
        let suda = Suda::new().with_sampling_fraction(0.1).unwrap();
        let scores = suda.run(&table, &NAMES, &Control::default()).unwrap();
        let why = RecordExplanation::of(&table, &NAMES, 7, Some(&scores), &Control::default()).unwrap();
        let expected = "\
record 8 of 10, by residence, gender, education, labour
class size: f = 1 record
prosecutor risk: 1/f = 1/1 = 1
attacker view: K = 1 record fits what is true of it, blanks fit everything
Benedetti-Franconi risk: p = f/F = 1/10 = 0.1, p/(1-p) ln(1/p) = 0.255843
SUDA, M = 4, sizes up to 4:
  unique by {education}: (M-1)! = 3! = 6
  unique by {residence, labour}: (M-2)! = 2! = 2
  unique by {gender, labour}: (M-2)! = 2! = 2
  score: 6 + 2 + 2 = 10
  share of the score: residence 20 %, gender 20 %, education 60 %, labour 40 %
  DIS: theta = U f/(U f + 2 P (1-f)) = 4·0.1/(4·0.1 + 2·3·0.9) = 0.068966
  DIS-SUDA: 1/(1 + (U/theta - U)/(s^Q A)) = 1/(1 + (4/0.068966 - 4)/(10^1.2·0.346735)) = 0.092367
";
        assert_eq!(why.to_string(), expected);
    }

    #[test]
    fn a_record_with_company_and_blanks_is_explained() {
        let table =
            flags(&[&[0, 0, 1, 2], &[1, 1, 1, 1]]).with_ids(["p", "q", "q", "r"].into_iter().collect()).unwrap();
        let suda =
            Suda::new().with_weighting(SudaWeighting::Ihsn).run(&table, &["a", "b"], &Control::default()).unwrap();
        let explain = |row| RecordExplanation::of(&table, &["a"], row, Some(&suda), &Control::default());
        let why = explain(0).unwrap();
        assert_eq!((why.class_size, why.candidates, why.unit), (2, 3, PrivacyUnit::Person));
        assert!(why.to_string().contains("K = 3 persons fit"));
        assert!(why.to_string().ends_with("no minimal sample unique, score: 0\n"));
        // Only the blank itself is sure to fit what is behind it.
        let why = explain(3).unwrap();
        assert_eq!((why.class_size, why.candidates), (1, 1));
        assert!(why.to_string().contains("(2^(M-1)-1) 1! (M-1)!/M! = (2^1-1) 1! 1!/2! = 0.5"));
        assert!(explain(4).is_err());
        assert!(RecordExplanation::of(&guide(), &NAMES, 0, Some(&suda), &Control::default()).is_err());
    }

    #[test]
    fn no_value_is_printed() {
        let table = texts(&[("a", &["secret", "secret", "hidden"]), ("b", &["x9", "y9", "x9"])]);
        let scores = Suda::new().run(&table, &["a", "b"], &Control::default()).unwrap();
        for row in 0..3 {
            let why = RecordExplanation::of(&table, &["a", "b"], row, Some(&scores), &Control::default()).unwrap();
            let texts = format!("{why}{why:?}{scores:?}");
            assert!(!["secret", "hidden", "x9", "y9"].iter().any(|value| texts.contains(value)));
        }
    }
}
