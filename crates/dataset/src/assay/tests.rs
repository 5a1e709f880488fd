//! Tests of assays from their files to the opened data set.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use tatabox_sequence::{Sequence, WindowGeometry};
use tempfile::TempDir;

use super::{Assay, RowSource};
use crate::drop_reason::DropReason;
use crate::error::{DatasetError, Result};
use crate::io::checksum::sha256_file;
use crate::prepare::{PrepareConfig, PrepareReport, prepare};
use crate::prepared::PreparedDataset;
use crate::schema::{MANIFEST_FILE, QC_FILE};
use crate::split::Split;

const GENES: usize = 60;

/// Genes of 300 bp on six chromosomes, ten on each, and files that a test writes next to them.
struct Files {
    folder: TempDir,
}

/// Pseudorandom bases that are the same in every run.
fn bases(length: usize, seed: usize) -> String {
    let mut state = seed as u64 * 2 + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"ACGT"[(state >> 62) as usize])
    };
    (0..length + 8).map(|_| next()).skip(8).collect()
}

fn promoter(gene: usize) -> String {
    bases(300, 1_000 + gene)
}

fn reverse_complement(letters: &str) -> String {
    Sequence::from_ascii(letters.as_bytes()).expect("bases").reverse_complement().to_ascii()
}

impl Files {
    fn new() -> Self {
        let files = Self { folder: tempfile::tempdir().expect("folder") };
        let (mut fasta, mut table) = (String::new(), "gene_id\tgene_name\tK562\n".to_owned());
        for gene in 0..GENES {
            writeln!(fasta, ">G{gene:03} gene_name=NAME{gene} chrom=chr{}\n{}", gene % 6 + 1, promoter(gene))
                .expect("text");
            writeln!(table, "G{gene:03}\tNAME{gene}\t{gene}").expect("text");
        }
        files.write("p.fa", &fasta);
        files.write("e.tsv", &table);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("written");
    }

    /// Configuration with assays; `@` in their text is replaced by the folder.
    fn config(&self, assays: &[&str]) -> PrepareConfig {
        let folder = format!("{}/", self.folder.path().display());
        let mut config =
            PrepareConfig::new(self.path("e.tsv"), self.path("set"), WindowGeometry::new(250, 50).expect("valid"));
        config.promoters = Some(self.path("p.fa"));
        config.force = true;
        config.assays = assays.iter().map(|text| text.replace('@', &folder).parse().expect("valid")).collect();
        config
    }

    fn prepare(&self, assays: &[&str]) -> Result<PrepareReport> {
        prepare(&self.config(assays), &mut |_| {})
    }

    fn opened(&self, assays: &[&str]) -> PreparedDataset {
        self.prepare(assays).expect("prepared");
        PreparedDataset::open(&self.path("set")).expect("opens")
    }

    fn refused(&self, assays: &[&str]) -> String {
        self.prepare(assays).expect_err("refused").to_string()
    }

    /// Writes forty unrelated rows without a chromosome, so that every split has some, after the `rows`.
    fn write_rows(&self, name: &str, rows: &[(&str, String)]) {
        let mut text = "id\tseq\tactivity\n".to_owned();
        for (index, (id, sequence)) in rows.iter().enumerate() {
            writeln!(text, "{id}\t{sequence}\t{index}").expect("text");
        }
        for other in 0..40 {
            writeln!(text, "other{other}\t{}\t{other}", bases(120, 5_000 + other)).expect("text");
        }
        self.write(name, &text);
    }
}

fn splits(assay: &Assay, ids: &[&str]) -> Vec<Option<Split>> {
    let find = |id: &&str| assay.rows.iter().find(|row| row.id == **id).expect("a row").split;
    ids.iter().map(find).collect()
}

/// Genes of a chromosome by the split of the data set: one train gene and one test gene.
fn train_and_test(dataset: &PreparedDataset) -> [usize; 2] {
    [Split::Train, Split::Test].map(|split| {
        let gene = dataset.genes_in(split)[0];
        dataset.genes()[gene].gene_id[1..].parse().expect("a number")
    })
}

