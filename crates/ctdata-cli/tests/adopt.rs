//! The page "Adopt HTCDS in your system": its files are written and its commands are run, in the order of the page.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::process::Command;

const PAGE: &str = include_str!("../../ctdata-model/src/htcds/adopt.md");

/// The blocks of a page: language, content, and the last file name in the text before it.
fn blocks(page: &str) -> Vec<(String, String, Option<String>)> {
    let (mut blocks, mut open): (Vec<_>, Option<(String, String)>) = (Vec::new(), None);
    let mut file = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => {
                let (language, content) = open.take().unwrap();
                blocks.push((language, content, file.clone()));
            }
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (None, Some((_, content))) => {
                content.push_str(line);
                content.push('\n');
            }
            (None, None) => {
                let names = line
                    .split('`')
                    .skip(1)
                    .step_by(2)
                    .filter(|name| name.rsplit_once('.').is_some_and(|(_, end)| ["csv", "toml"].contains(&end)));
                if let Some(name) = names.last() {
                    file = Some(name.to_owned());
                }
            }
        }
    }
    blocks
}

#[test]
fn the_commands_of_the_page_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut commands = 0;
    for (language, content, file) in blocks(PAGE) {
        if language != "console" {
            fs::write(folder.path().join(file.unwrap()), content).unwrap();
            continue;
        }
        for line in content.lines() {
            let arguments: Vec<&str> = line.strip_prefix("$ ctdata ").unwrap().split_whitespace().collect();
            let output = Command::new(env!("CARGO_BIN_EXE_ctdata"))
                .args(&arguments)
                .env("CTDATA_KEY", "6f1c0e3ab25d49788e17d06bb2a3c4f5")
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            commands += 1;
        }
    }
    assert_eq!(commands, 13);
    // The draft is refused until somebody has decided what is marked in it.
    let output = Command::new(env!("CARGO_BIN_EXE_ctdata"))
        .args(["convert", "arrivals.csv", "draft.json", "--map", "draft.toml", "--to", "htcds-json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(!folder.path().join("draft.json").exists());
}
