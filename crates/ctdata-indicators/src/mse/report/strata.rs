//! The report with one of its methods on each stratum.

use super::options::MseOptions;
use super::words::{ReportTable, persons, range, sentence};
use super::{MseReport, methods, report};
use crate::estimate::Rounding;
use crate::mse::bootstrap::{Bootstrap, ModelChoice};
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::outcome::{Method, Status};
use crate::mse::select::{AIC_SIGNIFICANCE, BicSearch, DownhillSearch};
use crate::mse::strata::{Strata, Stratum, estimate_strata};
use ctdata_table::Control;

/// Runs every method asked for on all strata as one table, and one method on each stratum: the first of those asked for
/// that fits a log-linear model, stepwise selection if all are. `column` is what names the strata.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, HistoryLayout, Method, MseOptions, report_by_strata};
/// use ctdata_table::Control;
///
/// let table = "sex,police,shelters,hotline,count\nF,1,0,0,200\nF,0,1,0,150\nF,0,0,1,90\nF,1,1,0,40\nF,1,0,1,20\n\
///     M,1,0,0,60\nM,0,1,0,50\nM,0,0,1,20\nM,1,1,0,3\nM,0,1,1,9\n";
/// let control = Control::default();
/// let read = CaptureHistories::read_strata_csv(table.as_bytes(), &HistoryLayout::default(), "sex", &control)?;
/// let options = MseOptions { methods: vec![Method::Independence], replicates: 200, ..MseOptions::default() };
/// let report = report_by_strata(&read.column, &read.strata, &options, &control)?;
/// let strata = report.strata.ok_or("asked for")?;
/// assert!(strata.sum.estimate > strata.pooled.estimate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As for [`report()`] and [`estimate_strata`].
pub fn report_by_strata(
    column: &str,
    strata: &[(String, CaptureHistories)],
    options: &MseOptions,
    control: &Control,
) -> Result<MseReport, MseError> {
    let pooled = CaptureHistories::pooled(strata.iter().map(|(_, histories)| histories))?;
    let choice = choice(&pooled, options)?;
    let mut report = report(&pooled, options, control)?;
    let mut found = estimate_strata(strata, &choice, &options.bootstrap(), control)?;
    found.column = Some(column.to_owned());
    found.notes.extend(difference(&found));
    report.strata = Some(found);
    Ok(report)
}

/// The method for the strata.
fn choice(pooled: &CaptureHistories, options: &MseOptions) -> Result<ModelChoice, MseError> {
    let stepwise = || ModelChoice::Stepwise { threshold: options.threshold };
    let of = |method: &Method| -> Option<Result<ModelChoice, MseError>> {
        Some(Ok(match method {
            Method::Independence => ModelChoice::Independence,
            Method::Stepwise => stepwise(),
            Method::StepwiseAic => ModelChoice::StepwiseAic { significance: AIC_SIGNIFICANCE },
            Method::Bic => ModelChoice::Bic(BicSearch { order: options.max_order, ..BicSearch::default() }),
            Method::Downhill => {
                let search =
                    DownhillSearch { order: options.max_order, seed: options.seed, ..DownhillSearch::default() };
                ModelChoice::Downhill(search)
            }
            Method::Fixed => {
                return options
                    .model
                    .as_deref()
                    .map(|notation| Ok(ModelChoice::Fixed(methods::model(notation, pooled)?)));
            }
            _ => return None,
        }))
    };
    options.methods.iter().find_map(of).unwrap_or_else(|| Ok(stepwise()))
}

/// How far the sum is from the pooled estimate.
fn difference(strata: &Strata) -> Option<String> {
    let (sum, pooled) = (strata.sum.estimate?, strata.pooled.estimate?);
    if strata.summed.len() < 2 || pooled <= 0.0 {
        return None;
    }
    let share = 100.0 * (sum / pooled - 1.0);
    let than = if share < 0.0 { "less" } else { "more" };
    Some(format!(
        "the parts sum to {} and all strata pooled give {}: the sum is {} % {than}; each part has a model of its own, and \
         strata may differ in how often their persons are seen",
        persons(sum),
        persons(pooled),
        Rounding::default().format(share.abs(), 1)
    ))
}

