//! Top and bottom coding: extreme values are joined.

use ctdata_table::{Attribute, Cell, Column, Control, Domain, DomainKind, Origin, Table};

use super::column::{changes, count_codes, forget_absent, recode, renumber};
use super::{PerturbationDetails, PerturbationMethod, PerturbationReport, Perturbed};
use crate::PrivacyError;

/// What extreme values become.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodedReplacement {
    /// One category with a name, by default `90+` at the top and `<=17` at the bottom. A numeric attribute
    /// becomes an ordered one.
    Category {
        /// Another name.
        label: Option<String>,
    },
    /// The threshold itself.
    Threshold,
    /// The mean of the coded values of a numeric attribute, rounded to its digits (halves away from zero).
    /// It keeps the mean of the column, but tells the mean of the extreme records: of one record, its value.
    Mean,
}

/// Values at and above a threshold are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopCode {
    /// The threshold as the attribute writes it: a number, a date, or the name of an ordered value. A number
    /// need not be one of the domain, unless it becomes the replacement of names.
    pub from: String,
    /// What they become.
    pub replacement: CodedReplacement,
}

/// Values at and below a threshold are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BottomCode {
    /// The threshold, written as in [`TopCode::from`].
    pub to: String,
    /// What they become.
    pub replacement: CodedReplacement,
}

/// What top and bottom coding did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CodingReport {
    /// Cells at or above the upper threshold.
    pub top_coded: u64,
    /// Cells at or below the lower threshold.
    pub bottom_coded: u64,
    /// The upper threshold, as it was given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub top: Option<String>,
    /// The lower threshold, as it was given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub bottom: Option<String>,
}

/// Top and bottom coding of one numeric or ordered attribute. Dates become ordered names.
///
/// ```
/// use ctdata_privacy::{CodedReplacement, TopBottomCoding, TopCode};
/// use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
/// let ages = Domain::numeric([17, 44, 91, 103], 0, Origin::Observed)?;
/// let schema = Schema::try_new(vec![Attribute::new("age", ages, MissingKinds::NONE)])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 3, 1, 2])])?;
/// let top = TopCode { from: "90".into(), replacement: CodedReplacement::Category { label: None } };
/// let output = TopBottomCoding::top("age", top).run(&table, &Control::default())?;
/// assert_eq!(output.table.text(1, 0).as_deref(), Some("90+"));
/// assert_eq!(output.report.changed_cells, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// - Measure: no cell of the output tells apart two values beyond the same threshold.
/// - Not protected: who is alone beyond it, and everything within the thresholds. This is no k-anonymity.
///
/// # Sources
/// A. Hundepool et al. (2012), *Statistical Disclosure Control*, Wiley, section 3.3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopBottomCoding {
    attribute: String,
    top: Option<TopCode>,
    bottom: Option<BottomCode>,
}

impl TopBottomCoding {
    /// Top coding.
    pub fn top(attribute: impl Into<String>, top: TopCode) -> Self {
        Self { attribute: attribute.into(), top: Some(top), bottom: None }
    }

    /// Bottom coding.
    pub fn bottom(attribute: impl Into<String>, bottom: BottomCode) -> Self {
        Self { attribute: attribute.into(), top: None, bottom: Some(bottom) }
    }

    /// Both.
    pub fn both(attribute: impl Into<String>, bottom: BottomCode, top: TopCode) -> Self {
        Self { attribute: attribute.into(), top: Some(top), bottom: Some(bottom) }
    }

