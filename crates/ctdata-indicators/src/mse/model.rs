//! Hierarchical log-linear models of capture histories, and their notation.
//!
//! # Sources
//! Bishop, Fienberg and Holland (1975), *Discrete Multivariate Analysis*, chapter 6.

use super::error::MseError;
use super::list_set::{ListSet, MOST_LISTS};
use std::fmt;

/// A hierarchical log-linear model: a constant, a main effect for each list, and interactions of lists. With an
/// interaction all its parts are in the model; the interaction of all lists is not identifiable and never is.
///
/// The notation lists the largest terms: `[12,3]` lets the first two lists depend on each other. Lists are numbered
/// from 1; from ten lists on numbers are separated by dots, `[1.12,3]`. In files a model is its number of lists and its
/// notation.
///
/// ```
/// use ctdata_indicators::mse::Model;
///
/// let model = Model::from_notation("[12,23]", 3)?;
/// assert_eq!(model.terms().len(), 2);
/// assert_eq!(model.parameters(), 6); // the constant, three lists, two interactions
/// assert_eq!(model.to_string(), "[12,23]");
/// assert_eq!(model.named(&["LA", "NG", "GP"]), "[LA:NG,NG:GP]");
/// assert!(Model::from_notation("[123]", 3).is_err());
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "wire::Model", try_from = "wire::Model")
)]
pub struct Model {
    lists: usize,
    /// Terms of two or more lists, in the order of [`ListSet`].
    terms: Vec<ListSet>,
}

impl Model {
    /// Lists are independent of each other: no interactions. Of at most 16 lists.
    pub fn main_effects(lists: usize) -> Self {
        Self { lists: lists.min(MOST_LISTS), terms: Vec::new() }
    }

    /// The smallest model with these interactions: their parts are added.
    ///
    /// # Errors
    /// [`MseError::Notation`] for an interaction of all lists, or of a list that is not there.
    pub fn try_new(lists: usize, interactions: impl IntoIterator<Item = ListSet>) -> Result<Self, MseError> {
        let mut model = Self::main_effects(lists);
        for term in interactions {
            model.add(term).map_err(|rule| MseError::Notation { notation: of_lists(term, lists), rule })?;
        }
        Ok(model)
    }

    /// A model by its notation, for a table with this many lists. Main effects may be left out: `[12]` of three lists
    /// is `[12,3]`.
    ///
    /// # Errors
    /// [`MseError::Notation`].
    pub fn from_notation(notation: &str, lists: usize) -> Result<Self, MseError> {
        let wrong = |rule| MseError::Notation { notation: notation.to_owned(), rule };
        let inner = notation.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let inner = inner.ok_or_else(|| wrong("a model is written like [12,3]"))?;
        let mut model = Self::main_effects(lists);
        for part in inner.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let numbers: Option<Vec<usize>> = if part.contains('.') || lists > 9 {
                part.split('.').map(|number| number.trim().parse().ok()).collect()
            } else {
                part.chars().map(|digit| digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok())).collect()
            };
            let numbers = numbers.ok_or_else(|| wrong("lists are numbered from 1; a model is written like [12,3]"))?;
            if numbers.iter().any(|number| *number == 0 || *number > lists) {
                return Err(wrong("the table has no list of this number"));
            }
            let term = ListSet::of(numbers.iter().map(|number| number - 1));
            if term.len() < numbers.len() {
                return Err(wrong("a term names each list once"));
            }
            if term.len() > 1 {
                model.add(term).map_err(wrong)?;
            }
        }
        Ok(model)
    }

    /// The same model with one more interaction, and the parts of it.
    ///
    /// # Errors
    /// [`MseError::Notation`] for an interaction of all lists, or of a list that is not there.
    pub fn with(&self, interaction: ListSet) -> Result<Self, MseError> {
        let mut model = self.clone();
        let notation = || of_lists(interaction, self.lists);
        model.add(interaction).map_err(|rule| MseError::Notation { notation: notation(), rule })?;
        Ok(model)
    }

    /// The number of lists.
    pub fn lists(&self) -> usize {
        self.lists
    }

    /// The interactions, all terms of two or more lists, in the order of [`ListSet`].
    pub fn terms(&self) -> &[ListSet] {
        &self.terms
    }

    /// Whether the model has this interaction.
    pub fn has(&self, interaction: ListSet) -> bool {
        self.terms.binary_search(&interaction).is_ok()
    }

    /// The number of parameters, those fixed at minus infinity included: the constant, the lists, the interactions.
    pub fn parameters(&self) -> usize {
        1 + self.lists + self.terms.len()
    }

    /// The largest terms: those that are no part of another. Lists without an interaction stand alone.
    pub fn generators(&self) -> Vec<ListSet> {
        let mut generators: Vec<ListSet> =
            (0..self.lists).map(ListSet::single).chain(self.terms.iter().copied()).collect();
        generators.retain(|term| !self.terms.iter().any(|other| other != term && term.is_subset(*other)));
        // As people write them: 12 before 3, 13 before 2.
        generators.sort_unstable_by_key(|term| term.iter().collect::<Vec<_>>());
        generators
    }

    /// The notation with the names of the lists: `[LA:NG,GP]`.
    pub fn named<N: AsRef<str>>(&self, names: &[N]) -> String {
        let term = |term: ListSet| {
            let names: Vec<&str> = term.iter().filter_map(|list| names.get(list)).map(AsRef::as_ref).collect();
            names.join(":")
        };
        format!("[{}]", self.generators().into_iter().map(term).collect::<Vec<_>>().join(","))
    }

    fn add(&mut self, interaction: ListSet) -> Result<(), &'static str> {
        if !interaction.is_subset(ListSet::all(self.lists)) {
            return Err("the table has no list of this number");
        }
        if interaction.len() >= self.lists {
            return Err("the interaction of all lists is not identifiable");
        }
        // All subsets of the interaction, by counting down through its bits.
        let bits = interaction.bits();
        let mut part = bits;
        while part != 0 {
            let term = ListSet::from_bits(part);
            if term.len() > 1
                && let Err(place) = self.terms.binary_search(&term)
            {
                self.terms.insert(place, term);
            }
            part = (part - 1) & bits;
        }
        Ok(())
    }
}