#[test]
fn data_set_without_assays_has_format_version_1_and_no_trace_of_them() {
    let files = Files::new();
    let dataset = files.opened(&[]);
    let manifest = fs::read_to_string(files.path("set").join(MANIFEST_FILE)).expect("there");
    assert!(manifest.starts_with("{\n  \"format_version\": 1,") && !manifest.contains("assay"));
    assert!(dataset.assays().is_empty() && !files.path("set/assays").exists());
    assert_eq!((dataset.row_count(), dataset.target_names()), (GENES, vec!["K562".to_owned()]));
}

#[test]
fn prepare_assay_with_construct_is_stored_and_opened() {
    let files = Files::new();
    files.write_rows("m.tsv", &[("a", "ACGT".repeat(20)), ("b", bases(60, 1)), ("bad", "AC-GT".to_owned())]);
    let text = "mpra=@m.tsv,scale=tpm,left=CC,right=GTG,tss=-2,reverse-complement=true";
    let report = files.prepare(&[text]).expect("prepared");
    let summary = &report.assays[0];
    assert_eq!((summary.kept, summary.read(), summary.record.rows), (42, 43, 42));
    assert_eq!(summary.record.excluded, [("invalid_record".to_owned(), 1)].into());
    assert_eq!(report.dropped[&DropReason::InvalidRecord], 1);
    let qc = fs::read_to_string(files.path("set").join(QC_FILE)).expect("there");
    assert!(qc.contains("bad\tassay mpra\tinvalid_record\tline 4: "), "{qc}");

    let dataset = PreparedDataset::open(&files.path("set")).expect("opens");
    let [assay] = dataset.assays() else { panic!("one assay") };
    assert_eq!((assay.record.outputs.as_slice(), assay.record.reverse_complement), (&["mpra".to_owned()][..], true));
    assert_eq!(assay.record, dataset.manifest().assays[0]);
    assert_eq!(dataset.manifest().format_version, 2);
    // The TSS base, second to last of the construct, is at the index 250; the insert of 80 bases ends two bases before it.
    assert_eq!(assay.rows[0].insert, 169..249);
    let row = GENES;
    assert_eq!(dataset.row_source(row), RowSource::Assay { assay: 0, row: 0 });
    let mut codes = Vec::new();
    dataset.window_codes(row, 165..254, &mut codes);
    let expected = format!("NNCC{}GTGNN", "ACGT".repeat(20));
    assert_eq!(Sequence::from_codes(codes).to_ascii(), expected);
    // log2(1 + 1) of the second row; no measurement of a cell type, and of the assay by a gene.
    assert_eq!((dataset.target(row + 1, 1), dataset.target_index("MPRA").expect("known")), (1.0, 1));
    assert!(dataset.target(row, 0).is_nan() && dataset.target(0, 1).is_nan());
    assert_eq!(dataset.target_names(), ["K562", "mpra"]);
    assert!(dataset.verify().is_ok());
    let counted: usize = Split::ALL.into_iter().map(|split| dataset.assay_rows_in(0, split).len()).sum();
    assert_eq!(counted, 42);
    let train: Vec<f64> =
        dataset.assay_rows_in(0, Split::Train).into_iter().map(|row| f64::from(dataset.target(row, 1))).collect();
    let mean = train.iter().sum::<f64>() / train.len() as f64;
    assert!((dataset.target_transform().mean[1] - mean).abs() < 1e-9);
}

#[test]
fn prepare_assay_twice_gives_the_same_bytes() {
    let files = Files::new();
    files.write_rows("m.tsv", &[("a", promoter(3)[20..200].to_owned())]);
    let sums = || {
        files.prepare(&["m=@m.tsv,scale=log2,tss=-1"]).expect("prepared");
        ["assays/m.parquet", "assays/m.bin", MANIFEST_FILE]
            .map(|name| sha256_file(&files.path("set").join(name)).expect("there"))
    };
    assert_eq!(sums(), sums());
}

