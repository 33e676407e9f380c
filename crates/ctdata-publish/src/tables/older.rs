//! Older releases beside a new one: figures that differ by a few persons tell of those few.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::Path;

use ctdata_indicators::Estimate;
use ctdata_indicators::estimate::{Attribution, Base, Filter};
use ctdata_privacy::PrivacyError;
use ctdata_privacy::tables::{
    Additions, CellId, DifferencingFinding, DifferencingOptions, DifferencingRule, Feasible, Fraction, Level, Pattern,
    ProtectedTables, PublishedFigures, Standing, TableSystem, differencing, feasible_interval,
};
use ctdata_table::Control;
use ctdata_table::csv::{Record, ScanOptions, Scanner, Separator, open};

use super::figures::{Figure, Printed};
use crate::folder::{TABLES_FILE, TABLES_STATEMENT_FILE};
use crate::{PublishError, TableMethod, TablesPlan};

/// How findings cite the release in the making.
const NEW: &str = "this release";
/// So many figures are named in a remark.
const NAMED: usize = 5;

/// The older releases of a plan.
#[derive(Debug, Default)]
pub(super) struct Older {
    releases: Vec<PublishedFigures>,
    remarks: Vec<String>,
}

/// What older releases changed in a system.
#[derive(Debug, Default)]
pub(super) struct Related {
    /// Figures that are marked since they would tell too much together with older ones.
    marked: usize,
    /// Figures that are no less than an older number.
    bounded: usize,
}

/// A figure of the new release.
#[derive(Clone, Copy, PartialEq, Eq)]
struct New {
    /// None where it is known to be zero.
    cell: Option<CellId>,
    count: u64,
}

impl Older {
    /// Reads the tables of the releases that a plan names; its paths are relative to `folder`.
    pub(super) fn read(plan: &TablesPlan, folder: &Path) -> Result<Self, PublishError> {
        let mut older = Self::default();
        for path in &plan.older {
            let release = folder.join(path);
            let name = path.display().to_string();
            match method(&release)? {
                Some(method) if method == TableMethod::Suppression.name() => {
                    older.releases.push(read(&release.join(TABLES_FILE), name)?);
                }
                Some(method) => older.remarks.push(format!(
                    "tables: the counts of {name} were changed ({method}): nothing follows from how they differ from those \
                     of now, and they were not compared; but true counts now tell how they were changed then"
                )),
                None => older.remarks.push(format!(
                    "tables: {name} counts its released records, not the confidential ones: its figures were not compared"
                )),
            }
        }
        Ok(older)
    }

    /// The names of the folders that are compared, without the way to them, which is nobody else's matter.
    pub(super) fn compared(&self) -> Vec<String> {
        let last = |name: &str| Path::new(name).file_name().map(|last| last.to_string_lossy().into_owned());
        self.releases.iter().map(|release| last(&release.name).unwrap_or_else(|| release.name.clone())).collect()
    }

