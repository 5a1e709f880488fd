//! The documentation is complete and current.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workbench::{Workbench, repository, stdout};

/// Markdown files below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => found.extend(pages(&path)),
            Some(extension) if extension == "md" => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

#[test]
fn reference_pages_equal_the_help_of_the_program() {
    let bench = Workbench::new();
    let reference = repository().join("docs/reference");
    let files = pages(&reference);
    for file in &files {
        let text = fs::read_to_string(file).expect("a page");
        // A page documents the command in its title, or those in its section headings.
        let mut command = None;
        for part in text.split("\n```") {
            let heading = part.lines().rev().find_map(|line| line.trim_start_matches('#').strip_prefix(" tatabox "));
            if let Some(help) = part.strip_prefix("text\n") {
                let command: &str = command.expect("a heading above the help");
                let current = stdout(&bench.done(&format!("{command} --help")));
                assert_eq!(help.trim(), current.trim(), "{command}; run docs/reference/generate.sh with this program");
            }
            command = heading.or(command);
        }
        assert!(text.contains("```text\n"), "{}", file.display());
    }
    for verb in super::cli::VERBS {
        let has_page = files.iter().any(|file| file.file_stem().is_some_and(|stem| stem == verb));
        assert!(has_page, "docs/reference has no page of {verb}; list it in generate.sh");
    }
}

#[test]
fn documentation_pages_are_listed_and_their_links_lead_to_files() {
    let docs = repository().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).expect("the contents");
    let mut broken = Vec::new();
    for file in pages(&docs) {
        let name = file.strip_prefix(&docs).expect("below docs").display().to_string();
        if name != "SUMMARY.md" && !summary.contains(&format!("({name})")) {
            broken.push(format!("SUMMARY.md does not list {name}"));
        }
        let text = fs::read_to_string(&file).expect("a page");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
            let path = target.split('#').next().unwrap_or_default();
            let is_external = target.contains("://") || target.starts_with("mailto:");
            // Formulas, such as `f[i](window)`, are not links.
            let is_file = path.contains(['.', '/']);
            if is_file && !is_external && !file.parent().expect("a folder").join(path).exists() {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
