//! Scores made of minimal sample uniques.

use std::fmt;

use super::SudaWeighting;
use super::algorithm::Found;
use super::params::real;
use crate::risk::ratio;

/// Minimal sample uniques and scores of all records of a table.
///
/// Numbers by row are in the order of the table's rows; attributes are in the order in which they
/// were named. `Debug` shows the [`SudaReport`] alone.
#[derive(Clone, PartialEq)]
pub struct SudaScores {
    report: SudaReport,
    ends: Vec<u32>,
    sets: Vec<u64>,
    scores: Vec<f64>,
    dis: Option<Vec<f64>>,
}

/// What SUDA says of a file as a whole.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SudaReport {
    /// The attributes; M is their number.
    pub attributes: Vec<String>,
    /// The largest size of minimal sample uniques that were looked for; M where there was no cap.
    pub max_size: usize,
    /// How minimal sample uniques were weighted.
    pub weighting: SudaWeighting,
    /// Records that are unique on all attributes.
    pub uniques: u64,
    /// Pairs: classes of exactly two records that agree on all attributes.
    pub pairs: u64,
    /// Records with a score above 0. Without a cap these are the uniques (under
    /// [`Ihsn`](SudaWeighting::Ihsn) a record unique only on all attributes together has score 0).
    pub scored: u64,
    /// The highest score.
    pub highest: f64,
    /// The mean score over all records; 0 without records.
    pub mean: f64,
    /// For each size from 1 to the cap, how many minimal sample uniques there are.
    pub minimal_uniques: Vec<u64>,
    /// For each attribute, the share of the sum of all scores that comes from minimal sample uniques
    /// with it. The shares add to more than 1, as a minimal sample unique has several attributes; all
    /// are 0 where no record is scored.
    pub contributions: Vec<f64>,
    /// DIS, where a sampling fraction was given and there are uniques.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub dis: Option<SudaDis>,
}

/// Data intrusion simulation: how probable a match with a unique record is right.
///
/// With U uniques, P pairs and sampling fraction f, θ = U f / (U f + 2 P (1 - f)); 1 where there is
/// no pair.
///
/// # Sources
/// C. J. Skinner and M. J. Elliot (2002), "A measure of disclosure risk for microdata", JRSS B 64(4);
/// M. J. Elliot (2000), "DIS: a new approach to the measurement of statistical disclosure risk", Risk
/// Management 2(4).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SudaDis {
    /// The share of the population that the file holds.
    pub sampling_fraction: f64,
    /// θ, the probability that a unique match is right, over the file.
    pub theta: f64,
    /// The highest DIS-SUDA score of a record.
    pub highest: f64,
}

impl SudaScores {
    pub(super) fn new(
        found: Found,
        attributes: Vec<String>,
        max_size: usize,
        weighting: SudaWeighting,
        sampling_fraction: Option<f64>,
    ) -> Self {
        let Found { ends, sets, uniques, pairs } = found;
        let keys = attributes.len();
        let weights: Vec<f64> = (0..=keys).map(|size| weighting.weight(keys, size)).collect();
        let weight = |set: u64| weights.get(set.count_ones() as usize).copied().unwrap_or(0.0);
        // Sums are made of counts by size, so that they do not depend on the order of the rows.
        let mut with_key = vec![vec![0u64; keys + 1]; keys];
        let mut of_size = vec![0u64; keys + 1];
        for &set in &sets {
            let size = set.count_ones() as usize;
            let counts = with_key.iter_mut().enumerate().filter(|(key, _)| set >> key & 1 == 1);
            for count in
                counts.map(|(_, counts)| counts).chain([&mut of_size]).filter_map(|counts| counts.get_mut(size))
            {
                *count += 1;
            }
        }
        let weighed = |counts: &Vec<u64>| {
            counts.iter().zip(&weights).fold(0.0, |sum, (&count, weight)| sum + ratio(count, 1) * weight)
        };
        let total = weighed(&of_size);
        let share = |counts: &Vec<u64>| if total > 0.0 { weighed(counts) / total } else { 0.0 };
        let mut start = 0;
        let scores: Vec<f64> = ends
            .iter()
            .map(|&end| {
                let of_row = sets.get(start..end as usize).unwrap_or_default();
                start = end as usize;
                // Not `sum`, which makes -0 of nothing.
                of_row.iter().map(|&set| weight(set)).fold(0.0, |sum, weight| sum + weight)
            })
            .collect();
        let highest = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
        let mut report = SudaReport {
            attributes,
            max_size,
            weighting,
            uniques,
            pairs,
            scored: scores.iter().filter(|&&score| score > 0.0).count() as u64,
            highest: highest(&scores),
            mean: if scores.is_empty() { 0.0 } else { total / real(scores.len()) },
            minimal_uniques: of_size.iter().skip(1).take(max_size).copied().collect(),
            contributions: with_key.iter().map(share).collect(),
            dis: None,
        };
        let mut dis = None;
        if let Some(fraction) = sampling_fraction.filter(|_| uniques > 0) {
            let theta = theta(uniques, pairs, fraction);
            let of_row = dis_suda(&scores, uniques, theta, keys);
            report.dis = Some(SudaDis { sampling_fraction: fraction, theta, highest: highest(&of_row) });
            dis = Some(of_row);
        }
        Self { report, ends, sets, scores, dis }
    }

