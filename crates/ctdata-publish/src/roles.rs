//! What each column of a table is, by the plan.

use std::collections::HashSet;

use ctdata_model::{Dataset, PLAIN_LAYOUT};
use ctdata_privacy::{PrivacyError, QuasiIdentifier};
use ctdata_table::{Hierarchy, Schema, Table};

use crate::{AnonymizePlan, Plan, PublishError, Role};

/// The attributes of a plan, by their names in the table's schema.
pub(crate) struct Roles {
    pub(crate) quasi: Vec<QuasiIdentifier>,
    /// Quasi-identifiers whose cells may be blanked, the least important first.
    pub(crate) blank: Vec<String>,
    /// Released columns that are not quasi-identifiers; sensitive ones among them.
    pub(crate) others: Vec<String>,
    /// Those of them that models may speak of.
    protected: Vec<String>,
    /// Hierarchies of sensitive attributes.
    sensitive: Vec<(String, Hierarchy)>,
}

/// The name of an attribute in the schema.
pub(crate) fn resolve(dataset: &Dataset, name: &str) -> Result<String, PublishError> {
    Ok(dataset.resolve(name)?)
}

/// The columns whose cells may be blanked, each of which is a quasi-identifier.
fn blank(dataset: &Dataset, plan: &Plan, quasi: &[String]) -> Result<Vec<String>, PublishError> {
    let mut blank = Vec::new();
    for name in &plan.anonymize.blank {
        let resolved = resolve(dataset, name).map_err(|error| error.at("anonymize.blank"))?;
        if !quasi.contains(&resolved) {
            return Err(PublishError::plan(format!("anonymize.blank: `{name}` is not a quasi-identifier")));
        }
        if blank.contains(&resolved) {
            return Err(PublishError::plan(format!("anonymize.blank: `{name}` is named twice")));
        }
        blank.push(resolved);
    }
    Ok(blank)
}

impl Roles {
    pub(crate) fn resolve(dataset: &Dataset, plan: &Plan) -> Result<Self, PublishError> {
        let resolve = |name: &str| resolve(dataset, name).map_err(|error| error.at(format!("attribute `{name}`")));
        let with = |role: Role| plan.names(role).map(resolve).collect::<Result<Vec<_>, _>>();
        let protected = with(Role::Sensitive)?;
        let mut others = protected.clone();
        others.extend(with(Role::Released)?);
        // Dropped attributes are looked up too: a misspelt name is an error, not a column that stays away.
        let dropped = with(Role::Dropped)?;
        if let Some(name) = plan.names(Role::Identifier).next().filter(|_| dataset.table().ids().is_none()) {
            return Err(PublishError::plan(format!(
                "attribute `{name}`: the layout `{}` has no identifiers; read the file as `{PLAIN_LAYOUT}` to count persons",
                dataset.format()
            )));
        }
        // An attribute has one role. It may have two names, so that the plan alone cannot tell.
        let quasi = with(Role::QuasiIdentifier)?;
        let mut seen = HashSet::new();
        if let Some(name) = quasi.iter().chain(&others).chain(&dropped).find(|name| !seen.insert(name.as_str())) {
            return Err(PublishError::plan(format!("the attribute `{name}` is given twice")));
        }
        let mut roles =
            Self { quasi: Vec::new(), blank: blank(dataset, plan, &quasi)?, others, protected, sensitive: Vec::new() };
        for attribute in &plan.attributes {
            let name = match attribute.role {
                Role::QuasiIdentifier | Role::Sensitive => resolve(&attribute.name)?,
                _ => continue,
            };
            let (described, _) = dataset.table().named(&name)?;
            let hierarchy = match &attribute.hierarchy {
                Some(hierarchy) => {
                    let built = crate::hierarchies::build(hierarchy, described, &plan.folder);
                    Some(built.map_err(|error| error.at(format!("attribute `{}`: hierarchy", attribute.name)))?)
                }
                None => None,
            };
            let place = |error: PrivacyError| PublishError::from(error).at(format!("attribute `{}`", attribute.name));
            if attribute.role == Role::Sensitive {
                roles.sensitive.extend(hierarchy.map(|hierarchy| (name, hierarchy)));
                continue;
            }
            let hierarchy = hierarchy.unwrap_or_else(|| Hierarchy::of(described.domain().clone()));
            let mut quasi = QuasiIdentifier::new(name, hierarchy);
            if let Some([lowest, highest]) = attribute.levels {
                quasi = quasi.with_levels(lowest..=highest).map_err(place)?;
            }
            if let Some(weight) = attribute.weight {
                quasi = quasi.with_weight(weight).map_err(place)?;
            }
            roles.quasi.push(quasi);
        }
        for (place, combination) in plan.anonymize.combinations.iter().enumerate() {
            let place = AnonymizePlan::combination_place(place);
            for name in &combination.attributes {
                let resolved = crate::roles::resolve(dataset, name).map_err(|error| error.at(&place))?;
                let is_quasi = roles.quasi.iter().any(|quasi| quasi.name() == resolved);
                if !is_quasi && !roles.others.contains(&resolved) {
                    return Err(PublishError::plan(format!("{place}: `{name}` is not released")));
                }
            }
        }
        Ok(roles)
    }

    /// Whether a model may speak of an attribute.
    pub(crate) fn is_sensitive(&self, name: &str) -> bool {
        self.protected.iter().any(|protected| protected == name)
    }

    /// The names of the quasi-identifiers.
    pub(crate) fn quasi_names(&self) -> Vec<String> {
        self.quasi.iter().map(|quasi| quasi.name().to_owned()).collect()
    }

    /// The hierarchy of a sensitive attribute.
    pub(crate) fn hierarchy(&self, name: &str) -> Option<&Hierarchy> {
        self.sensitive.iter().find(|(other, _)| other == name).map(|(_, hierarchy)| hierarchy)
    }

    /// One column of a table on a level of its hierarchy; none for a column without one.
    pub(crate) fn on_level(&self, table: &Table, name: &str, level: usize) -> Result<Option<Table>, PublishError> {
        let Some(quasi) = self.quasi.iter().find(|quasi| quasi.name() == name) else { return Ok(None) };
        let (attribute, column) = table.named(name)?;
        let (attribute, column) = quasi.hierarchy().adopt(attribute, column)?;
        let (attribute, column) = quasi.hierarchy().generalize(&attribute, &column, level)?;
        Ok(Some(Table::try_new(Schema::try_new(vec![attribute])?, vec![column])?))
    }

    /// The table with its sensitive attributes over the leaves of their hierarchies.
    pub(crate) fn adopt(&self, table: &Table) -> Result<Table, PublishError> {
        let mut adopted = table.clone();
        for (name, hierarchy) in &self.sensitive {
            let position = table.schema().position(name)?;
            let (attribute, column) = table.named(name)?;
            let (attribute, column) = hierarchy.adopt(attribute, column)?;
            adopted = adopted.with_replaced(position, attribute, column)?;
        }
        Ok(adopted)
    }
}
