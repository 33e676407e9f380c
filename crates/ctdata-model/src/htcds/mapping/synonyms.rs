//! Words that organizations head their columns with, in English, French and Spanish. A match is likely, never certain.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Headers in plain letters, and the place that each means. No header is there twice.
const HEADERS: &[(&str, &[&str])] = &[
    (
        "case_id",
        &[
            "case id",
            "case no",
            "case number",
            "case ref",
            "case reference",
            "file number",
            "record id",
            "id case",
            "numero de dossier",
            "no dossier",
            "n dossier",
            "numero dossier",
            "id dossier",
            "reference dossier",
            "numero de caso",
            "no caso",
            "n caso",
            "id caso",
            "numero de expediente",
            "expediente",
        ],
    ),
    (
        "person_id",
        &[
            "person id",
            "victim id",
            "beneficiary id",
            "client id",
            "beneficiary number",
            "id victim",
            "survivor id",
            "id personne",
            "id victime",
            "numero beneficiaire",
            "id beneficiaire",
            "code beneficiaire",
            "id persona",
            "id victima",
            "numero de beneficiario",
            "id beneficiario",
            "codigo beneficiario",
        ],
    ),
    ("organization_id", &["organization id", "organisation id", "id organisation", "id organizacion"]),
    (
        "prs_FirstName",
        &[
            "first name",
            "given name",
            "forename",
            "given names",
            "prenom",
            "prenoms",
            "nombre",
            "nombres",
            "primer nombre",
        ],
    ),
    ("prs_MiddleName", &["middle name", "middle names", "deuxieme prenom", "segundo nombre"]),
    (
        "prs_SecondName",
        &[
            "last name",
            "surname",
            "family name",
            "second name",
            "nom",
            "nom de famille",
            "apellido",
            "apellidos",
            "primer apellido",
        ],
    ),
    ("prs_Salutation", &["salutation", "civilite", "tratamiento"]),
    (
        "prs_Birthdate",
        &[
            "date of birth",
            "birth date",
            "birthdate",
            "birthday",
            "dob",
            "date birth",
            "date de naissance",
            "date naissance",
            "naissance",
            "ddn",
            "ne le",
            "nee le",
            "fecha de nacimiento",
            "fecha nacimiento",
            "nacimiento",
            "year of birth",
            "annee de naissance",
            "ano de nacimiento",
        ],
    ),
    (
        "prs_Gender",
        &["gender", "sex", "sexe", "genre", "sexo", "genero", "gender identity", "sex gender", "identite de genre"],
    ),
    (
        "prs_Citizenship",
        &[
            "citizenship",
            "nationality",
            "nationalities",
            "citizenships",
            "country of citizenship",
            "nationalite",
            "nationalites",
            "nationalite s",
            "citoyennete",
            "nacionalidad",
            "nacionalidades",
            "nacionalidad es",
            "ciudadania",
        ],
    ),
    (
        "prs_MaritalStatus",
        &["marital status", "civil status", "statut matrimonial", "situation familiale", "etat civil", "estado civil"],
    ),
    (
        "prs_NumberOfChildren",
        &[
            "number of children",
            "children",
            "nombre d enfants",
            "nb enfants",
            "nombre enfants",
            "numero de hijos",
            "hijos",
        ],
    ),
    (
        "prs_PrimaryLanguage",
        &["language", "primary language", "mother tongue", "langue", "langue maternelle", "idioma", "lengua materna"],
    ),
    ("prs_SecondaryLanguage", &["second language", "secondary language", "deuxieme langue", "segundo idioma"]),
    (
        "prs_HighestLevelOfEducation",
        &[
            "education",
            "education level",
            "level of education",
            "niveau d etudes",
            "niveau scolaire",
            "niveau d education",
            "nivel educativo",
            "nivel de estudios",
            "escolaridad",
        ],
    ),
    (
        "prs_IdentityNumber",
        &[
            "passport number",
            "passport",
            "id number",
            "identity number",
            "national id",
            "numero de passeport",
            "numero d identite",
            "numero de identidad",
            "pasaporte",
            "numero de pasaporte",
        ],
    ),
    ("prs_Deceased", &["deceased", "dead", "decede", "decedee", "fallecido", "fallecida"]),
    ("prs_Email", &["email", "e mail", "email address", "courriel", "adresse email", "correo", "correo electronico"]),
    ("prs_HomePhone", &["home phone", "phone", "telephone", "tel", "telefono", "telephone fixe", "telefono fijo"]),
    (
        "prs_MobilePhone",
        &[
            "mobile",
            "mobile phone",
            "cell phone",
            "cellphone",
            "gsm",
            "portable",
            "telephone portable",
            "movil",
            "celular",
            "telefono movil",
        ],
    ),
    ("prs_MailingCity", &["home city", "ville", "ville de residence", "ciudad", "ciudad de residencia"]),
    ("prs_MailingCountry", &["country of residence", "pays de residence", "pais de residencia"]),
    ("prs_MailingStreet", &["address", "street address", "home address", "adresse", "direccion", "domicilio"]),
    ("prs_MailingPostalCode", &["postcode", "postal code", "zip code", "zip", "code postal", "codigo postal"]),
    (
        "vic_TraffickingStatus",
        &[
            "trafficking status",
            "victim status",
            "identification status",
            "statut de victime",
            "statut d identification",
            "statut de la victime",
            "estatus de victima",
            "estado de identificacion",
        ],
    ),
    (
        "vic_TraffickingStatusDecisionMakingOrg",
        &[
            "identified by",
            "identifying organization",
            "identifying organisation",
            "identifie par",
            "identifiee par",
            "identificado por",
            "identificada por",
        ],
    ),
    (
        "vic_RelationshipToTrafficker",
        &[
            "relationship to trafficker",
            "relation to trafficker",
            "relation avec le trafiquant",
            "lien avec le trafiquant",
            "lien avec l exploiteur",
            "relacion con el tratante",
        ],
    ),
    (
        "vic_AgeWhenTrafficked",
        &[
            "age when trafficked",
            "age at trafficking",
            "age at exploitation",
            "age au moment des faits",
            "age lors de la traite",
            "edad al momento de la trata",
            "edad en el momento de la explotacion",
        ],
    ),
    (
        "vic_MethodOfRecruitment",
        &[
            "method of recruitment",
            "recruitment",
            "recruitment method",
            "mode de recrutement",
            "recrutement",
            "reclutamiento",
            "metodo de reclutamiento",
            "captacion",
            "forma de captacion",
        ],
    ),
    (
        "vic_LocationOfRecruitment",
        &[
            "place of recruitment",
            "recruitment place",
            "lieu de recrutement",
            "lugar de reclutamiento",
            "lugar de captacion",
        ],
    ),
    (
        "vic_MethodsOfControl",
        &[
            "means of control",
            "methods of control",
            "control",
            "moyens de controle",
            "methodes de controle",
            "medios de control",
            "metodos de control",
        ],
    ),
    (
        "vic_TypeOfExploitation",
        &[
            "type of exploitation",
            "exploitation",
            "exploitation type",
            "form of exploitation",
            "forms of exploitation",
            "type d exploitation",
            "forme d exploitation",
            "formes d exploitation",
            "tipo de explotacion",
            "forma de explotacion",
            "explotacion",
        ],
    ),
    (
        "vic_ForcedLabourIndustry",
        &[
            "industry",
            "sector",
            "labour sector",
            "industry of exploitation",
            "forced labor industry",
            "secteur",
            "secteur d activite",
            "sector laboral",
            "sector de actividad",
        ],
    ),
    (
        "vic_TypeOfSexExploitation",
        &[
            "type of sexual exploitation",
            "sexual exploitation type",
            "type d exploitation sexuelle",
            "tipo de explotacion sexual",
        ],
    ),
    (
        "vic_LocationOfExploitation",
        &["place of exploitation", "exploitation place", "lieu d exploitation", "lugar de explotacion"],
    ),
    ("hte_Country", &["country of exploitation", "exploitation country", "pays d exploitation", "pais de explotacion"]),
    ("cas_Status", &["case status", "status of the case", "statut du dossier", "etat du dossier", "estado del caso"]),
    (
        "cas_ReasonForCaseClosure",
        &["closure reason", "reason for closure", "motif de cloture", "raison de la cloture", "motivo de cierre"],
    ),
    (
        "cas_CaseOwner",
        &[
            "case manager",
            "case worker",
            "caseworker",
            "social worker",
            "gestionnaire du dossier",
            "travailleur social",
            "responsable del caso",
            "trabajador social",
            "trabajadora social",
        ],
    ),
    (
        "cas_ReferringOrganisation",
        &[
            "referred by",
            "referring organization",
            "referral source",
            "source of referral",
            "reference par",
            "refere par",
            "oriente par",
            "orientee par",
            "referido por",
            "derivado por",
        ],
    ),
    (
        "cas_IncomingReferralDate",
        &[
            "referral date",
            "date of referral",
            "date referred",
            "date of registration",
            "registration date",
            "date de reference",
            "date d orientation",
            "date d enregistrement",
            "fecha de derivacion",
            "fecha de referencia",
            "fecha de registro",
        ],
    ),
    (
        "cas_ReferredOrganisation",
        &["referred to", "reference vers", "oriente vers", "orientee vers", "referido a", "derivado a"],
    ),
    (
        "cco_CaseComment",
        &[
            "comment",
            "comments",
            "notes",
            "remarks",
            "commentaire",
            "commentaires",
            "observations",
            "remarques",
            "comentario",
            "comentarios",
            "observaciones",
            "notas",
        ],
    ),
    (
        "con_Consent",
        &[
            "consent",
            "consent given",
            "informed consent",
            "consentement",
            "consentement eclaire",
            "consentimiento",
            "consentimiento informado",
        ],
    ),
];