#[test]
fn rows_are_held_out_with_similar_genes_and_rows_of_every_assay() {
    let files = Files::new();
    let [train, test] = train_and_test(&files.opened(&[]));
    let (of_train, of_test) = (promoter(train), promoter(test));
    let far = bases(400, 77);
    files.write_rows(
        "m.tsv",
        &[
            ("of_train", of_train[40..240].to_owned()),
            ("of_test", of_test[40..240].to_owned()),
            ("of_test_reversed", reverse_complement(&of_test[80..280])),
            // Overlaps the row of_test in the part that no gene has: the first 100 bases are of the test gene.
            ("half", format!("{}{}", &of_test[..100], &far[..100])),
            ("chain", far[..150].to_owned()),
            ("both", format!("{}{}", &of_test[100..200], &of_train[100..200])),
        ],
    );
    // Another assay: the other strand of a row that only the first assay links to the test gene.
    files.write_rows("n.tsv", &[("chain_reversed", reverse_complement(&far[..150]))]);
    let dataset = files.opened(&["m=@m.tsv,scale=log2,tss=-1", "n=@n.tsv,scale=log2,tss=-1"]);
    let [m, n] = dataset.assays() else { panic!("two assays") };
    let [train_split, _, test_split] = Split::ALL.map(Some);
    assert_eq!(splits(m, &["of_train"]), [None], "a row that resembles the train and the test gene joins both groups");
    assert_eq!(splits(m, &["of_test", "of_test_reversed", "both"]), [None; 3]);
    // Linked to the test gene, and too little to the rows that resemble both genes.
    assert_eq!(splits(m, &["half", "chain"]), [test_split; 2]);
    assert_eq!(splits(n, &["chain_reversed"]), [test_split]);

    files.write_rows(
        "m.tsv",
        &[
            ("of_train", of_train[40..240].to_owned()),
            ("of_test", of_test[40..240].to_owned()),
            ("of_test_reversed", reverse_complement(&of_test[80..280])),
            ("half", format!("{}{}", &of_test[..100], &far[..100])),
            ("chain", far[..150].to_owned()),
        ],
    );
    let dataset = files.opened(&["m=@m.tsv,scale=log2,tss=-1", "n=@n.tsv,scale=log2,tss=-1"]);
    let [m, n] = dataset.assays() else { panic!("two assays") };
    assert_eq!(splits(m, &["of_train"]), [train_split]);
    assert_eq!(splits(m, &["of_test", "of_test_reversed", "half", "chain"]), [test_split; 4]);
    assert_eq!(splits(n, &["chain_reversed"]), [test_split]);
    let row = |id: &str| m.rows.iter().find(|row| row.id == id).expect("a row");
    let gene = |row: &str| dataset.genes()[first_gene(m, row)].gene_id.clone();
    assert_eq!(gene("of_test_reversed"), format!("G{test:03}"));
    assert_eq!(row("chain").genes, [] as [u32; 0]);
    assert_eq!(row("chain").chromosomes, [format!("chr{}", test % 6 + 1)], "the chromosome of its group");
    assert_eq!(row("chain").group, n.rows[0].group);
    // Rows without a chromosome are assigned by the seed and are in every split.
    let others: Vec<Option<Split>> = m.rows[5..].iter().map(|row| row.split).collect();
    assert!(Split::ALL.iter().all(|split| others.contains(&Some(*split))), "{others:?}");
}

/// First gene of a row.
fn first_gene(assay: &Assay, id: &str) -> usize {
    assay.rows.iter().find(|row| row.id == id).expect("a row").genes[0] as usize
}

#[test]
fn rows_are_held_out_with_their_stated_chromosome() {
    let files = Files::new();
    let dataset = files.opened(&[]);
    let of = |split: Split| dataset.manifest().split.part(split).chromosomes[0].clone();
    let mut text = "id,place,insert,activity\n".to_owned();
    for (row, chromosome) in Split::ALL.map(of).iter().enumerate() {
        writeln!(text, "r{row},{},{},{row}", &chromosome[3..], bases(90, 50 + row)).expect("text");
        writeln!(text, "{chromosome}:100-190(+),,{},{row}", bases(90, 60 + row)).expect("text");
    }
    for row in 0..30 {
        writeln!(text, "t{row},{},{},{row}", of(Split::Train), bases(90, 80 + row)).expect("text");
    }
    files.write("m.csv", &text);
    let dataset = files.opened(&["m=@m.csv,sequence=insert,chrom=place,values=activity,scale=log2,tss=-1"]);
    let assay = &dataset.assays()[0];
    assert_eq!(assay.record.placed, 36);
    for (row, split) in Split::ALL.into_iter().enumerate() {
        assert_eq!((assay.rows[2 * row].split, assay.rows[2 * row + 1].split), (Some(split), Some(split)));
        assert_eq!(assay.rows[2 * row].chromosomes, [of(split)]);
    }
}

