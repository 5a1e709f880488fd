//! Expression tables in published layouts, with synthetic values.

use std::fmt::Write as _;

use serde_json::Value;

use crate::workbench::{Workbench, bases, stderr, stdout};

const PREPARE: &str = "prepare --promoters p.fa --upstream 50 --downstream 10 -o set --force";
const GENES: u32 = 40;

fn bench() -> Workbench {
    let bench = Workbench::new();
    let mut fasta = String::new();
    let mut roadmap = String::from("gene_id\tE000\tE003\tE118\tE123\n");
    let mut hpa = String::from("Gene\tGene name\tCell line\tTPM\tpTPM\tnTPM\n");
    let mut replicates = [(); 2].map(|()| {
        String::from(
            "gene_id\ttranscript_id(s)\tlength\teffective_length\texpected_count\tTPM\tFPKM\n10904\tt\t9\t9\t0\t0\t0\n",
        )
    });
    for gene in 0..GENES {
        let id = format!("ENSG{gene:011}");
        writeln!(fasta, ">{id} chrom=chr{} strand=+\n{}", gene % 4 + 1, bases(60, gene)).expect("text");
        writeln!(roadmap, "{id}\t{gene}.5\t{gene}.25\t{}\t{}\t", gene * 2, GENES - gene).expect("text");
        for line in ["Hep G2", "HeLa", "MCF-7"] {
            let name = if gene == 6 { "H2AC18".to_owned() } else { format!("NAME{gene}") };
            writeln!(hpa, "{id}\t{name}\t{line}\t{gene}\t{}\t{}", 2 * gene, 3 * gene).expect("text");
        }
        for (noise, text) in (0..).zip(&mut replicates) {
            writeln!(text, "{id}.3\tT1,T2\t9\t9\t1\t{}\t1", gene + noise * (gene % 3)).expect("text");
        }
    }
    bench.put("p.fa", fasta);
    bench.put("57epigenomes.RPKM.pc", roadmap);
    bench.put("rna_celline.tsv", hpa);
    bench.put("one.tsv", &replicates[0]);
    bench.put("two.tsv", &replicates[1]);
    bench.put("samples.csv", "cell_type,file\nA549,one.tsv\nA549,two.tsv\n");
    bench
}

/// The report and the record of a data set.
fn prepared(bench: &Workbench, options: &str) -> (Value, Value) {
    let report = stdout(&bench.done(&format!("{PREPARE} --json {options}")));
    let manifest = bench.read("set/dataset.json");
    (serde_json::from_str(&report).expect("JSON"), serde_json::from_str(&manifest).expect("JSON"))
}

#[test]
fn prepare_joins_tables_of_three_laboratories() {
    let bench = bench();
    let options = "--expression 57epigenomes.RPKM.pc --expression rna_celline.tsv --expression samples.csv \
        --duplicate first --harmonise quantile --drop histones,chrM";
    let (report, manifest) = prepared(&bench, options);
    let lines: Vec<&str> =
        manifest["cell_types"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(lines, ["E000", "H1-ESC", "HepG2", "K562", "HeLa-S3", "MCF7", "A549"]);
    assert_eq!(report["kept"], GENES - 1);
    assert_eq!(manifest["dropped"]["histone_excluded"], 1);
    assert_eq!(manifest["dropped"]["not_ensembl"], 1);
    let expression = &manifest["expression"];
    assert_eq!(expression["sources"][0]["unit"], "TPM of RPKM");
    assert_eq!(expression["sources"][1]["unit"], "pTPM");
    assert_eq!(expression["sources"][1]["renamed"]["MCF-7"], "MCF7");
    assert_eq!(expression["duplicated_cell_types"][0], "HepG2");
    assert_eq!(expression["harmonise"], "quantile");
    let pearson =
        expression["sources"][2]["replicates"]["A549"]["pairs"][0]["pearson"].as_f64().expect("two replicates");
    assert!((0.9..1.0).contains(&pearson), "{pearson}");
    let roles: Vec<&str> =
        manifest["inputs"].as_array().expect("a list").iter().filter_map(|input| input["path"].as_str()).collect();
    assert_eq!(roles, ["57epigenomes.RPKM.pc", "rna_celline.tsv", "samples.csv", "one.tsv", "two.tsv", "p.fa"]);
    assert_eq!(report["expression"], *expression);
}

#[test]
fn prepare_reports_sources_and_filters() {
    let bench = bench();
    let message =
        bench.done(&format!("{PREPARE} --encode A549=one.tsv,two.tsv --expression rna_celline.tsv --drop chrY"));
    let text = stdout(&message);
    for part in [
        "expression of 2 sources: 40 genes, 40 in every source",
        "hpa      3 cell types, 40 genes, pTPM, rna_celline.tsv",
        "Hep G2 = HepG2",
        "rsem     1 cell type, 40 genes, TPM, one.tsv and 1 more",
        "A549: 2 replicates, Pearson 0.9",
        "not ensembl",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(stderr(&message).contains("warning: filter chrY: no gene matches"), "{}", stderr(&message));
}

#[test]
fn prepare_inconsistent_tables_are_refused_with_a_remedy() {
    let bench = bench();
    let both = "--expression 57epigenomes.RPKM.pc --expression rna_celline.tsv";
    for (options, part) in [
        (both, "cell type `HepG2` is in both 57epigenomes.RPKM.pc and rna_celline.tsv"),
        ("--expression one.tsv", "--expression K562=one.tsv"),
        ("--expression rna_celline.tsv --from roadmap", "not in roadmap format"),
        ("--expression rna_celline.tsv --hpa-unit nx", "no values in NX: found `TPM`, `pTPM`, `nTPM`"),
        ("--expression rna_celline.tsv --harmonise offset", "expected tables of at least two sources"),
        ("--expression 57epigenomes.RPKM.pc --drop histones", "no gene has a name"),
        ("--encode A549=one.tsv,one.tsv", "the file is given twice"),
    ] {
        let message = bench.refused(1, &format!("{PREPARE} {options}"));
        assert!(message.contains(part), "{options}\n{message}");
    }
    let message = bench.refused(1, &format!("{PREPARE} --expression rna_celline.tsv --drop polyA"));
    assert!(message.contains("drop = polyA") && message.contains("no contig of this name"), "{message}");
}

#[test]
fn prepare_values_of_doubtful_scale_or_cell_type_name_the_remedy() {
    let bench = bench();
    let rows: String = (0..GENES).map(|gene| format!("ENSG{gene:011}\t{}\n", 3 * gene)).collect();
    bench.put("unit.tsv", format!("gene_id\tTPM\n{rows}"));
    let message = bench.refused(1, &format!("{PREPARE} --expression unit.tsv"));
    assert!(message.contains("column `TPM` is a unit") && message.contains("--expression K562=unit.tsv"), "{message}");
    bench.done(&format!("{PREPARE} --expression K562=unit.tsv"));

    // A warning of a library looks as one of the program.
    bench.put("whole.tsv", format!("gene_id\tK562\n{rows}"));
    let log = stderr(&bench.done(&format!("{PREPARE} --expression whole.tsv")));
    let is_warning = |line: &str| line.starts_with("warning: whole.tsv: taken as TPM although every value");
    assert!(log.lines().any(is_warning) && !log.contains("WARN"), "{log}");
}
