//! Structure of the workspace: dependencies between crates, sizes of folders and files, words that libraries avoid.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::workbench::SHARED;

/// Prefix of our crates; the library itself is called `tatabox`.
const PREFIX: &str = "tatabox-";
const LIBRARY: &str = "tatabox";
/// Largest number of source files in one folder, without the `foo.rs` that introduces a folder `foo/`.
const MAX_FILES_PER_FOLDER: usize = 15;
/// Largest number of lines in one source file.
const MAX_LINES_PER_FILE: usize = 600;
/// Largest number of lines of the command line.
const MAX_CLI_LINES: usize = 9_000;

/// Crates of the workspace by name, without the prefix, as `cargo metadata` describes them.
fn crates() -> BTreeMap<String, Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages.iter().filter_map(|package| Some((short_name(package["name"].as_str()?)?, package.clone()))).collect()
}

fn short_name(name: &str) -> Option<String> {
    name.strip_prefix(PREFIX).or_else(|| (name == LIBRARY).then_some(LIBRARY)).map(str::to_owned)
}

/// Names of the dependencies of a crate, without those of its tests.
fn dependencies(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().expect("a list of dependencies");
    dependencies
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
        .collect()
}

fn crates_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates").to_owned()
}

/// Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Rust files of all crates, with their text.
fn all_sources() -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    let crates = fs::read_dir(crates_folder()).expect("the folder of the crates");
    let crates = crates.map(|entry| entry.expect("an entry").path());
    for folder in crates.chain([crates_folder().join("../bindings/python")]) {
        let folder = folder.join("src");
        if folder.is_dir() {
            all.extend(sources(&folder).into_iter().map(|path| {
                let text = fs::read_to_string(&path).expect("UTF-8");
                (path, text)
            }));
        }
    }
    assert!(all.len() > 100, "the sources were not found");
    all
}

/// The part of a source file before its unit tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn crates_depend_in_one_direction() {
    let allowed = BTreeMap::from([
        ("benches", vec![]),
        ("sequence", vec![]),
        ("dataset", vec!["sequence"]),
        ("model", vec!["dataset", "sequence"]),
        ("baselines", vec!["dataset", "sequence"]),
        ("eval", vec!["dataset"]),
        ("plot", vec!["dataset", "eval"]),
        ("download", vec![]),
        ("tatabox", vec!["baselines", "dataset", "eval", "model", "plot", "sequence"]),
        ("cli", vec!["baselines", "dataset", "download", "eval", "model", "plot", "sequence", "tatabox"]),
        // The wheel contains the command, so that one package serves shell and notebook.
        ("python", vec!["cli", "dataset", "eval", "model", "sequence", "tatabox"]),
    ]);
    let crates = crates();
    assert_eq!(crates.keys().map(String::as_str).collect::<BTreeSet<_>>(), allowed.keys().copied().collect());
    for (name, package) in &crates {
        let dependencies = dependencies(package);
        for dependency in dependencies.iter().filter_map(|dependency| short_name(dependency)) {
            assert!(allowed[name.as_str()].contains(&dependency.as_str()), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn crates_keep_heavy_dependencies_to_themselves() {
    let owners = BTreeMap::from([
        ("burn", vec!["model"]),
        ("plotters", vec!["plot"]),
        ("resvg", vec!["plot"]),
        ("maud", vec!["plot"]),
        ("smartcore", vec!["baselines"]),
        ("clap", vec!["cli"]),
        ("anyhow", vec!["cli"]),
        ("indicatif", vec!["cli"]),
        ("numpy", vec!["python"]),
        ("polars", vec!["dataset", "python", "tatabox"]),
        ("pyo3", vec!["python"]),
        ("prost", vec!["model"]),
        ("safetensors", vec!["model"]),
        ("needletail", vec!["sequence"]),
        ("noodles", vec!["sequence"]),
        ("twobit", vec!["sequence"]),
        ("ureq", vec!["download"]),
    ]);
    for (name, package) in crates() {
        for dependency in dependencies(&package) {
            if let Some(owners) = owners.get(dependency.as_str()) {
                assert!(owners.contains(&name.as_str()), "{dependency} must not be used in {name}");
            }
        }
    }
}

#[test]
fn crates_have_complete_metadata() {
    for (name, package) in crates() {
        if package["publish"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        for field in ["description", "repository", "readme", "license"] {
            assert!(package[field].is_string(), "{name} has no {field}");
        }
        for field in ["keywords", "categories"] {
            assert!(package[field].as_array().is_some_and(|list| !list.is_empty()), "{name} has no {field}");
        }
    }
}

#[test]
fn folders_hold_few_files_and_files_few_lines() {
    let mut per_folder: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (path, text) in all_sources() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES_PER_FILE, "{} has {lines} lines, more than {MAX_LINES_PER_FILE}", path.display());
        let introduces_folder = path.with_extension("").is_dir();
        *per_folder.entry(path.parent().expect("a folder").to_owned()).or_default() += usize::from(!introduces_folder);
    }
    for (folder, files) in per_folder {
        assert!(
            files <= MAX_FILES_PER_FOLDER,
            "{} has {files} files, more than {MAX_FILES_PER_FOLDER}",
            folder.display()
        );
    }
}

#[test]
fn command_line_stays_thin() {
    let lines: usize = sources(&crates_folder().join("cli/src"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("UTF-8").lines().count())
        .sum();
    assert!(lines < MAX_CLI_LINES, "the command line has {lines} lines, {MAX_CLI_LINES} or more");
}

/// Files below a folder, by their path in it; results of `evaluate`, which git ignores, are no part of a model.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = PathBuf::from(entry.file_name());
        if name.to_string_lossy().starts_with("evaluation-") {
            continue;
        }
        if path.is_dir() {
            found.extend(contents(&path).into_iter().map(|(inner, bytes)| (name.join(inner), bytes)));
        } else {
            found.insert(name, fs::read(&path).expect("readable"));
        }
    }
    found
}

#[test]
fn packages_contain_copies_of_the_files_that_they_embed() {
    // `cargo package` takes files below the package only, and a checkout on Windows has no symbolic links.
    let root = crates_folder().join("..");
    let (original, copy) = (contents(&root.join("models/human")), contents(&root.join("crates/tatabox/bundled")));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&copy), names(&original), "copy models/human to crates/tatabox/bundled");
    for (name, bytes) in original {
        assert!(copy[&name] == bytes, "{} differs; copy models/human to crates/tatabox/bundled", name.display());
    }
    let read = |path: &str| fs::read(root.join(path)).expect("there");
    assert!(read("data/sources.toml") == read("crates/cli/sources.toml"), "copy data/sources.toml to crates/cli");
    for entry in fs::read_dir(crates_folder()).expect("the folder of the crates").flatten() {
        let licence = fs::read(entry.path().join("LICENSE")).unwrap_or_default();
        assert!(licence == read("LICENSE"), "copy LICENSE to {}", entry.path().display());
    }
}