static BY_HEADER: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    HEADERS.iter().flat_map(|(place, headers)| headers.iter().map(|header| (*header, *place))).collect()
});

/// The place that a header means, by its plain letters.
pub(super) fn place_of(plain: &str) -> Option<&'static str> {
    BY_HEADER.get(plain).copied()
}

/// All headers with the places that they mean.
pub(super) fn headers() -> impl Iterator<Item = (&'static str, &'static str)> {
    HEADERS.iter().flat_map(|(place, headers)| headers.iter().map(|header| (*header, *place)))
}

/// Words for values, in plain letters, that stand in columns of a field.
const WORDS: &[(&str, &str, &[&str])] = &[
    (
        "prs_Gender",
        "Feminine",
        &["f", "female", "femme", "feminin", "mujer", "femenino", "fille", "girl", "woman", "nina"],
    ),
    (
        "prs_Gender",
        "Masculine",
        &["m", "h", "male", "homme", "masculin", "hombre", "masculino", "garcon", "boy", "man", "nino"],
    ),
    ("prs_MaritalStatus", "Single", &["celibataire", "soltero", "soltera"]),
    ("prs_MaritalStatus", "Married", &["marie", "mariee", "casado", "casada"]),
    ("prs_MaritalStatus", "Widowed", &["veuf", "veuve", "viudo", "viuda", "widow", "widower"]),
    ("prs_MaritalStatus", "Divorced", &["divorce", "divorcee", "divorciado", "divorciada"]),
    ("prs_MaritalStatus", "Separated", &["separe", "separee", "separado", "separada"]),
    ("cas_Status", "Active", &["open", "ouvert", "en cours", "abierto", "activo"]),
    ("cas_Status", "Closed", &["clos", "ferme", "cerrado"]),
];