    /// Marks the figures of which older releases and this one together would tell too much, and tells the system what
    /// older ones say of them. What would tell too much however much is withheld is left as it is.
    ///
    /// # Errors
    /// Figures that fell although records are only added; a stop by `control`.
    pub(super) fn relate(
        &self,
        system: &mut TableSystem,
        figures: &[Figure],
        plan: &TablesPlan,
        control: &Control,
    ) -> Result<Related, PublishError> {
        let mut related = Related::default();
        if self.releases.is_empty() {
            return Ok(related);
        }
        let options = options(plan);
        let (named, _) = named(figures);
        let all = |shown: bool| {
            PublishedFigures::new(NEW, named.iter().map(|(name, new)| (name.clone(), shown.then_some(new.count))))
        };
        let audit = differencing(&self.releases, &all(true), options);
        let fell: Vec<&DifferencingFinding> =
            audit.findings.iter().filter(|finding| finding.rule == DifferencingRule::Fell).collect();
        // By fewer than the threshold they count as differing a little.
        let below = |finding: &&DifferencingFinding| {
            let now = named.get(&finding.figure).map_or(0, |new| new.count);
            options.additions == Additions::Only && self.published(&finding.compared_with, &finding.figure) > Some(now)
        };
        if !fell.is_empty() || audit.findings.iter().any(|finding| below(&finding)) {
            let names = list(fell.into_iter().chain(audit.findings.iter().filter(below)).map(|found| &found.figure));
            return Err(PublishError::impossible(format!(
                "tables: only_additions says that records were never changed or removed, and figures of older releases \
                 are larger than now: {names}"
            )));
        }
        for bound in differencing(&self.releases, &all(false), options).bounds {
            let cell = named.get(&bound.figure).and_then(|new| system.cell_mut(new.cell?));
            if let Some(cell) = cell.filter(|cell| cell.least < bound.least && bound.least <= cell.count) {
                cell.least = bound.least;
                cell.level.lower = cell.level.lower.min(cell.count - cell.least);
                related.bounded += 1;
            }
        }
        // What a figure can be at most hidden in: with every other figure withheld.
        let mut closed = Pattern::open(system);
        let of_figures = system.ids().zip(system.cells()).filter(|(_, cell)| cell.standing == Standing::Figure);
        of_figures.for_each(|(id, _)| closed.withhold(id));
        let mut marked = BTreeMap::<CellId, Level>::new();
        for finding in &audit.findings {
            let Some(&New { cell: Some(id), count }) = named.get(&finding.figure) else { continue };
            let wanted = self.level(finding, count, options.threshold);
            let level = marked.entry(id).or_default();
            *level = Level { lower: level.lower.max(wanted.lower), upper: level.upper.max(wanted.upper) };
        }
        for (id, wanted) in marked {
            let room = feasible_interval(system, &closed, id, control)?;
            let Some(cell) = system.cell_mut(id) else { continue };
            let level = within(&room, cell.count, wanted);
            if !level.is_none() {
                cell.level =
                    Level { lower: cell.level.lower.max(level.lower), upper: cell.level.upper.max(level.upper) };
                related.marked += 1;
            }
        }
        Ok(related)
    }

    /// How far from its count readers must be unable to narrow a figure, so that as many records as the threshold may
    /// have come or gone, or none.
    fn level(&self, finding: &DifferencingFinding, count: u64, threshold: u64) -> Level {
        if finding.rule == DifferencingRule::SmallDifference {
            let before = self.published(&finding.compared_with, &finding.figure).unwrap_or(count);
            let room = threshold.saturating_sub(before.abs_diff(count));
            return if before <= count { Level { lower: 1, upper: room } } else { Level { lower: room, upper: 1 } };
        }
        // The older figure is withheld: it is no larger than this one, and no smaller than what was told before it.
        let before = self.releases.iter().take_while(|release| release.name != finding.release);
        let told = before.filter_map(|release| release.figures.get(&finding.figure).copied().flatten()).max();
        let room = threshold.saturating_sub(count.saturating_sub(told.unwrap_or(0)));
        Level { lower: 0, upper: room.max(1) }
    }

    fn published(&self, release: &str, figure: &str) -> Option<u64> {
        let release = self.releases.iter().find(|known| known.name == release)?;
        release.figures.get(figure).copied().flatten()
    }

    /// What protection that does not exist means.
    pub(super) fn explain(&self, error: PrivacyError) -> PublishError {
        match error {
            PrivacyError::Unprotectable { cells } if !self.releases.is_empty() => PublishError::impossible(format!(
                "tables: with what older releases and the released records tell, {cells} counts cannot be protected by \
                 withholding figures"
            )),
            error => error.into(),
        }
    }

    /// What somebody in the house should know of the comparison; no number of a figure among it.
    pub(super) fn remarks(
        &self,
        figures: &[Figure],
        related: &Related,
        released: &ProtectedTables,
        plan: &TablesPlan,
    ) -> Vec<String> {
        let mut remarks = self.remarks.clone();
        if self.releases.is_empty() {
            return remarks;
        }
        let (named, ambiguous) = named(figures);
        let shown = named
            .iter()
            .map(|(name, new)| (name.clone(), new.cell.map_or(Some(new.count), |cell| released.value(cell))));
        let audit = differencing(&self.releases, &PublishedFigures::new(NEW, shown), options(plan));
        let Related { marked, bounded } = related;
        remarks.push(format!(
            "tables: {} figures are in older releases as well; {marked} are withheld since few persons came or went, and \
             {bounded} are known to be no less than before; sums and differences of figures of two releases were not \
             compared",
            audit.matched
        ));
        if ambiguous > 0 {
            remarks.push(format!("tables: {ambiguous} figures go by a name that others have, and were not compared"));
        }
        let open: BTreeSet<&String> = audit.findings.iter().map(|finding| &finding.figure).collect();
        if !open.is_empty() {
            remarks.push(format!(
                "tables: {} figures tell of a few persons together with older releases, and everybody knows them, so that \
                 withholding does not help: {}",
                open.len(),
                list(open.into_iter())
            ));
        }
        remarks
    }
}