    /// Codes a table.
    ///
    /// # Errors
    /// An attribute that the table does not have or that has no order, a threshold that is not written as its
    /// values are, thresholds that cross, a mean of names or beside a category, a name that the attribute
    /// has already.
    pub fn run(&self, table: &Table, control: &Control) -> Result<Perturbed, PrivacyError> {
        control.check()?;
        let position = table.schema().position(&self.attribute)?;
        let (attribute, column) = table.named(&self.attribute)?;
        let domain = attribute.domain();
        if domain.kind() == DomainKind::Nominal {
            return Err(invalid("attribute", format!("`{}` has no order", attribute.name())));
        }
        let values = domain.len();
        // Codes below `low` are bottom coded, codes from `high` on are top coded.
        let low = match &self.bottom {
            Some(bottom) => threshold(attribute, &bottom.to, Side::Bottom)?,
            None => 0,
        };
        let high = match &self.top {
            Some(top) => threshold(attribute, &top.from, Side::Top)?,
            None => values,
        };
        if low > high {
            return Err(invalid("threshold", format!("those of `{}` cross", attribute.name())));
        }
        let counts = count_codes(attribute, column);
        let coded = Coded { attribute, column, counts: &counts, low, high };
        let categories = self.replacements().any(|code| matches!(code, CodedReplacement::Category { .. }));
        let (new, codes) = if domain.kind() == DomainKind::Numeric && !categories {
            self.to_numbers(&coded)?
        } else {
            self.to_names(&coded)?
        };
        let sum = |from: usize, to: usize| counts.get(from..to).unwrap_or_default().iter().sum();
        let details = CodingReport {
            bottom_coded: sum(0, low),
            top_coded: sum(high, values),
            top: self.top.as_ref().map(|top| top.from.clone()),
            bottom: self.bottom.as_ref().map(|bottom| bottom.to.clone()),
        };
        let changed = changes((attribute, column), (&new, &codes));
        Ok(Perturbed {
            table: table.with_replaced(position, new, codes)?,
            report: PerturbationReport::new(
                PerturbationMethod::TopBottomCoding,
                vec![changed],
                PerturbationDetails::Coding(details),
            ),
        })
    }

    fn replacements(&self) -> impl Iterator<Item = &CodedReplacement> {
        let bottom = self.bottom.iter().map(|code| &code.replacement);
        bottom.chain(self.top.iter().map(|code| &code.replacement))
    }

    /// Numbers stay numbers.
    fn to_numbers(&self, coded: &Coded<'_>) -> Result<(Attribute, Column), PrivacyError> {
        let domain = coded.attribute.domain();
        let replaced = |replacement: &CodedReplacement, text: &str, from: usize, to: usize| match replacement {
            CodedReplacement::Mean => coded.mean(from, to),
            _ => number(text, domain.scale().unwrap_or(0)),
        };
        let values = domain.len();
        let bottom = self.bottom.as_ref().and_then(|bottom| replaced(&bottom.replacement, &bottom.to, 0, coded.low));
        let top = self.top.as_ref().and_then(|top| replaced(&top.replacement, &top.from, coded.high, values));
        let numbers: Vec<i64> = (0..=u16::MAX)
            .take(values)
            .map(|code| {
                let own = domain.number(code).unwrap_or(0);
                match usize::from(code) {
                    code if code < coded.low => bottom.unwrap_or(own),
                    code if code >= coded.high => top.unwrap_or(own),
                    _ => own,
                }
            })
            .collect();
        // A mean is read off the file, whatever the domain was.
        let has_mean = self.replacements().any(|code| *code == CodedReplacement::Mean);
        let origin = if has_mean { Origin::Observed } else { domain.origin() };
        Ok(renumber(coded.attribute, coded.column, &numbers, domain.scale().unwrap_or(0), origin)?)
    }

    /// Values become ordered names.
    fn to_names(&self, coded: &Coded<'_>) -> Result<(Attribute, Column), PrivacyError> {
        let domain = coded.attribute.domain();
        let name = |replacement: &CodedReplacement, text: &str, usual: String| match replacement {
            CodedReplacement::Category { label } => Ok(label.clone().unwrap_or(usual)),
            CodedReplacement::Threshold => Ok(text.to_owned()),
            CodedReplacement::Mean => Err(invalid(
                "replacement",
                format!("`{}` is no column of numbers in the output", coded.attribute.name()),
            )),
        };
        let mut labels: Vec<String> = Vec::new();
        if let Some(bottom) = &self.bottom {
            labels.push(name(&bottom.replacement, &bottom.to, format!("<={}", bottom.to))?);
        }
        let first = labels.len();
        let kept = (0..=u16::MAX).take(coded.high).skip(coded.low);
        labels.extend(kept.map(|code| domain.label(code).unwrap_or_default().into_owned()));
        if let Some(top) = &self.top {
            labels.push(name(&top.replacement, &top.from, format!("{}+", top.from))?);
        }
        let last = labels.len().saturating_sub(1);
        let new: Vec<Cell> = (0..domain.len())
            .map(|code| match code {
                code if code < coded.low => 0,
                code if code >= coded.high => last,
                code => code - coded.low + first,
            })
            .map(|place| Cell::Value(u16::try_from(place).unwrap_or(u16::MAX)))
            .chain(coded.attribute.missing().iter().map(Cell::Missing))
            .collect();
        let names = Domain::ordered(labels, domain.origin())?;
        let (attribute, column) = recode(coded.attribute, coded.column, names, &new)?;
        Ok(forget_absent(&attribute, &column)?)
    }
}