/// Strata, sum and pooled estimate as a table.
pub(super) fn table(strata: &Strata) -> ReportTable {
    let column = strata.column.as_deref().unwrap_or("stratum");
    let header =
        [column, "seen", "overlapping pairs", "all persons", "percentile interval", "BCa interval", "status", "model"];
    let title = format!("Strata of {column}, by {}", strata.method.label());
    let mut table = ReportTable::new(&title, &header, &[0, 6, 7]);
    let row = |name: &str, seen: u64, pairs: String, bootstrap: &Bootstrap, model: &str| -> Vec<String> {
        let interval = |interval: Option<_>| interval.map(range).unwrap_or_default();
        vec![
            name.to_owned(),
            seen.to_string(),
            pairs,
            bootstrap.estimate.map(persons).unwrap_or_default(),
            interval(bootstrap.percentile),
            interval(bootstrap.bca),
            bootstrap.status.label().to_owned(),
            model.to_owned(),
        ]
    };
    let of = |one: &Stratum| {
        let model = one.model.as_deref().unwrap_or_default();
        row(&one.name, one.persons, one.overlapping_pairs.to_string(), &one.bootstrap, model)
    };
    table.rows.extend(strata.strata.iter().chain(&strata.sparse_pooled).map(of));
    let seen: u64 = strata.strata.iter().map(|one| one.persons).sum();
    table.rows.push(row("sum", seen, String::new(), &strata.sum, ""));
    let model = strata.pooled.model.as_ref().map(|chosen| {
        let named = strata.pooled.models.iter().find(|one| one.model == *chosen);
        named.map_or(chosen, |one| &one.named).as_str()
    });
    table.rows.push(row("pooled", seen, String::new(), &strata.pooled, model.unwrap_or_default()));
    if strata.sum.status == Status::Ok {
        table.notes.push(format!("The sum is of: {}.", strata.summed.join(", ")));
    }
    table.notes.extend(strata.notes.iter().map(|note| sentence(note)));
    let parts = strata.strata.iter().chain(&strata.sparse_pooled);
    for one in parts.filter(|one| one.bootstrap.status == Status::Ok) {
        table.notes.extend(one.bootstrap.notes.iter().map(|note| format!("{}: {note}.", one.name)));
    }
    table.notes.extend(strata.sum.notes.iter().map(|note| format!("Sum: {note}.")));
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::list_set::ListSet;

    fn strata() -> Vec<(String, CaptureHistories)> {
        let table = |counts: [u64; 6]| {
            let histories = [0b001, 0b010, 0b100, 0b011, 0b101, 0b110].map(ListSet::from_bits);
            CaptureHistories::try_new(["a", "b", "c"], histories.into_iter().zip(counts)).unwrap()
        };
        let counts = [("men", [60, 50, 20, 3, 5, 9]), ("women", [200, 150, 90, 40, 20, 10])];
        let mut strata: Vec<_> = counts.map(|(name, counts)| (name.to_owned(), table(counts))).to_vec();
        strata.push(("not | recorded".to_owned(), table([5, 4, 3, 1, 1, 0])));
        strata
    }

    fn run(options: &MseOptions) -> MseReport {
        report_by_strata("sex", &strata(), options, &Control::default()).unwrap()
    }

    #[test]
    fn the_report_has_the_strata_beside_all_methods() {
        let options =
            MseOptions { methods: vec![Method::Chao, Method::Independence], replicates: 60, ..MseOptions::default() };
        let report = run(&options);
        let strata = report.strata.as_ref().unwrap();
        // The pooled estimate is that of the report, bootstrap and all.
        assert_eq!(Some(&strata.pooled), report.methods[1].bootstrap.as_ref());
        assert_eq!((strata.method, strata.column.as_deref()), (Method::Independence, Some("sex")));
        assert!(strata.notes.last().unwrap().contains("the sum is"), "{:?}", strata.notes);
        let table = report.tables().into_iter().find(|table| table.title == "Strata of sex, by independence").unwrap();
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
        let names: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["men", "women", "not | recorded", "men + not | recorded", "sum", "pooled"]);
        assert_eq!(table.rows[2][3..7], ["", "", "", "too few persons or overlaps"]);
        assert_eq!((table.rows[4][1].as_str(), table.rows[0][7].as_str()), ("671", "[a,b,c]"));
        let markdown = report.to_markdown("Strata");
        assert!(markdown.contains("| not \\| recorded | 14 | 2 |"), "{markdown}");
    }

    #[test]
    fn the_method_of_strata_is_the_first_that_fits_a_model() {
        let of = |methods: &[Method], model: Option<&str>| {
            let model = model.map(str::to_owned);
            run(&MseOptions {
                methods: methods.to_vec(),
                model,
                replicates: 0,
                sensitivity: false,
                ..MseOptions::default()
            })
            .strata
            .unwrap()
            .method
        };
        assert_eq!(of(&[Method::Chao], None), Method::Stepwise);
        assert_eq!(of(&[Method::Chao, Method::Bic, Method::Stepwise], None), Method::Bic);
        assert_eq!(of(&[Method::Fixed], Some("[a:b,c]")), Method::Fixed);
    }
}
