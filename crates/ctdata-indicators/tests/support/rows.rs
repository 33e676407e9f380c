//! Counts of indicators made row by row: a second implementation for tests.

use super::texts::Row;
use ctdata_indicators::{Definition, Estimate, indicator};
use ctdata_model::Country;

/// What a row says; nothing also where the file has no such attribute.
pub(crate) fn text<'r>(row: &'r Row, name: &str) -> Option<&'r str> {
    row.get(name)?.as_deref()
}

pub(crate) fn yes(row: &Row, name: &str) -> bool {
    text(row, name) == Some("yes")
}

/// Whether any answer to the question with this prefix is yes. What a layout derives from other answers is none.
pub(crate) fn any(row: &Row, prefix: &str) -> bool {
    let is_answer = |name: &str| !name.ends_with("_not_specified") && !name.ends_with("_sex_and_labour");
    row.iter().any(|(name, text)| name.starts_with(prefix) && is_answer(name) && text.as_deref() == Some("yes"))
}

pub(crate) fn country(row: &Row, name: &str) -> Option<Country> {
    text(row, name).map(|text| text.parse().unwrap())
}

/// Child or adult by one basis.
pub(crate) fn is_child(row: &Row, basis: &str) -> Option<bool> {
    let minor = |name: &str| text(row, name).map(|text| text == "minor");
    let registered = text(row, "age_band").map(|band| ["0-8", "9-17"].contains(&band));
    let registered = registered.or_else(|| minor("majority_at_registration"));
    match basis {
        "age-at-registration" => registered,
        "majority-at-exploitation" => minor("majority_at_exploitation"),
        _ => registered.into_iter().chain(minor("majority_at_exploitation")).reduce(|one, other| one || other),
    }
}

/// Whether a row meets the conditions that belong to the definition of an indicator.
pub(crate) fn is_within(definition: &Definition, row: &Row) -> bool {
    definition.within.iter().all(|condition| match condition {
        ("child-or-adult", "child") => is_child(row, "age-at-registration") == Some(true),
        ("sex", sex) => text(row, "gender") == Some(sex),
        (flag, "yes") => yes(row, flag),
        other => panic!("no second implementation of the condition {other:?}"),
    })
}

/// The residents of an indicator that is a rate, with three million everywhere, a third of them women, a tenth children.
pub(crate) fn residents(definition: &Definition) -> u64 {
    definition.within.iter().fold(3_000_000, |residents, condition| match condition {
        ("sex", "female") => residents / 3,
        ("child-or-adult", "child") => residents / 10,
        _ => residents,
    })
}

