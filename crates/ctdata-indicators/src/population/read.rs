//! Reads population files.

use super::{AgeGroup, Persons, Population, PopulationError, PopulationKey, PopulationSex, Thousands};
use crate::IndicatorError;
use ctdata_model::Country;
use ctdata_table::csv::{Record, ScanOptions, Scanner, open};
use ctdata_table::{Location, TableError};
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

impl Population {
    /// Reads a population file, plain or gzip.
    ///
    /// The columns, in any order and case: `alpha3`, `year`, optionally `sex` (`F`, `female`, `M`,
    /// `male`; empty or `total` for both) and `age_group` (`0-4`, `100+`, `17`; empty or `total` for
    /// all ages), and one of `persons` and `thousands` (or `population_persons`,
    /// `population_thousands`). Other columns are ignored. Rows of aggregates, without `alpha3` or
    /// with `WLD` for the world, are left out.
    ///
    /// # Errors
    /// The file cannot be opened or is no delimited text; a column is missing; a cell is not what
    /// its column says; a group has two figures.
    pub fn read_path(
        path: &Path,
        source: impl Into<Cow<'static, str>>,
        vintage: impl Into<Cow<'static, str>>,
    ) -> Result<Self, IndicatorError> {
        let file = open(path).map_err(|error| TableError::io(path, error))?;
        let place = Location::default().with_file(path.display().to_string());
        Ok(read(file, &place, Self::new(source, vintage))?)
    }

    /// Reads a population table from anything; see [`Population::read_path`].
    ///
    /// # Errors
    /// As for [`Population::read_path`].
    pub fn read_csv(
        reader: impl Read,
        source: impl Into<Cow<'static, str>>,
        vintage: impl Into<Cow<'static, str>>,
    ) -> Result<Self, PopulationError> {
        read(reader, &Location::default(), Self::new(source, vintage))
    }
}

fn read(reader: impl Read, place: &Location, mut population: Population) -> Result<Population, PopulationError> {
    let mut scanner = Scanner::new(reader, ScanOptions::default());
    let broken = |at: Location, rule| PopulationError::Text { at, rule };
    let Some(header) = scanner.next()? else {
        return Err(broken(place.clone(), "the file is empty"));
    };
    let columns = Columns::find(&header).map_err(|rule| broken(place.clone().with_line(header.line()), rule))?;
    let mut row = 0;
    while let Some(record) = scanner.next()? {
        row += 1;
        let at = || Location { row: Some(row), ..place.clone().with_line(record.line()) };
        match columns.row(&record) {
            Ok(Some((key, residents))) => {
                population.insert(key, residents).map_err(|_| PopulationError::Repeated { at: at(), key })?;
            }
            Ok(None) => {}
            Err((column, rule)) => return Err(broken(at().with_column(column), rule)),
        }
    }
    Ok(population)
}

/// Where the columns are.
struct Columns {
    alpha3: usize,
    year: usize,
    sex: Option<usize>,
    ages: Option<usize>,
    figure: usize,
    in_thousands: bool,
}

/// The column and the rule that a cell breaks.
type Problem = (&'static str, &'static str);

impl Columns {
    fn find(header: &Record<'_>) -> Result<Self, &'static str> {
        let mut found = [None; 6];
        for (position, cell) in header.cells().enumerate() {
            let name = cell.trim_ascii().to_ascii_lowercase();
            let name = name.strip_prefix(b"population_").unwrap_or(&name);
            let names: [&[u8]; 6] = [b"alpha3", b"year", b"sex", b"age_group", b"persons", b"thousands"];
            for (known, place) in names.into_iter().zip(&mut found) {
                if name == known && place.replace(position).is_some() {
                    return Err("a column of the header is given twice");
                }
            }
        }
        let [alpha3, year, sex, ages, persons, thousands] = found;
        let (figure, in_thousands) = match (persons, thousands) {
            (Some(figure), None) => (figure, false),
            (None, Some(figure)) => (figure, true),
            (None, None) => return Err("column `persons` or `thousands` is missing"),
            (Some(_), Some(_)) => {
                return Err("columns `persons` and `thousands` exclude each other");
            }
        };
        Ok(Self {
            alpha3: alpha3.ok_or("column `alpha3` is missing")?,
            year: year.ok_or("column `year` is missing")?,
            sex,
            ages,
            figure,
            in_thousands,
        })
    }

    /// The group and the figure of a row; `None` for an aggregate.
    fn row(&self, record: &Record<'_>) -> Result<Option<(PopulationKey, Persons)>, Problem> {
        let cell = |position: usize, column: &'static str| -> Result<&str, Problem> {
            let bytes = record.cell(position).ok_or((column, "the row ends before this cell"))?;
            let text = std::str::from_utf8(bytes).map_err(|_| (column, "not valid UTF-8"))?;
            Ok(text.trim())
        };
        let optional = |position: Option<usize>, column| match position {
            None => Ok(None),
            Some(position) => cell(position, column).map(|text| Some(text).filter(|text| !is_total(text))),
        };

        let alpha3 = cell(self.alpha3, "alpha3")?;
        if alpha3.is_empty() || alpha3.eq_ignore_ascii_case("WLD") {
            return Ok(None);
        }
        let year = cell(self.year, "year")?.parse();
        let key = PopulationKey {
            country: Country::from_alpha3(alpha3).ok_or(("alpha3", "not an alpha-3 code of a country"))?,
            year: year.map_err(|_| ("year", "not a calendar year"))?,
            sex: match optional(self.sex, "sex")? {
                None => None,
                Some(text) => Some(sex(text).ok_or(("sex", "`female` (F), `male` (M) or `total` is expected"))?),
            },
            ages: match optional(self.ages, "age_group")? {
                None => AgeGroup::ALL,
                Some(text) => {
                    text.parse().map_err(|_| ("age_group", "age groups are written `0-17`, `100+`, `17` or `total`"))?
                }
            },
        };
        let column = if self.in_thousands { "thousands" } else { "persons" };
        let figure = cell(self.figure, column)?.parse().ok();
        let residents = figure.and_then(|number: f64| {
            if self.in_thousands {
                Thousands::try_new(number).ok().map(Persons::from)
            } else {
                Persons::try_new(number).ok()
            }
        });
        match residents {
            Some(residents) => Ok(Some((key, residents))),
            None => Err((column, "a population is a finite number that is not negative")),
        }
    }
}