    /// What can be said of the file as a whole.
    pub fn report(&self) -> &SudaReport {
        &self.report
    }

    /// The report alone.
    pub fn into_report(self) -> SudaReport {
        self.report
    }

    /// The score of each row; 0 for a row that is not unique, or only on more attributes than the
    /// cap.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The DIS-SUDA score of each row, where a sampling fraction was given and there are uniques.
    ///
    /// With Q = 1 + (8 - M)/20 and A the sum of s^-Q over the scores s above 0, it is
    /// 1 / (1 + (U/θ - U) / (s^Q A)), and 0 for a row of score 0. Equal scores all give θ.
    pub fn dis(&self) -> Option<&[f64]> {
        self.dis.as_deref()
    }

    fn sets_of(&self, row: usize) -> &[u64] {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.sets.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The minimal sample uniques of a row by size: each the places of its attributes among those
    /// named, ascending. None past the last row.
    pub fn minimal_uniques(&self, row: usize) -> impl ExactSizeIterator<Item = Vec<usize>> {
        self.sets_of(row).iter().map(|&set| members(set).collect())
    }

    /// What a minimal sample unique of so many attributes adds to a score.
    pub fn weight(&self, size: usize) -> f64 {
        self.report.weighting.weight(self.report.attributes.len(), size)
    }

    /// For each attribute, the share of the row's score that comes from minimal sample uniques with
    /// it; all 0 where the score is.
    pub fn contributions(&self, row: usize) -> Vec<f64> {
        let mut shares = vec![0.0; self.report.attributes.len()];
        let score = self.scores.get(row).copied().unwrap_or(0.0);
        for &set in self.sets_of(row).iter().filter(|_| score > 0.0) {
            for key in members(set) {
                if let Some(share) = shares.get_mut(key) {
                    *share += self.weight(set.count_ones() as usize) / score;
                }
            }
        }
        shares
    }
}

impl fmt::Debug for SudaScores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SudaScores").field("report", &self.report).finish_non_exhaustive()
    }
}

/// Q and A of DIS-SUDA: the exponent, and the sum of s^-Q over scores above 0.
pub(in crate::risk) fn dis_parts(scores: &[f64], keys: usize) -> (f64, f64) {
    let exponent = 1.0 + (8.0 - real(keys)) / 20.0;
    let mut positive: Vec<f64> = scores.iter().copied().filter(|&score| score > 0.0).collect();
    positive.sort_unstable_by(f64::total_cmp);
    (exponent, positive.iter().fold(0.0, |sum, score| sum + score.powf(-exponent)))
}

fn members(set: u64) -> impl Iterator<Item = usize> {
    (0..u64::BITS as usize).filter(move |key| set >> key & 1 == 1)
}

pub(super) fn theta(uniques: u64, pairs: u64, fraction: f64) -> f64 {
    if pairs == 0 {
        return 1.0;
    }
    let sampled = ratio(uniques, 1) * fraction;
    sampled / (sampled + 2.0 * ratio(pairs, 1) * (1.0 - fraction))
}

fn dis_suda(scores: &[f64], uniques: u64, theta: f64, keys: usize) -> Vec<f64> {
    let (exponent, sum) = dis_parts(scores, keys);
    let uniques = ratio(uniques, 1);
    let missed = uniques / theta - uniques;
    let of_score = |score: f64| 1.0 / (1.0 + missed / (score.powf(exponent) * sum));
    scores.iter().map(|&score| if score > 0.0 { of_score(score) } else { 0.0 }).collect()
}
