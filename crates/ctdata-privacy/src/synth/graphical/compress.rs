//! The values of an attribute that a model tells apart: rare ones are merged.
//!
//! All is decided from noisy counts and the public domain, so that it costs nothing beyond them.

use ctdata_table::{Attribute, Column, DomainKind};
use rand::CryptoRng;

use super::measure::Released;

/// Counts below so many standard deviations of their noise cannot be told from none.
const SIGMAS: f64 = 3.0;

/// How the codes of an attribute become those of the model and back.
#[derive(Debug, Clone)]
pub(super) struct Coding {
    /// The modelled code of each code.
    code_of: Vec<u16>,
    /// Behind each modelled code, the codes that it may become and their estimated counts.
    members: Vec<Vec<(u16, f64)>>,
}

impl Coding {
    /// Merges codes by noisy counts of the attribute, one per code.
    ///
    /// A code of [`SIGMAS`] standard deviations or more stays. Rare values of an ordered domain join their
    /// neighbours; other rare codes become one, or are not generated at all if even their sum is
    /// within the noise. Codes are merged only if they occur in the same constraints: `roles` says for each
    /// code in which. Codes that a constraint forbids by themselves are never generated, whatever their noise.
    pub(super) fn by_counts(
        attribute: &Attribute,
        counts: &Released,
        roles: &[Vec<bool>],
        forbidden: &[Vec<bool>],
    ) -> Self {
        let groups = Groups { attribute, counts, roles, forbidden }.all();
        let mut code_of = vec![0; attribute.code_count()];
        let sum = |codes: &[u16]| codes.iter().map(|&code| counts.at(code)).sum::<f64>();
        let largest = (0u16..).zip(&groups).max_by(|a, b| sum(a.1).total_cmp(&sum(b.1))).map_or(0, |(place, _)| place);
        code_of.fill(largest);
        for (place, codes) in (0u16..).zip(&groups) {
            for &code in codes {
                if let Some(slot) = code_of.get_mut(usize::from(code)) {
                    *slot = place;
                }
            }
        }
        let members = groups.into_iter().map(|codes| {
            let noisy: Vec<f64> = codes.iter().map(|&code| counts.at(code)).collect();
            let weights = nearest_distribution(&noisy, sum(&codes).max(1.0));
            codes.into_iter().zip(weights).filter(|(_, weight)| *weight > 0.0).collect()
        });
        Self { code_of, members: members.collect() }
    }

    /// How many codes the model has for the attribute; 1 at least.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The codes that a modelled code may become.
    pub(super) fn members(&self, modelled: usize) -> impl Iterator<Item = u16> + '_ {
        self.members.get(modelled).into_iter().flatten().map(|(code, _)| *code)
    }

    /// A column in modelled codes.
    pub(super) fn encode(&self, column: &Column) -> Column {
        column.recoded(&self.code_of)
    }

    /// Sums per modelled code, and over how many codes.
    pub(super) fn gather(&self, values: &[f64]) -> Vec<(f64, u32)> {
        let mut sums = vec![(0.0, 0); self.len()];
        for (code, value) in self.code_of.iter().zip(values) {
            if let Some((sum, codes)) = sums.get_mut(usize::from(*code)) {
                *sum += value;
                *codes += 1;
            }
        }
        sums
    }

    /// A column of the attribute's own codes, merged ones drawn by their estimated counts.
    pub(super) fn expand<R: CryptoRng + ?Sized>(&self, column: &Column, rng: &mut R) -> Column {
        let ladders: Vec<Ladder> = self.members.iter().map(|members| Ladder::new(members)).collect();
        let codes = column.iter().map(|code| ladders.get(usize::from(code)).map_or(0, |ladder| ladder.draw(rng)));
        Column::from_codes(&codes.collect::<Vec<u16>>(), self.code_of.len())
    }
}

/// Codes with the shares of 2^64 below which a draw is theirs.
struct Ladder(Vec<(u64, u16)>);

impl Ladder {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 2^64, saturating")]
    fn new(members: &[(u16, f64)]) -> Self {
        let all: f64 = members.iter().map(|(_, weight)| weight).sum();
        let mut below = 0.0;
        Self(
            members
                .iter()
                .map(|(code, weight)| {
                    below += weight / all;
                    ((below * 18_446_744_073_709_551_616.0) as u64, *code)
                })
                .collect(),
        )
    }

    fn draw<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> u16 {
        match self.0.as_slice() {
            [] => 0,
            [(_, only)] => *only,
            [.., (_, last)] => {
                let draw = rng.next_u64();
                self.0.iter().find(|(below, _)| draw < *below).map_or(*last, |(_, code)| *code)
            }
        }
    }
}

/// The codes of an attribute in groups that the model takes for one.
struct Groups<'a> {
    attribute: &'a Attribute,
    counts: &'a Released,
    roles: &'a [Vec<bool>],
    /// Constraints on the attribute alone.
    forbidden: &'a [Vec<bool>],
}

