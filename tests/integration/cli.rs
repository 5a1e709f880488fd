//! Help, output streams, exit codes and the stored choice of a data set.

use std::fs;
use std::io::ErrorKind;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

pub(crate) const VERBS: [&str; 28] = [
    "demo",
    "download",
    "prepare",
    "half-life",
    "audit",
    "train",
    "predict",
    "variants",
    "design",
    "evaluate",
    "crossval",
    "tune",
    "ensemble",
    "transfer-benchmark",
    "figures",
    "evaluate-variants",
    "explain",
    "motifs",
    "marginalize",
    "simulate",
    "data",
    "info",
    "benchmark",
    "verify",
    "export",
    "import",
    "completions",
    "man",
];

#[test]
fn help_matches_snapshots() {
    let bench = Workbench::new();
    insta::assert_snapshot!("help", stdout(&bench.done("--help")));
    for verb in VERBS {
        insta::assert_snapshot!(format!("help-{verb}"), stdout(&bench.done(&format!("{verb} --help"))));
    }
}

#[test]
fn version_is_that_of_the_workspace() {
    let output = Workbench::new().done("--version");
    assert_eq!(stdout(&output), format!("tatabox {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_exist_for_every_shell() {
    let bench = Workbench::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&bench.done(&format!("completions {shell}")));
        assert!(script.contains("evaluate"), "{shell}");
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a check that is skipped prints the reason")]
fn man_pages_exist_for_every_command() {
    let bench = Workbench::new();
    fs::create_dir(bench.path("man")).expect("created");
    bench.put("man/notes.txt", "kept");
    bench.done("man -o man");
    for verb in VERBS {
        let page = fs::read_to_string(bench.path(&format!("man/tatabox-{verb}.1"))).expect("a page");
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".SH EXAMPLES"), "{verb}");
    }
    let names = fs::read_dir(bench.path("man")).expect("there").flatten().map(|entry| entry.file_name());
    let pages: Vec<_> = names.filter(|name| name != "notes.txt").collect();
    // The program, and the two commands of `data`.
    assert_eq!(pages.len(), VERBS.len() + 3, "{pages:?}");
    for page in pages {
        let path = bench.path("man").join(page);
        let Ok(lint) = Command::new("mandoc").args(["-Tlint", "-Werror"]).arg(&path).output() else {
            eprintln!("skipped: mandoc is not installed");
            return;
        };
        assert!(lint.status.success(), "{}", stdout(&lint));
    }
}

#[test]
fn usage_error_exits_with_two() {
    let bench = Workbench::new();
    let cases = [
        ("", "Usage:"),
        ("tran", "unrecognized subcommand"),
        ("predict", "required"),
        ("predict --fasta a.fa --gene GATA1", "cannot be used with"),
        ("predict --bed a.bed", "--genome"),
        ("predict --fasta a.fa -o x.xlsx", "no format has the extension .xlsx"),
        ("variants --vcf v.vcf --genome g.fa", "required"),
        ("variants --vcf v.vcf --genome g.fa --tss t.bed --shard 4/3", "expected i/n"),
        ("prepare --genome g.fa --expression e.tsv", "--annotation"),
        ("prepare --promoters p.fa --expression e.tsv --upstream 5 --downstream 5", "60 to 20000"),
        ("train --extent 300", "-249..+50"),
        ("train --cell-type K562,all", "all cannot be combined"),
        ("train --extent-coverage 2", "expected a fraction above 0 and at most 1"),
        ("train --resume --force", "cannot be used with"),
        ("evaluate --split holdout", "expected train, validation or test"),
        ("simulate --noise-sd=-1", "expected 0 or more"),
        ("--threads 0 data show", "from 1 to"),
        ("-v --quiet data show", "cannot be used with"),
    ];
    for (line, report) in cases {
        let message = bench.refused(2, line);
        assert!(message.contains(report), "{line}\n{message}");
    }
    let message = bench.refused(2, &format!("train --data {} --learning-rate 5", SHARED.data()));
    assert!(message.contains("--learning-rate: 5 is not valid; expected above 0 and at most 1"), "{message}");
}

