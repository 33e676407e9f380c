//! What a new release of tables tells together with the published older ones.
//!
//! # Sources
//! A. Hundepool et al. (2012), *Statistical Disclosure Control*, Wiley, section 5.3 (linked tables and differencing).

use std::collections::{BTreeMap, BTreeSet};

use super::{CellId, Level, Pattern, Standing, SystemCell, TableSystem};
use crate::PrivacyError;

/// The figures of a release, by name: the text coordinates under which readers find the same figure in every release.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PublishedFigures {
    /// How findings cite the release.
    pub name: String,
    /// Each figure with its number; none where it is withheld.
    pub figures: BTreeMap<String, Option<u64>>,
}

impl PublishedFigures {
    /// A release of these figures.
    pub fn new<S: Into<String>>(name: impl Into<String>, figures: impl IntoIterator<Item = (S, Option<u64>)>) -> Self {
        Self { name: name.into(), figures: figures.into_iter().map(|(figure, value)| (figure.into(), value)).collect() }
    }

    fn value(&self, figure: &str) -> Option<u64> {
        self.figures.get(figure).copied().flatten()
    }
}

/// No figure: the new release is not published yet.
impl std::fmt::Debug for PublishedFigures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublishedFigures")
            .field("name", &self.name)
            .field("figures", &self.figures.len())
            .finish_non_exhaustive()
    }
}

/// How records change from one release to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum Additions {
    /// Records are only added, and everybody knows it: no count ever falls.
    Only,
    /// Records are also corrected and taken out: what is published of one release bounds nothing of another.
    #[default]
    AndRemovals,
}

/// How releases are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DifferencingOptions {
    /// Fewer records than this are not to be told apart, as in the threshold rule of the tables.
    pub threshold: u64,
    /// How records change.
    #[cfg_attr(feature = "serde", serde(default))]
    pub additions: Additions,
}

/// What two releases tell of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum DifferencingRule {
    /// Both publish it, and their difference is small: so few records came or went.
    SmallDifference,
    /// It is withheld, but numbers published before and after it leave a range narrower than the threshold.
    Narrowed,
    /// It fell, though records are only added: the assumption is wrong, and so is what follows from it.
    Fell,
}

/// A figure of which releases tell too much together. It holds no number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DifferencingFinding {
    /// The figure.
    pub figure: String,
    /// What they tell.
    pub rule: DifferencingRule,
    /// The release that the figure is of: in which it changed little, fell, or is withheld.
    pub release: String,
    /// The release that it is compared with: the one before in which it is published.
    pub compared_with: String,
}

/// What readers know of a withheld figure of the new release from older ones.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownBound {
    /// The figure.
    pub figure: String,
    /// The least that it can be, for [`SystemCell::least`].
    pub least: u64,
}

/// No number beside a name: the two together are for the builder of a system of tables.
impl std::fmt::Debug for KnownBound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownBound").field("figure", &self.figure).finish_non_exhaustive()
    }
}

/// What a new release tells together with older ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DifferencingAudit {
    /// Figures of which too much is told, in order.
    pub findings: Vec<DifferencingFinding>,
    /// What older releases tell of figures that the new one withholds.
    pub bounds: Vec<KnownBound>,
    /// Figures of the new release that an older one has as well.
    pub matched: u64,
}

impl DifferencingAudit {
    /// The figures of the new release that should be withheld, or protected more.
    pub fn exposed(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> = self.findings.iter().map(|finding| finding.figure.as_str()).collect();
        names.into_iter()
    }
}

