//! Which crate may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::workbench::SHARED;

const OURS: &str = "tatabox-";

/// Crates of the workspace by name, without the prefix.
fn crates() -> BTreeMap<String, Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo metadata");
    metadata
        .packages
        .into_iter()
        .filter_map(|package| Some((package.name.strip_prefix(OURS)?.to_owned(), package)))
        .collect()
}

fn dependencies(package: &Package) -> BTreeSet<String> {
    let is_used = |kind: DependencyKind| kind != DependencyKind::Development;
    package
        .dependencies
        .iter()
        .filter(|dependency| is_used(dependency.kind))
        .map(|dependency| dependency.name.clone())
        .collect()
}

#[test]
fn arrows_run_one_way() {
    let allowed = BTreeMap::from([
        ("sequence", vec![]),
        ("dataset", vec!["sequence"]),
        ("model", vec!["dataset", "sequence"]),
        ("baselines", vec!["dataset", "sequence"]),
        ("eval", vec!["dataset"]),
        ("cli", vec!["baselines", "dataset", "eval", "model", "sequence"]),
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
        ("clap", vec!["cli"]),
        ("anyhow", vec!["cli"]),
        ("indicatif", vec!["cli"]),
        ("polars", vec!["cli", "dataset"]),
        ("needletail", vec!["sequence"]),
        ("noodles", vec!["sequence"]),
        ("twobit", vec!["sequence"]),
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
    let burn = model.dependencies.iter().find(|dependency| dependency.name == "burn").expect("the network's library");
    let record = std::fs::read_to_string(SHARED.model.join("run.json")).expect("a run record");
    let record: serde_json::Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["burn_version"], burn.req.to_string().trim_start_matches('='));
}