/// A level as far as there is room for it, in whole persons.
fn within(room: &Feasible, count: u64, level: Level) -> Level {
    let whole = |number: i128| u64::try_from(number.max(0)).unwrap_or(u64::MAX);
    let floor = |of: Fraction| of.numerator.div_euclid(of.denominator.into());
    let below = (i128::from(count) - floor(room.low)).saturating_sub(i128::from(room.low.denominator > 1));
    let above = room.high.map_or(i128::MAX, |high| floor(high) - i128::from(count));
    Level { lower: level.lower.min(whole(below)), upper: level.upper.min(whole(above)) }
}

fn options(plan: &TablesPlan) -> DifferencingOptions {
    let additions = if plan.only_additions { Additions::Only } else { Additions::AndRemovals };
    DifferencingOptions { threshold: plan.threshold.unwrap_or(0), additions }
}

/// The first few names, each once, and how many more there are.
fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: BTreeSet<&str> = names.map(String::as_str).collect();
    let first: Vec<&str> = names.iter().take(NAMED).copied().collect();
    let more = names.len() - first.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join("; "))
}

/// The name of a number of a row: the same in every release.
fn name(
    indicator: &str,
    mut dimensions: Vec<(&str, &str)>,
    filters: &str,
    attribution: &str,
    base_rule: &str,
    part: &str,
) -> String {
    dimensions.sort_unstable();
    let dimensions = dimensions.iter().map(|(dimension, code)| format!("{dimension}={code}"));
    let rest = [filters, attribution, base_rule].into_iter().filter(|text| !text.is_empty()).map(str::to_owned);
    let all: Vec<String> = dimensions.chain(rest).collect();
    format!("{part} of {indicator} [{}]", all.join(", "))
}

/// The figures by name, and how many share a name with a different one.
fn named(figures: &[Figure]) -> (BTreeMap<String, New>, usize) {
    let mut named = BTreeMap::<String, New>::new();
    let mut ambiguous = BTreeSet::new();
    for figure in figures {
        let estimate = &figure.estimate;
        let parts = [
            ("numerator", figure.numerator, estimate.numerator),
            ("base", figure.base, estimate.base),
            ("unknown", figure.unknown, estimate.unknown),
        ];
        for (part, printed, count) in parts {
            let new = match (printed, count) {
                (Printed::Cell(cell), Some(count)) => New { cell: Some(cell), count },
                (Printed::Zero, _) => New { cell: None, count: 0 },
                _ => continue,
            };
            let name = name_of(estimate, part);
            match named.entry(name) {
                Entry::Vacant(free) => {
                    free.insert(new);
                }
                Entry::Occupied(taken) if *taken.get() == new => {}
                Entry::Occupied(taken) => {
                    ambiguous.insert(taken.key().clone());
                }
            }
        }
    }
    named.retain(|name, _| !ambiguous.contains(name));
    (named, ambiguous.len())
}

fn name_of(estimate: &Estimate, part: &str) -> String {
    let dimensions = estimate.dimensions.iter().map(|of| (of.name.as_ref(), of.code.as_ref())).collect();
    let filter = |filter: &Filter| format!("{}={}", filter.dimension, filter.codes.join("|"));
    let filters: Vec<String> = estimate.filters.iter().map(filter).collect();
    let attribution = estimate.attribution.map_or("", Attribution::code);
    let base_rule = estimate.base_rule.map_or("", Base::code);
    name(&estimate.indicator, dimensions, &filters.join("; "), attribution, base_rule, part)
}

