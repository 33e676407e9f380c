//! What released codes of a generalized column stand for, worked out from hierarchies and labels.

use std::collections::HashMap;

use ctdata_table::{Attribute, Cell, DomainKind, Hierarchy, Origin, Table};

use super::microdata;

use crate::quasi::is_blank;
use crate::recode::Meaning;

/// A column that an attacker may know of, as it is claimed to be recoded.
#[derive(Clone)]
pub(crate) struct ClaimedColumn {
    pub(crate) name: String,
    pub(crate) hierarchy: Hierarchy,
    /// The recoded attribute, before its domain was cut down to the values that remain.
    pub(crate) attribute: Attribute,
    /// What each value of `attribute` stands for.
    pub(crate) meanings: Vec<Meaning>,
    /// The level, if it is the same for all records.
    pub(crate) level: Option<usize>,
    /// Whether it is a quasi-identifier; else it is known in combinations only.
    pub(crate) is_quasi: bool,
}

impl ClaimedColumn {
    /// Whether a released domain is what the claim may leave of its hierarchy. On one level it is that
    /// level, each value standing for itself; on several, names in use. Where the leaves were read off the
    /// data, only values that are still there may be left.
    pub(super) fn domain_fits(&self, new: &Attribute, output: &Table, position: usize) -> bool {
        let claimed = self.attribute.domain();
        let is_sound = match self.level {
            Some(level) => {
                let itself = (0..=u16::MAX).map(|code| Meaning::Node { level, code });
                self.hierarchy.level(level).is_some_and(|level| level.domain() == claimed)
                    && self.meanings.iter().copied().eq(itself.take(claimed.len()))
            }
            None => claimed.kind() == DomainKind::Nominal && claimed.origin() == Origin::Observed,
        };
        is_sound && microdata::domain_fits(claimed, new.domain(), output, position)
    }
}

/// What one released code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// A blank: whoever looks for a person cannot rule it out.
    Anything,
    /// Values of the input.
    Values(Meaning),
    /// The codes of a kind of missing that is an answer.
    Answer,
}

/// Released codes of one column against the codes of its input column.
pub(super) struct Coverage<'a> {
    claimed: &'a ClaimedColumn,
    input: &'a Attribute,
    released: &'a Attribute,
    standing: Vec<Standing>,
    /// Whether each released code stands for more than one value of the input.
    coarse: Vec<bool>,
    /// For each target (see [`target`](Self::target)) the released codes that fit it, blanks apart; sorted.
    fitting: Vec<Vec<u16>>,
    target_of: Vec<u16>,
    /// The target of input cells whose true value the input does not know, if there can be any.
    open: Option<u16>,
}

impl<'a> Coverage<'a> {
    /// None if a label is not what its meaning says.
    pub(super) fn new(claimed: &'a ClaimedColumn, input: &'a Attribute, released: &'a Attribute) -> Option<Self> {
        let standing: Vec<Standing> = codes_of(released)
            .map(|code| match released.cell(code)? {
                cell if is_blank(cell) => Some(Standing::Anything),
                Cell::Missing(_) => Some(Standing::Answer),
                Cell::Value(value) => {
                    let label = released.domain().label(value)?;
                    let domain = claimed.attribute.domain();
                    // A number has other spellings than its label, which are other values.
                    let named = domain.code_of(&label).filter(|&code| domain.label(code) == Some(label.clone()))?;
                    let meaning = *claimed.meanings.get(usize::from(named))?;
                    is_label_of(&label, meaning, &claimed.hierarchy).then_some(Standing::Values(meaning))
                }
            })
            .collect::<Option<_>>()?;
        let leaves_of_level: HashMap<usize, Vec<usize>> =
            (0..=claimed.hierarchy.height()).map(|level| (level, leaves_under(&claimed.hierarchy, level))).collect();
        let is_coarse = |standing: &Standing| match standing {
            Standing::Values(Meaning::Node { level, code }) => {
                let leaves = leaves_of_level.get(level).and_then(|leaves| leaves.get(usize::from(*code)));
                leaves.is_some_and(|&leaves| leaves > 1)
            }
            Standing::Values(Meaning::Interval { first, last }) => first < last,
            _ => false,
        };
        let coarse = standing.iter().map(is_coarse).collect();
        let (fitting, target_of) = (Vec::new(), Vec::new());
        let mut coverage = Self { claimed, input, released, standing, coarse, fitting, target_of, open: None };
        coverage.find_targets()?;
        Some(coverage)
    }