/// Compares a new release with the published older ones, the oldest first, figure by figure.
///
/// A figure that both publish gives away how many records came or went. Where records are only added, a number published
/// before is a lower bound of a figure withheld later, and one published later an upper bound of a figure withheld before.
/// Figures that follow from others by adding up are the matter of [`union`], which needs the older confidential counts.
///
/// ```
/// use ctdata_privacy::tables::{Additions, DifferencingOptions, DifferencingRule, PublishedFigures, differencing};
/// let older = PublishedFigures::new("2023", [("women", Some(40)), ("men", Some(12)), ("children", Some(20))]);
/// let new = PublishedFigures::new("2024", [("women", Some(41)), ("men", Some(30)), ("children", None)]);
/// let options = DifferencingOptions { threshold: 5, additions: Additions::Only };
/// let audit = differencing(&[older], &new, options);
/// // One woman was added between the releases.
/// assert_eq!(audit.findings.len(), 1);
/// assert_eq!((audit.findings[0].figure.as_str(), audit.findings[0].rule), ("women", DifferencingRule::SmallDifference));
/// // Everybody knows that there are 20 children at least.
/// assert_eq!((audit.bounds[0].figure.as_str(), audit.bounds[0].least), ("children", 20));
/// ```
pub fn differencing(
    older: &[PublishedFigures],
    new: &PublishedFigures,
    options: DifferencingOptions,
) -> DifferencingAudit {
    let mut audit = DifferencingAudit::default();
    for (figure, &value) in &new.figures {
        let before: Vec<(&PublishedFigures, u64)> =
            older.iter().filter_map(|release| Some((release, release.value(figure)?))).collect();
        audit.matched += u64::from(older.iter().any(|release| release.figures.contains_key(figure)));
        let mut find = |rule, release: &PublishedFigures, compared_with: &PublishedFigures| {
            audit.findings.push(DifferencingFinding {
                figure: figure.clone(),
                rule,
                release: release.name.clone(),
                compared_with: compared_with.name.clone(),
            });
        };
        let Some(value) = value else {
            if options.additions == Additions::Only
                && let Some(least) = before.iter().map(|(_, value)| *value).max()
                && least > 0
            {
                audit.bounds.push(KnownBound { figure: figure.clone(), least });
            }
            continue;
        };
        // Every older release, not the last alone: a figure may have come back to nearly what it was.
        for &(release, old) in &before {
            if (1..options.threshold).contains(&old.abs_diff(value)) {
                find(DifferencingRule::SmallDifference, new, release);
            } else if options.additions == Additions::Only && value < old {
                find(DifferencingRule::Fell, new, release);
            }
        }
        if options.additions == Additions::Only {
            for (place, withheld) in older.iter().enumerate() {
                if withheld.figures.get(figure) != Some(&None) {
                    continue;
                }
                // What was published after it already bounded it, so that only a new number that is lower tells more.
                let earlier = older.iter().take(place).filter_map(|release| release.value(figure)).max().unwrap_or(0);
                let later = older.iter().skip(place + 1).filter_map(|release| release.value(figure)).min();
                if later.is_none_or(|later| value < later) && value.saturating_sub(earlier) < options.threshold {
                    find(DifferencingRule::Narrowed, withheld, new);
                }
            }
        }
    }
    audit.findings.sort();
    audit
}

/// Two releases of the same tables as one system, for the audit to judge what they tell together.
///
/// The older release is as it was published: its figures are known to everybody, or were withheld. The difference of each
/// pair of cells is a cell of its own that is not printed; it is never negative, and marked where it is small.
#[derive(Clone)]
pub struct ReleaseUnion {
    /// Cells of the new release first, with the ids that they have there; then those of the older one; then differences.
    pub system: TableSystem,
    older: usize,
    new: usize,
}

/// No count.
impl std::fmt::Debug for ReleaseUnion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReleaseUnion").field("new", &self.new).field("older", &self.older).finish_non_exhaustive()
    }
}

impl ReleaseUnion {
    /// The cell that stands for a cell of the older release.
    pub fn older(&self, cell: CellId) -> Option<CellId> {
        let id = self.new.checked_add(cell.index()).filter(|_| cell.index() < self.older)?;
        u32::try_from(id).ok().map(CellId)
    }

    /// The part of a pattern that is about the new release.
    pub fn new_pattern(&self, new: &TableSystem, pattern: &Pattern) -> Pattern {
        let mut own = Pattern::open(new);
        new.ids().filter(|cell| pattern.withholds(*cell)).for_each(|cell| own.withhold(cell));
        own
    }
}

