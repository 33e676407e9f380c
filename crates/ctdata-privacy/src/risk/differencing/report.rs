//! What was found.

use crate::PrivacyUnit;

/// Whom several releases of one dataset expose together, though none of them does alone.
///
/// For each release ρ and each unit (person or record) u of the input let S_ρ(u) be the set of
/// released classes that may hold u's record: those compatible with u's true quasi-identifiers, a
/// released value with every input value that it covers, a blank with everything; S_ρ(u) is empty
/// where u is known not to be in ρ. A class is a set of released records that agree on the release's
/// quasi-identifiers. The *signature* of u is (S_1(u), S_2(u), …).
///
/// Let G(u) be the units with the signature of u, G_ρ(u) those with the same S_ρ, and K_ρ(u) the
/// number of released units in the classes of S_ρ(u), the candidates of the attacker view. The
/// releases expose u together if
/// 1. |G(u)| < k,
/// 2. G(u) is smaller than G_ρ(u) in some release in which u may be, so that the others add to what
///    that one tells, and
/// 3. every K_ρ(u) is 0 or at least k, so that no release exposes u alone (those it does are
///    counted apart).
///
/// ```
/// use ctdata_privacy::{Coverage, DifferencingRisk, KAnonymity, ReleaseView};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// // Each flag alone leaves two or more; both together single out the first person.
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 1, 1, 0, 0]), Column::from_u8(vec![1, 0, 0, 1, 1])];
/// let input = Table::try_new(schema, columns)?;
/// let (first, second) = (input.select(&[0])?, input.select(&[1])?);
/// let values = |name| -> Result<Coverage, ctdata_table::TableError> {
///     let attribute = input.schema().attribute(name)?;
///     Ok(Coverage::of_values(attribute, attribute))
/// };
/// let releases = [
///     ReleaseView::new(&first).with_attribute("a", values("a")?),
///     ReleaseView::new(&second).with_attribute("b", values("b")?),
/// ];
/// let risk = DifferencingRisk::measure(&input, &releases, KAnonymity::try_new(2)?, &Control::default())?;
/// assert_eq!((risk.exposed_rows.as_slice(), risk.smallest_group, risk.holds), (&[0][..], Some(1), false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// The assumption is the worst: an attacker knows the true quasi-identifiers of u on all releases,
/// knows in which of them u is, can link the records of one person across releases by their other
/// content, and subtracts. Where values are recoded but not blanked, nobody is exposed, every release
/// holds in the attacker view, and it is known who is in which, linking leaves at least k units or
/// none. Not protected: what all candidates have in common, and attackers who know more than
/// quasi-identifiers.
///
/// With blanks this is a test, not a proof. It may name people who still have k candidates, some of
/// whom have other signatures. And it may miss people whose group is the same small one in every
/// release, whose candidates behind blanks in one release are ruled out by another.
///
/// Where it is not known who is in a release, added and removed people cannot be seen in signatures.
/// Then [`changes`](Self::changes) compares how many records two releases have in each part of the
/// values' space that both describe.
///
/// # Sources
/// The definition is this project's own. The attack: S. R. Ganta, S. P. Kasiviswanathan and A. Smith
/// (2008), "Composition attacks and auxiliary information in data privacy", KDD; J.-W. Byun, Y.
/// Sohn, E. Bertino and N. Li (2006), "Secure anonymization for incremental datasets", SDM workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DifferencingRisk {
    /// The threshold.
    pub k: u32,
    /// What is counted.
    pub unit: PrivacyUnit,
    /// Releases.
    pub releases: usize,
    /// Groups of units with the same signature.
    pub groups: u64,
    /// Groups that the releases expose together.
    pub exposed_groups: u64,
    /// Input rows in these groups.
    pub exposed_records: u64,
    /// Units of the smallest of these groups; none without any.
    pub smallest_group: Option<u64>,
    /// Input rows that some release exposes alone.
    pub exposed_alone: u64,
    /// Pairs of releases of which it is not known, for one at least, who is in it.
    pub changes: Vec<ReleaseChange>,
    /// Whether the releases expose nobody together, and no change is small.
    pub holds: bool,
    /// Positions of the exposed rows in the input, from 0, ascending. Not serialized.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub exposed_rows: Vec<u32>,
}

/// How the numbers of records differ between two releases.
///
/// A *region* is a smallest part of the values' space that is made of whole classes in both
/// releases, by the values that occur in the input. Its totals can be subtracted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReleaseChange {
    /// One release, by its place from 0.
    pub from: usize,
    /// The other, by its place.
    pub to: usize,
    /// Regions in all.
    pub regions: u64,
    /// Regions whose numbers of records differ by less than k, but differ.
    pub small_changes: u64,
    /// The smallest difference above 0; none where nothing changed.
    pub smallest: Option<u64>,
}