/// Whether a row is in the base of an estimate, and in its numerator. Who is counted in a rate is counted among the
/// persons of its country and year.
pub(crate) fn counts(estimate: &Estimate, row: &Row) -> (bool, bool) {
    let code = |name: &str| estimate.dimensions.get(name).map_or("", |dimension| dimension.code.as_ref());
    let flag = |prefix: &str, name: &str| yes(row, &format!("{prefix}{}", code(name).replace('-', "_")));
    let one_of = |of: Option<&str>, wanted: &str| (of.is_some(), of == Some(wanted));
    let region =
        |name: &str| country(row, name).map(|country| country.region().map_or("unmapped", |region| region.code()));
    let (origin, place) = (country(row, "citizenship"), country(row, "country_of_exploitation"));
    let both = origin.is_some() && place.is_some();
    let definition = indicator(&estimate.indicator).unwrap();
    let (in_base, counted) = match definition.id {
        "form-of-exploitation" => (any(row, "form_"), flag("form_", "form")),
        "labour-sector" | "labour-sector-of-forced-labour" | "sector-of-detected-forced-labour" => {
            (any(row, "sector_"), flag("sector_", "sector"))
        }
        "labour-sector-without-forced-labour" => (any(row, "sector_"), !yes(row, "form_forced_labour")),
        "sexual-exploitation-type" | "sexual-exploitation-type-of-sexual-exploitation" => {
            (any(row, "sexual_"), flag("sexual_", "sexual-type"))
        }
        "sexual-exploitation-type-without-sexual-exploitation" => {
            (any(row, "sexual_"), !yes(row, "form_sexual_exploitation"))
        }
        "means-of-control" => (any(row, "control_"), flag("control_", "means")),
        "recruiter-relation" => (any(row, "recruiter_"), flag("recruiter_", "recruiter")),
        "trafficking-duration" => one_of(text(row, "trafficking_duration"), code("duration")),
        "trafficking-duration-quartiles" => (text(row, "trafficking_duration").is_some(), false),
        "sex" => one_of(text(row, "gender"), code("sex")),
        "age-band" => one_of(text(row, "age_band"), code("age")),
        "sex-and-age" => {
            let (sex, child) = (text(row, "gender"), is_child(row, code("child-basis")));
            let group = match (sex, child) {
                (Some("female"), Some(false)) => "women",
                (Some("male"), Some(false)) => "men",
                (Some("female"), _) => "girls",
                (Some("male"), _) => "boys",
                _ => "other",
            };
            (sex.is_some() && child.is_some(), group == code("sex-and-age"))
        }
        "children" | "children-in-forced-labour" | "children-by-citizenship" => {
            let of_country =
                definition.id != "children-by-citizenship" || text(row, "citizenship") == Some(code("citizenship"));
            let [registered, exploited] =
                ["age-at-registration", "majority-at-exploitation"].map(|basis| is_child(row, basis));
            let child = is_child(row, code("child-basis"));
            let conflict = registered.zip(exploited).is_some_and(|(one, other)| one != other);
            let counted = if code("child-or-adult") == "conflict" { conflict } else { child == Some(true) };
            (of_country && child.is_some(), counted)
        }
        "domestic-and-cross-border" => {
            let sub_region = |country: Option<Country>| country.and_then(Country::sub_region);
            let class = match (sub_region(origin), sub_region(place)) {
                _ if origin == place => "domestic",
                (Some(from), Some(to)) if from == to => "within-sub-region",
                (Some(from), Some(to)) if from.region() == to.region() => "within-region",
                (Some(_), Some(_)) => "across-regions",
                _ => "unmapped",
            };
            (both, class == code("movement"))
        }
        "cross-border" => (both, origin != place),
        "nationals-and-foreigners" => (both, (origin == place) == (code("nationality") == "nationals")),
        "region-of-origin" => one_of(region("citizenship"), code("region-of-origin")),
        "region-of-exploitation" => one_of(region("country_of_exploitation"), code("region-of-exploitation")),
        "flows" => {
            let from = region("citizenship") == Some(code("region-of-origin"));
            (both, from && region("country_of_exploitation") == Some(code("region-of-exploitation")))
        }
        "completeness" => (true, text(row, code("attribute")).is_some()),
        "forced-labour" => (any(row, "form_"), yes(row, "form_forced_labour")),
        "female-victims" => one_of(text(row, "gender"), "female"),
        "female-victims-of-sexual-exploitation" => (any(row, "form_"), yes(row, "form_sexual_exploitation")),
        "forced-marriage" | "children-in-forced-marriage" | "female-victims-of-forced-marriage" => {
            (any(row, "form_"), yes(row, "form_forced_marriage"))
        }
        "debt-bondage-by-recruiter" => {
            (flag("recruiter_", "recruiter") && any(row, "control_"), yes(row, "control_debt_bondage"))
        }
        "debt-bondage-by-sector" => {
            (flag("sector_", "sector") && any(row, "control_"), yes(row, "control_debt_bondage"))
        }
        "withheld-documents-by-recruiter" => {
            (flag("recruiter_", "recruiter") && any(row, "control_"), yes(row, "control_withholds_documents"))
        }
        "withheld-documents-by-sector" => {
            (flag("sector_", "sector") && any(row, "control_"), yes(row, "control_withholds_documents"))
        }
        _ if definition.needs_population() => {
            let here = text(row, "country_of_exploitation") == Some(code("country"));
            (here && text(row, "year_of_registration") == Some(code("year")), true)
        }
        other => panic!("no second implementation of `{other}`"),
    };
    let in_base = in_base && is_within(definition, row);
    (in_base, in_base && counted)
}