    /// Whether a released cell is what the claim makes of an input cell, suppression apart.
    pub(super) fn stands_for(&self, released: u16, input: u16) -> bool {
        match (self.standing.get(usize::from(released)), self.input.cell(input)) {
            (Some(Standing::Values(meaning)), Some(Cell::Value(value))) => self.covers(*meaning, value),
            (Some(Standing::Anything | Standing::Answer), Some(cell @ Cell::Missing(_))) => {
                self.released.cell(released) == Some(cell)
            }
            _ => false,
        }
    }

    /// Whether a released code stands for more than one value of the input.
    pub(super) fn is_coarse(&self, released: u16) -> bool {
        self.coarse.get(usize::from(released)).copied().unwrap_or(false)
    }

    /// Input codes with the same target fit the same released codes.
    pub(super) fn target(&self, input: u16) -> u16 {
        self.target_of.get(usize::from(input)).copied().unwrap_or(u16::MAX)
    }

    /// Whether someone who knows the true value takes a released cell for a possible match. Where the
    /// input does not know the value, only what fits every value does.
    pub(super) fn fits(&self, target: u16, released: u16) -> bool {
        self.standing.get(usize::from(released)) == Some(&Standing::Anything)
            || self.fitting.get(usize::from(target)).is_some_and(|codes| codes.binary_search(&released).is_ok())
    }

    /// The target of input cells whose true value the input does not know, if there can be any.
    pub(super) fn open_target(&self) -> Option<u16> {
        self.open
    }

    /// Whether a released code is a value of this level, or a kind of missing.
    pub(super) fn is_on_level(&self, released: u16, wanted: usize) -> bool {
        match self.standing.get(usize::from(released)) {
            Some(Standing::Values(Meaning::Node { level, .. })) => *level == wanted,
            Some(Standing::Values(_)) | None => false,
            Some(Standing::Anything | Standing::Answer) => true,
        }
    }

    fn covers(&self, meaning: Meaning, value: u16) -> bool {
        match meaning {
            Meaning::Node { level, code } => {
                let level = self.claimed.hierarchy.level(level);
                level.is_some_and(|level| level.of_leaf().get(usize::from(value)) == Some(&code))
            }
            Meaning::Interval { first, last } => (first..=last).contains(&value),
            Meaning::Missing(_) => false,
        }
    }

