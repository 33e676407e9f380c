//! Which candidates are kept, at a target share of false discoveries, and what their counts are thought to be.
//!
//! Everything here looks at noisy values only. The noise is symmetric about 0, so that of the candidates that
//! nobody has as many come out above a threshold t as below -t: the number below -t tells how many of those
//! above t are false (the mirror of Barber and Candès). A candidate that somebody has comes out below -t less
//! often than above t, so the estimate errs on the safe side. Where candidates are few, the tail of the noise says the
//! same more sharply: of n candidates at most n times its share above t are false. Candidates are compared with others
//! of which the shorter combinations let expect as much: where much is expected, little evidence is enough.
//!
//! # Sources
//! R. Barber and E. Candès (2015), "Controlling the false discovery rate via knockoffs", Annals of Statistics 43(5).
//! S. Gopi et al. (2020), "Differentially Private Set Union", ICML, for thresholds by the tail.

#![expect(clippy::indexing_slicing, reason = "bins and orders are numbered by this file")]
#![expect(clippy::cast_precision_loss, reason = "estimates of counts")]

/// The candidates of one length after the noise.
pub(crate) struct Measured<'a> {
    /// What was expected of each before.
    pub(crate) expected: &'a [f64],
    /// Weighted counts with noise.
    pub(crate) values: &'a [i64],
    /// The weight of each.
    pub(crate) weights: &'a [u32],
    /// The variance of the noise of each value.
    pub(crate) variance: f64,
}

/// A candidate that is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kept {
    pub(crate) candidate: usize,
    /// The estimated number of records, at least 1.
    pub(crate) count: f64,
    /// The variance of the estimate.
    pub(crate) variance: f64,
}

/// Fewer candidates than this share a bin with their neighbours.
const LEAST_IN_BIN: usize = 200;

/// The candidates kept with about `false_share` of them false, ascending, and how many of them the mirror takes for
/// false.
pub(crate) fn discover(measured: &Measured<'_>, false_share: f64) -> (Vec<Kept>, f64) {
    let bins = bins(measured);
    let fits: Vec<Fit> = bins.iter().map(|bin| Fit::of(bin, measured)).collect();
    // The dearer a false discovery, the higher the thresholds: the least price at which few enough are false.
    let mut price = 1.0;
    let mut choice: Vec<Cut>;
    loop {
        choice = fits.iter().map(|fit| fit.best(price)).collect();
        let (kept, wrong) = choice.iter().fold((0, 0.0), |sum, cut| (sum.0 + cut.kept, sum.1 + cut.wrong));
        if wrong <= false_share * kept as f64 || price > 1e6 {
            break;
        }
        price *= 1.1;
    }
    let mut kept = Vec::new();
    for ((bin, fit), cut) in bins.iter().zip(&fits).zip(&choice) {
        kept.extend(bin.iter().filter(|&&candidate| cut.takes(measured.values[candidate])).map(|&candidate| {
            let (count, variance) = fit.estimate(candidate, measured);
            Kept { candidate, count, variance }
        }));
    }
    kept.sort_unstable_by_key(|kept| kept.candidate);
    (kept, choice.iter().map(|cut| cut.wrong).sum())
}

/// The share of a Gaussian above so many standard deviations.
fn tail(deviations: f64) -> f64 {
    statrs::function::erf::erfc(deviations / std::f64::consts::SQRT_2) / 2.0
}

/// Candidates by what is expected of them against the noise, in doublings.
fn bins(measured: &Measured<'_>) -> Vec<Vec<usize>> {
    let noise = measured.variance.sqrt();
    let mut by_doubling: std::collections::BTreeMap<u64, Vec<usize>> = std::collections::BTreeMap::new();
    for (candidate, (&expected, &weight)) in measured.expected.iter().zip(measured.weights).enumerate() {
        let strength = expected * f64::from(weight) / noise;
        // The exponent of the number, exact on every machine.
        let doubling = strength.max(1e-9).to_bits() >> 52;
        by_doubling.entry(doubling).or_default().push(candidate);
    }
    let mut bins: Vec<Vec<usize>> = Vec::new();
    for (_, mut bin) in by_doubling.into_iter().rev() {
        match bins.last_mut() {
            Some(last) if last.len() < LEAST_IN_BIN => last.append(&mut bin),
            _ => bins.push(bin),
        }
    }
    if bins.last().is_some_and(|last| last.len() < LEAST_IN_BIN)
        && let Some(last) = bins.pop()
    {
        match bins.last_mut() {
            Some(before) => before.extend(last),
            None => bins.push(last),
        }
    }
    bins
}