impl Groups<'_> {
    fn all(&self) -> Vec<Vec<u16>> {
        let count = u16::try_from(self.attribute.code_count()).unwrap_or(u16::MAX);
        let values = u16::try_from(self.attribute.domain().len()).unwrap_or(u16::MAX).min(count);
        let mut groups = Vec::new();
        if self.attribute.domain().kind() == DomainKind::Nominal {
            self.unordered(0..count, &mut groups);
        } else {
            self.ordered(0..values, &mut groups);
            self.unordered(values..count, &mut groups);
        }
        if groups.is_empty() {
            // A blank agrees with every constraint; values of several attributes may not agree with each other.
            let blank = (values..count).find(|&code| self.may_be(code));
            let best = (0..count)
                .rev()
                .filter(|&code| self.may_be(code))
                .max_by(|&a, &b| self.counts.at(a).total_cmp(&self.counts.at(b)));
            groups.push(vec![blank.or(best).unwrap_or(0)]);
        }
        groups
    }

    /// Whether no constraint forbids a code by itself.
    fn may_be(&self, code: u16) -> bool {
        !self.forbidden.iter().any(|holds| holds.get(usize::from(code)).copied().unwrap_or(false))
    }

    /// Whether a sum over codes stands out of its noise.
    fn stands_out(&self, codes: &[u16]) -> bool {
        let number = u32::try_from(codes.len()).map_or(f64::INFINITY, f64::from);
        codes.iter().map(|&code| self.counts.at(code)).sum::<f64>() >= SIGMAS * self.counts.sigma * number.sqrt()
    }

    fn role(&self, code: u16) -> Vec<bool> {
        self.roles.iter().map(|holds| holds.get(usize::from(code)).copied().unwrap_or(false)).collect()
    }

    fn unordered(&self, codes: std::ops::Range<u16>, groups: &mut Vec<Vec<u16>>) {
        let mut rare: std::collections::BTreeMap<Vec<bool>, Vec<u16>> = std::collections::BTreeMap::new();
        for code in codes.filter(|&code| self.may_be(code)) {
            if self.stands_out(&[code]) {
                groups.push(vec![code]);
            } else {
                rare.entry(self.role(code)).or_default().push(code);
            }
        }
        groups.extend(rare.into_values().filter(|codes| self.stands_out(codes)));
    }

    /// Neighbours are joined until their sum stands out; what is left over joins the group before it, or
    /// the one after it.
    fn ordered(&self, codes: std::ops::Range<u16>, groups: &mut Vec<Vec<u16>>) {
        let mut open: Vec<u16> = Vec::new();
        for code in codes.filter(|&code| self.may_be(code)) {
            let role = self.role(code);
            if open.first().is_some_and(|&first| self.role(first) != role) {
                self.close(&mut open, groups);
                open.clear();
            }
            if self.stands_out(&[code]) {
                self.close(&mut open, groups);
            }
            open.push(code);
            if self.stands_out(&[code]) || self.stands_out(&open) {
                groups.push(std::mem::take(&mut open));
            }
        }
        self.close(&mut open, groups);
    }

    /// Adds what is open to the group before it, if there is one of the same role.
    fn close(&self, open: &mut Vec<u16>, groups: &mut [Vec<u16>]) {
        let Some(role) = open.first().map(|&first| self.role(first)) else { return };
        if let Some(group) =
            groups.last_mut().filter(|group| group.first().map(|&first| self.role(first)) == Some(role))
        {
            group.append(open);
        }
    }
}

