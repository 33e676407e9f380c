//! What released codes of a generalized column stand for, worked out from hierarchies and labels.

use std::collections::HashMap;

use ctdata_table::{Attribute, Cell, Hierarchy};

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
    /// For each target (see [`target`](Self::target)) the released codes that fit it, blanks apart; sorted.
    fitting: Vec<Vec<u16>>,
    target_of: Vec<u16>,
    /// The target of input cells whose true value the input does not know, if there can be any.
    open: Option<u16>,
}

impl<'a> Coverage<'a> {
    /// None if a label is not what its meaning says.
    pub(super) fn new(claimed: &'a ClaimedColumn, input: &'a Attribute, released: &'a Attribute) -> Option<Self> {
        let codes = u16::try_from(released.code_count()).ok()?;
        let standing: Vec<Standing> = (0..codes)
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
        let mut coverage =
            Self { claimed, input, released, standing, fitting: Vec::new(), target_of: Vec::new(), open: None };
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
        match self.standing.get(usize::from(released)) {
            Some(Standing::Values(Meaning::Node { level, code })) => {
                *level > 0 && self.claimed.hierarchy.leaves_under(*level, *code) > 1
            }
            Some(Standing::Values(Meaning::Interval { first, last })) => first < last,
            _ => false,
        }
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
        for (code, standing) in (0u16..).zip(&self.standing) {
            match standing {
                Standing::Values(Meaning::Node { level, code: at }) => {
                    nodes.entry(*level).or_default().entry(*at).or_default().push(code);
                }
                Standing::Values(Meaning::Interval { first, last }) => intervals.push((*first, *last, code)),
                _ => {}
            }
        }
        let values = u16::try_from(self.input.domain().len()).ok()?;
        let of_value = |value: u16| {
            let on_level = |(level, codes): (&usize, &HashMap<u16, Vec<u16>>)| {
                let at = self.claimed.hierarchy.level(*level)?.of_leaf().get(usize::from(value))?;
                codes.get(at).cloned()
            };
            let mut fitting: Vec<u16> = nodes.iter().filter_map(on_level).flatten().collect();
            let covering = intervals.iter().filter(|(first, last, _)| (*first..=*last).contains(&value));
            fitting.extend(covering.map(|(.., code)| *code));
            fitting.sort_unstable();
            fitting
        };
        let of_values: Vec<Vec<u16>> = (0..values).map(of_value).collect();
        // What fits every value, whatever the true one is.
        let mut always = of_values.first().cloned().unwrap_or_default();
        for fitting in &of_values {
            always.retain(|code| fitting.binary_search(code).is_ok());
        }
        let answers = |cell: Cell| -> Vec<u16> {
            let standing = (0u16..).zip(&self.standing);
            standing
                .filter(|(code, standing)| **standing == Standing::Answer && self.released.cell(*code) == Some(cell))
                .map(|(code, _)| code)
                .collect()
        };
        let codes = u16::try_from(self.input.code_count()).ok()?;
        let mut numbers: HashMap<(bool, Vec<u16>), u16> = HashMap::new();
        let mut target_of = Vec::with_capacity(usize::from(codes));
        for code in 0..codes {
            let target = match self.input.cell(code)? {
                Cell::Value(value) => (false, of_values.get(usize::from(value))?.clone()),
                cell if is_blank(cell) => (true, always.clone()),
                cell => (false, answers(cell)),
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

/// Whether a text names what a meaning says: a value of a level, or an interval from its first to its last
/// value. A remark in brackets may follow, where the text alone would be that of something else.
fn is_label_of(text: &str, meaning: Meaning, hierarchy: &Hierarchy) -> bool {
    let label = match meaning {
        Meaning::Node { level, code } => hierarchy.level(level).and_then(|level| level.domain().label(code)),
        Meaning::Interval { first, last } => hierarchy.leaves().span_label(first, last).map(Into::into),
        Meaning::Missing(_) => None,
    };
    let is_remark = |rest: &str| rest.is_empty() || (rest.starts_with(" (") && rest.ends_with(')'));
    label.is_some_and(|label| text.strip_prefix(&*label).is_some_and(is_remark))
}