#[test]
fn fold_view_and_scaled_on_refit_assays() {
    let files = Files::new();
    let rows: Vec<(String, String)> =
        (0..GENES).map(|gene| (format!("of{gene}"), promoter(gene)[50..250].to_owned())).collect();
    let rows: Vec<(&str, String)> = rows.iter().map(|(id, sequence)| (id.as_str(), sequence.clone())).collect();
    files.write_rows("m.tsv", &rows);
    let mut cage = "gene_id\tK562_CAGE\n".to_owned();
    (0..GENES).for_each(|gene| writeln!(cage, "NAME{gene}\t{}", gene * 3).expect("text"));
    files.write("cage.tsv", &cage);
    let dataset = files.opened(&["m=@m.tsv,scale=log2,tss=-1", "cage=genes,@cage.tsv,scale=counts"]);
    let folds = dataset.folds(3, 1).expect("six chromosomes");
    let mut tested = vec![0; 100];
    for fold in 0..3 {
        let view = dataset.fold_view(&folds, fold).expect("enough rows");
        let assay = &view.assays()[0];
        assert_eq!(assay.record, view.manifest().assays[0]);
        for (row, tested) in assay.rows.iter().zip(&mut tested) {
            *tested += usize::from(row.split == Some(Split::Test));
            for &gene in &row.genes {
                assert_eq!(row.split, Some(view.genes()[gene as usize].split));
            }
        }
        let counted: usize = assay.record.splits.values().sum();
        assert_eq!((counted, assay.record.splits["test"]), (100, assay.rows_in(Split::Test).len()));
        let of_targets = |assay: &Assay, rows: &[usize]| {
            rows.iter().map(|&row| f64::from(assay.targets_of(row)[0])).sum::<f64>() / rows.len() as f64
        };
        let train = assay.rows_in(Split::Train);
        assert!((assay.record.transform.mean[0] - of_targets(assay, &train)).abs() < 1e-9);
        let genes = view.genes_in(Split::Train);
        assert!((view.assays()[1].record.transform.mean[0] - of_targets(&view.assays()[1], &genes)).abs() < 1e-9);

        let some: Vec<usize> = genes[..5].iter().copied().chain([GENES + 1, GENES + 7]).collect();
        let scaled = view.scaled_on(&some).expect("distinct values");
        assert!((scaled.assays()[0].record.transform.mean[0] - of_targets(assay, &[1, 7])).abs() < 1e-9);
        assert!(
            (scaled.assays()[1].record.transform.mean[0] - of_targets(&view.assays()[1], &genes[..5])).abs() < 1e-9
        );
        let kept = view.scaled_on(&genes[..5]).expect("distinct values");
        assert_eq!(kept.assays()[0].record.transform, assay.record.transform);
    }
    assert!(tested.iter().all(|&times| times == 1), "{tested:?}");
    // A view with other expression keeps the assays, whose outputs must not be its cell types.
    files.write("new.tsv", "gene_id\tHepG2\nG001\t1\nG002\t2\nG003\t3\nG004\t9\nG005\t7\nG007\t5\n");
    let (view, _) = dataset.expression_view(files.path("new.tsv")).expect("six genes");
    assert_eq!(view.target_names(), ["HepG2", "m", "cage"]);
    files.write("new.tsv", "gene_id\tcage\nG001\t1\nG002\t2\nG003\t3\n");
    let message = dataset.expression_view(files.path("new.tsv")).expect_err("an output").to_string();
    assert!(message.contains("output \"cage\": a cell type has this name"), "{message}");
}

