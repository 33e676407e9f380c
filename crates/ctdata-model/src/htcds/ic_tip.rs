//! IC-TIP: the International Classification for Administrative Data on Trafficking in Persons.
//!
//! The classification was endorsed by the UN Statistical Commission in 2025; IOM and UNODC keep it. It describes four
//! units. Its text, with its variables and categories, was not at hand when this was written, so that the tables are
//! empty, and nothing is made up in their place. Whoever has the text fills [`IcTipTable::elements`], in the order of
//! the classification and under its own codes; nothing else need change.
//!
//! # Sources
//! The four units: CTDC, *Global Synthetic Data Codebook* version 2 (2024), of the working version ICS-TIP (2023); UN
//! Statistics Division, registry of classifications.

/// What a record describes, in IC-TIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
pub enum IcTipUnit {
    /// An event of trafficking.
    Event,
    /// A victim.
    Victim,
    /// A perpetrator.
    Perpetrator,
    /// The entity that reports.
    ReportingEntity,
}

impl IcTipUnit {
    /// All units.
    pub const ALL: [Self; 4] = [Self::Event, Self::Victim, Self::Perpetrator, Self::ReportingEntity];

    /// The name, in English.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Event => "Event",
            Self::Victim => "Victim",
            Self::Perpetrator => "Perpetrator",
            Self::ReportingEntity => "Reporting entity",
        }
    }
}

/// What IC-TIP asks of a unit, and the fields of HTCDS that say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcTipElement {
    /// Its code in the classification.
    pub code: &'static str,
    /// Its title in the classification.
    pub title: &'static str,
    /// The official names of the fields of HTCDS that say it; none where HTCDS does not.
    pub fields: &'static [&'static str],
    /// Its categories.
    pub categories: &'static [IcTipCategory],
}

/// A category of an element of IC-TIP, and the values of HTCDS that fall into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcTipCategory {
    /// Its code in the classification.
    pub code: &'static str,
    /// Its title in the classification.
    pub title: &'static str,
    /// The values: the name of a list of HTCDS, and that of its value.
    pub values: &'static [(&'static str, &'static str)],
}

/// The elements of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcTipTable {
    /// The unit.
    pub unit: IcTipUnit,
    /// Its elements, in the order of the classification; empty as long as nobody has supplied them.
    pub elements: &'static [IcTipElement],
}

/// The mapping of IC-TIP to HTCDS: its four units, otherwise empty.
pub static IC_TIP: [IcTipTable; 4] = [
    IcTipTable { unit: IcTipUnit::Event, elements: &[] },
    IcTipTable { unit: IcTipUnit::Victim, elements: &[] },
    IcTipTable { unit: IcTipUnit::Perpetrator, elements: &[] },
    IcTipTable { unit: IcTipUnit::ReportingEntity, elements: &[] },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::htcds::{Field, ValueList};

    /// Change this test only with the text of the classification in hand, and cite it.
    #[test]
    fn nothing_is_invented() {
        assert_eq!(IC_TIP.map(|table| table.unit), IcTipUnit::ALL);
        assert!(IC_TIP.iter().all(|table| table.elements.is_empty()));
        assert_eq!(IcTipUnit::ALL.map(IcTipUnit::name), ["Event", "Victim", "Perpetrator", "Reporting entity"]);
    }

    /// What a table has to be once it is filled: fields and values exist, codes are distinct.
    fn is_consistent(table: &IcTipTable) -> bool {
        let distinct = |codes: Vec<&str>| codes.iter().collect::<std::collections::BTreeSet<_>>().len() == codes.len();
        distinct(table.elements.iter().map(|element| element.code).collect())
            && table.elements.iter().all(|element| {
                element.fields.iter().all(|name| Field::named(name).is_some_and(|field| field.name == *name))
                    && distinct(element.categories.iter().map(|category| category.code).collect())
                    && element.categories.iter().flat_map(|category| category.values).all(|(list, value)| {
                        ValueList::named(list).is_some_and(|list| list.values.iter().any(|own| own.name == *value))
                    })
            })
    }

    #[test]
    fn a_filled_table_names_what_exists() {
        assert!(IC_TIP.iter().all(is_consistent));
        // Placeholders, not codes of the classification.
        let element = |fields, values| {
            let categories: &'static [IcTipCategory] =
                Box::leak(Box::new([IcTipCategory { code: "(category)", title: "(title)", values }]));
            let elements: &'static [IcTipElement] =
                Box::leak(Box::new([IcTipElement { code: "(element)", title: "(title)", fields, categories }]));
            IcTipTable { unit: IcTipUnit::Victim, elements }
        };
        assert!(is_consistent(&element(&["prs_Gender"], &[("Gender", "Feminine")])));
        assert!(!is_consistent(&element(&["prs_Sex"], &[])));
        assert!(!is_consistent(&element(&["prs_Gender"], &[("Gender", "F")])));
    }
}
