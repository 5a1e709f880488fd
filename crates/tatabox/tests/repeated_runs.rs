//! Runs into one folder: no mixture of two runs, no lost file, and a file for each result.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use tatabox::explain::{self, ExplainFolderRequest};
use tatabox::inputs::PromoterSource;
use tatabox::motifs::{self, AblationOptions, MotifsOutput, MotifsRequest};
use tatabox::{Model, Remedy, Silent};
use tatabox_dataset::PreparedDataset;

static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/human/members/1");
    Model::open(folder).expect("the bundled model")
});

/// FASTA records with these identifiers.
fn records(path: &Path, ids: &[&str]) {
    let bases = "ACGTTGCATATAAAGGCGCA".repeat(15);
    let text: String = ids.iter().map(|id| format!(">{id} tss_offset=249\n{bases}\n")).collect();
    fs::write(path, text).expect("written");
}

fn request(promoters: &Path, out: &Path, cell_types: &[&str]) -> ExplainFolderRequest {
    let mut request = ExplainFolderRequest::new(PromoterSource::fasta(promoters), out);
    request.explain.region = Some("-10..+10".parse().expect("a range"));
    request.explain.cell_types = cell_types.iter().map(|&name| name.to_owned()).collect();
    request
}

fn names(folder: &Path, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(ending));
    names.sort();
    names
}

#[test]
fn explain_into_a_folder_with_results_is_refused_or_replaces_them() {
    let folder = tempfile::tempdir().expect("folder");
    let (two, one, out) = (folder.path().join("two.fa"), folder.path().join("one.fa"), folder.path().join("out"));
    records(&two, &["A", "B"]);
    records(&one, &["A"]);
    explain::run(&MODEL, request(&two, &out, &["K562", "HepG2"]), &Silent).expect("explained");
    let array = out.join("arrays/one_hot.npz");
    let before = fs::read(&array).expect("an array");
    let again = || request(&one, &out, &["K562"]);
    let error = explain::run(&MODEL, again(), &Silent).expect_err("results");
    assert_eq!(error.remedy(), Some(Remedy::ReplaceResults), "{error}");
    assert_eq!(fs::read(&array).expect("an array"), before, "the earlier results are untouched");

    fs::write(out.join("figures/mine.svg"), "mine").expect("written");
    let mut replacing = again();
    replacing.output.overwrite = true;
    explain::run(&MODEL, replacing, &Silent).expect("explained");
    assert_eq!(names(&out.join("figures"), ".svg"), ["A.K562.svg", "mine.svg"]);
    assert_eq!(names(&out.join("arrays"), ".npz"), ["ism.K562.hypothetical.npz", "one_hot.npz"]);
    assert_ne!(fs::read(&array).expect("an array"), before);
    assert!(names(&out, ".partial").is_empty());
}

#[test]
fn explain_failure_keeps_earlier_results() {
    let folder = tempfile::tempdir().expect("folder");
    let (good, bad, out) = (folder.path().join("good.fa"), folder.path().join("bad.fa"), folder.path().join("out"));
    records(&good, &["A"]);
    fs::write(&bad, ">A tss_offset=249\nACGT!\n").expect("written");
    explain::run(&MODEL, request(&good, &out, &["K562"]), &Silent).expect("explained");
    let before = fs::read(out.join("summary.tsv")).expect("a table");
    let mut replacing = request(&bad, &out, &["K562"]);
    replacing.output.overwrite = true;
    explain::run(&MODEL, replacing, &Silent).expect_err("not a base");
    assert_eq!(fs::read(out.join("summary.tsv")).expect("a table"), before);
}

#[test]
fn explain_figures_of_names_that_collide_or_are_long_have_a_file_each() {
    let folder = tempfile::tempdir().expect("folder");
    let (promoters, out) = (folder.path().join("p.fa"), folder.path().join("out"));
    let long = "L".repeat(300);
    records(&promoters, &["A/B", "A:B", "a_b", "dup", "dup", "NUL", "..", &long]);
    let summary = explain::run(&MODEL, request(&promoters, &out, &["K562"]), &Silent).expect("explained");
    assert_eq!((summary.repeated, summary.first_repeated.as_deref()), (1, Some("dup")));
    let figures = names(&out.join("figures"), ".svg");
    assert_eq!(figures.len(), 8, "{figures:?}");
    for name in ["A_B.K562.svg", "A_B.K562-2.svg", "a_b.K562-3.svg", "dup.K562-2.svg", "NUL_.K562.svg", "_...K562.svg"]
    {
        assert!(figures.iter().any(|figure| figure == name), "{name} in {figures:?}");
    }
    let index = fs::read_to_string(out.join("figures/figures.tsv")).expect("a table");
    assert!(index.contains("A:B\tK562\tA_B.K562-2\n") && index.lines().count() == 9, "{index}");
}

#[test]
fn explain_of_promoters_without_a_base_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let (promoters, out) = (folder.path().join("p.fa"), folder.path().join("out"));
    fs::write(&promoters, format!(">P tss_offset=249\n{}\n", "N".repeat(300))).expect("written");
    let message = explain::run(&MODEL, request(&promoters, &out, &["K562"]), &Silent).expect_err("N").to_string();
    assert!(message.contains("no promoter could be explained: 1 have no known base"), "{message}");
    assert!(!out.exists());
}

#[test]
fn motifs_into_a_folder_with_files_is_refused_or_keeps_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dataset = PreparedDataset::open(&root.join("data/demo/prepared")).expect("the demo data set");
    let folder = tempfile::tempdir().expect("folder");
    fs::write(folder.path().join("notes.txt"), "mine").expect("written");
    let request = MotifsRequest {
        max_genes: 20,
        ablation: AblationOptions { max_genes: 0, ..AblationOptions::default() },
        ..MotifsRequest::default()
    };
    let run = |overwrite| {
        let output = MotifsOutput { overwrite, ..MotifsOutput::new(folder.path()) };
        motifs::run(&MODEL, &dataset, &request, &output, &Silent).map(drop)
    };
    assert_eq!(run(false).expect_err("a file of the user").remedy(), Some(Remedy::ReplaceResults));
    run(true).expect("written");
    run(true).expect("replaced");
    assert_eq!(names(folder.path(), ".txt"), ["files.txt", "notes.txt"]);
    fs::remove_file(folder.path().join("files.txt")).expect("removed");
    let message = run(true).expect_err("nothing says that the tables are results").to_string();
    assert!(message.contains("would be replaced"), "{message}");
}
