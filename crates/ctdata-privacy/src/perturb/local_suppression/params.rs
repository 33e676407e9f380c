//! What is to be hidden, and what each cell is worth.

use crate::PrivacyError;
use crate::quasi::check_distinct;

/// At most this many attributes: sets of them are the bits of a word.
const MOST_ATTRIBUTES: usize = 64;
/// At most this many combinations of attributes in all requirements.
const MOST_COMBINATIONS: u64 = 4096;

/// Which candidates hide a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Concealment {
    /// Both ways, (k,k)-anonymity: every input record is compatible with at least k released units,
    /// and every released record with at least k input units.
    #[default]
    Mutual,
    /// The attacker view alone, (1,k)-anonymity: every input record is compatible with at least k
    /// released units. It is cheap and weak: k records that are blank throughout are compatible with
    /// everybody, so that all others may stay as they are, unique ones included.
    AttackerView,
}

/// Every combination of values of a few attributes must have enough candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Requirement {
    /// Quasi-identifiers.
    pub attributes: Vec<String>,
    /// How many of them are combined: 1 to the number of attributes.
    pub up_to: usize,
    /// Released units compatible with each combination that an input record has, unless none is.
    pub k: u32,
}

/// Blanks cells so that nobody is exposed in the [attacker view](crate::AttackerView), at a small
/// cost; every name and number is checked.
///
/// A blank is [`Missing::NotRecorded`](ctdata_table::Missing::NotRecorded), so that it looks like a
/// cell that was never recorded. The cost is the sum of the importance of the blanked cells and of
/// the dropped records. The least cost is hard to find; the result is that of a greedy choice of
/// groups and a pass that takes back what turned out superfluous.
///
/// ```
/// use ctdata_privacy::{LocalSuppression, Requirement};
/// let suppression = LocalSuppression::builder(5)
///     .quasi_identifier("age", 1)
///     .quasi_identifier("gender", 3)
///     .quasi_identifier("citizenship", 2)
///     .require(Requirement { attributes: vec!["age".into(), "citizenship".into()], up_to: 2, k: 20 })
///     .build()?;
/// assert_eq!(suppression.k(), 5);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// - Neighbours: none; this is a property of input and output, not a bound on what one record changes.
/// - Measure: for every input record with true values r, K(r) = 0 or K(r) ≥ k, where K(r) is the
///   number of released units (distinct persons where the input has person ids, else records)
///   compatible with r, a blank being compatible with all; and the same for each combination of a
///   [`Requirement`]. Under [`Concealment::Mutual`] every released record is besides compatible with
///   at least k input units. What a blank of the input stands for is not assumed: only blanks count
///   there. The output taken for an input satisfies the same.
/// - Assumptions: an attacker knows quasi-identifiers and nothing else; where the input has no person
///   ids, each record is a person of its own.
/// - Not protected: other columns; several releases of the same persons; which of the candidates is
///   likelier, for someone who guesses why cells were blanked. Classes of equal records may be
///   smaller than k: this is less than k-anonymity with blanks as values, which
///   [`KAnonymizer`](crate::KAnonymizer) gives.
///
/// The argument is in [`proofs`](crate::proofs).
///
/// # When not to use
/// Time and memory grow with the distinct tuples × the distinct sets of attributes that are blank in
/// them: a dozen attributes with blanks in all combinations are fine, twenty are not. Where
/// quasi-identifiers have many values, generalization loses less.
///
/// # Sources
/// (1,k)- and (k,k)-anonymity, and why the former is not enough: A. Gionis, A. Mazza and T. Tassa
/// (2008), "k-Anonymization Revisited", ICDE. The attacker view answers the thread sdcMicro #225.
/// Greedy covering: G. Dobson (1982), "Worst-Case Analysis of Greedy Heuristics for Integer
/// Programming with Nonnegative Data", *Mathematics of Operations Research* 7(4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSuppression {
    pub(super) k: u32,
    pub(super) quasi_identifiers: Vec<String>,
    pub(super) importance: Vec<u32>,
    pub(super) requirements: Vec<Requirement>,
    pub(super) concealment: Concealment,
    pub(super) drop_parts_per_million: u32,
    pub(super) record_importance: Option<u32>,
}

impl LocalSuppression {
    /// Starts with the number of candidates that the full combination of quasi-identifiers needs, and
    /// no column at all. With `k = 1` only the requirements count.
    pub fn builder(k: u32) -> LocalSuppressionBuilder {
        LocalSuppressionBuilder {
            made: Self {
                k,
                quasi_identifiers: Vec::new(),
                importance: Vec::new(),
                requirements: Vec::new(),
                concealment: Concealment::default(),
                drop_parts_per_million: 0,
                record_importance: None,
            },
            drop_limit: 0.0,
        }
    }

    /// Candidates for the full combination of quasi-identifiers.
    pub fn k(&self) -> u32 {
        self.k
    }

    /// The attributes that an attacker may know.
    pub fn quasi_identifiers(&self) -> &[String] {
        &self.quasi_identifiers
    }

    /// What a blanked cell of each quasi-identifier costs, in their order.
    pub fn importance(&self) -> &[u32] {
        &self.importance
    }

    /// Requirements besides the full combination.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Which candidates count.
    pub fn concealment(&self) -> Concealment {
        self.concealment
    }

    /// The share of the records that may be dropped, between 0 and 1, in steps of a millionth.
    pub fn drop_limit(&self) -> f64 {
        f64::from(self.drop_parts_per_million) / 1e6
    }

    /// What a dropped record costs.
    pub fn record_importance(&self) -> u64 {
        let all = self.importance.iter().copied().map(u64::from).sum();
        self.record_importance.map_or(all, u64::from)
    }
}

