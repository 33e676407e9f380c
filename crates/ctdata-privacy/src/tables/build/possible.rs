//! Combinations of categories that no record can have: everybody knows that their counts are zero.

use ctdata_table::{Dimension, Variable};

use super::feature::{Base, Feature};

/// For two dimensions of a table that read the same attribute, the pairs of categories that a record can have.
#[derive(Debug)]
pub(super) struct PossiblePairs {
    first: usize,
    second: usize,
    width: usize,
    possible: Vec<bool>,
}

impl PossiblePairs {
    /// All pairs of dimensions that depend on each other.
    pub(super) fn of(dimensions: &[Dimension]) -> Vec<Self> {
        let mut found = Vec::new();
        for (first, a) in dimensions.iter().enumerate() {
            for (second, b) in dimensions.iter().enumerate() {
                let width = b.categories.len();
                let Some(pairs) = (first != second).then(|| pairs(a, b, first < second)).flatten() else { continue };
                let mut possible = vec![false; a.categories.len() * width];
                for (a, b) in pairs {
                    if let Some(slot) = possible.get_mut(usize::from(a) * width + usize::from(b)) {
                        *slot = true;
                    }
                }
                found.push(Self { first, second, width, possible });
            }
        }
        found
    }

    /// Whether a record can have the categories of a key.
    pub(super) fn allow(&self, key: &[u16]) -> bool {
        let (Some(&a), Some(&b)) = (key.get(self.first), key.get(self.second)) else { return true };
        self.possible.get(usize::from(a) * self.width + usize::from(b)).copied().unwrap_or(false)
    }
}

/// What a flag with this code says: the categories of "any flag" that are possible then.
fn any_given(code: usize, members: usize) -> &'static [u16] {
    match (code, members) {
        (1, _) => &[0],
        (0, 1) => &[1],
        (_, 1) => &[2],
        (0, _) => &[0, 1],
        _ => &[0, 1, 2],
    }
}

/// The pairs of categories that a record can have, if the second dimension depends on the first; dimensions of the same
/// base depend on each other and are looked at once.
fn pairs(a: &Dimension, b: &Dimension, once: bool) -> Option<Vec<(u16, u16)>> {
    let read = |dimension: &Dimension| {
        let (feature, block_of) = Feature::of(dimension)?;
        // Categories of each block: one, but that no code may fall into some.
        let mut category = vec![0u16; feature.size()];
        for (position, &block) in (0u16..).zip(&block_of) {
            if let Some(slot) = category.get_mut(usize::from(block)) {
                *slot = position;
            }
        }
        Some((feature, category))
    };
    if let Variable::Flags { members, .. } = &b.variable {
        let (feature, category) = read(a)?;
        let at = |block: u16| category.get(usize::from(block)).copied();
        let yes = |member: &String| -> Option<u16> {
            match &feature.base {
                Base::Attribute(attribute) if attribute == member => feature.block(1).and_then(at),
                Base::Variable(Variable::AnyFlag { members, .. }) if members.contains(member) => {
                    feature.block(0).and_then(at)
                }
                _ => None,
            }
        };
        if members.iter().all(|member| yes(member).is_none()) {
            return None;
        }
        let all = || 0..u16::try_from(a.categories.len()).unwrap_or(u16::MAX);
        let pairs = (0u16..).zip(members).flat_map(|(flag, member)| match yes(member) {
            Some(category) => vec![(category, flag)],
            None => all().map(|category| (category, flag)).collect(),
        });
        return Some(pairs.collect());
    }
    let (one, of_one) = read(a)?;
    let (other, of_other) = read(b)?;
    let pair = |code: usize, category: u16| {
        let a = *of_one.get(usize::from(one.block(code)?))?;
        Some((a, category))
    };
    let Base::Attribute(attribute) = &one.base else {
        // The same variable twice.
        return (once && one.base == other.base).then(|| {
            let same =
                (0..one.blocks.len()).filter_map(|code| pair(code, *of_other.get(usize::from(other.block(code)?))?));
            same.collect()
        });
    };
    match &other.base {
        Base::Attribute(read) => (once && read == attribute).then(|| {
            let codes = 0..one.blocks.len().max(other.blocks.len());
            codes.filter_map(|code| pair(code, *of_other.get(usize::from(other.block(code)?))?)).collect()
        }),
        Base::Variable(Variable::Paired { first, second, map, .. }) => {
            let codes = one.blocks.len();
            let width = if first == attribute { map.len().checked_div(codes)? } else { codes };
            let code_of = |at: usize| if first == attribute { at / width } else { at % width };
            (first == attribute || second == attribute)
                .then(|| map.iter().enumerate().filter_map(|(at, &category)| pair(code_of(at), category)).collect())
        }
        Base::Variable(Variable::AnyFlag { members, .. }) => members.contains(attribute).then(|| {
            let codes = 0..one.blocks.len();
            let given = |code| any_given(code, members.len()).iter().filter_map(move |&any| pair(code, any));
            codes.flat_map(given).collect()
        }),
        Base::Variable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::Category;

    fn dimension(variable: Variable, categories: &[&str]) -> Dimension {
        Dimension { variable, categories: categories.iter().map(|code| Category::new(*code, *code)).collect() }
    }

    #[test]
    fn a_country_lies_in_one_region() {
        let region = Variable::Recoded {
            name: "region".into(),
            attribute: "country".into(),
            categories: vec![Category::new("x", "X"), Category::new("y", "Y")],
            map: vec![1, 0, 1],
        };
        let dimensions = [dimension(Variable::attribute("country"), &["a", "b", "c"]), dimension(region, &["x", "y"])];
        let pairs = PossiblePairs::of(&dimensions);
        assert_eq!(pairs.len(), 1);
        let possible = |country, region| pairs[0].allow(&[country, region]);
        assert!(possible(0, 1) && possible(1, 0) && possible(2, 1));
        assert!(!possible(0, 0) && !possible(1, 1) && !possible(2, 0));
    }

    #[test]
    fn a_flag_that_is_yes_makes_any_flag_yes() {
        let members = || vec!["f".to_owned(), "g".to_owned()];
        let any = dimension(Variable::AnyFlag { name: "any".into(), members: members() }, &["yes", "no", "nr"]);
        let flag = dimension(Variable::attribute("f"), &["no", "yes", "nr"]);
        let categories = vec![Category::new("f", "F"), Category::new("g", "G")];
        let each = dimension(Variable::Flags { name: "each".into(), members: members(), categories }, &["f", "g"]);
        let dimensions = [any, flag, each];
        let pairs = PossiblePairs::of(&dimensions);
        let possible = |key: [u16; 3]| pairs.iter().all(|pairs| pairs.allow(&key));
        assert!(possible([0, 1, 0]) && possible([0, 0, 1]) && possible([0, 2, 1]) && possible([0, 1, 1]));
        assert!(!possible([1, 1, 1]) && !possible([2, 0, 1]) && !possible([0, 0, 0]) && !possible([1, 0, 1]));
    }
}
