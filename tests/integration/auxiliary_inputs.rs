//! Auxiliary inputs (gene features and signal tracks), from files to predictions.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use bigtools::beddata::BedParserStreamingIterator;
use bigtools::{BigWigWrite, Value};

use crate::workbench::{Workbench, stderr, stdout};

/// Genes on each of five contigs.
const GENES: u32 = 12;
const CONTIGS: [&str; 5] = ["chr1", "chr2", "chr3", "chr4", "chr5"];
/// Bases between two genes.
const SPACING: u32 = 1_000;
const CONTIG_BP: u32 = (GENES + 1) * SPACING;

const PREPARE: &str = "prepare --genome g.fa --annotation genes.gtf --expression tpm.tsv --upstream 200 --downstream 100 \
    -o set --force --half-life --track signal=signal.bw";

/// A random-looking number below `below` that depends on its arguments alone.
fn number(contig: usize, gene: u32, below: u32) -> u32 {
    let mixed = (contig as u32 * 7_919 + gene * 104_729 + contig as u32 * gene * 31).wrapping_mul(2_654_435_761);
    (mixed >> 8) % below
}

fn id(contig: usize, gene: u32) -> String {
    format!("ENSG{contig:02}{gene:04}")
}

/// A genome with annotation, a bigWig, and expression that the length of the coding sequence and the signal decide.
fn bench() -> Workbench {
    let bench = Workbench::new();
    let (mut fasta, mut gtf, mut bed) = (String::new(), String::new(), String::new());
    let mut tpm = String::from("gene_id\tK562\n");
    let mut signal = Vec::new();
    for (at, contig) in CONTIGS.into_iter().enumerate() {
        let letters: String =
            (0..CONTIG_BP).map(|base| char::from(b"ACGT"[(base * base / 7 + base + at as u32) as usize % 4])).collect();
        writeln!(fasta, ">{contig}\n{letters}").expect("text");
        for gene in 0..GENES {
            let (id, start) = (id(at, gene), (gene + 1) * SPACING - SPACING / 2);
            let (coding, level) = (30 + 3 * number(at, gene, 40), number(at, gene + 50, 8));
            let mut row = |kind: &str, end: u32, more: &str| {
                let start = start + 1;
                writeln!(
                    gtf,
                    "{contig}\tx\t{kind}\t{start}\t{end}\t.\t+\t.\tgene_id \"{id}\"; gene_name \"N{id}\";{more}"
                )
                .expect("text");
            };
            row("gene", start + 300, "");
            row("transcript", start + 300, " transcript_id \"T\";");
            row("exon", start + 300, " transcript_id \"T\";");
            // The last gene of a contig codes for nothing.
            if gene + 1 < GENES {
                row("CDS", start + coding, " transcript_id \"T\";");
            }
            writeln!(bed, "{contig}\t{start}\t{}\t{id}\t0\t+", start + 1).expect("text");
            writeln!(tpm, "{id}\t{}", coding + 40 * level).expect("text");
            signal.push((contig.to_owned(), Value { start: start - 50, end: start + 50, value: level as f32 }));
        }
    }
    bench.put("g.fa", fasta);
    bench.put("genes.gtf", gtf);
    bench.put("tss.bed", bed);
    bench.put("tpm.tsv", tpm);
    write_bigwig(&bench.path("signal.bw"), signal);
    bench
}

fn write_bigwig(path: &Path, values: Vec<(String, Value)>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let sizes: HashMap<String, u32> = CONTIGS.iter().map(|contig| ((*contig).to_owned(), CONTIG_BP)).collect();
    let values = BedParserStreamingIterator::wrap_infallible_iter(values.into_iter(), true);
    BigWigWrite::create_file(path, sizes).expect("created").write(values, runtime).expect("written");
}

/// Column log2_tpm by identifier.
fn predicted(table: &str) -> HashMap<String, String> {
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    table.lines().skip(1).map(cells).map(|cells| (cells[0].clone(), cells[2].clone())).collect()
}