/// A column and which of its codes are extreme.
struct Coded<'a> {
    attribute: &'a Attribute,
    column: &'a Column,
    counts: &'a [u64],
    low: usize,
    high: usize,
}

impl Coded<'_> {
    /// The mean of the cells with these codes, in the scale of the domain; none without cells.
    fn mean(&self, from: usize, to: usize) -> Option<i64> {
        let cells = (0u16..=u16::MAX).zip(self.counts).take(to).skip(from);
        let (sum, count) = cells.fold((0i128, 0i128), |(sum, count), (code, &cells)| {
            let number = i128::from(self.attribute.domain().number(code).unwrap_or(0));
            (sum + number * i128::from(cells), count + i128::from(cells))
        });
        if count == 0 {
            return None;
        }
        let half = if sum < 0 { -count } else { count };
        i64::try_from((2 * sum + half) / (2 * count)).ok()
    }
}

#[derive(Clone, Copy)]
enum Side {
    Bottom,
    Top,
}

/// How many codes are below the values that the threshold divides.
fn threshold(attribute: &Attribute, text: &str, side: Side) -> Result<usize, PrivacyError> {
    let domain = attribute.domain();
    let unknown = || invalid("threshold", format!("`{text}` is not written as the values of `{}`", attribute.name()));
    if domain.kind() == DomainKind::Numeric {
        let limit = number(text, domain.scale().unwrap_or(0)).ok_or_else(unknown)?;
        let is_below = |number: i64| match side {
            Side::Top => number < limit,
            Side::Bottom => number <= limit,
        };
        let codes = (0..=u16::MAX).take(domain.len());
        return Ok(codes.filter(|&code| domain.number(code).is_some_and(is_below)).count());
    }
    let code = usize::from(domain.code_of(text).ok_or_else(unknown)?);
    Ok(match side {
        Side::Top => code,
        Side::Bottom => code + 1,
    })
}

/// A decimal number times `10^scale`, by the rules of numeric domains.
fn number(text: &str, scale: u8) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    if unsigned.is_empty() || !digits(unsigned) || !digits(fraction) || fraction.len() > usize::from(scale) {
        return None;
    }
    format!("{whole}{fraction:0<width$}", width = usize::from(scale)).parse().ok()
}