/// A term in the notation of a table with this many lists.
fn of_lists(term: ListSet, lists: usize) -> String {
    let numbers: Vec<String> = term.iter().map(|list| (list + 1).to_string()).collect();
    numbers.join(if lists > 9 { "." } else { "" })
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let generators: Vec<String> = self.generators().into_iter().map(|term| of_lists(term, self.lists)).collect();
        f.pad(&format!("[{}]", generators.join(",")))
    }
}

/// The form in files.
#[cfg(feature = "serde")]
mod wire {
    use crate::mse::error::MseError;

    #[derive(serde::Serialize, serde::Deserialize)]
    pub(super) struct Model {
        lists: usize,
        notation: String,
    }

    impl From<super::Model> for Model {
        fn from(model: super::Model) -> Self {
            Self { lists: model.lists, notation: model.to_string() }
        }
    }

    impl TryFrom<Model> for super::Model {
        type Error = MseError;

        fn try_from(wire: Model) -> Result<Self, MseError> {
            Self::from_notation(&wire.notation, wire.lists)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_notation_is_read_back() {
        for (notation, lists) in
            [("[1,2,3]", 3), ("[12,3]", 3), ("[13,2]", 3), ("[123,14,5]", 5), ("[1.11,2.3,4,5,6,7,8,9,10]", 11)]
        {
            assert_eq!(Model::from_notation(notation, lists).unwrap().to_string(), notation);
        }
        let model = Model::from_notation("[123,14,5]", 5).unwrap();
        assert_eq!(model.terms().len(), 5);
        assert_eq!(model.parameters(), 11);
        assert_eq!(Model::from_notation("[12]", 3).unwrap(), Model::from_notation("[12,3]", 3).unwrap());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_model_in_a_file_is_its_lists_and_its_notation() {
        let model = Model::from_notation("[1.11,2.3]", 11).unwrap();
        let json = serde_json::to_value(&model).unwrap();
        assert_eq!(json, serde_json::json!({"lists": 11, "notation": "[1.11,2.3,4,5,6,7,8,9,10]"}));
        assert_eq!(serde_json::from_value::<Model>(json).unwrap(), model);
        assert!(serde_json::from_str::<Model>(r#"{"lists": 3, "notation": "[14]"}"#).is_err());
    }

    #[test]
    fn what_is_no_model_is_refused() {
        for notation in ["12", "[123]", "[14]", "[11]", "[1a]", "[0]"] {
            assert!(matches!(Model::from_notation(notation, 3), Err(MseError::Notation { .. })), "{notation}");
        }
        assert!(Model::main_effects(2).with(ListSet::of([0, 1])).is_err());
        assert!(Model::try_new(3, [ListSet::of([1, 7])]).is_err());
    }
}
