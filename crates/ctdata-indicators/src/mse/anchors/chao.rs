//! Chao's lower bound, from the persons on exactly one and on exactly two lists.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons and 16 lists")]

use super::{lists_in_use, log_normal};
use crate::interval::Level;
use crate::mse::histories::CaptureHistories;
use crate::mse::outcome::{Finding, Method, Status};

const BOUND: &str =
    "a lower bound where persons differ in their chances to be listed and lists do not depend on each other";
const NOBODY_ONCE: &str = "nobody is estimated as unseen, without an interval: too few persons are on one list only";
const NOBODY_TWICE: &str = "nobody is on exactly two lists";

/// f₁ and f₂ with the persons and lists they are of.
struct Frequencies {
    lists: f64,
    seen: f64,
    once: f64,
    twice: f64,
}

impl Frequencies {
    fn of(histories: &CaptureHistories) -> Result<Self, Status> {
        if histories.persons() == 0 {
            return Err(Status::Undefined);
        }
        let once = histories.on_exactly(1);
        if once == histories.persons() {
            return Err(Status::NoOverlap);
        }
        let lists = lists_in_use(histories).len() as f64;
        Ok(Self { lists, seen: histories.persons() as f64, once: once as f64, twice: histories.on_exactly(2) as f64 })
    }

    /// The finding of an unseen number and its variance.
    fn finding(&self, method: Method, unseen: f64, variance: f64, level: Level) -> Finding {
        let mut finding = Finding::of(method, self.seen + unseen, level).with_note(BOUND);
        finding.interval = log_normal(self.seen, self.seen + unseen, variance, level);
        if finding.interval.is_none() { finding.with_note(NOBODY_ONCE) } else { finding }
    }

    /// The classic bound with this factor before f₁²/(2f₂).
    fn classic(&self, method: Method, factor: f64, level: Level) -> Finding {
        if self.twice < 1.0 {
            return Finding::refused(method, Status::Undefined, level).with_note(NOBODY_TWICE);
        }
        let ratio = self.once / self.twice;
        let unseen = factor * self.once * ratio / 2.0;
        let terms = 0.5 * factor * ratio.powi(2) + factor.powi(2) * (ratio.powi(3) + 0.25 * ratio.powi(4));
        self.finding(method, unseen, self.twice * terms, level)
    }
}

/// Chao's lower bound n + f₁²/(2f₂), where f₁ persons are on exactly one list and f₂ on exactly two.
///
/// Persons may differ in their chances to be on a list, by any amount. For each person, lists are taken as independent
/// and about alike: lists that send persons to each other make it too low, lists that share out persons make it no bound.
/// The interval is log-normal with variance f₂(r²/2 + r³ + r⁴/4), r = f₁/f₂. Nobody on two lists or more is
/// [`Status::NoOverlap`]; nobody on exactly two is [`Status::Undefined`].
///
/// # Sources
/// A. Chao (1987), Estimating the population size for capture-recapture data with unequal catchability, *Biometrics*
/// 43(4), 783–791.
pub fn chao(histories: &CaptureHistories, level: Level) -> Finding {
    match Frequencies::of(histories) {
        Ok(found) => found.classic(Method::Chao, 1.0, level),
        Err(status) => Finding::refused(Method::Chao, status, level),
    }
}

/// Chao's lower bound, bias-corrected: n + f₁(f₁−1)/(2(f₂+1)). It has an answer also where nobody is on exactly two
/// lists, if somebody is on more.
///
/// The interval is log-normal with variance f₁(f₁−1)/(2(f₂+1)) + f₁(2f₁−1)²/(4(f₂+1)²) + f₁²f₂(f₁−1)²/(4(f₂+1)⁴).
///
/// # Sources
/// A. Chao (2005), Species estimation and applications, *Encyclopedia of Statistical Sciences* 12, 7907–7916; as for
/// [`chao`].
pub fn chao_bias_corrected(histories: &CaptureHistories, level: Level) -> Finding {
    let method = Method::ChaoBiasCorrected;
    let found = match Frequencies::of(histories) {
        Ok(found) => found,
        Err(status) => return Finding::refused(method, status, level),
    };
    let (once, more) = (found.once, found.twice + 1.0);
    let unseen = (once * (once - 1.0) / (2.0 * more)).max(0.0);
    let variance = unseen
        + once * (2.0 * once - 1.0).powi(2) / (4.0 * more.powi(2))
        + once.powi(2) * found.twice * (once - 1.0).powi(2) / (4.0 * more.powi(4));
    let finding = found.finding(method, unseen, variance, level);
    if found.twice < 1.0 { finding.with_note(NOBODY_TWICE) } else { finding }
}

