//! What must be protected of a table, and against what.

use ctdata_table::Table;

use crate::model::{ClassModel, PrivacyModel, SuppressedRecords};
use crate::quasi::check_distinct;
use crate::unit::Persons;
use crate::{KCombinations, PrivacyError, QuasiIdentifier};

/// What an attacker may know, what must hold, and what is released besides: the part of the parameters
/// that all mechanisms share. Every name and number is checked.
///
/// The type of the models says which mechanisms may be used: models that look at one class at a time
/// ([`ClassModel`]) serve all, models that need the whole table only full-domain generalization.
///
/// ```
/// use ctdata_privacy::{DistinctLDiversity, KAnonymity, Protection, QuasiIdentifier};
/// use ctdata_table::{Domain, Hierarchy, Origin};
/// let gender = Domain::nominal(["female", "male"], Origin::Public)?;
/// let protection = Protection::new([KAnonymity::try_new(5)?])
///     .quasi_identifiers([QuasiIdentifier::new("gender", Hierarchy::of(gender).with_top("any")?)])
///     .model(DistinctLDiversity::try_new("form", 2)?)
///     .release(["form"])
///     .check()?;
/// assert_eq!(protection.models().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Protection<M = ClassModel> {
    quasi: Vec<QuasiIdentifier>,
    models: Vec<M>,
    released: Vec<String>,
    combinations: Vec<KCombinations>,
    suppressed: SuppressedRecords,
    population: Option<Table>,
}

impl Protection<ClassModel> {
    /// Models that look at one class at a time, all of which must hold, and nothing else yet.
    pub fn new<N: Into<ClassModel>>(models: impl IntoIterator<Item = N>) -> Self {
        Self::of(models.into_iter().map(Into::into).collect())
    }
}

impl Protection<PrivacyModel> {
    /// Models of any kind, all of which must hold, and nothing else yet.
    pub fn with_any_models<N: Into<PrivacyModel>>(models: impl IntoIterator<Item = N>) -> Self {
        Self::of(models.into_iter().map(Into::into).collect())
    }
}

impl<M> Protection<M> {
    fn of(models: Vec<M>) -> Self {
        Self {
            quasi: Vec::new(),
            models,
            released: Vec::new(),
            combinations: Vec::new(),
            suppressed: SuppressedRecords::default(),
            population: None,
        }
    }

    /// The attributes that an attacker may know. There is no default: this is a decision.
    #[must_use]
    pub fn quasi_identifiers(mut self, quasi: impl IntoIterator<Item = QuasiIdentifier>) -> Self {
        self.quasi = quasi.into_iter().collect();
        self
    }

    /// One more model.
    #[must_use]
    pub fn model(mut self, model: impl Into<M>) -> Self {
        self.models.push(model.into());
        self
    }

    /// Columns that are released though they are not quasi-identifiers; sensitive attributes are
    /// among them. Default: none.
    #[must_use]
    pub fn release<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.released = names.into_iter().map(Into::into).collect();
        self
    }

    /// Combinations of values that must have enough possible matches. Nothing is searched or blanked for
    /// them: an output in which they have too few is not verified. Default: none.
    #[must_use]
    pub fn combinations(mut self, combinations: impl IntoIterator<Item = KCombinations>) -> Self {
        self.combinations = combinations.into_iter().collect();
        self
    }

    /// What becomes of records that cannot be released as they are. Default: they are dropped.
    #[must_use]
    pub fn suppressed_records(mut self, policy: SuppressedRecords) -> Self {
        self.suppressed = policy;
        self
    }

    /// The population that the table is a sample of, with the same quasi-identifiers, one record per
    /// person: for models that ask for it. Default: none.
    #[must_use]
    pub fn population(mut self, table: Table) -> Self {
        self.population = Some(table);
        self
    }

    /// Checks what can be checked without a table.
    ///
    /// # Errors
    /// No quasi-identifier, a name given twice, a released column that is a quasi-identifier.
    pub fn check(self) -> Result<Self, PrivacyError> {
        if self.quasi.is_empty() {
            return Err(PrivacyError::NoQuasiIdentifiers);
        }
        let names: Vec<&str> = self.quasi.iter().map(QuasiIdentifier::name).collect();
        check_distinct(&names)?;
        check_distinct(&self.released)?;
        if let Some(name) = self.released.iter().find(|name| names.contains(&name.as_str())) {
            let rule = format!("`{name}` is a quasi-identifier, released anyway");
            return Err(PrivacyError::InvalidParameter { parameter: "release", rule });
        }
        Ok(self)
    }

    /// The attributes that an attacker may know.
    pub fn quasi(&self) -> &[QuasiIdentifier] {
        &self.quasi
    }

    /// What must hold.
    pub fn models(&self) -> &[M] {
        &self.models
    }

    /// Refuses a model of an attribute that is not released beside the quasi-identifiers: it would say
    /// nothing of the output.
    pub(crate) fn check_models(&self, models: &[PrivacyModel]) -> Result<(), PrivacyError> {
        for model in models {
            let Some(name) = model.attribute() else { continue };
            if !self.released.iter().any(|released| released == name) {
                let is_known = self.quasi.iter().any(|quasi| quasi.name() == name);
                let is = if is_known { "a quasi-identifier" } else { "not released" };
                let rule = format!("{model}: `{name}` is {is}");
                return Err(PrivacyError::InvalidParameter { parameter: "model", rule });
            }
        }
        Ok(())
    }

    pub(crate) fn released(&self) -> &[String] {
        &self.released
    }

    pub(crate) fn combinations_asked(&self) -> &[KCombinations] {
        &self.combinations
    }

    pub(crate) fn suppressed(&self) -> SuppressedRecords {
        self.suppressed
    }

    /// The population with its quasi-identifiers over the leaves of the hierarchies.
    pub(crate) fn adopted_population(&self) -> Result<Option<Table>, PrivacyError> {
        // Searches count its records.
        if self.population.as_ref().is_some_and(|population| Persons::of(population).repeat()) {
            let rule = "it has one record per person, and some identifiers are there twice".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "population", rule });
        }
        self.population.as_ref().map(|population| self.adopt(population)).transpose()
    }

    /// The input as the mechanisms take it: each quasi-identifier over the leaves of its hierarchy.
    pub(crate) fn adopt(&self, table: &Table) -> Result<Table, PrivacyError> {
        let mut adopted = table.clone();
        for quasi in &self.quasi {
            let position = table.schema().position(quasi.name())?;
            let (Some(attribute), Some(column)) = (table.schema().get(position), table.column(position)) else {
                continue;
            };
            if attribute.domain() != quasi.hierarchy().leaves() {
                let (attribute, column) = quasi.hierarchy().adopt(attribute, column)?;
                adopted = adopted.with_replaced(position, attribute, column)?;
            }
        }
        Ok(adopted)
    }
}

impl From<Protection<ClassModel>> for Protection<PrivacyModel> {
    fn from(protection: Protection<ClassModel>) -> Self {
        Self {
            quasi: protection.quasi,
            models: protection.models.into_iter().map(Into::into).collect(),
            released: protection.released,
            combinations: protection.combinations,
            suppressed: protection.suppressed,
            population: protection.population,
        }
    }
}
