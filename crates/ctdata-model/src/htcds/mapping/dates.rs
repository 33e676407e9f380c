//! Forms of dates in a mapping file.

use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems, parse};

use crate::Period;

/// A form of dates, such as `%d/%m/%Y`. Without a day it reads months, without a month years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DateForm(String);

impl DateForm {
    /// A form, checked to say which year is meant.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(super) fn new(form: &str) -> Result<Self, String> {
        let items: Vec<Item<'_>> = StrftimeItems::new(form).collect();
        let has = |wanted: &[Numeric]| {
            items.iter().any(|item| matches!(item, Item::Numeric(numeric, _) if wanted.contains(numeric)))
        };
        let names_month =
            items.iter().any(|item| matches!(item, Item::Fixed(Fixed::ShortMonthName | Fixed::LongMonthName)));
        if items.contains(&Item::Error) || !items.iter().any(|item| matches!(item, Item::Numeric(..))) {
            return Err(format!("`{form}` is no form of dates; one is `%d/%m/%Y`"));
        }
        if has(&[Numeric::YearMod100, Numeric::YearDiv100]) {
            return Err(format!("`{form}` has a year of two digits, which may be of two centuries; use `%Y`"));
        }
        if !has(&[Numeric::Year]) {
            return Err(format!("`{form}` has no year; `%Y` stands for it"));
        }
        if has(&[Numeric::Day]) && !has(&[Numeric::Month]) && !names_month {
            return Err(format!("`{form}` has a day and no month; `%m` stands for it"));
        }
        Ok(Self(form.to_owned()))
    }

    /// The date in a text, as precisely as the form says.
    pub(super) fn read(&self, text: &str) -> Option<Period> {
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, StrftimeItems::new(&self.0)).ok()?;
        let year = parsed.year()?;
        // A year of two digits would be of the first century.
        if !(1000..=9999).contains(&year) {
            return None;
        }
        // By way of the ISO form: it knows which days a month has.
        match (parsed.month(), parsed.day()) {
            (Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}").parse().ok(),
            (Some(month), None) => format!("{year:04}-{month:02}").parse().ok(),
            (None, _) => format!("{year:04}").parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_as_precisely_as_it_says() {
        let read = |form: &str, text: &str| DateForm::new(form).unwrap().read(text).map(|date| date.to_string());
        assert_eq!(read("%d/%m/%Y", "5/3/2019").as_deref(), Some("2019-03-05"));
        assert_eq!(read("%m/%d/%Y", "5/3/2019").as_deref(), Some("2019-05-03"));
        assert_eq!(read("%d %b %Y", "29 Feb 2020").as_deref(), Some("2020-02-29"));
        assert_eq!(read("%d %b %Y", "29 Feb 2019"), None);
        assert_eq!(read("%m/%Y", "03/2019").as_deref(), Some("2019-03"));
        assert_eq!(read("%Y", "2019").as_deref(), Some("2019"));
        assert_eq!(read("%d/%m/%Y %H:%M", "05/03/2019 13:45").as_deref(), Some("2019-03-05"));
        for text in ["", "2019-03-05", "31/04/2019", "05/13/2019", "05/03/19", "05/03/2019x", "05/03/20199"] {
            assert_eq!(read("%d/%m/%Y", text), None, "{text}");
        }
    }

    #[test]
    fn a_form_must_say_which_year_is_meant() {
        for (form, sentence) in [
            ("dd/mm/yyyy", "`dd/mm/yyyy` is no form of dates; one is `%d/%m/%Y`"),
            ("%d/%m/%", "`%d/%m/%` is no form of dates; one is `%d/%m/%Y`"),
            ("%d/%m/%y", "`%d/%m/%y` has a year of two digits, which may be of two centuries; use `%Y`"),
            ("%d/%m", "`%d/%m` has no year; `%Y` stands for it"),
            ("%d %Y", "`%d %Y` has a day and no month; `%m` stands for it"),
        ] {
            assert_eq!(DateForm::new(form).unwrap_err(), sentence);
        }
    }
}
