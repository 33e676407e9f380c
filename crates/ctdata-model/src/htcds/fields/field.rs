//! What the dictionary says of a field.

use crate::htcds::lists::ValueList;

/// What a field is about, by the sections of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// An organization.
    Organization,
    /// A person, whatever the role.
    Person,
    /// A person as the victim in a case.
    Victim,
    /// A person as a perpetrator in a case.
    Perpetrator,
    /// The work of an organization for a person.
    Case,
    /// How a person came to the organization, and to whom the person was referred.
    Referral,
    /// A comment on a case.
    Comment,
    /// An event in the trafficking of a person.
    Event,
    /// A plan of support.
    SupportPlan,
    /// Whether the person agrees that data are kept.
    Consent,
}

impl Section {
    /// All sections, in the order of the standard.
    pub const ALL: [Self; 10] = [
        Self::Organization,
        Self::Person,
        Self::Victim,
        Self::Perpetrator,
        Self::Case,
        Self::Referral,
        Self::Comment,
        Self::Event,
        Self::SupportPlan,
        Self::Consent,
    ];

    /// The title in the standard.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Person => "Person",
            Self::Victim => "Person - Victim Context",
            Self::Perpetrator => "Person - Perpetrator Context",
            Self::Case => "Case",
            Self::Referral => "Referral Details",
            Self::Comment => "Case Comment",
            Self::Event => "Historic Trafficking Events",
            Self::SupportPlan => "Support Plan",
            Self::Consent => "Consent",
        }
    }
}

/// What the cells of a field hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// A line of text.
    Text,
    /// Free text.
    LongText,
    /// One value of a list.
    Picklist,
    /// One value of a list, or a text.
    PicklistOrText,
    /// Any number of values of a list.
    Multiselect,
    /// A date.
    Date,
    /// A coordinate in degrees.
    Geolocation,
    /// A number.
    Number,
    /// Yes or no.
    Checkbox,
    /// A reference to an organization.
    LookupOrganization,
    /// A reference to a person.
    LookupPerson,
    /// A reference to a user of the case management system.
    LookupUser,
    /// The standard does not say.
    Blank,
}

impl FieldType {
    /// The words of the standard.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::LongText => "Long Text",
            Self::Picklist => "Picklist",
            Self::PicklistOrText => "Picklist or Text",
            Self::Multiselect => "Multiselect Picklist",
            Self::Date => "Date",
            Self::Geolocation => "Geolocation",
            Self::Number => "Number",
            Self::Checkbox => "Checkbox",
            Self::LookupOrganization => "Lookup [to organisation]",
            Self::LookupPerson => "Lookup [to person]",
            Self::LookupUser => "Lookup [to user]",
            Self::Blank => "",
        }
    }
}

/// Where a field stands in the life of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldStatus {
    /// In use.
    Draft,
    /// Read, but not to be used any more.
    Deprecated,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// None or one.
    One,
    /// Any number of values of a list.
    Many,
    /// None or one in each of any number of outgoing referrals.
    Repeats,
}

impl Cardinality {
    /// How many, in figures: `0..1` or `0..n`.
    pub const fn range(self) -> &'static str {
        match self {
            Self::One => "0..1",
            Self::Many | Self::Repeats => "0..n",
        }
    }
}

/// Which values a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueSource {
    /// Any of its type.
    None,
    /// Those of a list of the standard, see [`Field::list`].
    List(&'static str),
    /// Countries, ISO 3166-1.
    Countries,
    /// Languages, ISO 639-2.
    Languages,
}

/// A field of the standard.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The official name with its prefix: `prs_FirstName`.
    pub name: &'static str,
    /// The official label. One field has none.
    pub label: &'static str,
    /// What it is about.
    pub section: Section,
    /// What it holds.
    pub kind: FieldType,
    /// In use or deprecated.
    pub status: FieldStatus,
    /// Whether it belongs to the minimum set.
    pub core: bool,
    /// How many values it has.
    pub cardinality: Cardinality,
    /// Which values it takes.
    pub values: ValueSource,
    pub(super) description: &'static str,
    pub(super) position: usize,
}

impl Field {
    /// What it holds, in one line of our own words: its form, its unit, and what an empty cell means where that is not
    /// plain.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// The prefix of its name, which stands for what it is about: `prs_` of `prs_FirstName`.
    pub fn prefix(&self) -> &'static str {
        self.name.split_inclusive('_').next().unwrap_or_default()
    }

    /// Whether it is read, but not to be used any more.
    pub const fn is_deprecated(&self) -> bool {
        matches!(self.status, FieldStatus::Deprecated)
    }

    /// The position in [`FIELDS`](super::FIELDS).
    pub const fn index(&self) -> usize {
        self.position
    }

    /// The list of its values, if it is one of the standard's.
    pub fn list(&self) -> Option<&'static ValueList> {
        match self.values {
            ValueSource::List(name) => ValueList::named(name),
            _ => None,
        }
    }

    /// Whether its texts are countries: those of the list of countries, and the country of an event, for which the
    /// standard names no list.
    pub fn is_country(&self) -> bool {
        matches!(self.values, ValueSource::Countries) || self.name == "hte_Country"
    }

    /// Whether it is a coordinate in degrees, whatever type the standard gives it.
    pub fn is_coordinate(&self) -> bool {
        self.name.ends_with("Longitude") || self.name.ends_with("Latitude")
    }

    /// Whether what it holds may tell who a person is, alone: names, addresses, telephone numbers, e-mail, numbers of
    /// documents, free texts, coordinates, references to people, organizations and users, and the date of birth.
    ///
    /// The rule, by type: every text, long text, geolocation, lookup and field without a type; coordinates; of the
    /// dates only that of birth. Values of a list (picklists, countries, languages), checkboxes, counts, ages and other
    /// dates do not identify by themselves, though several of them together may.
    ///
    /// Two things follow for whoever lets fields pass that do not identify. A text that its list does not have
    /// ([`Named::is_listed`](crate::htcds::Named::is_listed) is false) is free text, whatever the field. And
    /// `hte_Country` is a text without a list, so that it identifies; where it reads as a
    /// [`Country`](crate::Country) (see [`Field::is_country`]) that country alone may pass.
    pub fn is_identifying(&self) -> bool {
        match self.kind {
            FieldType::Text | FieldType::PicklistOrText => matches!(self.values, ValueSource::None),
            FieldType::LongText
            | FieldType::Geolocation
            | FieldType::LookupOrganization
            | FieldType::LookupPerson
            | FieldType::LookupUser
            | FieldType::Blank => true,
            FieldType::Date => self.name == "prs_Birthdate",
            FieldType::Number => self.is_coordinate(),
            FieldType::Picklist | FieldType::Multiselect | FieldType::Checkbox => false,
        }
    }
}
