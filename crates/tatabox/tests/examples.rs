//! Every example runs to completion, and prints its main result.

use std::path::PathBuf;
use std::process::Command;

/// Examples, and a part of the output of each.
const EXAMPLES: [(&str, &str); 5] = [
    ("predict", "strong\tK562\t"),
    ("score_vcf", "3 of 3 alleles scored"),
    ("explain", "contribution to log2(TPM + 1)"),
    ("train_and_evaluate", "validation Pearson"),
    ("design", "predicted log2(TPM + 1)"),
];

/// The compiled example, which cargo builds before the tests of the package.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let profile = test.ancestors().nth(2).expect("the folder of the profile");
    let program = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.is_file(), "{} is missing; `cargo test -p tatabox` builds it", program.display());
    program
}

#[test]
fn examples_run_and_print_their_results() {
    for (name, expected) in EXAMPLES {
        let output = Command::new(program(name)).output().expect("the example starts");
        let (printed, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name}: {log}");
        assert!(printed.contains(expected), "{name}: {printed}");
    }
}

#[test]
fn examples_are_all_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of examples")
        .map(|entry| entry.expect("an entry").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    found.sort();
    let mut listed = EXAMPLES.map(|(name, _)| name.to_owned()).to_vec();
    listed.sort();
    assert_eq!(found, listed);
}