/// Joins a new release with an older one of which the confidential counts are at hand. `pairs` are the cells that count the
/// same in both, the older first; records are only added in between.
///
/// The protection of the joined system ([`ReleaseUnion::system`]) withholds figures of the new release until neither its own
/// marked cells, nor those that were marked in the older, nor small differences can be narrowed.
///
/// # Errors
/// A pair whose count fell, or a cell that is not there; more than 2³¹ cells.
pub fn union(
    older: &TableSystem,
    older_pattern: &Pattern,
    new: &TableSystem,
    pairs: &[(CellId, CellId)],
    threshold: u64,
) -> Result<ReleaseUnion, PrivacyError> {
    let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "pair of cells", rule: rule.into() };
    let mut system = TableSystem::new();
    for cell in new.cells() {
        system.push(*cell)?;
    }
    let mut olds = Vec::with_capacity(older.cells().len());
    for (id, cell) in older.ids().zip(older.cells()) {
        let standing = if older.is_hidden(id, older_pattern) { Standing::Inner } else { Standing::Fixed };
        // What was published unprotected can not be protected any more.
        let level = if standing == Standing::Fixed { Level::default() } else { cell.level };
        olds.push(system.push(SystemCell { standing, level, ..*cell })?);
    }
    for relation in new.relations() {
        system.relate(relation.terms.iter().copied())?;
    }
    for relation in older.relations() {
        let terms = relation.terms.iter().map(|(cell, by)| Some((*olds.get(cell.index())?, *by)));
        system.relate(terms.collect::<Option<Vec<_>>>().unwrap_or_default())?;
    }
    for &(before, after) in pairs {
        let (Some(old), Some(new_cell), Some(&old_id)) =
            (older.cell(before), new.cell(after), olds.get(before.index()))
        else {
            return Err(invalid("it names a cell that is not there"));
        };
        let added = new_cell.count.checked_sub(old.count);
        let added = added.ok_or_else(|| invalid("its count fell, though records are only added"))?;
        let is_small = (1..threshold).contains(&added);
        let level = if is_small { Level { lower: 1, upper: threshold - added } } else { Level::default() };
        let difference = system.push(SystemCell { level, ..SystemCell::inner(added) })?;
        system.relate([(after, 1), (old_id, -1), (difference, -1)])?;
    }
    Ok(ReleaseUnion { system, older: older.cells().len(), new: new.cells().len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Witness;

    fn options(additions: Additions) -> DifferencingOptions {
        DifferencingOptions { threshold: 5, additions }
    }

    fn release(name: &str, value: Option<u64>) -> PublishedFigures {
        PublishedFigures::new(name, [("figure", value)])
    }

    fn found(values: &[Option<u64>], additions: Additions) -> Vec<(DifferencingRule, String, String)> {
        let mut releases: Vec<_> = (0..).zip(values).map(|(at, value)| release(&format!("r{at}"), *value)).collect();
        let new = releases.pop().unwrap();
        let audit = differencing(&releases, &new, options(additions));
        audit.findings.into_iter().map(|finding| (finding.rule, finding.release, finding.compared_with)).collect()
    }

    fn finding(rule: DifferencingRule, release: &str, with: &str) -> (DifferencingRule, String, String) {
        (rule, release.into(), with.into())
    }

    #[test]
    fn small_differences_of_published_figures_are_found() {
        use DifferencingRule::SmallDifference;
        for additions in [Additions::Only, Additions::AndRemovals] {
            assert_eq!(found(&[Some(10), Some(10)], additions), []);
            assert_eq!(found(&[Some(10), Some(15)], additions), []);
            assert_eq!(found(&[Some(10), Some(11)], additions), [finding(SmallDifference, "r1", "r0")]);
            assert_eq!(found(&[Some(10), Some(14)], additions), [finding(SmallDifference, "r1", "r0")]);
            assert_eq!(found(&[Some(10), Some(8)], additions), [finding(SmallDifference, "r1", "r0")]);
        }
        // Not with the release before, but with one further back.
        let back = found(&[Some(10), Some(30), Some(11)], Additions::AndRemovals);
        assert_eq!(back, [finding(SmallDifference, "r2", "r0")]);
        assert_eq!(found(&[Some(30), Some(10)], Additions::Only), [finding(DifferencingRule::Fell, "r1", "r0")]);
        assert_eq!(found(&[Some(30), Some(10)], Additions::AndRemovals), []);
    }

    #[test]
    fn figures_withheld_before_are_bounded_by_those_published_later() {
        use DifferencingRule::Narrowed;
        assert_eq!(found(&[None, Some(3)], Additions::Only), [finding(Narrowed, "r0", "r1")]);
        assert_eq!(found(&[None, Some(0)], Additions::Only), [finding(Narrowed, "r0", "r1")]);
        assert_eq!(found(&[None, Some(5)], Additions::Only), []);
        assert_eq!(found(&[None, Some(3)], Additions::AndRemovals), []);
        // From 10 to 13 is too narrow, and so is the difference of the two.
        let both = found(&[Some(10), None, Some(13)], Additions::Only);
        let expected = [finding(Narrowed, "r1", "r2"), finding(DifferencingRule::SmallDifference, "r2", "r0")];
        assert_eq!(both.len(), 2);
        assert!(expected.iter().all(|finding| both.contains(finding)));
        // That was told already by the release before.
        assert_eq!(found(&[None, Some(3), Some(20)], Additions::Only), []);
    }

    #[test]
    fn older_numbers_bound_what_is_withheld_now() {
        let older = [release("a", Some(7)), release("b", None), release("c", Some(9))];
        let audit = differencing(&older, &release("new", None), options(Additions::Only));
        assert_eq!(audit.bounds, [KnownBound { figure: "figure".into(), least: 9 }]);
        assert_eq!((audit.matched, audit.exposed().count()), (1, 0));
        let audit = differencing(&older, &release("new", None), options(Additions::AndRemovals));
        assert!(audit.bounds.is_empty());
        let other = differencing(&older, &PublishedFigures::new("new", [("other", Some(8))]), options(Additions::Only));
        assert_eq!((other.matched, other.findings.len()), (0, 0));
        // Neither shows a number.
        assert!(!format!("{audit:?} {older:?}").contains('9'));
    }

    /// Cells `a` and `b` with their total.
    fn table(a: u64, b: u64) -> (TableSystem, [CellId; 3]) {
        let mut system = TableSystem::new();
        let ids = [a, b, a + b].map(|count| system.push(SystemCell::figure(count)).unwrap());
        system.sum(ids[2], [ids[0], ids[1]]).unwrap();
        (system, ids)
    }

    #[test]
    fn the_union_knows_what_both_releases_tell() {
        let (older, ids) = table(10, 20);
        let (new, _) = table(12, 40);
        let pairs: Vec<_> = ids.iter().map(|&id| (id, id)).collect();
        let union = union(&older, &Pattern::open(&older), &new, &pairs, 5).unwrap();
        assert_eq!((union.system.cells().len(), union.system.relations().len()), (9, 5));
        assert_eq!((union.older(ids[2]), union.older(CellId(3))), (Some(CellId(5)), None));
        // Of the three differences 2, 20 and 22, the first is small.
        let marked: Vec<_> = union.system.ids().filter(|id| !union.system.cell(*id).unwrap().level.is_none()).collect();
        assert_eq!(marked, [CellId(6)]);
        assert_eq!(union.system.cell(CellId(6)).unwrap().level, Level { lower: 1, upper: 3 });
        // With both cells published the difference follows; with both withheld it can be one less, or three more.
        let witness = |by: i64| Witness {
            cell: CellId(6),
            differences: vec![(CellId(6), by), (CellId(7), -by), (CellId(0), by), (CellId(1), -by)],
            denominator: 1,
        };
        let mut pattern = Pattern::open(&union.system);
        assert_eq!(witness(3).check(&union.system, &pattern), None);
        pattern.withhold(CellId(0));
        pattern.withhold(CellId(1));
        assert_eq!(witness(3).check(&union.system, &pattern), Some(3));
        assert_eq!(witness(-1).check(&union.system, &pattern), Some(-1));
        // The number of those added is never negative.
        assert_eq!(witness(-3).check(&union.system, &pattern), None);
        assert_eq!(union.new_pattern(&new, &pattern).len(), 2);
        assert!(!format!("{union:?}").contains("12"));
    }

    #[test]
    fn what_was_withheld_stays_marked_and_what_fell_is_refused() {
        let (mut older, ids) = table(3, 20);
        older.cell_mut(ids[0]).unwrap().level = Level { lower: 1, upper: 2 };
        let mut pattern = Pattern::open(&older);
        pattern.withhold(ids[0]);
        pattern.withhold(ids[1]);
        let (new, _) = table(30, 30);
        let joined = union(&older, &pattern, &new, &[(ids[0], ids[0])], 5).unwrap();
        let old = joined.system.cell(joined.older(ids[0]).unwrap()).unwrap();
        assert_eq!((old.standing, old.level), (Standing::Inner, Level { lower: 1, upper: 2 }));
        let total = joined.system.cell(joined.older(ids[2]).unwrap()).unwrap();
        assert_eq!(total.standing, Standing::Fixed);
        let (fewer, _) = table(2, 30);
        assert!(union(&older, &pattern, &fewer, &[(ids[0], ids[0])], 5).is_err());
        assert!(union(&older, &pattern, &new, &[(CellId(7), ids[0])], 5).is_err());
    }
}