fn is_total(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("total") || text.eq_ignore_ascii_case("_T")
}

fn sex(text: &str) -> Option<PopulationSex> {
    match text {
        "F" | "f" => Some(PopulationSex::Female),
        "M" | "m" => Some(PopulationSex::Male),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Population, PopulationError> {
        Population::read_csv(text.as_bytes(), "invented", "1")
    }

    fn afghanistan(year: u16) -> PopulationKey {
        PopulationKey::total("AFG".parse().unwrap(), year)
    }

    /// World Population Prospects 2019, Afghanistan 2000, girls under 20, in thousands.
    const WPP: &str = "m49,alpha3,year,sex,age_group,population_thousands\n\
        004,AFG,2000,F,0-4,2042.084\n\
        004,AFG,2000,F,5-9,1603.445\n\
        004,AFG,2000,F,10-14,1296.308\n\
        004,AFG,2000,F,15-19,1042.985\n\
        900,,2000,F,0-4,297934.1\n";

    #[test]
    fn a_table_in_thousands_by_sex_and_age_is_read() {
        let table = parse(WPP).unwrap();
        assert_eq!((table.source(), table.vintage()), ("invented", "1"));
        let girls = afghanistan(2000).of_sex(PopulationSex::Female);
        let youngest = table.denominator(girls.of_ages("0-4".parse().unwrap())).unwrap();
        assert_eq!(youngest.persons, Persons::try_new(2_042_084.0).unwrap());
        // 2042.084 + 1603.445 + 1296.308 + 0.6 × 1042.985 thousand.
        let girls = table.denominator(girls.of_ages(AgeGroup::UNDER_18)).unwrap();
        assert!(girls.approximate && (girls.persons.get() - 5_567_628.0).abs() < 1e-6);
    }

    #[test]
    fn totals_in_persons_are_read_whatever_the_order_and_case_of_columns() {
        for text in [
            "alpha3,year,population_persons\nAFG,2020,39000000\nWLD,2020,7800000000\n",
            "Persons;Year;Alpha3\n39000000;2020;afg\n",
            "alpha3\tyear\tpersons\tsex\tage_group\r\nAFG\t2020\t39000000\tTotal\t\r\n",
        ] {
            let table = parse(text).unwrap();
            let found = table.denominator(afghanistan(2020)).unwrap();
            assert_eq!(found.persons, Persons::try_new(39e6).unwrap(), "{text}");
        }
    }

    #[test]
    fn errors_name_the_place_and_the_rule() {
        let head = "alpha3,year,sex,age_group,persons\n";
        for (text, message) in [
            ("", "unknown place: the file is empty"),
            ("alpha3,year\n", "line 1: column `persons` or `thousands` is missing"),
            ("alpha3,persons\n", "line 1: column `year` is missing"),
            ("year,persons\n", "line 1: column `alpha3` is missing"),
            ("alpha3,year,persons,thousands\n", "line 1: columns `persons` and `thousands` exclude each other"),
            ("alpha3,year,Year,persons\n", "line 1: a column of the header is given twice"),
            (
                &format!("{head}AFG,2020,,,1\nXQX,2020,,,1\n"),
                "line 3, row 2, column `alpha3`: not an alpha-3 code of a country",
            ),
            (&format!("{head}AFG,20x0,,,1\n"), "line 2, row 1, column `year`: not a calendar year"),
            (
                &format!("{head}AFG,2020,Q,,1\n"),
                "line 2, row 1, column `sex`: `female` (F), `male` (M) or `total` is expected",
            ),
            (
                &format!("{head}AFG,2020,,5-0,1\n"),
                "line 2, row 1, column `age_group`: age groups are written `0-17`, `100+`, `17` or `total`",
            ),
            (
                &format!("{head}AFG,2020,,,-1\n"),
                "line 2, row 1, column `persons`: a population is a finite number that is not negative",
            ),
            (
                &format!("{head}AFG,2020,,,NaN\n"),
                "line 2, row 1, column `persons`: a population is a finite number that is not negative",
            ),
            (&format!("{head}AFG,2020\n"), "line 2, row 1, column `sex`: the row ends before this cell"),
            (&format!("{head}AFG,2020,,,1\nAFG,2020,,0+,2\n"), "line 3, row 2: a second figure for AFG 2020"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message);
        }
        assert!(matches!(parse("a\0b"), Err(PopulationError::Scan(_))));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Population::read_path(Path::new("no/such/population.csv"), "", "").unwrap_err();
        assert!(matches!(error, IndicatorError::Table(TableError::Io { .. })));
        assert!(error.to_string().contains("population.csv"), "{error}");
    }
}