#[test]
fn assay_of_genes_matches_identifiers_and_symbols() {
    let files = Files::new();
    let mut text =
        "gene_id\tgene_name\tA\tB\nG000\tX\t3\t\nOTHER\tNAME1\t7\t1\nG059\t\t\t\nABSENT\t\t1\t1\n".to_owned();
    (2..50).for_each(|gene| writeln!(text, "G{gene:03}\t\t{gene}\t{gene}").expect("text"));
    files.write("cage.tsv", &text);
    let report = files.prepare(&["cage=genes,@cage.tsv,values=A:a+B,scale=tpm"]).expect("prepared");
    let summary = &report.assays[0];
    assert_eq!(summary.record.outputs, ["a", "cage.B"]);
    let kept = (summary.kept, summary.record.rows, summary.in_no_split());
    assert_eq!(kept, (50, 0, 0), "{:?}", summary.record.excluded);
    let excluded = [("no_measurement".to_owned(), 1), ("no_window".to_owned(), 1)];
    assert_eq!(summary.record.excluded, excluded.into());
    let dataset = PreparedDataset::open(&files.path("set")).expect("opens");
    let target = |gene: &str, target| dataset.target(dataset.find_gene(gene).expect("known"), target);
    assert_eq!((target("G000", 1), target("G001", 1), target("G001", 2)), (2.0, 3.0, 1.0));
    assert!(target("G000", 2).is_nan() && target("G059", 1).is_nan());
    assert_eq!((dataset.row_count(), dataset.assays()[0].measures_genes()), (GENES, true));
    files.write("cage.tsv", "gene_id\tA\nX\t1\n");
    assert!(files.refused(&["cage=genes,@cage.tsv,scale=tpm"]).contains("no gene of assay cage"));
}

#[test]
fn sequences_and_values_of_two_files_are_joined_by_identifier() {
    let files = Files::new();
    let (mut fasta, mut values) = (String::new(), "name\tnote\tvalue\n".to_owned());
    for row in 0..30 {
        let location = if row % 2 == 0 { " chr1:5-95" } else { "" };
        writeln!(fasta, ">r{row}{location}\n{}", bases(90, 300 + row)).expect("text");
        writeln!(values, "r{}\tx\t{}", 29 - row, row).expect("text");
    }
    files.write("m.fa", &format!("{fasta}>only_sequence\n{}\n", bases(90, 9)));
    files.write("v.tsv", &format!("{values}only_value\tx\t3\n"));
    let report = files.prepare(&["m=@m.fa,@v.tsv,id=name,values=value,scale=log2,tss=-1"]).expect("prepared");
    let summary = &report.assays[0];
    assert_eq!((summary.kept, summary.record.placed), (30, 15));
    let excluded = [("no_measurement".to_owned(), 1), ("no_sequence".to_owned(), 1)];
    assert_eq!(summary.record.excluded, excluded.into());
    let dataset = PreparedDataset::open(&files.path("set")).expect("opens");
    assert_eq!((dataset.assays()[0].rows[3].id.as_str(), dataset.assays()[0].targets_of(3)), ("r3", &[26.0][..]));
}