/// How the tables of a release folder are protected; none if they count released records.
fn method(release: &Path) -> Result<Option<String>, PublishError> {
    let tables = release.join(TABLES_FILE);
    if !tables.is_file() {
        return Err(PublishError::plan(format!("tables: older: {}: there is no such file", tables.display())));
    }
    let path = release.join(TABLES_STATEMENT_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let broken =
        || PublishError::plan(format!("tables: older: {}: it does not say how tables were made", path.display()));
    let text = std::fs::read(&path).map_err(|error| PublishError::io(&path, error))?;
    let document: serde_json::Value = serde_json::from_slice(&text).map_err(|_| broken())?;
    let method = document.pointer("/certificate/method/name").and_then(serde_json::Value::as_str);
    method.map(|method| Some(method.to_owned())).ok_or_else(broken)
}

/// The figures in the tables of a release.
fn read(path: &Path, name: String) -> Result<PublishedFigures, PublishError> {
    let refused = |what: String| PublishError::plan(format!("tables: older: {}: {what}", path.display()));
    let file = open(path).map_err(|error| PublishError::io(path, error))?;
    let options = ScanOptions { separator: Some(Separator::Comma), ..ScanOptions::default() };
    let mut scanner = Scanner::new(file, options);
    let broken = |error: ctdata_table::csv::ScanError| refused(error.to_string());
    let header = scanner.next().map_err(broken)?.ok_or_else(|| refused("it is empty".to_owned()))?;
    let columns = Columns::of(&header).map_err(&refused)?;
    let mut figures = BTreeMap::<String, Option<u64>>::new();
    let mut ambiguous = BTreeSet::new();
    let mut row = 0u64;
    while let Some(record) = scanner.next().map_err(broken)? {
        row += 1;
        let own = columns.figures(&record).map_err(|column| refused(format!("row {row}, {column}")))?;
        for (name, value) in own {
            match figures.entry(name) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(taken) if *taken.get() == value => {}
                Entry::Occupied(taken) => {
                    ambiguous.insert(taken.key().clone());
                }
            }
        }
    }
    figures.retain(|name, _| !ambiguous.contains(name));
    Ok(PublishedFigures { name, figures })
}

/// Where the columns of a tables file are.
struct Columns {
    /// Names and places of the dimensions.
    dimensions: Vec<(String, usize)>,
    indicator: usize,
    filters: usize,
    attribution: usize,
    base_rule: usize,
    suppressed: usize,
    /// Numerator, base and unknown.
    parts: [(&'static str, usize); 3],
}

impl Columns {
    fn of(header: &Record<'_>) -> Result<Self, String> {
        let names: Vec<String> = header.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        let place = |name: &str| {
            let found = names.iter().position(|known| known == name);
            found.ok_or_else(|| format!("column `{name}` is missing"))
        };
        // Dimensions have their columns between the two.
        let (period, filters) = (place("period")?, place("filters")?);
        let dimensions = names.iter().cloned().zip(0..).take(filters).skip(period + 1).collect();
        let part = |name: &'static str| Ok::<_, String>((name, place(name)?));
        Ok(Self {
            dimensions,
            indicator: place("indicator")?,
            filters,
            attribution: place("attribution")?,
            base_rule: place("base_rule")?,
            suppressed: place("suppressed")?,
            parts: [part("numerator")?, part("base")?, part("unknown")?],
        })
    }

    /// The figures of a row; those withheld have no number.
    fn figures(&self, record: &Record<'_>) -> Result<Vec<(String, Option<u64>)>, String> {
        let cell = |at: usize, column: &str| {
            let bytes = record.cell(at).ok_or_else(|| format!("column `{column}`: the row ends before it"))?;
            std::str::from_utf8(bytes).map_err(|_| format!("column `{column}`: not valid UTF-8"))
        };
        let mut dimensions = Vec::new();
        for (name, at) in &self.dimensions {
            let code = cell(*at, name)?;
            if !code.is_empty() {
                dimensions.push((name.as_str(), code));
            }
        }
        let (indicator, filters) = (cell(self.indicator, "indicator")?, cell(self.filters, "filters")?);
        let attribution = cell(self.attribution, "attribution")?;
        let base_rule = cell(self.base_rule, "base_rule")?;
        let withheld = cell(self.suppressed, "suppressed")? == "true";
        let mut figures = Vec::new();
        for (part, at) in self.parts {
            let value = match cell(at, part)? {
                "" if withheld => None,
                "" => continue,
                text => Some(text.parse().map_err(|_| format!("column `{part}`: not a count"))?),
            };
            figures.push((name(indicator, dimensions.clone(), filters, attribution, base_rule, part), value));
        }
        Ok(figures)
    }
}