/// Which values of a bin are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cut {
    /// Values from here on; none where there is no threshold.
    from: Option<i64>,
    kept: usize,
    wrong: f64,
}

impl Cut {
    fn takes(&self, value: i64) -> bool {
        self.from.is_some_and(|from| value >= from)
    }
}

/// What the values of a bin say together.
struct Fit {
    /// Thresholds with how many values are at or above, and how many at or below the mirror image.
    cuts: Vec<Cut>,
    /// Counts per expected count.
    slope: f64,
    /// The variance of counts about that, per square of the expected count.
    spread: f64,
}

impl Fit {
    fn of(bin: &[usize], measured: &Measured<'_>) -> Self {
        let mut values: Vec<i64> = bin.iter().map(|&candidate| measured.values[candidate]).collect();
        values.sort_unstable_by_key(|value| std::cmp::Reverse(value.unsigned_abs()));
        let noise = measured.variance.sqrt();
        let (mut above, mut below) = (0usize, 0usize);
        let mut cuts = Vec::new();
        for (place, &value) in values.iter().enumerate() {
            if value > 0 {
                above += 1;
            } else if value < 0 {
                below += 1;
            }
            let next = values.get(place + 1).map_or(0, |next| next.unsigned_abs());
            if value > 0 && next < value.unsigned_abs() {
                let wrong = f64::min(below as f64 + 1.0, bin.len() as f64 * tail(value as f64 / noise));
                cuts.push(Cut { from: Some(value), kept: above, wrong });
            }
        }
        // All of them: those below 0 are half of the false ones.
        cuts.push(Cut { from: Some(i64::MIN), kept: bin.len(), wrong: 2.0 * below as f64 + 1.0 });
        let scaled = |candidate: usize| {
            let weight = f64::from(measured.weights[candidate]);
            (
                measured.expected[candidate],
                measured.values[candidate] as f64 / weight,
                measured.variance / (weight * weight),
            )
        };
        let (mut expected_sum, mut value_sum) = (0.0, 0.0);
        for &candidate in bin {
            let (expected, value, _) = scaled(candidate);
            expected_sum += expected;
            value_sum += value;
        }
        let slope = (value_sum / f64::max(expected_sum, f64::MIN_POSITIVE)).max(0.0);
        let (mut excess, mut squares) = (0.0, 0.0);
        for &candidate in bin {
            let (expected, value, noise) = scaled(candidate);
            let off = value - slope * expected;
            excess += off * off - noise;
            squares += expected * expected;
        }
        let spread = (excess / f64::max(squares, f64::MIN_POSITIVE)).max(0.0);
        Self { cuts, slope, spread }
    }

    fn best(&self, price: f64) -> Cut {
        let mut best = (0.0, Cut { from: None, kept: 0, wrong: 0.0 });
        for cut in &self.cuts {
            let worth = cut.kept as f64 - price * cut.wrong;
            if worth > best.0 {
                best = (worth, *cut);
            }
        }
        best.1
    }

    /// The measured count drawn toward the expected one, as much as the noise outweighs the spread.
    fn estimate(&self, candidate: usize, measured: &Measured<'_>) -> (f64, f64) {
        let weight = f64::from(measured.weights[candidate]);
        let noise = measured.variance / (weight * weight);
        let expected = measured.expected[candidate];
        let prior = self.spread * expected * expected;
        let trust = prior / f64::max(prior + noise, f64::MIN_POSITIVE);
        let count = trust * measured.values[candidate] as f64 / weight + (1.0 - trust) * self.slope * expected;
        (count.max(1.0), (trust * noise).max(1e-6))
    }
}