#[test]
fn invalid_assay_tables_return_errors_with_file_and_line() {
    let files = Files::new();
    let text = |rows: &[&str]| format!("id\tseq\tA\tB\n{}\n", rows.join("\n"));
    let refused = |rows: &[&str], settings: &str| {
        files.write("m.tsv", &text(rows));
        files.refused(&[&format!("m=@m.tsv,{settings}")])
    };
    let message = refused(&["r\tACGT\t1\t2"], "scale=tpm,tss=0");
    assert!(message.contains("m.tsv, line 1: several columns of numbers: `A`, `B`; name"), "{message}");
    let message = refused(&["r\tACGT\t1\t-2"], "scale=tpm,tss=0,values=B");
    assert!(message.contains("m.tsv, line 2: row r, column B: -2 is negative on the linear scale tpm"), "{message}");
    let message = refused(&["r\tACGT\thigh\t2"], "scale=tpm,tss=0,values=A");
    assert!(message.contains("m.tsv, line 2: row r, column A: `high` is not a finite number"), "{message}");
    let message = refused(&["r\tACGT\t1\t2", "r\tACGT\t1\t2"], "scale=tpm,tss=0,values=A");
    assert!(message.contains("m.tsv, line 3: duplicate identifier `r`, first seen at line 2"), "{message}");
    let message = refused(&["r\tACGT\t1\t2"], "scale=tpm,tss=0,values=C");
    assert!(message.contains("m.tsv, line 1: no column `C`"), "{message}");
    let message = refused(&["r\tACGT\t1\t2"], "scale=tpm,tss=0,values=A,sequence=insert");
    assert!(message.contains("no column `insert`"), "{message}");
    let message = refused(&["\tACGT\t1\t2"], "scale=tpm,tss=0,values=A");
    assert!(message.contains("m.tsv, line 2: empty `id`"), "{message}");
    let message = refused(&["r\tACGT\t1\t2"], "scale=tpm,values=A");
    assert!(message.contains("no row can be used (wrong_length 1); for example r: 4 bp"), "{message}");
    let message = refused(&["r\tACGT\t1\t2"], "scale=tpm,tss=0,values=A:K562");
    assert!(message.contains("a cell type has this name"), "{message}");
    let message = refused(&["r\tACGT\t300\t2"], "scale=log2,tss=0,values=A");
    assert!(message.contains("300 is not a logarithm to base 2"), "{message}");
    files.write("m.fa", ">r\nACGT\n");
    assert!(files.refused(&["m=@m.fa,scale=tpm,tss=0"]).contains("is FASTA, which holds no values"));
    files.write("n.tsv", "id\tinsert\tA\nr\tACGT\t1\n");
    assert!(files.refused(&["m=@n.tsv,scale=tpm,tss=0"]).contains("no column `sequence` or `seq`: found `id`"));
    let twice = files.refused(&["m=@n.tsv,scale=tpm,tss=0", "M=@n.tsv,scale=tpm,tss=0"]);
    assert!(twice.contains("each assay requires a unique name"), "{twice}");
    assert!(!files.path("set").exists());
}

#[test]
fn repeated_identifiers_of_different_sequences_are_numbered() {
    let files = Files::new();
    let rows = [("same", bases(80, 1)), ("same", bases(80, 2))];
    files.write_rows("m.tsv", &rows);
    let report = files.prepare(&["m=@m.tsv,scale=log2,tss=-1"]).expect("prepared");
    assert!(report.warnings.iter().any(|warning| warning.contains("1 row with the identifier of another construct")));
    let dataset = PreparedDataset::open(&files.path("set")).expect("opens");
    let ids: Vec<&str> = dataset.assays()[0].rows[..2].iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["same", "same#2"]);
}

#[test]
fn open_damaged_assay_names_its_file() {
    let files = Files::new();
    files.write_rows("m.tsv", &[]);
    let text = "m=@m.tsv,scale=log2,tss=-1";
    let dataset = files.opened(&[text]);
    let windows = files.path("set/assays/m.bin");
    let bytes = fs::read(&windows).expect("there");
    fs::write(&windows, &bytes[..bytes.len() - 1]).expect("written");
    let error = PreparedDataset::open(dataset.directory()).expect_err("short");
    assert!(matches!(&error, DatasetError::Damaged { path, .. } if path.ends_with("assays/m.bin")), "{error}");
    fs::remove_file(&windows).expect("removed");
    let message = PreparedDataset::open(dataset.directory()).expect_err("missing").to_string();
    assert!(message.contains("m.bin: cannot find"), "{message}");
}

#[test]
fn dry_run_with_assays_reports_and_keeps_nothing() {
    let files = Files::new();
    files.write_rows("m.tsv", &[]);
    let mut config = files.config(&["m=@m.tsv,scale=log2,tss=-1"]);
    config.dry_run = true;
    assert_eq!(prepare(&config, &mut |_| {}).expect("prepared").assays[0].kept, 40);
    assert!(!files.path("set").exists());
}
