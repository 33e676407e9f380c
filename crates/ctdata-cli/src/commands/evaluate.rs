//! `ctdata evaluate`

use std::fs;
use std::path::{Path, PathBuf};

use ctdata::model::{CaseReader, PLAIN_LAYOUT};
use ctdata::privacy::evaluate::{Evaluation, Evaluator};
use ctdata::table::Table;
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;
use serde::Serialize;

use crate::args::EvaluateOptions;
use crate::failure::Failure;
use crate::session::{Session, keep_apart, working_copy};

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    outputs: Vec<String>,
}

pub(crate) fn run(options: &EvaluateOptions, session: &Session) -> Result<(), Failure> {
    let read: Vec<&Path> = [Some(&options.original), Some(&options.released), options.holdout.as_ref()]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    let written: Vec<&Path> = options.report.iter().map(PathBuf::as_path).collect();
    keep_apart(&read, &written)?;
    if let Some(folder) = &options.plots {
        fs::create_dir_all(folder).map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
    }
    let original = table(&options.original, options, session)?;
    let released = table(&options.released, options, session)?;
    let holdout = options.holdout.as_ref().map(|file| table(file, options, session)).transpose()?;
    let evaluator = Evaluator {
        k: options.k,
        keys: options.keys.iter().map(|name| named(&original, name)).collect::<Result<_, _>>()?,
        attacks: options.targets > 0,
        attack_targets: options.targets.max(1),
        ..Evaluator::default()
    };
    // The seed chooses whom attacks are tried on; it protects nobody and is no secret.
    let mut rng = ChaCha20Rng::seed_from_u64(options.seed);
    let (original, released) = (original.table, released.table);
    let evaluation =
        evaluator.run(&original, &released, holdout.as_ref().map(|file| &file.table), &mut rng, &session.control);
    session.finish();
    let evaluation = evaluation?;
    let mut outputs = Vec::new();
    if let Some(report) = &options.report {
        let text = evaluation.to_markdown();
        working_copy(report, |output| Ok(output.write_all(text.as_bytes())?))?;
        outputs.push(report.display().to_string());
    }
    if let Some(folder) = &options.plots {
        fs::create_dir_all(folder).map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
        for plot in evaluation.plots() {
            let file = folder.join(format!("{}.svg", plot.name));
            working_copy(&file, |output| Ok(output.write_all(plot.svg.as_bytes())?))?;
            outputs.push(file.display().to_string());
        }
    }
    if session.json {
        return session.document(&Answer { evaluation: &evaluation, outputs });
    }
    session.text(&evaluation.to_plain_text())?;
    if !outputs.is_empty() {
        session.text(&format!("written:\n  {}\n", outputs.join("\n  ")))?;
    }
    Ok(())
}

struct File {
    table: Table,
    dataset: ctdata::model::Dataset,
}

/// A file as a table of those attributes that are asked for; any table that no layout describes.
fn table(file: &Path, options: &EvaluateOptions, session: &Session) -> Result<File, Failure> {
    let reader = CaseReader::default();
    let format = options.format.as_deref();
    let outcome = reader.read_as(file, format, &session.control);
    let outcome = match (outcome, format) {
        // A working copy of generalized records has the header of its layout and other values, and a survey has none.
        (Err(ctdata::model::ModelError::UnknownLayout { .. }), None) => {
            reader.read_as(file, Some(PLAIN_LAYOUT), &session.control)
        }
        (outcome, _) => outcome,
    };
    session.finish();
    let dataset = outcome?.into_dataset()?;
    let mut table = dataset.table().clone();
    if !options.attributes.is_empty() {
        let names =
            options.attributes.iter().map(|name| Ok(dataset.resolve(name)?)).collect::<Result<Vec<_>, Failure>>()?;
        table = table.select_named(&names)?;
    }
    Ok(File { table, dataset })
}

/// An attribute by either of its names.
fn named(file: &File, name: &str) -> Result<String, Failure> {
    Ok(file.dataset.resolve(name)?)
}
