//! Assays of a data set, from the command line.

use std::fmt::Write as _;

use serde_json::Value;

use crate::workbench::{Workbench, stdout};

const PREPARE: &str = "prepare --upstream 200 --downstream 100 --promoters sim/promoters.fa --expression sim/expression.tsv -o set --force";

/// Simulated promoters and two assays: the promoters as inserts of 150 bp with noise-free values, and values of the genes.
fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.done("simulate -o sim --genes 300 --upstream 200 --downstream 100");
    let (mut mpra, mut cage) = ("name\tinsert\tmean\tsd\n".to_owned(), "gene_id\tA\tB\n".to_owned());
    for (gene, record) in bench.read("sim/promoters.fa").split('>').skip(1).enumerate() {
        let (header, letters) = record.split_once('\n').expect("a record");
        let letters: String = letters.split_whitespace().collect();
        let id = header.split_whitespace().next().expect("a name");
        writeln!(mpra, "insert{gene}\t{}\t{}\t1", &letters[50..200], gene as f64 / 100.0 - 1.0).expect("text");
        writeln!(cage, "{id}\t{gene}\t{}", 2 * gene).expect("text");
    }
    bench.put("mpra.tsv", mpra + "bad\tAC-GT\t1\t1\n");
    bench.put("cage.tsv", cage);
    bench
}

const ASSAYS: &str = "--assay mpra=mpra.tsv,sequence=insert,values=mean,scale=log2,right=TAGAGGGTATATAATGG,tss=-17 \
    --assay cage=genes,cage.tsv,values=A+B:second,scale=counts";

#[test]
fn prepare_assays_are_reported_shown_and_audited() {
    let bench = bench();
    let report = stdout(&bench.done(&format!("{PREPARE} {ASSAYS}")));
    for line in [
        "assay mpra of sequences, as log2: mpra",
        "  excluded: invalid record      1",
        "  kept                      300  of 301 rows",
        "assay cage of the genes, as log2(counts + 1): cage.A, second",
    ] {
        assert!(report.contains(line), "{line}: {report}");
    }
    let json: Value =
        serde_json::from_str(&stdout(&bench.done(&format!("{PREPARE} {ASSAYS} --dry-run --json")))).expect("JSON");
    assert_eq!(json["assays"][0]["rows"], 300);
    // Every insert resembles the promoter that it is from.
    assert_eq!(json["assays"][0]["similar_to_genes"], 300);
    assert_eq!(json["assays"][0]["splits"], json["assays"][1]["splits"]);
    assert!(bench.read("set/qc.tsv").contains("bad\tassay mpra\tinvalid_record\t"));
    let shown = stdout(&bench.done("data show --data set"));
    assert!(shown.contains("assay cage of the genes") && shown.contains("assay       mpra.tsv"), "{shown}");
    let audit = stdout(&bench.done("audit set --json"));
    assert!(audit.contains("rows are in the split of the genes and rows they resemble"), "{audit}");
}

#[test]
fn prepare_unclear_assay_is_refused_with_remedy() {
    let bench = bench();
    let message = bench.refused(2, &format!("{PREPARE} --assay mpra=mpra.tsv,sequence=insert,values=mean"));
    assert!(message.contains("scale=log2"), "{message}");
    let message = bench.refused(1, &format!("{PREPARE} --assay mpra=mpra.tsv,sequence=insert,scale=log2,tss=-1"));
    assert!(message.contains("mpra.tsv, line 1: several columns of numbers: `mean`, `sd`"), "{message}");
}

#[test]
fn ensemble_effect_outputs_are_the_default_of_variant_effects() {
    let bench = bench();
    bench.done(&format!("{PREPARE} {ASSAYS}"));
    let train = "train --cell-type K562 --data set --epochs 1 --models-dir models --quiet";
    bench.done(&format!("{train} --name plain"));
    bench.done(&format!("{train} --name joint --assay mpra --seed 1"));
    let ensemble = "ensemble -o models/both models/plain models/joint --effect-outputs";
    let message = bench.refused(1, &format!("{ensemble} lentiMPRA"));
    assert!(message.contains("no network has the output lentiMPRA; expected some of K562, mpra"), "{message}");
    bench.done(&format!("{ensemble} mpra"));
    let info = stdout(&bench.done("info --model models/both"));
    for line in
        ["expression (tpm, 2 networks): K562\n", "mpra (log2, one network): mpra; default for variant effects\n"]
    {
        assert!(info.contains(line), "{line}: {info}");
    }

    let gene = bench.read("sim/promoters.fa").split_whitespace().next().expect("a record")[1..].to_owned();
    let cell_types = |options: &str| -> Vec<String> {
        let saturate =
            format!("variants --saturate --gene {gene} --data set --model models/both --format tsv {options}");
        let table = stdout(&bench.done(&saturate));
        let mut rows = table.lines().map(|row| row.split('\t').collect::<Vec<_>>());
        let header = rows.next().expect("a header");
        let column = header.iter().position(|&name| name == "cell_type").expect("the cell type");
        let mut names: Vec<String> = rows.map(|row| row[column].to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    assert_eq!(cell_types(""), ["mpra"]);
    assert_eq!(cell_types("--cell-type expression"), ["K562"]);
    assert_eq!(cell_types("--cell-type all"), ["K562", "mpra"]);

    // Rows of a measured table are compared in the designated output whatever their cell type, unless another is requested.
    let mut table = "reference_sequence\talternative_sequence\teffect\tcell_type\n".to_owned();
    let reference = crate::workbench::bases(150, 3);
    for position in 0..12 {
        let alternative = format!("{}{}", &reference[..position], &reference[position + 1..]);
        writeln!(table, "{reference}\t{alternative}\t{}\tK562", position % 5).expect("text");
    }
    bench.put("measured.tsv", table);
    let evaluate = "evaluate-variants --measured measured.tsv --model models/both --tss-offset 100 --no-figures --no-report --bootstrap 20 --force -o scan";
    let compared = |options: &str| crate::workbench::stderr(&bench.done(&format!("{evaluate} {options}")));
    assert!(compared("").contains("compared outputs: mpra of both"));
    assert!(!compared("--cell-type expression").contains("compared outputs"));
}
