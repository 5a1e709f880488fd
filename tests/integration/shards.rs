//! Parts of an input, one after the other, are the whole.

use crate::workbench::{SHARED, Workbench, stderr};

/// The tables of these parts below one header.
fn joined(bench: &Workbench, parts: &[&str]) -> String {
    let tables: Vec<String> = parts.iter().map(|part| bench.read(part)).collect();
    let header = tables[0].split_inclusive('\n').next().expect("a header");
    let rows = tables.iter().map(|table| table.strip_prefix(header).expect("the same header"));
    header.chars().chain(rows.flat_map(str::chars)).collect()
}

#[test]
fn predict_fasta_shards_concatenate_to_the_whole() {
    let bench = Workbench::new();
    let line = format!("predict --fasta {}/promoters.fa --model {}", SHARED.data(), SHARED.model());
    bench.done(&format!("{line} -o whole.tsv"));
    for part in 1..=3 {
        bench.done(&format!("{line} --shard {part}/3 -o {part}.tsv"));
    }
    assert!(joined(&bench, &["1.tsv", "2.tsv", "3.tsv"]) == bench.read("whole.tsv"));
    let message = bench.refused(2, &format!("predict --fasta - --shard 1/2 --model {}", SHARED.model()));
    assert!(message.contains("standard input"), "{message}");
}

#[test]
fn predict_bed_shards_concatenate_to_the_whole() {
    let bench = Workbench::new();
    // Each promoter record is a contig; the last site is past its end, and one contig is missing.
    let names = ["SIMG00000000003", "SIMG00000000001", "SIMG00000000002"];
    let mut sites: Vec<String> = names.iter().map(|name| format!("{name}\t150\t151\t{name}\t0\t-\n")).collect();
    sites.push(format!("{}\t9000\t9001\tbeyond\t0\t+\nchrZ\t1\t2\telsewhere\t0\t+\n", names[0]));
    let bed = sites.concat();
    bench.put("tss.bed", bed);
    let genome = std::fs::read_to_string(SHARED.data.join("promoters.fa")).expect("simulated");
    bench.put("genome.fa", genome);
    let line = format!("predict --bed tss.bed --genome genome.fa --model {}", SHARED.model());
    bench.done(&format!("{line} -o whole.tsv"));
    for part in 1..=2 {
        bench.done(&format!("{line} --shard {part}/2 -o {part}.tsv"));
    }
    let whole = bench.read("whole.tsv");
    assert!(whole.contains("chrZ is not in the genome"), "{whole}");
    assert_eq!(joined(&bench, &["1.tsv", "2.tsv"]), whole);
    // More parts than sites: those without any are a header alone.
    let empty = bench.done(&format!("{line} --shard 1/9 -o empty.tsv"));
    assert!(stderr(&empty).contains("0 promoters"), "{}", stderr(&empty));
    assert_eq!(bench.read("empty.tsv").lines().count(), 1);
}
