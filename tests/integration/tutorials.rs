//! Printed commands of the tutorials.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::workbench::repository;

/// Pages whose blocks marked `sh` are run, in the order of the page, in one folder per page.
const PAGES: [&str; 9] = [
    "quick-start.md",
    "installation.md",
    "tutorials/train-on-your-table.md",
    "tutorials/score-a-vcf.md",
    "tutorials/explain-a-promoter.md",
    "tutorials/new-cell-line.md",
    "tutorials/cluster.md",
    "tutorials/gpu.md",
    "guides/predict.md",
];

/// Commands of the blocks that are marked `sh`; blocks marked `sh,ignore` need files or machines that the repository lacks.
fn commands(page: &str) -> String {
    let mut commands = String::new();
    let mut is_command = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(kind) => is_command = !is_command && kind == "sh",
            None if is_command => commands = commands + line + "\n",
            None => {}
        }
    }
    commands
}

fn run(page: &str) {
    let docs = repository().join("docs");
    let script = commands(&fs::read_to_string(docs.join(page)).expect("a page"));
    assert!(script.contains("tatabox "), "{page} has no command");
    let folder = tempfile::tempdir().expect("a folder");
    // As in a clone, but nothing is written to it.
    for part in ["data", "models"] {
        fs::create_dir(folder.path().join(part)).expect("a folder");
    }
    for part in ["data/demo", "data/human_promoters.fa", "models/settings", "models/human"] {
        let original = fs::canonicalize(repository().join(part)).expect("part of the repository");
        symlink(original, folder.path().join(part)).expect("a link");
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_tatabox")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &script]).current_dir(folder.path());
    shell.env("PATH", path).env("HOME", folder.path()).env("RAYON_NUM_THREADS", "1");
    let output = shell.output().expect("bash runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{page}: {}\n{error}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn tutorial_commands_run_as_printed() {
    for page in PAGES {
        run(page);
    }
}

#[test]
fn tutorial_commands_are_those_of_blocks_marked_sh() {
    let page = "a\n```sh\none\ntwo\n```\n```text\nout\n```\n```sh,ignore\nnot run\n```\n```sh\nthree\n```\n";
    assert_eq!(commands(page), "one\ntwo\nthree\n");
}