/// Chao's lower bound for a number of lists t that is not large: n + ((t−1)/t) f₁²/(2f₂).
///
/// The interval is log-normal with variance f₂(k r²/2 + k²r³ + k²r⁴/4), k = (t−1)/t, r = f₁/f₂. Refused as [`chao`] is.
///
/// # Sources
/// As for [`chao_bias_corrected`].
pub fn chao_finite(histories: &CaptureHistories, level: Level) -> Finding {
    match Frequencies::of(histories) {
        Ok(found) => found.classic(Method::ChaoFinite, (found.lists - 1.0) / found.lists, level),
        Err(status) => Finding::refused(Method::ChaoFinite, status, level),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::{ListSet, published_table};

    fn estimate(finding: &Finding) -> f64 {
        finding.estimate.unwrap()
    }

    /// The United Kingdom in 2013 on five lists: 17,616.73 and bias-corrected 17,541.69 (worked example, computed by two
    /// independent programs). The finite form keeps four fifths of the unseen.
    #[test]
    fn the_united_kingdom_is_met() {
        let uk = published_table("uk-2013-five-lists").unwrap().histories();
        assert!((estimate(&chao(&uk, Level::P95)) - 17_616.73).abs() < 0.005);
        assert!((estimate(&chao_bias_corrected(&uk, Level::P95)) - 17_541.69).abs() < 0.005);
        let finite = 2_744.0 + 0.8 * 2_523.0 * 2_523.0 / 428.0;
        assert!((estimate(&chao_finite(&uk, Level::P95)) - finite).abs() < 1e-8);
    }

    /// Persons on exactly one list, two, and so on, on 16 lists.
    fn frequencies(f: &[u64]) -> CaptureHistories {
        let names = (0..16).map(|list| format!("list {list}"));
        let rows = (1..).zip(f).map(|(lists, count)| (ListSet::all(lists), *count));
        CaptureHistories::try_new(names, rows.chain([(ListSet::single(15), 0)])).unwrap()
    }

    /// Cottontail rabbits, 135 in an enclosure, of which 76 were caught: 43, 16, 8, 6, 0, 2 and 1 of them once, twice
    /// and so on (Edwards and Eberhardt 1967, *Journal of Wildlife Management* 31, 87–96; an example of Chao 1987). The
    /// bound is 76 + 43²/32 = 133.78; by hand, r = 2.6875 and the variance is 16(0.5r² + r³ + 0.25r⁴) = 577.0225.
    #[test]
    fn the_rabbits_are_met() {
        let found = chao(&frequencies(&[43, 16, 8, 6, 0, 2, 1]), Level::P95);
        assert!((estimate(&found) - 133.781_25).abs() < 1e-10);
        let factor = (1.959_963_985_f64 * (577.022_522_f64 / 57.781_25_f64.powi(2)).ln_1p().sqrt()).exp();
        let interval = found.interval.unwrap();
        assert!((interval.low - (76.0 + 57.781_25 / factor)).abs() < 1e-6, "{interval:?}");
        assert!((interval.high - (76.0 + 57.781_25 * factor)).abs() < 1e-6, "{interval:?}");
        assert!(interval.low < 135.0 && 135.0 < interval.high);
    }

    #[test]
    fn where_the_formula_has_nothing_to_say_the_reason_is_given() {
        let three_times = frequencies(&[5, 0, 2]);
        assert_eq!(chao(&three_times, Level::P95).status, Status::Undefined);
        assert_eq!(chao_finite(&three_times, Level::P95).status, Status::Undefined);
        assert!((estimate(&chao_bias_corrected(&three_times, Level::P95)) - 17.0).abs() < 1e-12);
        for method in [chao, chao_bias_corrected, chao_finite] {
            assert_eq!(method(&frequencies(&[5]), Level::P95).status, Status::NoOverlap);
            assert_eq!(method(&frequencies(&[]), Level::P95).status, Status::Undefined);
            // Everybody was seen twice: nobody is estimated as unseen, and no interval is made up.
            let twice = method(&frequencies(&[0, 9]), Level::P95);
            assert_eq!((twice.estimate, twice.interval, twice.notes.len()), (Some(9.0), None, 2));
        }
    }
}