fn invalid(parameter: &'static str, rule: String) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter, rule }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{MissingKinds, Schema};

    fn table(domain: Domain, codes: &[u8]) -> Table {
        let schema = Schema::try_new(vec![Attribute::new("x", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        Table::try_new(schema, vec![Column::from_u8(codes.to_vec())]).unwrap()
    }

    fn numbers(origin: Origin) -> Table {
        table(Domain::numeric([5, 150, 170, 900, 912, 1040], 1, origin).unwrap(), &[0, 1, 2, 3, 4, 5, 5, 6])
    }

    fn texts(output: &Perturbed) -> Vec<String> {
        (0..output.table.rows())
            .map(|row| output.table.text(row, 0).map_or("-".into(), std::borrow::Cow::into_owned))
            .collect()
    }

    fn top(from: &str, replacement: CodedReplacement) -> TopBottomCoding {
        TopBottomCoding::top("x", TopCode { from: from.into(), replacement })
    }

    const CATEGORY: CodedReplacement = CodedReplacement::Category { label: None };

    #[test]
    fn both_ends_become_categories_and_numbers_become_names() {
        let bottom = BottomCode { to: "17".into(), replacement: CATEGORY };
        let coding = TopBottomCoding::both("x", bottom, TopCode { from: "90".into(), replacement: CATEGORY });
        let output = coding.run(&numbers(Origin::Observed), &Control::default()).unwrap();
        assert_eq!(texts(&output), ["<=17", "<=17", "<=17", "90+", "90+", "90+", "90+", "-"]);
        let attribute = output.table.schema().get(0).unwrap();
        assert_eq!(attribute.domain().kind(), DomainKind::Ordered);
        assert_eq!(attribute.domain().labels().collect::<Vec<_>>(), ["<=17", "90+"]);
        assert_eq!(
            output.report.details,
            PerturbationDetails::Coding(CodingReport {
                top_coded: 4,
                bottom_coded: 3,
                top: Some("90".into()),
                bottom: Some("17".into())
            })
        );
    }

    #[test]
    fn thresholds_and_means_stay_numbers() {
        let table = numbers(Origin::Observed);
        let output = top("91", CodedReplacement::Threshold).run(&table, &Control::default()).unwrap();
        assert_eq!(texts(&output), ["0.5", "15.0", "17.0", "90.0", "91.0", "91.0", "91.0", "-"]);
        // (91.2 + 104.0 + 104.0) / 3 = 99.7333
        let output = top("91", CodedReplacement::Mean).run(&table, &Control::default()).unwrap();
        assert_eq!(texts(&output)[3..7], ["90.0", "99.7", "99.7", "99.7"]);
        assert_eq!(output.report.changed_cells, 3);
        let values: Vec<_> =
            output.table.schema().get(0).unwrap().domain().labels().map(std::borrow::Cow::into_owned).collect();
        assert_eq!(values, ["0.5", "15.0", "17.0", "90.0", "99.7"]);
    }

    #[test]
    fn nothing_beyond_the_threshold_changes_nothing() {
        let table = numbers(Origin::Observed);
        for replacement in [CodedReplacement::Threshold, CodedReplacement::Mean, CATEGORY] {
            let output = top("200", replacement).run(&table, &Control::default()).unwrap();
            assert_eq!(texts(&output), texts(&Perturbed { table: table.clone(), ..output.clone() }));
            assert_eq!(output.report.changed_cells, 0);
        }
    }

    #[test]
    fn a_mean_makes_a_public_domain_an_observed_one() {
        let table = numbers(Origin::Public);
        let origin = |replacement| {
            let output = top("91", replacement).run(&table, &Control::default()).unwrap();
            output.table.schema().get(0).unwrap().domain().origin()
        };
        assert_eq!(origin(CodedReplacement::Mean), Origin::Observed);
        assert_eq!((origin(CodedReplacement::Threshold), origin(CATEGORY)), (Origin::Public, Origin::Public));
    }

    #[test]
    fn dates_become_ordered_names() {
        let days = ["2001-01-01", "2019-12-31", "2020-03-01"].map(|day| day.parse().unwrap());
        let table = table(Domain::dates(days, Origin::Observed).unwrap(), &[2, 0, 1]);
        let label = Some("2019 and before".to_owned());
        let bottom = BottomCode { to: "2019-12-31".into(), replacement: CodedReplacement::Category { label } };
        let output = TopBottomCoding::bottom("x", bottom).run(&table, &Control::default()).unwrap();
        assert_eq!(texts(&output), ["2020-03-01", "2019 and before", "2019 and before"]);
    }

    #[test]
    fn ordered_names_are_coded_by_their_order() {
        let ages = Domain::ordered(["0-8", "9-17", "18-20", "21-30", "30+"], Origin::Public).unwrap();
        let table = table(ages, &[0, 1, 2, 3, 4, 5]);
        let label = Some("18+".to_owned());
        let output = top("18-20", CodedReplacement::Category { label }).run(&table, &Control::default()).unwrap();
        assert_eq!(texts(&output), ["0-8", "9-17", "18+", "18+", "18+", "-"]);
        let output = top("21-30", CodedReplacement::Threshold).run(&table, &Control::default()).unwrap();
        assert_eq!(texts(&output), ["0-8", "9-17", "18-20", "21-30", "21-30", "-"]);
        let refused = |coding: TopBottomCoding| coding.run(&table, &Control::default()).unwrap_err().to_string();
        assert_eq!(refused(top("25", CATEGORY)), "threshold: `25` is not written as the values of `x`");
        assert!(refused(top("30+", CodedReplacement::Mean)).starts_with("replacement"));
        let bottom = BottomCode { to: "18-20".into(), replacement: CATEGORY };
        let crossed = TopBottomCoding::both("x", bottom, TopCode { from: "9-17".into(), replacement: CATEGORY });
        assert_eq!(refused(crossed), "threshold: those of `x` cross");
    }
}