/// A [`LocalSuppression`] in the making.
#[derive(Debug, Clone)]
pub struct LocalSuppressionBuilder {
    made: LocalSuppression,
    drop_limit: f64,
}

impl LocalSuppressionBuilder {
    /// An attribute that an attacker may know, and what blanking one of its cells costs. There is no
    /// default: both are decisions.
    #[must_use]
    pub fn quasi_identifier(mut self, name: impl Into<String>, importance: u32) -> Self {
        self.made.quasi_identifiers.push(name.into());
        self.made.importance.push(importance);
        self
    }

    /// A requirement besides the full combination. Default: none.
    #[must_use]
    pub fn require(mut self, requirement: Requirement) -> Self {
        self.made.requirements.push(requirement);
        self
    }

    /// Which candidates count. Default: [`Concealment::Mutual`].
    #[must_use]
    pub fn concealment(mut self, concealment: Concealment) -> Self {
        self.made.concealment = concealment;
        self
    }

    /// The share of the records that may be dropped where hiding them costs more than that, between
    /// 0 and 1. Default: 0.
    #[must_use]
    pub fn drop_limit(mut self, share: f64) -> Self {
        self.drop_limit = share;
        self
    }

    /// What a dropped record costs. Default: as much as a record with all quasi-identifiers blank.
    #[must_use]
    pub fn record_importance(mut self, importance: u32) -> Self {
        self.made.record_importance = Some(importance);
        self
    }

    /// Checks what can be checked without a table.
    ///
    /// # Errors
    /// No quasi-identifier, more than 64 or one named twice; an importance or a number of candidates
    /// of 0; a requirement on an attribute that is no quasi-identifier, that combines none or more
    /// than it has, or all of them too many (4,096) combinations; a share outside 0 to 1.
    pub fn build(self) -> Result<LocalSuppression, PrivacyError> {
        let Self { mut made, drop_limit } = self;
        let refuse = |parameter, rule: &str| Err(PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() });
        if made.quasi_identifiers.is_empty() {
            return Err(PrivacyError::NoQuasiIdentifiers);
        }
        check_distinct(&made.quasi_identifiers)?;
        if made.quasi_identifiers.len() > MOST_ATTRIBUTES {
            return refuse("quasi-identifiers", "they are at most 64");
        }
        if made.importance.contains(&0) || made.record_importance == Some(0) {
            return refuse("importance", "it is at least 1");
        }
        if made.k == 0 || made.requirements.iter().any(|requirement| requirement.k == 0) {
            return refuse("k", "it is at least 1");
        }
        let mut combinations = 0u64;
        for Requirement { attributes, up_to, .. } in &made.requirements {
            check_distinct(attributes)?;
            if let Some(name) = attributes.iter().find(|name| !made.quasi_identifiers.contains(name)) {
                return refuse("requirement", &format!("`{name}` is not a quasi-identifier"));
            }
            if *up_to == 0 || *up_to > attributes.len() {
                return refuse("requirement", "it combines one attribute at least and all of them at most");
            }
            let mut of_size = 1u64;
            for size in 1..=*up_to as u64 {
                of_size = of_size.saturating_mul(attributes.len() as u64 + 1 - size) / size;
                combinations = combinations.saturating_add(of_size);
            }
        }
        if combinations > MOST_COMBINATIONS {
            return refuse("requirements", "they have at most 4096 combinations of attributes");
        }
        if !(0.0..=1.0).contains(&drop_limit) {
            return refuse("drop limit", "it is a share between 0 and 1");
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a million")]
        let parts = (drop_limit * 1e6).floor() as u32;
        made.drop_parts_per_million = parts;
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_refused() {
        let builder = || LocalSuppression::builder(2).quasi_identifier("a", 1).quasi_identifier("b", 2);
        let over = |names: &[&str], up_to, k| Requirement {
            attributes: names.iter().map(ToString::to_string).collect(),
            up_to,
            k,
        };
        let refused = |builder: LocalSuppressionBuilder| builder.build().unwrap_err().to_string();
        assert!(builder().require(over(&["b", "a"], 2, 3)).drop_limit(1.0).build().is_ok());
        assert_eq!(refused(LocalSuppression::builder(2)), "no quasi-identifier is named");
        assert_eq!(refused(builder().quasi_identifier("a", 1)), "the attribute `a` is given twice");
        assert_eq!(refused(builder().quasi_identifier("c", 0)), "importance: it is at least 1");
        assert_eq!(refused(builder().record_importance(0)), "importance: it is at least 1");
        assert_eq!(refused(LocalSuppression::builder(0).quasi_identifier("a", 1)), "k: it is at least 1");
        assert_eq!(refused(builder().require(over(&["a"], 1, 0))), "k: it is at least 1");
        assert_eq!(refused(builder().require(over(&["c"], 1, 2))), "requirement: `c` is not a quasi-identifier");
        let combined = "requirement: it combines one attribute at least and all of them at most";
        assert_eq!(refused(builder().require(over(&["a", "b"], 3, 2))), combined);
        assert_eq!(refused(builder().require(over(&["a", "b"], 0, 2))), combined);
        assert_eq!(refused(builder().drop_limit(f64::NAN)), "drop limit: it is a share between 0 and 1");
        let many =
            (0..30).fold(LocalSuppression::builder(2), |builder, at| builder.quasi_identifier(at.to_string(), 1));
        let names: Vec<String> = (0..30).map(|at| at.to_string()).collect();
        let refusal = refused(many.require(Requirement { attributes: names, up_to: 4, k: 2 }));
        assert_eq!(refusal, "requirements: they have at most 4096 combinations of attributes");
    }
}
