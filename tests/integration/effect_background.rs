//! Effects of random variants in a model folder, and the ranks that `variants` reports with them.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::verify::copy_model;
use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

const TSS: usize = 1_000;

/// A model `m` without a background, a genome with one TSS, and a VCF with two variants near it and one farther upstream.
fn bench() -> Workbench {
    let bench = Workbench::new();
    copy_model(&bench.path("m"));
    let genome = bases(3_000, 7);
    bench.put("g.fa", format!(">chr1\n{genome}\n"));
    bench.put("tss.bed", format!("chr1\t{TSS}\t{}\tG\t0\t+\n", TSS + 1));
    let record = |at: usize| {
        let reference = &genome[at..=at];
        let alternate = if reference == "A" { "C" } else { "A" };
        format!("chr1\t{}\t.\t{reference}\t{alternate}\t.\t.\t.\n", at + 1)
    };
    let records: String = [TSS - 150, TSS - 30, TSS + 10].map(record).concat();
    bench.put("v.vcf", format!("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{records}"));
    bench
}

const VARIANTS: &str = "variants --vcf v.vcf --genome g.fa --tss tss.bed --model m";

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    lines.map(|cells| columns.iter().cloned().zip(cells).collect()).collect()
}

#[test]
fn variants_have_ranks_once_the_background_is_recorded() {
    let bench = bench();
    let output = bench.done(&format!("{VARIANTS} -o without.tsv --annotated without.vcf"));
    assert!(stderr(&output).contains("no percentile and z: model m has no effect_background.json"), "{output:?}");
    assert!(!bench.read("without.tsv").contains("percentile") && !bench.read("without.vcf").contains("percentile"));

    let record = format!("verify m --write --data {}", SHARED.data());
    let output = bench.done(&record);
    let (notes, table) = (stderr(&output), stdout(&output));
    assert!(notes.contains("effect_background.json: created, 20,000 random SNVs in "), "{notes}");
    assert!(notes.contains("SHA256SUMS: effect_background.json added"), "{notes}");
    assert!(table.contains("checksums   ok    8 files") && table.contains("background  ok"), "{table}");
    let written = bench.read("m/effect_background.json");
    assert!(!stderr(&bench.done(&record)).contains("effect_background.json"), "a recorded one is kept");
    assert_eq!(bench.read("m/effect_background.json"), written);

    let background: Value = serde_json::from_str(&written).expect("JSON");
    let distributions = background["distributions"].as_array().expect("a list");
    let sd_of = |distance: i64, cell_type: &str| {
        let holds = |found: &&Value| {
            let range = found["start_bp"].as_i64().expect("start")..found["end_bp"].as_i64().expect("end");
            range.contains(&distance) && found["cell_type"] == cell_type
        };
        distributions.iter().find(holds).expect("a distribution")["sd"].as_f64().expect("a number")
    };
    bench.done(&format!("{VARIANTS} -o t.tsv --annotated t.vcf"));
    let found = rows(&bench.read("t.tsv"));
    assert_eq!(found.len(), 6, "three variants, two cell types");
    for (row, before) in found.iter().zip(rows(&bench.read("without.tsv"))) {
        let number = |column: &str| row[column].parse::<f64>().expect("a number");
        assert_eq!(row["effect"], before["effect"]);
        let expected = number("effect") / sd_of(row["distance_to_tss"].parse().expect("bp"), &row["cell_type"]);
        assert!((number("z") - expected).abs() < 1e-3 * expected.abs().max(1.0), "{row:?}");
        assert!((0.0..=100.0).contains(&number("percentile")), "{row:?}");
    }
    let distances: Vec<&str> = found.iter().map(|row| row["distance_to_tss"].as_str()).collect();
    assert_eq!(distances, ["-150", "-150", "-30", "-30", "10", "10"]);
    // The entry of a record has the rank of the cell type with the largest effect.
    let annotated = bench.read("t.vcf");
    assert!(annotated.contains("sign_stable|percentile|z\""), "{annotated}");
    for (record, of_record) in annotated.lines().filter(|line| !line.starts_with('#')).zip(found.chunks(2)) {
        let entry: Vec<&str> = record.rsplit("TATABOX=").next().expect("an entry").split('|').collect();
        let row = of_record.iter().find(|row| row["cell_type"] == entry[4]).expect("a cell type");
        assert_eq!((entry[9], entry[10]), (row["percentile"].as_str(), row["z"].as_str()));
    }

    let output = bench.done(&format!("{VARIANTS} --shifts 0 -o s.tsv"));
    assert!(stderr(&output).contains("at shifts 0 with random SNVs at shifts -2,-1,0,1,2"), "{output:?}");
    let saturate = "variants --saturate --gene G --genome g.fa --tss tss.bed --region=-30..-29 --model m";
    let saturated = rows(&stdout(&bench.done(saturate)));
    let same = saturated.iter().find(|row| row["alt"] == found[2]["alt"] && row["cell_type"] == found[2]["cell_type"]);
    let [one, other] =
        [same.expect("the variant"), &found[2]].map(|row| row["percentile"].parse::<f64>().expect("a number"));
    assert!((one - other).abs() < 0.1, "{one} and {other}");
}

#[test]
fn background_of_other_weights_or_data_is_refused() {
    let bench = bench();
    bench.done("simulate -o other --genes 120 --seed 7 --upstream 210 --downstream 100 --prepare");
    let message = bench.refused(1, "verify m --write --data other");
    assert!(message.contains("effect_background.json cannot be computed: other has sha256"), "{message}");

    bench.done(&format!("verify m --write --data {}", SHARED.data()));
    let text = bench.read("m/effect_background.json");
    let line = text.lines().find(|line| line.contains("weights_sha256")).expect("a checksum");
    let changed = text.replace(line, &format!("  \"weights_sha256\": \"{}\",", "0".repeat(64)));
    bench.put("m/effect_background.json", changed);
    let message = bench.refused(1, VARIANTS);
    assert!(message.contains("computed with other weights") && message.contains("remove the file"), "{message}");
    let output = bench.command("verify m").output().expect("starts");
    let table = stdout(&output);
    assert!(table.contains("effect_background.json differs from the recorded file"), "{table}");
    assert!(table.contains("background  FAIL"), "{table}");

    bench.put("m/effect_background.json", &text[..1_000]);
    assert!(bench.refused(1, VARIANTS).contains("effect_background.json: "));
    fs::remove_file(bench.path("m/effect_background.json")).expect("removed");
    bench.done(VARIANTS);
}

#[test]
fn bundled_model_has_a_background() {
    let bench = bench();
    let output = bench.done(&VARIANTS.replace(" --model m", ""));
    let found = rows(&stdout(&output));
    // The model designates one output for variant effects.
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|row| row.contains_key("percentile") && !row["z"].is_empty()), "{found:?}");
}