    fn find_targets(&mut self) -> Option<()> {
        let mut nodes: HashMap<usize, HashMap<u16, Vec<u16>>> = HashMap::new();
        let mut intervals = Vec::new();
        for (code, standing) in (0..=u16::MAX).zip(&self.standing) {
            match standing {
                Standing::Values(Meaning::Node { level, code: at }) => {
                    nodes.entry(*level).or_default().entry(*at).or_default().push(code);
                }
                Standing::Values(Meaning::Interval { first, last }) => intervals.push((*first, *last, code)),
                _ => {}
            }
        }
        let mut of_values: Vec<Vec<u16>> = vec![Vec::new(); self.input.domain().len()];
        for (level, codes_at) in &nodes {
            let of_leaf = self.claimed.hierarchy.level(*level)?.of_leaf();
            for (fitting, at) in of_values.iter_mut().zip(of_leaf) {
                fitting.extend(codes_at.get(at).into_iter().flatten());
            }
        }
        for (first, last, code) in intervals {
            for fitting in of_values.get_mut(usize::from(first)..=usize::from(last))? {
                fitting.push(code);
            }
        }
        for fitting in &mut of_values {
            fitting.sort_unstable();
        }
        // What fits every value, whatever the true one is. Where the values were read off the data, the
        // true one may be none of them.
        let mut always = match self.input.domain().origin() {
            Origin::Public => of_values.first().cloned().unwrap_or_default(),
            Origin::Observed => Vec::new(),
        };
        for fitting in &of_values {
            always.retain(|code| fitting.binary_search(code).is_ok());
        }
        let answers = |cell: Cell| -> Vec<u16> {
            let standing = (0..=u16::MAX).zip(&self.standing);
            standing
                .filter(|(code, standing)| **standing == Standing::Answer && self.released.cell(*code) == Some(cell))
                .map(|(code, _)| code)
                .collect()
        };
        let mut numbers: HashMap<(bool, Vec<u16>), u16> = HashMap::new();
        let mut target_of = Vec::with_capacity(self.input.code_count());
        for code in codes_of(self.input) {
            let target = match self.input.cell(code)? {
                Cell::Value(value) => (false, of_values.get(usize::from(value))?.clone()),
                cell @ Cell::Missing(_) if is_blank(cell) => (true, always.clone()),
                cell @ Cell::Missing(_) => (false, answers(cell)),
            };
            let next = u16::try_from(numbers.len()).ok()?;
            target_of.push(*numbers.entry(target).or_insert(next));
        }
        self.open = numbers.iter().find(|((is_open, _), _)| *is_open).map(|(_, number)| *number);
        let mut fitting = vec![Vec::new(); numbers.len()];
        for ((_, codes), number) in numbers {
            if let Some(slot) = fitting.get_mut(usize::from(number)) {
                *slot = codes;
            }
        }
        (self.fitting, self.target_of) = (fitting, target_of);
        Some(())
    }
}

/// All codes of an attribute; the last of the largest is [`u16::MAX`].
fn codes_of(attribute: &Attribute) -> impl Iterator<Item = u16> {
    (0..=u16::MAX).take(attribute.code_count())
}

/// For each value of a level, how many leaves lie under it.
fn leaves_under(hierarchy: &Hierarchy, level: usize) -> Vec<usize> {
    let Some(level) = hierarchy.level(level) else { return Vec::new() };
    let mut leaves = vec![0; level.domain().len()];
    for &code in level.of_leaf() {
        if let Some(leaves) = leaves.get_mut(usize::from(code)) {
            *leaves += 1;
        }
    }
    leaves
}

/// Whether a text names what a meaning says: a value of a level, or an interval from its first to its last
/// value. Where another value of the column has that text, a remark in brackets may follow: the name of
/// the level, or that it is an interval, and a number. No other words may: they could say anything.
fn is_label_of(text: &str, meaning: Meaning, hierarchy: &Hierarchy) -> bool {
    let (label, remark) = match meaning {
        Meaning::Node { level, code } => {
            let Some(level) = hierarchy.level(level) else { return false };
            (level.domain().label(code), level.name())
        }
        Meaning::Interval { first, last } => (hierarchy.leaves().span_label(first, last).map(Into::into), "interval"),
        Meaning::Missing(_) => return false,
    };
    let is_remark = |rest: &str| {
        let inside = rest.strip_prefix(" (").and_then(|rest| rest.strip_suffix(')'));
        let number = inside.and_then(|inside| inside.strip_prefix(remark));
        number.is_some_and(|number| {
            number.is_empty()
                || number.strip_prefix(' ').is_some_and(|number| {
                    number.parse::<u16>().is_ok_and(|count| count > 1 && count.to_string() == number)
                })
        })
    };
    label.is_some_and(|label| text.strip_prefix(&*label).is_some_and(|rest| rest.is_empty() || is_remark(rest)))
}