#[test]
fn library_signatures_mention_no_burn_type() {
    let folder = crates_folder().join("tatabox/src");
    for path in sources(&folder) {
        let text = fs::read_to_string(&path).expect("UTF-8");
        assert!(!text.contains("burn::"), "{} names a type of burn", path.display());
    }
}

#[test]
fn library_messages_mention_no_flag() {
    let cli = crates_folder().join("cli");
    let mut checked = 0;
    for (path, text) in all_sources() {
        if path.starts_with(&cli) {
            continue;
        }
        for (number, line) in without_tests(&text).lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            checked += 1;
            assert!(
                is_comment || !mentions_flag(line),
                "{}, line {}: the message mentions a flag: {}",
                path.display(),
                number + 1,
                line.trim()
            );
        }
    }
    assert!(checked > 10_000, "the sources were not found");
}

/// Whether a line of code contains `--word` that is not part of a longer run of hyphens or of an HTML comment.
fn mentions_flag(line: &str) -> bool {
    line.match_indices("--").any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + 2..].chars().next();
        let starts_word = after.is_some_and(|letter| letter.is_ascii_lowercase());
        starts_word && before.is_none_or(|letter| letter == ' ' || letter == '`' || letter == '"' || letter == '(')
    })
}

#[test]
fn flags_are_found_in_messages() {
    assert!(mentions_flag(r#"    #[error("exists already; pass --force")]"#));
    assert!(!mentions_flag(r#"    "<!-- table -->""#));
    assert!(!mentions_flag("a --- b, x--y, var(--colour)".replace("(--", "[--").as_str()));
}

#[test]
fn run_record_names_the_tensor_library_of_the_build() {
    let model = &crates()["model"];
    let dependencies = model["dependencies"].as_array().expect("a list of dependencies");
    let burn = dependencies.iter().find(|dependency| dependency["name"] == "burn").expect("the network's library");
    let pinned = burn["req"].as_str().expect("a version");
    let record = fs::read_to_string(SHARED.model.join("run.json")).expect("a run record");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["burn_version"], pinned.trim_start_matches('='));
}