#[test]
fn colour_follows_the_option() {
    let bench = Workbench::new();
    let missing = "predict --fasta no.fa --model no";
    assert!(bench.refused(1, &format!("{missing} --color always")).contains("\u{1b}["));
    assert!(!bench.refused(1, missing).contains("\u{1b}["), "not a terminal");
    assert!(stdout(&bench.done("train --help --color always")).contains("\u{1b}["));
}

#[test]
fn quiet_keeps_warnings() {
    let bench = Workbench::new();
    let line = format!("predict --quiet --gene SIM1 --data {} --model {}", SHARED.data(), SHARED.model());
    let output = bench.command(&line).output().expect("starts");
    for line in stderr(&output).lines() {
        assert!(line.starts_with("warning:") || line.starts_with("error:"), "{line}");
    }
    assert!(stderr(&output).contains("SIMULATED"));
}

#[test]
fn closed_output_pipe_is_not_an_error() {
    let bench = Workbench::new();
    bench.put("p.fa", format!(">p\n{}\n", bases(300, 1)));
    for format in ["tsv", "jsonl", "parquet"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tatabox"))
            .args(["predict", "--fasta", "p.fa", "--tss-offset", "200", "--format", format])
            .args(["--model", SHARED.model()])
            .current_dir(bench.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("ends");
        assert!(output.status.success(), "{format}: {}", stderr(&output));
        assert!(!stderr(&output).contains("error"), "{format}: {}", stderr(&output));
    }
}

#[test]
fn logs_require_verbose() {
    let bench = Workbench::new();
    let show = format!("data show --data {}", SHARED.data());
    assert!(!stderr(&bench.done(&show)).contains("debug: "));
    assert!(stderr(&bench.done(&format!("-vv {show}"))).contains("debug: "));
}

#[test]
fn active_data_set_is_the_last_prepared_or_chosen() {
    let bench = Workbench::new();
    bench.done("simulate -o sim --genes 60 --upstream 200 --downstream 100 --prepare");
    let shown = bench.done("data show");
    assert!(stderr(&shown).contains("the active data set"), "{}", stderr(&shown));
    assert!(stdout(&shown).contains("genes       60"), "{}", stdout(&shown));
    assert!(stdout(&shown).contains("SIMULATED"));

    bench.done(&format!("data use {}", SHARED.data()));
    assert!(stdout(&bench.done("data show")).contains("name        toy"));
    let manifest = stdout(&bench.done("data show --json"));
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["name"], "toy");

    let message = bench.refused(1, "data use sim/none");
    assert!(message.contains("not a prepared data set"), "{message}");
}

#[test]
fn demo_data_set_is_the_announced_fallback() {
    let bench = Workbench::new();
    // Away from the project, whose own demo set would be found above the executable.
    let lonely = bench.path("tatabox");
    fs::copy(env!("CARGO_BIN_EXE_tatabox"), &lonely).expect("copied");
    let run = |line: &str| {
        let mut command = Command::new(&lonely);
        command.args(line.split_whitespace());
        command.current_dir(bench.path("")).env("TATABOX_STATE", bench.path("empty-state"));
        loop {
            match command.output() {
                // A test that started a program while the copy was written holds it open for a moment.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => sleep(Duration::from_millis(10)),
                output => break output.expect("starts"),
            }
        }
    };
    let nothing = run("data show");
    assert_eq!(nothing.status.code(), Some(1));
    assert!(stderr(&nothing).contains("tatabox simulate --prepare"), "{}", stderr(&nothing));
    let bundled = stderr(&run("predict --gene GATA1"));
    assert!(bundled.contains("model: human, an ensemble of 6") && bundled.contains("no data set"), "{bundled}");

    bench.done("simulate -o data/demo --genes 60 --upstream 200 --downstream 100 --prepare");
    let demo = run("data show");
    assert!(demo.status.success(), "{}", stderr(&demo));
    let report = stderr(&demo);
    for part in ["the demo set", "warning: demo is SIMULATED data", "tatabox prepare --genome"] {
        assert!(report.contains(part), "{report}");
    }
}