/// The nearest numbers from 0 up with a given sum.
///
/// # Sources
/// J. Duchi, S. Shalev-Shwartz, Y. Singer and T. Chandra (2008), "Efficient Projections onto the l1-Ball for
/// Learning in High Dimensions", ICML.
pub(super) fn nearest_distribution(values: &[f64], sum: f64) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut shift, mut above, mut number) = (0.0, 0.0, 0.0);
    for value in sorted {
        above += value;
        number += 1.0;
        let next = (above - sum) / number;
        if value <= next {
            break;
        }
        shift = next;
    }
    values.iter().map(|value| (value - shift).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{Domain, MissingKinds, Origin};
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    fn released(values: &[f64]) -> Released {
        Released { values: values.to_vec(), sigma: 10.0 }
    }

    fn members(coding: &Coding) -> Vec<Vec<u16>> {
        (0..coding.len()).map(|code| coding.members(code).collect()).collect()
    }

    fn countries() -> Attribute {
        let domain = Domain::nominal(["a", "b", "c", "d", "e"], Origin::Public).unwrap();
        Attribute::new("country", domain, MissingKinds::NOT_RECORDED)
    }

    #[test]
    fn rare_values_become_one_and_are_drawn_by_their_counts() {
        let counts = released(&[500.0, 25.0, 29.0, -4.0, 100.0, 20.0]);
        let coding = Coding::by_counts(&countries(), &counts, &[], &[]);
        // 70 over four codes is more than three times 20.
        assert_eq!(members(&coding), [vec![0], vec![4], vec![1, 2, 5]]);
        assert_eq!(coding.gather(&counts.values), [(500.0, 1), (100.0, 1), (70.0, 4)]);
        let column = coding.encode(&Column::from_u8(vec![0, 1, 2, 3, 4, 5]));
        assert_eq!(column.iter().collect::<Vec<_>>(), [0, 2, 2, 2, 1, 2]);
        let expanded = coding.expand(&Column::from_u8(vec![2; 7000]), &mut ChaCha20Rng::seed_from_u64(1));
        let seen = |code: u16| expanded.iter().filter(|&of| of == code).count();
        // Of 7,000: the nearest distribution to (25, 29, -4, 20) with sum 70 takes 4/3 off the positive ones, 2,367, 2,767 and
        // 1,867 times; four standard deviations are 168 at most, so that this fails for 1 of 5,000 seeds.
        assert!(seen(1).abs_diff(2367) < 168 && seen(2).abs_diff(2767) < 168 && seen(5).abs_diff(1867) < 168);
        assert_eq!(seen(1) + seen(2) + seen(5), 7000);
    }

    #[test]
    fn what_cannot_be_told_from_none_is_not_generated() {
        let counts = released(&[500.0, 12.0, -9.0, 8.0, 100.0, 11.0]);
        let coding = Coding::by_counts(&countries(), &counts, &[], &[]);
        assert_eq!(members(&coding), [vec![0], vec![4]]);
        // Their records are counted with the most frequent value, so that each record counts once everywhere.
        assert_eq!(coding.encode(&Column::from_u8(vec![1, 2, 3, 5])).iter().collect::<Vec<_>>(), [0, 0, 0, 0]);
        let nothing = Coding::by_counts(&countries(), &released(&[1.0, 5.0, 2.0, 0.0, 0.0, 4.0]), &[], &[]);
        // If nothing can be told, all is blank.
        assert_eq!(members(&nothing), [vec![5]]);
    }

    #[test]
    fn rare_values_of_an_order_join_their_neighbours() {
        let domain = Domain::ordered(["0", "1", "2", "3", "4", "5", "6"], Origin::Public).unwrap();
        let age = Attribute::new("age", domain, MissingKinds::NOT_RECORDED);
        let counts = released(&[5.0, 90.0, 20.0, 25.0, 60.0, 4.0, 2.0, 10.0]);
        let coding = Coding::by_counts(&age, &counts, &[], &[]);
        assert_eq!(members(&coding), [vec![0, 1], vec![2, 3], vec![4, 5, 6]]);
        assert_eq!(coding.encode(&Column::from_u8(vec![7])).get(0), Some(0));
    }

    #[test]
    fn values_of_different_constraints_stay_apart() {
        let roles = [vec![false, true, false, true, false, false]];
        let counts = released(&[500.0, 29.0, 29.0, 29.0, 100.0, 29.0]);
        let coding = Coding::by_counts(&countries(), &counts, &roles, &[]);
        assert_eq!(members(&coding), [vec![0], vec![4], vec![2, 5], vec![1, 3]]);
        let domain = Domain::ordered(["0", "1", "2"], Origin::Public).unwrap();
        let age = Attribute::new("age", domain, MissingKinds::NONE);
        let coding = Coding::by_counts(&age, &released(&[40.0, 9.0, 8.0]), &[vec![false, true, true]], &[]);
        assert_eq!(members(&coding), [[0]]);
    }

    #[test]
    fn the_nearest_distribution_has_the_sum_and_no_negative() {
        assert_eq!(nearest_distribution(&[3.0, -1.0, 1.0], 4.0), [3.0, 0.0, 1.0]);
        assert_eq!(nearest_distribution(&[3.0, 2.0, -9.0], 1.0), [1.0, 0.0, 0.0]);
        assert_eq!(nearest_distribution(&[1.0, 1.0], 4.0), [2.0, 2.0]);
        assert!(nearest_distribution(&[], 4.0).is_empty());
    }

    #[test]
    fn what_a_constraint_forbids_by_itself_is_never_generated() {
        // The forbidden codes have the largest noisy counts.
        let forbidden = [vec![true, true, false, false, false, false]];
        for counts in [[900.0, 800.0, 0.0, 0.0, 0.0, 0.0], [5.0, 4.0, 1.0, 0.0, 0.0, 2.0]] {
            let coding = Coding::by_counts(&countries(), &released(&counts), &forbidden, &forbidden);
            let generated: Vec<u16> = (0..coding.len()).flat_map(|code| coding.members(code)).collect();
            assert!(!generated.is_empty() && generated.iter().all(|&code| code > 1), "{generated:?}");
        }
    }
}
