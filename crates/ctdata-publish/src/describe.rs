//! What a release folder says about itself: in plain words, and for programs.

use std::fmt::Write as _;

use ctdata_model::{Layout, LayoutAttribute, LayoutColumn};
use ctdata_privacy::Released;
use ctdata_privacy::tables::TableMethod;
use ctdata_table::{Attribute, DomainKind, Origin, Table};
use serde_json::{Value, json};

use crate::folder::{DATA_FILE, PACKAGE_FILE, README_FILE, STATEMENT_FILE, TABLES_FILE, TABLES_STATEMENT_FILE};
use crate::tables::ReleasedTables;

/// The column of a layout that holds an attribute of this name.
pub(crate) fn column(layout: Option<&'static Layout>, name: &str) -> Option<&'static LayoutColumn> {
    layout?.columns.iter().find(|column| match column.attribute {
        LayoutAttribute::Case(attribute) => attribute.name() == name,
        LayoutAttribute::VictimPerpetrator(attribute) => attribute.name() == name,
    })
}

/// The name of an attribute's column in the data file.
pub(crate) fn column_name<'a>(layout: Option<&'static Layout>, attribute: &'a Attribute) -> &'a str {
    column(layout, attribute.name()).map_or(attribute.name(), |column| column.name)
}

/// What tables of released records are.
const OF_RECORDS: &str = "tables computed from those records, one figure per row";
/// What tables of confidential counts are.
const OF_ALL: &str = "tables of all records of the source, protected, one figure per row";

/// The README of a release.
pub(crate) fn readme(data: &Released<Table>, tables: &ReleasedTables, layout: Option<&'static Layout>) -> String {
    let mut text = String::from("# Data release\n\n");
    let columns = data.get().schema().len();
    let of_layout = layout.map(|layout| format!(" in the layout `{}`", layout.name)).unwrap_or_default();
    let _ = match &data.statement().records {
        Some(records) => writeln!(
            text,
            "{} records in {columns} columns, made from {} records{of_layout}. {} ({:.1} %) were left out to protect the persons \
             in them.\n",
            records.kept,
            records.input,
            records.suppressed,
            records.share_suppressed * 100.0,
        ),
        None => writeln!(text, "{} synthetic records in {columns} columns{of_layout}.\n", data.get().rows()),
    };
    let is_confidential = tables.protected().is_some();
    text.push_str("## Files\n");
    for (file, what) in [
        (DATA_FILE, "the records, one per row; the order of the rows means nothing"),
        (TABLES_FILE, if is_confidential { OF_ALL } else { OF_RECORDS }),
        (STATEMENT_FILE, "what was done, what was verified, and what is not protected, for programs"),
        (PACKAGE_FILE, "a description of the files for programs (Frictionless Data Package)"),
        (README_FILE, "this text"),
    ] {
        let _ = writeln!(text, "- `{file}`: {what}");
    }
    if is_confidential {
        let _ =
            writeln!(text, "- `{TABLES_STATEMENT_FILE}`: how the tables are protected, and what was proven of that");
    }
    for picture in tables.pictures() {
        let _ = writeln!(text, "- `{}`: a picture: {}", picture.file, picture.title);
    }
    text.push_str("\n## Columns\n| column | attribute | values |\n|---|---|---|\n");
    for attribute in data.get().schema().attributes() {
        let (column, name) = (column_name(layout, attribute), attribute.name().replace('_', " "));
        let _ = writeln!(text, "| `{column}` | {name} | {} |", values(data, attribute.name()));
    }
    let synthetic = data.statement().synthetic.is_some();
    let missing = match layout.map_or("", |layout| layout.missing) {
        "" => "An empty cell".to_owned(),
        code => format!("`{code}` in a cell"),
    };
    let why = if synthetic {
        "a synthetic record has no value there. It stands for no cell of a person"
    } else {
        "no value is released there, and not why: it may not have been asked, observed or recorded, or was blanked to \
         protect a person"
    };
    let _ = writeln!(text, "\n{missing} says that {why}. It must not be read as \"no\".\n");
    text.push_str(&data.statement().to_plain_words());
    text.push_str("\n## Tables\n");
    if tables.is_empty() {
        text.push_str("None: no indicator can be computed from the released columns.\n");
    } else {
        match tables.protected() {
            Some(protected) => {
                of_confidential(&mut text, tables, protected.get().method());
                text.push_str(&protected.statement().to_plain_words());
                text.push('\n');
            }
            None => of_records(&mut text, synthetic),
        }
        for (id, title) in tables.titles() {
            let _ = writeln!(text, "- {title} (`{id}`)");
        }
    }
    if !tables.skipped().is_empty() {
        let skipped: Vec<String> = tables.skipped().iter().map(|(id, _)| format!("`{id}`")).collect();
        let _ = writeln!(
            text,
            "\nNot computed, since the release lacks the columns, or has them in coarser values: {}.",
            skipped.join(", ")
        );
    }
    text
}

/// What tables of the confidential counts say.
fn of_confidential(text: &mut String, tables: &ReleasedTables, method: TableMethod) {
    text.push_str(
        "They count the persons of the source, also those whose records were left out, and none but those: persons who \
         were detected and recorded, not the victims who were not. ",
    );
    text.push_str(match method {
        TableMethod::Suppression => {
            "An empty cell with `suppressed` is withheld to protect persons. It is no zero."
        }
        TableMethod::ControlledRounding { .. } => {
            "To protect persons every count was rounded; sums of counts still hold. Shares and rates are made of the \
             rounded counts, and their intervals do not cover the rounding."
        }
        TableMethod::RandomRounding { .. } => {
            "To protect persons every count was rounded up or down by chance, so that sums of counts need not hold. Shares \
             and rates are made of the rounded counts, and their intervals do not cover the rounding."
        }
        _ => {
            "To protect persons every count but zero got some noise, so that sums of counts need not hold. Shares and rates \
             are made of the changed counts, and their intervals do not cover the noise."
        }
    });
    if method != TableMethod::Suppression {
        text.push_str(
            " A combination that is not listed is zero, or became zero. A share whose changed counts contradict each other \
             has no value. The records of this release are not changed in this way: counted, they can contradict the tables, \
             and tell of a count that it is not below what they show.",
        );
    }
    if let TableMethod::RandomRounding { .. } | TableMethod::CellKey { .. } = method {
        text.push_str(
            " The same records are changed alike in all tables; in another release only as far as its file has them in the \
             same order.",
        );
    }
    let compared: Vec<String> = tables.compared_with().iter().map(|name| format!("`{name}`")).collect();
    if !compared.is_empty() {
        let _ = write!(
            text,
            " They were compared, figure by figure, with older releases ({}): figures that tell of a few persons together \
             with those are withheld.",
            compared.join(", ")
        );
    }
    text.push_str("\n\n");
}

/// What tables of the released records say.
fn of_records(text: &mut String, synthetic: bool) {
    text.push_str(
        "Every figure is computed from the released records in `data.csv`, and each count was recounted there: the tables \
         say nothing that the records do not say. ",
    );
    text.push_str(if synthetic {
        "They count synthetic records: estimates of what the source has, of persons who were detected and recorded, with \
         the error that protecting them costs, which intervals do not cover. "
    } else {
        "They count persons who were detected and recorded, and describe neither the victims who were not nor the \
         records that were left out. "
    });
    text.push_str(
        "Where a question has several answers, those whose columns are not released do not count, neither above nor \
         below the line.\n\n",
    );
}

/// How coarse the values of a column are.
fn values(data: &Released<Table>, name: &str) -> String {
    if data.statement().synthetic.is_some() {
        return "synthetic".to_owned();
    }
    let column = data.statement().generalized.iter().find(|column| column.attribute == name && column.cells > 0);
    match column.map(|column| (column.level, column.level_name.as_deref())) {
        None | Some((Some(0), _)) => "as in the source".to_owned(),
        Some((Some(_), Some(name))) => name.to_owned(),
        Some((Some(level), None)) => format!("level {level}"),
        Some((None, _)) => "coarser, differently from record to record".to_owned(),
    }
}

/// The Frictionless Data Package of a release.
///
/// # Sources
/// Data Package, version 1 (Open Knowledge Foundation, 2017): tabular data resource, table schema.
pub(crate) fn data_package<'a>(
    data: &Released<Table>,
    header: impl Iterator<Item = &'a str>,
    layout: Option<&'static Layout>,
) -> Value {
    let separator = char::from(layout.map_or(b',', |layout| layout.separator));
    let missing = layout.map_or("", |layout| layout.missing);
    let fields: Vec<Value> =
        data.get().schema().attributes().iter().map(|attribute| field(layout, attribute)).collect();
    let tables: Vec<Value> = header.map(|name| json!({ "name": name, "type": table_type(name) })).collect();
    json!({
        "profile": "tabular-data-package",
        "name": "release",
        "title": "Data release",
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "data",
                "path": DATA_FILE,
                "title": "Released records",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": { "delimiter": separator.to_string(), "header": true },
                "schema": { "fields": fields, "missingValues": [missing] },
            },
            {
                "profile": "tabular-data-resource",
                "name": "tables",
                "path": TABLES_FILE,
                "title": "Tables of indicators",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": { "delimiter": ",", "header": true },
                "schema": { "fields": tables, "missingValues": [""] },
            },
        ],
    })
}