#[test]
fn auxiliary_inputs_from_annotation_and_bigwig_reach_predictions() {
    let bench = bench();
    let prepared = stdout(&bench.done(PREPARE));
    assert!(prepared.contains("8 gene features for 55 genes, from annotation"), "{prepared}");
    assert!(prepared.contains("track signal from signal.bw: values for 33.3% of the bases"), "{prepared}");

    let trained = bench.done("train --data set --name both --gene-features --tracks all --epochs 2 --batch-size 16");
    assert!(stdout(&trained).contains("lacks the gene features"), "{}", stdout(&trained));
    let info = stdout(&bench.done("info --model models/both"));
    assert!(info.contains("cds_log10_bp") && info.contains("signal"), "{info}");
    bench.done("verify models/both --data set");

    // Genes of the data set, and the same from the files that it was made from.
    bench.done("half-life --annotation genes.gtf --genome g.fa -o half_life.tsv");
    let genes: Vec<String> = (0..GENES).map(|gene| id(2, gene)).collect();
    let of_set = bench.done(&format!("predict --model models/both --data set --gene {}", genes.join(",")));
    let of_files = bench.done(
        "predict --model models/both --bed tss.bed --genome g.fa --gene-features half_life.tsv --track signal=signal.bw",
    );
    let (of_set, message, of_files) = (predicted(&stdout(&of_set)), stderr(&of_files), predicted(&stdout(&of_files)));
    assert!(message.contains("5 of 60 promoters lack an auxiliary input of the model"), "{message}");
    for gene in &genes[..genes.len() - 1] {
        let [one, other] = [&of_set, &of_files].map(|of| of[gene].parse::<f64>().expect("a number"));
        // The table has six digits after the point.
        assert!((one - other).abs() < 1e-4, "{gene}: {one} and {other}");
    }
    assert_eq!((of_set[&id(2, GENES - 1)].as_str(), of_files[&id(2, GENES - 1)].as_str()), ("", ""));
}

