//! Workbench: a separate folder per test, and one small trained model for all tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use assert_cmd::Command;
use tempfile::TempDir;

/// Root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What every run of the model under test is trained with: small enough for seconds.
pub const TRAINING: [&str; 6] = ["--cell-type", "K562,HepG2", "--batch-size", "32", "--max-shift", "2"];

/// A simulated data set and a model of two epochs on it, shared by all tests, which only read it.
pub static SHARED: LazyLock<Shared> = LazyLock::new(Shared::make);

/// See [`SHARED`].
pub struct Shared {
    /// Simulated files, and the data set in its folder `prepared`.
    pub data: PathBuf,
    /// The trained model.
    pub model: PathBuf,
    /// What `simulate` printed.
    pub simulate_stdout: String,
    /// What `train --json` printed.
    pub train_stdout: String,
}

impl Shared {
    fn make() -> Self {
        let bench = Workbench::kept("tatabox-shared");
        let root = bench.path("");
        let simulated = bench.done("simulate -o toy --genes 300 --upstream 200 --downstream 100 --prepare");
        let train = format!("train --data toy --name toy --epochs 2 --json {}", TRAINING.join(" "));
        let trained = bench.done(&train);
        Self {
            data: root.join("toy"),
            model: root.join("models/toy"),
            simulate_stdout: stdout(&simulated),
            train_stdout: stdout(&trained),
        }
    }

    /// The data set's folder, for a command line.
    pub fn data(&self) -> &str {
        self.data.to_str().expect("plain path")
    }

    /// The model's folder, for a command line.
    pub fn model(&self) -> &str {
        self.model.to_str().expect("plain path")
    }
}

/// A folder to run the program in.
pub struct Workbench {
    folder: PathBuf,
    state: PathBuf,
    _temporary: Option<TempDir>,
}

impl Workbench {
    /// An empty folder.
    pub fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let (folder, state) = (temporary.path().join("work"), temporary.path().join("state"));
        fs::create_dir(&folder).expect("a new folder");
        Self { folder, state, _temporary: Some(temporary) }
    }

    /// A folder that is kept, emptied if it is there; for what several tests share.
    pub fn kept(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("left by an earlier run");
        }
        fs::create_dir_all(&folder).expect("cargo's folder for tests can be written");
        Self { state: folder.join("state"), folder, _temporary: None }
    }

    /// Path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect("written");
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("text that is there")
    }

    /// The program with arguments, which may hold no blanks.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tatabox"));
        command
            .args(line.split_whitespace())
            .current_dir(&self.folder)
            .env("TATABOX_STATE", &self.state)
            .env("XDG_CACHE_HOME", self.state.join("cache"))
            .env("COLUMNS", "100")
            .env_remove("TATABOX_LOG")
            .env_remove("NO_COLOR");
        command
    }

    /// Runs the program, which has to succeed.
    pub fn done(&self, line: &str) -> Output {
        let output = self.command(line).output().expect("the program starts");
        assert!(output.status.success(), "{line}\n{}", stderr(&output));
        output
    }

    /// Runs the program, which must fail with exit code `code`, print no result and leave the folder unchanged.
    /// Returns its message.
    pub fn refused(&self, code: i32, line: &str) -> String {
        let before = self.files();
        let output = self.command(line).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(code), "{line}\n{}", stderr(&output));
        assert_eq!(stdout(&output), "", "{line}");
        assert_eq!(self.files(), before, "{line}");
        stderr(&output)
    }

    /// Every file and folder below, but for the index of a genome, which is of use later.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![self.folder.clone()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).expect("readable").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    waiting.push(path.clone());
                }
                found.insert(path);
            }
        }
        found.retain(|path| path.extension().is_none_or(|extension| extension != "fai"));
        found
    }
}

/// Standard output as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// Standard error as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Bases that look random but are always the same.
pub fn bases(length: usize, mut state: u32) -> String {
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"ACGT"[(state >> 30) as usize])
    };
    (0..length).map(|_| next()).collect()
}
