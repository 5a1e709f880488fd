//! Which crate may depend on which.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::workbench::SHARED;

const OURS: &str = "tatabox-";

/// Crates of the workspace by name, without the prefix, as `cargo metadata` describes them.
fn crates() -> BTreeMap<String, Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?.strip_prefix(OURS)?.to_owned(), package.clone())))
        .collect()
}

/// Names of what a crate is built with; what only its tests use has a `kind`.
fn dependencies(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().expect("a list of dependencies");
    dependencies
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn arrows_run_one_way() {
    let allowed = BTreeMap::from([
        ("benches", vec![]),
        ("sequence", vec![]),
        ("dataset", vec!["sequence"]),
        ("model", vec!["dataset", "sequence"]),
        ("baselines", vec!["dataset", "sequence"]),
        ("eval", vec!["dataset"]),
        ("download", vec![]),
        ("cli", vec!["baselines", "dataset", "download", "eval", "model", "sequence"]),
    ]);
    let crates = crates();
    assert_eq!(crates.keys().map(String::as_str).collect::<Vec<_>>(), allowed.keys().copied().collect::<Vec<_>>());
    for (name, package) in &crates {
        let dependencies = dependencies(package);
        let ours = dependencies.iter().filter_map(|dependency| dependency.strip_prefix(OURS));
        for dependency in ours {
            assert!(allowed[name.as_str()].contains(&dependency), "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn heavy_dependencies_stay_in_their_rooms() {
    let rooms = BTreeMap::from([
        ("burn", vec!["model"]),
        ("plotters", vec!["eval"]),
        ("resvg", vec!["eval"]),
        ("maud", vec!["eval"]),
        ("smartcore", vec!["baselines"]),
        ("clap", vec!["cli"]),
        ("anyhow", vec!["cli"]),
        ("indicatif", vec!["cli"]),
        ("polars", vec!["cli", "dataset"]),
        ("prost", vec!["model"]),
        ("safetensors", vec!["model"]),
        ("needletail", vec!["sequence"]),
        ("noodles", vec!["sequence"]),
        ("twobit", vec!["sequence"]),
        ("ureq", vec!["download"]),
    ]);
    for (name, package) in crates() {
        for dependency in dependencies(&package) {
            if let Some(rooms) = rooms.get(dependency.as_str()) {
                assert!(rooms.contains(&name.as_str()), "{dependency} must not be used in {name}");
            }
        }
    }
}

#[test]
fn the_run_record_names_the_tensor_library_that_was_built_in() {
    let model = &crates()["model"];
    let dependencies = model["dependencies"].as_array().expect("a list of dependencies");
    let burn = dependencies.iter().find(|dependency| dependency["name"] == "burn").expect("the network's library");
    let pinned = burn["req"].as_str().expect("a version");
    let record = std::fs::read_to_string(SHARED.model.join("run.json")).expect("a run record");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["burn_version"], pinned.trim_start_matches('='));
}