#[test]
fn auxiliary_inputs_missing_are_named_with_a_remedy() {
    let bench = bench();
    bench.done(PREPARE);
    bench.done("train --data set --name both --gene-features --tracks signal --epochs 1 --batch-size 16");
    bench.put("p.fa", format!(">ENSG020000\n{}\n", "ACGT".repeat(75)));
    let refused = |line: &str| bench.refused(1, line);
    let message = refused("predict --model models/both --fasta p.fa");
    assert!(message.contains("--gene-features TABLE") && message.contains("tatabox half-life"), "{message}");
    bench.done("half-life --annotation genes.gtf --genome g.fa -o half_life.tsv");
    let message = refused("predict --model models/both --fasta p.fa --gene-features half_life.tsv");
    assert!(message.contains("have no genome coordinates") && message.contains("--track NAME=BIGWIG"), "{message}");
    let bed = "predict --model models/both --bed tss.bed --genome g.fa --gene-features half_life.tsv";
    assert!(refused(bed).contains("pass --track signal=BIGWIG"), "{}", refused(bed));
    let message = refused(&format!("{bed} --track other=signal.bw"));
    assert!(message.contains("track other: the model reads no track of this name; it reads signal"), "{message}");
    bench.put("far.bed", "chr1\t500\t501\tENSG000000\t0\t+\nchr9\t500\t501\tENSG000001\t0\t+\n");
    let far = bed.replace("tss.bed", "far.bed");
    let table = stdout(&bench.done(&format!("{far} --track signal=signal.bw")));
    assert!(table.contains("chr9:500(+) is not on a contig of track signal"), "{table}");
    bench.put("few.tsv", "gene_id\tcds_gc\nENSG020000\t0.5\n");
    let message = refused("predict --model models/both --bed tss.bed --genome g.fa --gene-features few.tsv");
    assert!(message.contains("column cds_log10_bp is missing, which the model reads; found cds_gc"), "{message}");
    bench.put("v.vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
    let message =
        refused("variants --model models/both --vcf v.vcf --genome g.fa --tss tss.bed --gene-features half_life.tsv");
    assert!(message.contains("the effect of a variant on them is not known"), "{message}");

    let message = refused("train --data set --name x --tracks dnase --epochs 1");
    assert!(message.contains("data set set has no track dnase; its tracks: signal"), "{message}");
    bench.done("prepare --genome g.fa --tss tss.bed --expression tpm.tsv --upstream 200 --downstream 100 -o plain");
    let message = refused("train --data plain --name x --gene-features --epochs 1");
    assert!(message.contains("data set plain has no gene features; prepare it with --half-life"), "{message}");
    let message = refused("evaluate --model models/both --data plain");
    assert!(message.contains("requires") && message.contains("--data"), "{message}");
}

#[test]
fn gene_features_are_read_by_variants_and_design() {
    let bench = bench();
    bench.done(PREPARE);
    bench.done("train --data set --name features --gene-features --epochs 2 --batch-size 16");
    bench.done("half-life --annotation genes.gtf --genome g.fa -o half_life.tsv");
    let letters: Vec<u8> = bench.read("g.fa").lines().nth(1).expect("chr1").bytes().collect();
    let vcf = |position: usize| {
        let reference = char::from(letters[position]);
        let other = if reference == 'A' { 'C' } else { 'A' };
        format!("chr1\t{}\t.\t{reference}\t{other}\t.\t.\t.\n", position + 1)
    };
    // Near the TSSs of the first gene, at 500, and of the last, at 11,500, which has no features.
    let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
    bench.put("v.vcf", format!("{header}{}{}", vcf(490), vcf(11_490)));
    let scored = bench.done(
        "variants --model models/features --vcf v.vcf --genome g.fa --tss tss.bed --gene-features half_life.tsv --shifts 0",
    );
    assert!(stderr(&scored).contains("5 of 60 TSSs are of genes without features"), "{}", stderr(&scored));
    assert_eq!(stdout(&scored).lines().count(), 2, "{}", stdout(&scored));

    // The effect is the difference of the predictions with and without.
    let window = |position: Option<usize>| {
        let mut letters = letters[300..600].to_vec();
        if let Some(position) = position {
            letters[position - 300] = if letters[position - 300] == b'A' { b'C' } else { b'A' };
        }
        String::from_utf8(letters).expect("letters")
    };
    let predict = |name: &str, sequence: String| {
        bench.put("one.fa", format!(">{name}\n{sequence}\n"));
        let line = "predict --model models/features --fasta one.fa --gene-features half_life.tsv";
        predicted(&stdout(&bench.done(line)))[name].parse::<f64>().expect("a number")
    };
    let difference = predict("ENSG000000", window(Some(490))) - predict("ENSG000000", window(None));
    let table = stdout(&scored);
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let column = lines.next().expect("a header").iter().position(|&name| name == "effect").expect("a column");
    let effect: f64 = lines.next().expect("a row")[column].parse().expect("a number");
    assert!((effect - difference).abs() < 1e-5, "{effect} and {difference}");

    bench.put("start.fa", format!(">ENSG000000\n{}\n", window(None)));
    let design = "design --model models/features --target K562=high --start start.fa --edits 2 -o designs";
    assert!(bench.refused(1, design).contains("--gene-features TABLE"));
    let designed = bench.done(&format!("{design} --gene-features half_life.tsv"));
    assert!(stdout(&designed).contains("ENSG000000"), "{}", stdout(&designed));
    let random = "design --model models/features --target K562=high --random 1 --edits 2 -o random";
    assert!(bench.refused(1, random).contains("which a random sequence does not have"));
    let explained = bench.done(
        "explain --model models/features --data set --gene ENSG000000 --method ism,integrated-gradients --figures 0 -o why",
    );
    assert!(stderr(&explained).contains("written to why"), "{}", stderr(&explained));
}

#[test]
fn gene_feature_baselines_are_excluded_where_genes_have_none() {
    let bench = bench();
    bench.done(PREPARE);
    bench.done("train --data set --name bases --epochs 1 --batch-size 16");
    let evaluate = "evaluate --model models/bases --data set --split train --no-figures --no-report --bootstrap 20";
    let table = stdout(&bench.done(evaluate));
    assert!(table.contains("kmer-ridge") && !table.contains("gene-features"), "{table}");
    let message =
        stderr(&bench.command(&format!("{evaluate} --force --baselines gene-features")).output().expect("starts"));
    assert!(message.contains("usable genes have none"), "{message}");
}

#[test]
fn variants_use_the_tss_choice_of_training() {
    let bench = bench();
    bench.done(PREPARE);
    bench.done("train --data set --name bases --epochs 1 --batch-size 16");
    // 200 bases downstream of the annotated TSS of the first gene, at 500.
    bench.put("cage.bed", "chr1\t690\t710\tp1@NENSG000000\t9\t+\t700\t701\t0\n");
    let letter = char::from(bench.read("g.fa").lines().nth(1).expect("chr1").as_bytes()[699]);
    let other = if letter == 'A' { 'C' } else { 'A' };
    bench.put(
        "v.vcf",
        format!("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr1\t700\t.\t{letter}\t{other}\t.\t.\t.\n"),
    );
    let line = "variants --model models/bases --vcf v.vcf --genome g.fa --annotation genes.gtf --shifts 0";
    // The window of the annotated TSS ends at base 600.
    assert_eq!(stdout(&bench.done(line)).lines().count(), 1);
    let table = stdout(&bench.done(&format!("{line} --cage cage.bed")));
    let row: Vec<&str> = table.lines().nth(1).expect("the base before the peak").split('\t').collect();
    assert!(row.contains(&"701") && row.contains(&"-1"), "{row:?}");
    bench.refused(2, &line.replace("--annotation genes.gtf", "--tss tss.bed --cage cage.bed"));
}

#[test]
fn crossval_reports_excluded_genes() {
    let bench = bench();
    bench.done(&format!("{PREPARE} --alternative-tss 50"));
    let line = "crossval --data set --gene-features --folds 5 --epochs 1 --batch-size 16 --bootstrap 20 --no-figures \
        --baselines gene-features -o cv";
    let message = stderr(&bench.done(line));
    assert!(message.contains("5 of 60 test genes are excluded: these genes lack the gene features"), "{message}");
    let folds = bench.read("cv/folds.tsv");
    let with = |status: &str| folds.lines().filter(|line| line.ends_with(status)).count();
    assert_eq!((with("\tpredicted"), with("excluded: no gene features")), (55, 5));
    let report = bench.read("cv/report.html");
    assert!(report.contains("The model reads gene features cds_log10_bp") && !report.contains("sequence alone: no"));
}

#[test]
fn evaluate_compares_with_bases_only_and_features_only() {
    let bench = bench();
    bench.done(PREPARE);
    bench.done("train --data set --name features --gene-features --epochs 2 --batch-size 16");
    let evaluated = bench.done(
        "evaluate --model models/features --data set --split train --no-figures --no-report --bootstrap 20 \
         --baselines bases-only,gene-features,kmer-ridge-features",
    );
    let (message, table) = (stderr(&evaluated), stdout(&evaluated));
    assert!(message.contains("these genes lack the gene features that the model requires"), "{message}");
    for model in ["bases-only", "gene-features", "kmer-ridge-features"] {
        assert!(table.lines().any(|line| line.starts_with(model)), "{model}: {table}");
    }
    let metrics = bench.read("models/features/evaluation-train/metrics.tsv");
    let mut lines = metrics.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let column = |name: &str| header.iter().position(|&column| column == name).expect("a column");
    let (cell_type, count) = (column("cell_type"), column("n"));
    let counts: Vec<&str> = lines.filter(|cells| cells[cell_type] == "K562").map(|cells| cells[count]).collect();
    assert!(counts.len() >= 4 && counts.iter().all(|count| count == &counts[0]), "the same genes: {counts:?}");
}

#[test]
fn structure_features_need_the_annotation_alone() {
    let bench = bench();
    bench.done("half-life --feature-set structure --annotation genes.gtf -o structure.tsv");
    let table = bench.read("structure.tsv");
    let header = "gene_id\tgene_name\ttranscript_id\tcds_log10_bp\tutr5_log10_bp\tutr3_log10_bp\tintron_log10_bp\t\
                  junction_density\treason";
    assert_eq!(table.lines().next(), Some(header));
    let row = table.lines().find(|line| line.starts_with(&id(2, 3))).expect("a gene");
    let values: Vec<f64> = row.split('\t').skip(3).take(5).map(|cell| cell.parse().expect("a number")).collect();
    // One exon of 300 bp whose first bases are coding.
    let coding = f64::from(30 + 3 * number(2, 3, 40));
    let expected = [(coding + 0.1).log10(), -1.0, (300.0 - coding + 0.1).log10(), 0.0, 0.0];
    assert!(values.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-5), "{row}");
    assert!(table.lines().any(|line| line.starts_with(&id(2, GENES - 1)) && line.ends_with("non_coding")), "{table}");

    let prepare = "prepare --genome g.fa --annotation genes.gtf --expression tpm.tsv --upstream 200 --downstream 100 \
                   --gene-features structure -o set";
    let prepared = stdout(&bench.done(prepare));
    assert!(prepared.contains("5 gene features for 55 genes, from annotation (structure)"), "{prepared}");
    bench.done("train --data set --name m --gene-features --epochs 1 --batch-size 16");
    let gene = id(2, 3);
    let of_set = predicted(&stdout(&bench.done(&format!("predict --model models/m --data set --gene {gene}"))));
    let of_files = "predict --model models/m --bed tss.bed --genome g.fa --gene-features structure.tsv";
    let of_files = predicted(&stdout(&bench.done(of_files)));
    let [one, other] = [&of_set, &of_files].map(|of| of[&gene].parse::<f64>().expect("a number"));
    assert!((one - other).abs() < 1e-4, "{one} and {other}");

    let message = bench.refused(2, "half-life --annotation genes.gtf");
    assert!(message.contains("--genome: half-life features require the genome"), "{message}");
    let message = bench.refused(2, "half-life --feature-set structure --annotation genes.gtf --genome g.fa");
    assert!(message.contains("--genome: structure features are computed from the annotation alone"), "{message}");
    let message = bench.refused(2, "half-life --feature-set gc --annotation genes.gtf");
    assert!(message.contains("expected one of half-life, structure"), "{message}");
}