/// The value of a field that a word means.
pub(super) fn value_of(field: &str, plain: &str) -> Option<&'static str> {
    WORDS.iter().find(|(of, _, words)| *of == field && words.contains(&plain)).map(|(_, value, _)| *value)
}

/// Words for yes, besides the usual ones.
pub(super) const YES: &[&str] = &["oui", "o", "si", "s", "x"];
/// Words for no, besides the usual ones.
pub(super) const NO: &[&str] = &["non", "no"];

/// A text in plain letters: lower case, no accents, single spaces between its words. Words that are run together by
/// capitals, as in names of fields, are taken apart.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut last_is_small = false;
    for letter in text.chars() {
        if letter.is_uppercase() && last_is_small {
            plain.push(' ');
        }
        last_is_small = letter.is_lowercase() || letter.is_numeric();
        for letter in letter.to_lowercase() {
            match without_accent(letter) {
                Some(letters) => plain.push_str(letters),
                None if letter.is_alphanumeric() => plain.push(letter),
                // What is above or below a letter on its own.
                None if ('\u{300}'..='\u{36f}').contains(&letter) => {}
                None => plain.push(' '),
            }
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_accent(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'œ' => "oe",
        'æ' => "ae",
        'º' | '°' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::holds::{accepted, target_named};
    use super::*;

    #[test]
    fn plain_letters_take_accents_and_signs_away() {
        for (text, expected) in [
            ("Date de naissance", "date de naissance"),
            ("Nationalité(s)", "nationalite s"),
            ("  Prénom\u{a0}: ", "prenom"),
            ("Type d’exploitation", "type d exploitation"),
            ("N° dossier", "n dossier"),
            ("TypeOfExploitation", "type of exploitation"),
            ("Année", "annee"),
            ("Anne\u{301}e", "annee"),
            ("DOB", "dob"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn every_header_is_plain_there_once_and_means_a_place() {
        let mut seen = HashMap::new();
        for (header, place) in headers() {
            assert_eq!(plain(header), header);
            assert!(target_named(place).is_ok(), "{place}");
            assert_eq!(seen.insert(header, place), None, "{header}");
        }
    }

    #[test]
    fn every_word_means_a_value_of_its_field() {
        for (field, value, words) in WORDS {
            let target = target_named(field).unwrap();
            assert_eq!(accepted(target, value).as_deref(), Some(*value));
            for word in *words {
                assert_eq!(plain(word), *word);
                assert_eq!(value_of(field, word), Some(*value));
            }
        }
    }
}
