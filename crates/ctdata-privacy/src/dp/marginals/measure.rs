//! Length by length: candidates, cap, counts, noise, discoveries.

use ctdata_table::{Combinations, Control, Table};

use super::aggregates::{NoisyAggregates, NoisyLength};
use super::discover::{Measured, discover};
use super::items::{Items, Records};
use super::lattice::{Lattice, Level};
use super::params::{RecordCap, SparseMarginals, Weighting};
use super::weigh::{FULL, Weighed};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Rho};
use crate::synth::consistency::consistent;

/// Thousandths of the budget for the number of records.
const FOR_RECORDS: u64 = 5;
/// Thousandths of the budget for each cap.
const FOR_CAP: u64 = 10;
/// Combinations that are expected less often than so many standard deviations of the noise (under a cap of 1)
/// weigh in full.
const RARE: f64 = 3.0;

impl SparseMarginals {
    /// Measures a table, and spends all that is left of an allowance.
    ///
    /// An item is an attribute with a value of its codebook; missing is none, and of a flag only `yes` is. For
    /// each length in turn, the candidates are the combinations all of whose parts were found before (for length 1,
    /// all items of the codebook, whether they occur or not) and that no constraint forbids. Each candidate's weighted
    /// count gets discrete Gaussian noise; those that stand out are found. At the end the counts are made to
    /// agree.
    ///
    /// # Guarantee
    /// The result is rho-zCDP for the rho that was left, towards all records of one person added or removed, if
    /// the table has at most [`Allowance::records_per_person`] of each. The attributes, their codebooks and the constraints
    /// are taken for public; nothing else that is returned depends on the table but through the noise. How long
    /// it takes and how much memory it needs are not protected. See [`proofs::sparse_marginals`](crate::proofs::sparse_marginals).
    ///
    /// # Errors
    /// Parameters without a meaning; an attribute that the table does not have, or of an observed domain
    /// ([`PrivacyError::ObservedDomain`]); a table with ids, whose contributions were not bounded, or with
    /// weights; too small an allowance; cancellation and the memory cap.
    ///
    /// # Sources
    /// S. Gopi et al. (2020), "Differentially Private Set Union", for lengths one after the other; R. Barber and E. Candès
    /// (2015), "Controlling the false discovery rate via knockoffs", Annals of Statistics 43(5), for what is found.
    pub fn measure(
        &self,
        table: &Table,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<NoisyAggregates, PrivacyError> {
        self.measured(table, allowance, source, control).map_err(PrivacyError::without_figures)
    }

    fn measured(
        &self,
        table: &Table,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<NoisyAggregates, PrivacyError> {
        self.check()?;
        let unfit = |rule: &str| Err(PrivacyError::InvalidParameter { parameter: "table", rule: rule.to_owned() });
        if table.ids().is_some() {
            return unfit("has no ids: the records of a person are bounded before");
        }
        if table.weights().is_some() {
            return unfit("has no weights: one record would count for many");
        }
        let items = Items::of(table.schema(), &self.positions(table)?, &self.constraints)?;
        let records = Records::of(table, &items, control)?;
        let plan = self.shares(allowance.left());
        let rows = i64::try_from(records.rows()).unwrap_or(i64::MAX);
        let size = allowance.charge("number of records", plan.records)?.gaussian(1)?;
        let size = size.release(&[rows], &mut source.stream()).values.first().copied().unwrap_or(0);
        let size = u64::try_from(size).unwrap_or(0);

        let (mut lattice, mut variances, mut lengths) = (Lattice::default(), Vec::new(), Vec::new());
        for (length, &rho) in (1..).zip(&plan.counts) {
            control.report("measuring combinations", length as u64 - 1, Some(self.length.into()));
            let step = Step { marginals: self, items: &items, records: &records, size, length, rho, cap_rho: plan.cap };
            let Some((level, level_variances, report)) = step.run(&lattice, allowance, source, control)? else { break };
            lengths.push(report);
            variances.extend(level_variances);
            lattice.levels.push(level);
        }
        let combinations = self.agree(&lattice, &variances, &items, size, control)?;
        Ok(NoisyAggregates { records: size, combinations, lengths })
    }

    fn positions(&self, table: &Table) -> Result<Vec<usize>, PrivacyError> {
        let schema = table.schema();
        if self.attributes.is_empty() {
            return Ok((0..schema.len()).collect());
        }
        let mut positions = self.attributes.iter().map(|name| schema.position(name)).collect::<Result<Vec<_>, _>>()?;
        positions.sort_unstable();
        positions.dedup();
        Ok(positions)
    }

    fn shares(&self, total: Rho) -> Plan {
        let records = total.share(FOR_RECORDS, 1000);
        let cap = match self.cap {
            RecordCap::Percentile(_) => total.share(FOR_CAP, 1000),
            RecordCap::Fixed(_) => Rho::ZERO,
        };
        let spent = (0..self.length).fold(records, |sum, _| sum.plus(cap));
        let left = total.minus(spent).unwrap_or(Rho::ZERO);
        let parts = self.split.parts(self.length);
        let sum: u64 = parts.iter().map(|&part| u64::from(part)).sum();
        let counts = parts.iter().map(|&part| left.share(part.into(), sum)).collect();
        Plan { records, cap, counts }
    }

    /// Whole numbers that agree with each other.
    fn agree(
        &self,
        lattice: &Lattice,
        variances: &[f64],
        items: &Items,
        size: u64,
        control: &Control,
    ) -> Result<Combinations, PrivacyError> {
        let entries = lattice.levels.iter().flat_map(|level| (0..level.len()).map(|entry| level.get(entry)));
        let entries = entries.map(|entry| (entry.iter().map(|&item| items.get(item)).collect::<Vec<_>>(), 1));
        // Levels hold their entries in the order of `Combinations`.
        let found = Combinations::try_new(self.length.into(), 1, entries)?;
        let estimates: Vec<f64> = lattice.levels.iter().flat_map(|level| level.counts.iter().copied()).collect();
        let whole = consistent(&found, &estimates, variances, size, control)?;
        let kept = found.iter().zip(whole).filter(|(_, count)| *count > 0).map(|((entry, _), count)| {
            (entry.iter().filter_map(|&item| found.items().get(item as usize).copied()).collect::<Vec<_>>(), count)
        });
        Ok(Combinations::try_new(self.length.into(), 1, kept)?)
    }
}

/// What is spent on what.
struct Plan {
    records: Rho,
    /// Per length.
    cap: Rho,
    counts: Vec<Rho>,
}

/// The measurement of one length.
struct Step<'a> {
    marginals: &'a SparseMarginals,
    items: &'a Items,
    records: &'a Records,
    /// The noisy number of records.
    size: u64,
    length: usize,
    rho: Rho,
    cap_rho: Rho,
}

impl Step<'_> {
    /// What was found, with variances; nothing where there is no candidate.
    #[expect(clippy::cast_precision_loss, reason = "for estimates and reports")]
    fn run(
        &self,
        lattice: &Lattice,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Option<(Level, Vec<f64>, NoisyLength)>, PrivacyError> {
        let most = self.marginals.most_candidates as usize;
        let candidates = lattice.candidates(self.items, self.size as f64, most, control)?;
        if candidates.len() == 0 {
            return Ok(None);
        }
        let rare = RARE * f64::from(allowance.records_per_person()) * (0.5 / self.rho.to_f64()).sqrt();
        let weights = Weighed {
            lattice,
            candidates: &candidates,
            weights: candidates.counts.iter().map(|&expected| self.weight(expected, rare)).collect(),
        };
        let cap = match &self.marginals.cap {
            RecordCap::Fixed(caps) => {
                let cap = caps.get(self.length - 1).copied().unwrap_or(1);
                u64::from(cap) * u64::from(FULL) * u64::from(FULL)
            }
            RecordCap::Percentile(percent) => {
                let charge = allowance.charge(format!("cap of length {}", self.length), self.cap_rho)?;
                let attributes = self.items.attributes();
                weights.choose_cap(self.records, attributes, *percent, charge, &mut source.stream(), control)?
            }
        };
        let charge = allowance.charge(format!("combinations of length {}", self.length), self.rho)?;
        let counts = weights.count(self.records, cap, control)?;
        let noisy = charge.gaussian(cap)?.release(&counts, &mut source.stream());
        control.check()?;

        // From here on nothing looks at the records.
        let measured = Measured {
            expected: &candidates.counts,
            values: &noisy.values,
            weights: &weights.weights,
            variance: noisy.variance.to_f64(),
        };
        let (kept, false_found) = discover(&measured, self.marginals.false_share(self.length));
        let mut level = Level::new(self.length);
        let mut variances = Vec::with_capacity(kept.len());
        for kept in &kept {
            let entry = candidates.get(kept.candidate);
            let head = entry.split_last().map_or(&[][..], |(_, head)| head);
            if let Some(prefix) = lattice.find(head.iter().copied()) {
                level.push(prefix, entry, kept.count);
                variances.push(kept.variance);
            }
        }
        let full = f64::from(FULL);
        let report = NoisyLength {
            length: self.length as u64,
            candidates: candidates.len() as u64,
            found: level.len() as u64,
            false_found,
            cap: cap as f64 / (full * full),
            noise: noisy.variance.to_f64().sqrt() / full,
        };
        Ok(Some((level, variances, report)))
    }

    /// The public weight of a candidate that is expected so often.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the full weight")]
    fn weight(&self, expected: f64, rare: f64) -> u32 {
        match self.marginals.weighting {
            Weighting::Equal => FULL,
            Weighting::ByExpectation => {
                let part = (rare / f64::max(expected, rare)).sqrt();
                ((part * f64::from(FULL)).round() as u32).clamp(1, FULL)
            }
        }
    }
}
