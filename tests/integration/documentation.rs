//! The documentation is complete and current.

use std::collections::BTreeSet;
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

/// Anchors of the headings of a page, as GitHub and mdBook name them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_code = false;
    for line in page.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !in_code) else { continue };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        let anchor: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let repeated = (1..).map(|number| format!("{anchor}-{number}"));
        let free = [anchor.clone()].into_iter().chain(repeated).find(|name| !anchors.contains(name));
        anchors.extend(free);
    }
    anchors
}

/// Links of a page that lead to no file, or to no heading of a page.
fn broken_links(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("a page");
    let mut broken = Vec::new();
    for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let is_external = target.contains("://") || target.starts_with("mailto:");
        // Formulas, such as `f[i](window)`, are not links.
        let is_link = path.contains(['.', '/']) || target.starts_with('#');
        if is_external || !is_link {
            continue;
        }
        let linked = if path.is_empty() { file.to_owned() } else { file.parent().expect("a folder").join(path) };
        let is_page = linked.extension().is_some_and(|extension| extension == "md");
        let has_fragment = |page: &Path| fs::read_to_string(page).is_ok_and(|page| anchors(&page).contains(fragment));
        if !linked.exists() || (is_page && !fragment.is_empty() && !has_fragment(&linked)) {
            broken.push(format!("{}: {target}", file.display()));
        }
    }
    broken
}

#[test]
fn documentation_pages_are_listed_in_the_contents() {
    let docs = repository().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).expect("the contents");
    for file in pages(&docs) {
        let name = file.strip_prefix(&docs).expect("below docs").display().to_string().replace('\\', "/");
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "SUMMARY.md does not list {name}");
    }
}

#[test]
fn documentation_links_lead_to_files_and_headings() {
    let root = repository();
    let folders = ["docs", "crates", "models", "data", "figures", "benches", "workflow", "fuzz"];
    // The model card in `bundled` is a copy, whose links start from the folder of the original.
    let is_copy = |file: &PathBuf| file.components().any(|part| part.as_os_str() == "bundled");
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| pages(&root.join(folder))).collect();
    files.retain(|file| !is_copy(file));
    files.push(root.join("bindings/python/README.md"));
    files.extend(
        ["README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG"].map(|name| root.join(name).with_extension("md")),
    );
    let broken: Vec<String> = files.iter().flat_map(|file| broken_links(file)).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