/// The type of a column of the tables file; dimensions are texts.
fn table_type(name: &str) -> &'static str {
    match name {
        "numerator" | "base" | "unknown" => "integer",
        "value" | "low" | "high" | "level" => "number",
        _ => "string",
    }
}

fn field(layout: Option<&'static Layout>, attribute: &Attribute) -> Value {
    let domain = attribute.domain();
    let described = column(layout, attribute.name()).filter(|column| column.has_domain(attribute));
    let kind = match domain.kind() {
        DomainKind::Numeric if domain.scale() == Some(0) => "integer",
        DomainKind::Numeric => "number",
        DomainKind::Date => "date",
        _ => "string",
    };
    let mut field = json!({
        "name": column_name(layout, attribute),
        "type": kind,
        "title": attribute.name().replace('_', " "),
    });
    // A short codebook is worth listing; texts of the file are those of its layout, not the schema's codes.
    let texts: Option<Vec<&str>> = described.and_then(ctdata_model::LayoutColumn::texts);
    let labels = || -> Option<Vec<String>> {
        (described.is_none() && domain.origin() == Origin::Public && kind == "string" && domain.len() <= 20)
            .then(|| domain.labels().map(std::borrow::Cow::into_owned).collect())
    };
    let values = texts.map(|texts| json!(texts)).or_else(|| labels().map(|labels| json!(labels)));
    if let (Some(values), Some(object)) = (values, field.as_object_mut()) {
        object.insert("constraints".into(), json!({ "enum": values }));
    }
    field
}
