//! Seeded mutations of seeds, for runs of the parsers without libFuzzer.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Executions per target of an ordinary test.
const EXECUTIONS: u64 = 150;

/// Seconds per target, in place of [`EXECUTIONS`]; failing inputs are then written to `fuzz/artifacts`.
const SECONDS: &str = "TATABOX_FUZZ_SECONDS";

/// The only target to run, in place of all.
const TARGET: &str = "TATABOX_FUZZ_TARGET";

/// Longest input, in bytes.
const MAX_BYTES: usize = 1 << 16;

/// Words that text formats read in a special way.
const WORDS: [&[u8]; 24] = [
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b"\"",
    b";",
    b",",
    b"=",
    b">",
    b"#",
    b"[",
    b"]",
    b"{",
    b"}",
    b".",
    b"-",
    b"NaN",
    b"inf",
    b"1e999",
    b"-1",
    b"0",
    b"18446744073709551615",
    b"2147483648",
    b"\xef\xbb\xbf",
];

/// Inputs of a target in `fuzz/seeds` or `fuzz/crashes`, sorted by name.
pub fn inputs(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = repository().join("fuzz").join(folder).join(target);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Repository of the crate whose tests run.
pub fn repository() -> &'static Path {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.find(|folder| folder.join("fuzz/seeds").exists()).expect("the tests run in the repository")
}

/// Name of a fuzz target, and the function that parses its inputs.
pub type Parser<'a> = (&'a str, fn(&[u8]));

/// Asserts that no parser panics on its seeds and crashes.
pub fn assert_inputs_pass(parsers: &[Parser<'_>]) {
    let failed = replay(parsers);
    assert!(failed.is_empty(), "readers failed on {failed:#?}");
}

/// Asserts that no parser panics on mutated seeds and crashes; prints the number of executions per target.
pub fn assert_mutations_pass(parsers: &[Parser<'_>]) {
    let runs = run(parsers);
    let failed: Vec<_> = runs.iter().filter(|(_, input)| input.is_some()).collect();
    #[expect(clippy::print_stderr, reason = "the number of executions is the result of a long run")]
    for (run, _) in &runs {
        eprintln!("{run}");
    }
    assert!(failed.is_empty(), "readers failed on {failed:?}");
}

/// Runs every parser on its seeds and crashes; returns the inputs that it panics on.
fn replay(parsers: &[Parser<'_>]) -> Vec<PathBuf> {
    let mut failed = Vec::new();
    for (target, parser) in parsers {
        let seeds = inputs("seeds", target);
        assert!(!seeds.is_empty(), "fuzz target {target} has no seeds");
        for path in seeds.into_iter().chain(inputs("crashes", target)) {
            let bytes = fs::read(&path).expect("readable");
            if catch_unwind(|| parser(&bytes)).is_err() {
                failed.push(path);
            }
        }
    }
    failed
}

/// Runs every parser on mutated seeds; returns one line per target with the number of executions and, if there is
/// one, the first input that it panics on.
fn run(parsers: &[Parser<'_>]) -> Vec<(String, Option<Vec<u8>>)> {
    let seconds = std::env::var(SECONDS).ok().and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    let run_target = |(target, parser): &Parser<'_>| {
        let files = inputs("seeds", target).into_iter().chain(inputs("crashes", target));
        let seeds: Vec<Vec<u8>> = files.map(|path| fs::read(path).expect("readable")).collect();
        let (start, mut executions) = (Instant::now(), 0);
        let mut rng = ChaCha8Rng::seed_from_u64(seconds.map_or(1, |_| u64::from(std::process::id())));
        let mut failing = None;
        // An abort, unlike a panic, leaves the input that caused it.
        let current = seconds.map(|_| artifact(target, "current"));
        while failing.is_none() && seconds.map_or(executions < EXECUTIONS, |limit| start.elapsed() < limit) {
            let input = mutated(&seeds, &mut rng);
            executions += 1;
            if let Some(current) = &current {
                fs::write(current, &input).expect("written");
            }
            if catch_unwind(|| parser(&input)).is_err() {
                failing = Some(input);
            }
        }
        if let (Some(input), Some(_)) = (&failing, seconds) {
            fs::write(artifact(target, &format!("mutated-{executions}")), input).expect("written");
        }
        if let Some(current) = current {
            fs::remove_file(current).expect("removed");
        }
        (format!("{target}: {executions} executions in {:.0} s", start.elapsed().as_secs_f64()), failing)
    };
    let only = std::env::var(TARGET).ok();
    let chosen = parsers.iter().filter(|(target, _)| only.as_ref().is_none_or(|only| only == target));
    chosen.map(run_target).collect()
}

/// Path of an input in `fuzz/artifacts`.
fn artifact(target: &str, name: &str) -> PathBuf {
    let folder = repository().join("fuzz/artifacts").join(target);
    fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

/// One of the seeds with one to eight random changes.
fn mutated(seeds: &[Vec<u8>], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = seeds[rng.random_range(0..seeds.len())].clone();
    for _ in 0..rng.random_range(1..=8) {
        let at = rng.random_range(0..=bytes.len());
        let end = (at + rng.random_range(0..=16)).min(bytes.len());
        match rng.random_range(0..9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = rng.random(),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let copy = bytes[at..end].to_vec();
                let to = rng.random_range(0..=bytes.len());
                bytes.splice(to..to, copy);
            }
            5 => {
                let other = &seeds[rng.random_range(0..seeds.len())];
                let from = rng.random_range(0..=other.len());
                let to = (from + rng.random_range(0..=64)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            6 => replace_line(&mut bytes, at, rng),
            7 => {
                // Sizes and offsets of binary formats.
                let number: u32 = [0, 1, u32::MAX, i32::MAX as u32, 1 << 16, 255][rng.random_range(0..6)];
                let width = 4.min(bytes.len() - at);
                bytes[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
            }
            _ => {
                let word = WORDS[rng.random_range(0..WORDS.len())];
                let replaced = if rng.random() { end.min(at + 1) } else { at };
                bytes.splice(at..replaced, word.iter().copied());
            }
        }
        bytes.truncate(MAX_BYTES);
    }
    bytes
}

/// Removes or repeats the line at a position.
fn replace_line(bytes: &mut Vec<u8>, at: usize, rng: &mut ChaCha8Rng) {
    let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
    let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |newline| at + newline + 1);
    if rng.random() {
        bytes.drain(start..end);
    } else {
        let line = bytes[start..end].to_vec();
        bytes.splice(end..end, line);
    }
}
