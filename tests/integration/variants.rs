//! Effects of the variants of a VCF on promoters.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::workbench::{SHARED, Workbench, bases, stderr, stdout};

/// Bases of the shared model's window before the TSS and from it on.
const UPSTREAM: usize = 200;
const DOWNSTREAM: usize = 100;

/// TSSs of the bench, 0-based: on the forward strand, on the reverse strand, and near a stretch of N.
const FORWARD: usize = 1_000;
const REVERSE: usize = 1_800;
const NEAR_N: usize = 250;
/// Bases of chr2 that are N.
const UNKNOWN: usize = 100;

type Row = BTreeMap<String, String>;

fn chr1() -> String {
    bases(3_000, 7)
}

fn chr2() -> String {
    format!("{}{}", "N".repeat(UNKNOWN), bases(700, 8))
}

fn bench() -> Workbench {
    let bench = Workbench::new();
    bench.put("g.fa", format!(">chr1\n{}\n>chr2\n{}\n", chr1(), chr2()));
    let site =
        |chrom, position: usize, name, strand| format!("{chrom}\t{position}\t{}\t{name}\t0\t{strand}\n", position + 1);
    let sites =
        [site("chr1", FORWARD, "PLUS", "+"), site("chr1", REVERSE, "MINUS", "-"), site("chr2", NEAR_N, "NEAR", "+")];
    bench.put("tss.bed", sites.concat());
    bench
}

/// A VCF of `CHROM POS REF ALT` lines.
fn vcf(records: &[(&str, usize, String, String)]) -> String {
    let mut text = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=3000>\n##contig=<ID=chr2,length=800>\n\
                    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
                    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        .to_owned();
    for (number, (chrom, position, reference, alternate)) in records.iter().enumerate() {
        writeln!(text, "{chrom}\t{position}\tv{number}\t{reference}\t{alternate}\t.\tPASS\tDP=3").expect("text");
    }
    text
}

fn command(rest: &str) -> String {
    format!("variants --genome g.fa --tss tss.bed --model {} {rest}", SHARED.model())
}

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let columns = lines.next().expect("a header");
    lines.map(|cells| columns.iter().cloned().zip(cells).collect()).collect()
}

fn scored(bench: &Workbench, rest: &str) -> Vec<Row> {
    rows(&stdout(&bench.done(&command(rest))))
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

fn complement(letters: &str) -> String {
    let pair = |letter| match letter {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        'T' => 'A',
        other => other,
    };
    letters.chars().rev().map(pair).collect()
}

fn other_than(letter: &str) -> String {
    if letter == "A" { "C".to_owned() } else { "A".to_owned() }
}

/// A substitution of one base, at `at` from 0.
fn snv(chrom: &'static str, sequence: &str, at: usize) -> (&'static str, usize, String, String) {
    let reference = &sequence[at..=at];
    (chrom, at + 1, reference.to_owned(), other_than(reference))
}

#[test]
fn variants_effect_equals_prediction_of_edited_window_on_both_strands() {
    let bench = bench();
    let genome = chr1();
    for (site, strand, at) in [(FORWARD, "+", FORWARD - 30), (REVERSE, "-", REVERSE + 30)] {
        bench.put("v.vcf", vcf(&[snv("chr1", &genome, at)]));
        let found = scored(&bench, "--vcf v.vcf --shifts 0");
        assert_eq!(found.len(), 2, "two cell types");
        let mut edited = genome.clone();
        edited.replace_range(at..=at, &found[0]["alt"]);
        let window = |genome: &str| match strand {
            "+" => genome[site - UPSTREAM..site + DOWNSTREAM].to_owned(),
            _ => complement(&genome[site + 1 - DOWNSTREAM..site + 1 + UPSTREAM]),
        };
        bench.put("p.fa", format!(">ref\n{}\n>alt\n{}\n", window(&genome), window(&edited)));
        let predict = format!("predict --fasta p.fa --tss-offset {UPSTREAM} --model {}", SHARED.model());
        let predicted = rows(&stdout(&bench.done(&predict)));
        for (index, row) in found.iter().enumerate() {
            let [reference, alternate] = [index, index + 2].map(|at| number(&predicted[at], "log2_tpm"));
            assert_eq!((row["strand"].as_str(), row["distance_to_tss"].as_str()), (strand, "-30"));
            assert_eq!(row["cell_type"], predicted[index]["cell_type"]);
            assert!((number(row, "ref_log2_tpm") - reference).abs() < 2e-6, "{row:?}");
            assert!((number(row, "effect") - (alternate - reference)).abs() < 2e-6, "{row:?}");
            assert!((alternate - reference).abs() > 0.0);
        }
    }
}

#[test]
fn variants_every_allele_has_a_row_or_a_reason() {
    let bench = bench();
    let (one, two) = (chr1(), chr2());
    let base = |at: usize| one[at..=at].to_owned();
    let with = |at: usize, alternate: &str| ("chr1", at + 1, base(at), alternate.to_owned());
    let wrong = other_than(&base(960));
    let third = ["G", "T"].into_iter().find(|letter| *letter != base(960)).expect("one").to_owned();
    let records = [
        with(950, "."),
        with(951, "<DEL>"),
        with(952, "N[chr2:5["),
        with(953, "*"),
        with(954, "E"),
        with(955, &base(955)),
        ("chr9", 956, "A".to_owned(), "C".to_owned()),
        ("chr1", 3_000, "AC".to_owned(), "A".to_owned()),
        ("chr2", 50, "N".to_owned(), "A".to_owned()),
        ("chr1", 961, wrong.clone(), third.clone()),
        ("chr1", 961, wrong, base(960)),
        snv("chr1", &one, 2_900),
        ("chr1", 971, base(970), format!("{},<INS>", other_than(&base(970)))),
        snv("chr2", &two, 240),
    ];
    let broken = "chr1\t980\tbroken\tA";
    bench.put("v.vcf", format!("{}{broken}\n", vcf(&records)));
    let options = "--vcf v.vcf --shifts 0 --ref-mismatch skip --on-malformed skip --cell-type K562";
    let output = bench.done(&command(&format!("{options} -o t.tsv --report r.tsv --annotated a.vcf")));
    let reasons = [
        "no_alternate",
        "symbolic_allele",
        "breakend",
        "overlapping_deletion",
        "invalid_allele",
        "no_change",
        "contig_not_in_genome",
        "outside_contig",
        "reference_unknown",
        "reference_mismatch",
        "alternate_is_genome",
        "symbolic_allele",
        "malformed_record",
    ];
    let report = rows(&bench.read("r.tsv"));
    assert_eq!(report.iter().map(|row| row["reason"].as_str()).collect::<Vec<_>>(), reasons);
    assert_eq!((report[11]["record"].as_str(), report[11]["alt"].as_str()), ("13", "<INS>"));
    assert_eq!((report[12]["record"].as_str(), report[12]["pos"].as_str()), ("15", "980"));
    let output_text = stderr(&output);
    assert!(
        output_text.contains("13 of 16 alleles are not scored: 1 no_alternate, 2 symbolic_allele, 1 breakend"),
        "{output_text}"
    );
    assert!(
        output_text.contains("1 of 16 alleles is in no window") && output_text.contains("not sorted"),
        "{output_text}"
    );
    assert!(output_text.contains("10.1038/s41588-023-01574-w"), "{output_text}");
    let table = rows(&bench.read("t.tsv"));
    assert_eq!(table.iter().map(|row| row["id"].as_str()).collect::<Vec<_>>(), ["v12", "v13"]);
    assert!(table[1]["note"].contains("known over -150..+100 of -200..+100"), "{}", table[1]["note"]);
    // The malformed line is excluded from the annotated file; everything else is unchanged.
    assert_eq!(bench.read("a.vcf").lines().filter(|line| !line.starts_with('#')).count(), records.len());

    let all = scored(&bench, &format!("{options} --all"));
    assert_eq!(all.len(), 16);
    let noted = |row: &Row, note: &str| row["note"].starts_with(note) && row["effect"].is_empty();
    assert!(
        noted(&all[0], "no_alternate: ") && noted(&all[11], "in no window") && noted(&all[15], "malformed_record: ")
    );
    assert_eq!((all[11]["kind"].as_str(), all[11]["ref_match"].as_str()), ("snv", "true"));
}

#[test]
fn variants_reference_mismatch_follows_policy() {
    let bench = bench();
    let genome = chr1();
    let (_, position, reference, alternate) = snv("chr1", &genome, 960);
    let wrong = ["C", "G", "T"].into_iter().find(|letter| *letter != reference && *letter != alternate).expect("one");
    bench.put("v.vcf", vcf(&[("1", position, wrong.to_owned(), alternate.clone())]));
    bench.put("right.vcf", vcf(&[("1", position, reference.clone(), alternate)]));
    let message = bench.refused(1, &command("--vcf v.vcf -o t.tsv"));
    for part in ["v.vcf, line 6 (1:961 v0)", &format!("REF is {wrong}, the genome has {reference}"), "--ref-mismatch"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(scored(&bench, "--vcf v.vcf --ref-mismatch skip").is_empty());
    let replaced = scored(&bench, "--vcf v.vcf --ref-mismatch use-genome");
    let right = scored(&bench, "--vcf right.vcf");
    assert_eq!((replaced[0]["ref_match"].as_str(), right[0]["ref_match"].as_str()), ("false", "true"));
    assert_eq!((&replaced[0]["effect"], &replaced[0]["ref"]), (&right[0]["effect"], &wrong.to_owned()));
}

/// igvteam/igv#927, samtools/hts-specs#54.
#[test]
fn variants_ambiguity_letter_in_ref_matches_only_its_bases() {
    let bench = bench();
    let genome = chr1();
    let (_, position, reference, alternate) = snv("chr1", &genome, 960);
    let (possible, excluded) = if "AG".contains(&*reference) { ("R", "Y") } else { ("Y", "R") };
    let record = |letter: &str| ("chr1", position, letter.to_owned(), alternate.clone());
    bench.put("v.vcf", vcf(&[record(&reference), record(possible), record(excluded)]));
    let found = scored(&bench, "--vcf v.vcf --ref-mismatch skip --cell-type K562 --report r.tsv");
    assert_eq!(found.iter().map(|row| row["id"].as_str()).collect::<Vec<_>>(), ["v0", "v1"]);
    assert_eq!(found[0]["effect"], found[1]["effect"]);
    assert_eq!([&found[0]["ref_match"], &found[1]["ref_match"]], ["true"; 2]);
    let has_note = |row: &Row| row["note"].contains("letters of REF other than A, C, G and T");
    assert!(!has_note(&found[0]) && has_note(&found[1]), "{found:?}");
    let report = rows(&bench.read("r.tsv"));
    assert_eq!((report[0]["id"].as_str(), report[0]["reason"].as_str()), ("v2", "reference_mismatch"));
}

/// brentp/cyvcf2#179: the header has no contig, and records name it otherwise than the genome.
#[test]
fn variants_bcf_declares_contigs_as_records_name_them() {
    let bench = bench();
    let (_, position, reference, alternate) = snv("chr1", &chr1(), 960);
    let text = vcf(&[("1", position, reference, alternate)]);
    let headless: String =
        text.lines().filter(|line| !line.starts_with("##contig")).map(|line| format!("{line}\n")).collect();
    bench.put("v.vcf", headless);
    bench.done(&command("--vcf v.vcf --annotated a.bcf"));
    bench.done(&command("--vcf a.bcf --annotated b.vcf"));
    let written = bench.read("b.vcf");
    let contigs: Vec<&str> = written.lines().filter(|line| line.starts_with("##contig")).collect();
    assert_eq!(contigs, ["##contig=<ID=1,length=3000>"]);
    assert!(records(&written)[0].starts_with("1\t961\t"), "{written}");
}

/// Rows without the columns that depend on the spelling of the variant.
fn scores(rows: Vec<Row>) -> Vec<Row> {
    let written = ["chrom", "pos", "id", "ref", "alt", "note"];
    rows.into_iter()
        .map(|row| row.into_iter().filter(|(name, _)| !written.contains(&name.as_str())).collect())
        .collect()
}

#[test]
fn variants_contig_and_indel_spellings_are_equivalent() {
    let bench = bench();
    let genome = chr1();
    // A run of one letter: its first base goes, or its last.
    let run = (860..960).find(|&at| genome[at..at + 2] == genome[at + 1..at + 3]).expect("three of a letter");
    let left = ("chr1", run, genome[run - 1..=run].to_owned(), genome[run - 1..run].to_owned());
    let right = ("chr1", run + 2, genome[run + 1..run + 3].to_owned(), genome[run + 1..run + 2].to_owned());
    let wide = (
        "1",
        run,
        genome[run - 1..run + 9].to_owned(),
        format!("{}{}", &genome[run - 1..run], &genome[run + 1..run + 9]),
    );
    let written = [left, right, wide].map(|record| {
        bench.put("v.vcf", vcf(&[record]));
        scored(&bench, "--vcf v.vcf")
    });
    assert!(written[1][0]["note"].contains("scored as chr1:"), "{}", written[1][0]["note"]);
    let [left, right, wide] = written.map(scores);
    assert_eq!(left[0]["kind"], "deletion");
    assert!(number(&left[0], "indel_shift_effect").abs() > 0.0);
    assert_eq!(left, right);
    assert_eq!(left, wide);
}

#[test]
fn variants_indel_that_shifts_padding_only_has_no_effect() {
    let bench = bench();
    let (one, two) = (chr1(), chr2());
    let first = two[UNKNOWN..=UNKNOWN].to_owned();
    // Two bases before the first that is known, which push N out; an insertion and a deletion out of reach.
    let records = [
        ("chr2", UNKNOWN + 1, first.clone(), format!("GG{first}")),
        ("chr1", 700, one[699..700].to_owned(), format!("{}ACGT", &one[699..700])),
        ("chr1", 701, one[700..705].to_owned(), one[700..701].to_owned()),
    ];
    bench.put("v.vcf", vcf(&records));
    let found = scored(&bench, "--vcf v.vcf");
    assert_eq!(found.len(), 2);
    for row in &found {
        assert_eq!((row["indel_shift_effect"].as_str(), row["kind"].as_str()), ("0", "insertion"));
        assert_eq!(row["effect"], row["effect_shift_corrected"]);
        assert!(number(row, "effect").abs() > 0.0);
    }
    // What comes between the last base outside and the first inside changes nothing inside.
    let edge = FORWARD - UPSTREAM;
    let at_edge = ("chr1", edge, one[edge - 1..edge].to_owned(), format!("{}T", &one[edge - 1..edge]));
    let inside = (
        "chr1",
        edge + 1,
        one[edge..=edge].to_owned(),
        format!("{}{}", &one[edge..=edge], other_than(&one[edge..=edge])),
    );
    bench.put("v.vcf", vcf(&[at_edge, inside]));
    let found = scored(&bench, "--vcf v.vcf --shifts 0");
    assert!(found.iter().all(|row| row["id"] == "v1"), "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn variants_deleted_tss_is_flagged() {
    let bench = bench();
    let genome = chr1();
    let deletion =
        |from: usize, to: usize| ("chr1", from, genome[from - 1..to].to_owned(), genome[from - 1..from].to_owned());
    // Bases 998 to 1002 from 0, the TSS at 1000 among them; bases 1003 to 1005.
    bench.put("v.vcf", vcf(&[deletion(998, 1_003), deletion(1_003, 1_006)]));
    let found = scored(&bench, "--vcf v.vcf --cell-type K562 --shifts 0");
    let output_text = |row: &Row| (row["tss_deleted"].clone(), row["distance_to_tss"].clone());
    assert_eq!(output_text(&found[0]), ("true".to_owned(), "0".to_owned()));
    assert_eq!(output_text(&found[1]).0, "false");
    assert!(number(&found[1], "distance_to_tss") > 0.0);
}

#[test]
fn variants_shifts_give_spread_and_sign() {
    let bench = bench();
    bench.put("v.vcf", vcf(&[snv("chr1", &chr1(), 980)]));
    let of_shift = |shifts: &str| scored(&bench, &format!("--vcf v.vcf --cell-type HepG2 --shifts {shifts}"));
    let together = &of_shift("-1,0,1")[0];
    let alone = &of_shift("0")[0];
    assert!(!alone.contains_key("effect_sd_shifts") && !alone.contains_key("effect_sd_members"));
    assert!(number(together, "effect_sd_shifts") > 0.0);
    assert_eq!(together["cell_type"], "HepG2");
    assert_eq!(alone["sign_stable"], "true");
    let difference = number(together, "alt_log2_tpm") - number(together, "ref_log2_tpm");
    assert!((difference - number(together, "effect")).abs() < 2e-6);
}

/// Many records around both promoters of chr1.
fn many() -> String {
    let genome = chr1();
    let record = |number: usize| {
        let at = 700 + number * 11 % 1_400;
        let reference = genome[at..=at].to_owned();
        let alternate = match number % 4 {
            0 => format!("{reference}{}", bases(number % 7 + 1, number as u32)),
            1 => format!("{},{reference}A", other_than(&reference)),
            _ => other_than(&reference),
        };
        ("chr1", at + 1, reference, alternate)
    };
    vcf(&(0..100).map(record).collect::<Vec<_>>())
}

fn records(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn variants_shards_concatenate_to_the_whole() {
    let bench = bench();
    bench.put("v.vcf", many());
    bench.done(&command("--vcf v.vcf -o whole.tsv --annotated whole.vcf --report whole-report.tsv"));
    let (mut table, mut annotated) = (String::new(), String::new());
    for part in 1..=3 {
        let output = format!("--vcf v.vcf --shard {part}/3 -o {part}.tsv --annotated {part}.vcf");
        bench.done(&command(&output));
        let text = bench.read(&format!("{part}.tsv"));
        let (header, body) = text.split_once('\n').expect("a header");
        assert!(bench.read("whole.tsv").starts_with(header));
        table += body;
        annotated += &records(&bench.read(&format!("{part}.vcf"))).join("\n");
        annotated.push('\n');
    }
    assert_eq!(bench.read("whole.tsv").split_once('\n').expect("a header").1, table);
    assert_eq!(records(&bench.read("whole.vcf")), annotated.lines().collect::<Vec<_>>());
    assert!(
        bench.refused(2, &command("--vcf - --shard 1/3")).contains("standard input and pipes cannot be read twice")
    );
}

#[test]
fn variants_annotated_file_has_one_more_field_in_each_format() {
    let bench = bench();
    let text = many();
    bench.put("v.vcf", &text);
    bench.done(&command("--vcf v.vcf -o plain.tsv --annotated a.vcf"));
    let annotated = bench.read("a.vcf");
    let without_field = |line: &str| {
        let mut columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        columns[7] = columns[7].split(";TATABOX=").next().expect("a part").to_owned();
        columns.join("\t")
    };
    assert_eq!(records(&annotated).into_iter().map(without_field).collect::<Vec<_>>(), records(&text));
    assert!(annotated.contains("##INFO=<ID=TATABOX,Number=.,Type=String,"));
    assert!(annotated.contains("##tatabox_limits=") && !annotated.contains(bench.path("").to_str().expect("text")));
    // The strongest cell type of the first allele, as the table has it.
    let table = rows(&bench.read("plain.tsv"));
    let field =
        annotated.split(";TATABOX=").nth(1).expect("a field").split(['\n', ',', '\t']).next().expect("an entry");
    let entry: Vec<&str> = field.split('|').collect();
    let of_entry = |row: &&Row| row["alt"] == entry[0] && row["gene_id"] == entry[1] && row["cell_type"] == entry[4];
    let row = table.iter().find(of_entry).expect("the row of the entry");
    assert_eq!((row["distance_to_tss"].as_str(), row["effect"].as_str()), (entry[3], entry[5]));

    // In any format, and from any format, the table is the same; annotating again changes nothing.
    for file in ["b.vcf.gz", "c.bcf"] {
        bench.done(&command(&format!("--vcf a.vcf --annotated {file}")));
        bench.done(&command(&format!("--vcf {file} -o again.tsv --annotated again.vcf")));
        assert_eq!(bench.read("again.tsv"), bench.read("plain.tsv"), "{file}");
        assert_eq!(records(&bench.read("again.vcf")), records(&annotated), "{file}");
    }
    let output = bench.command(&command("--vcf -")).write_stdin(text).output().expect("starts");
    assert_eq!(stdout(&output), bench.read("plain.tsv"));
}

#[test]
fn variants_annotation_genes_have_names() {
    let bench = bench();
    let gene = "chr1\tx\tgene\t1001\t1500\t.\t+\t.\tgene_id \"ENSG00000000001.5\"; gene_name \"ABC1\";\n";
    bench.put("a.gtf", gene);
    bench.put("v.vcf", vcf(&[snv("chr1", &chr1(), 980)]));
    let line = command("--vcf v.vcf --format jsonl").replace("--tss tss.bed", "--annotation a.gtf");
    let output = stdout(&bench.done(&line));
    let row: serde_json::Value = serde_json::from_str(output.lines().next().expect("a row")).expect("JSON");
    assert_eq!((row["gene_id"].as_str(), row["gene_name"].as_str()), (Some("ENSG00000000001"), Some("ABC1")));
    assert_eq!((row["tss"].as_u64(), row["distance_to_tss"].as_i64()), (Some(1_001), Some(-20)));
    assert!(row["sign_stable"].is_boolean());
}

#[test]
fn variants_unusable_files_are_refused() {
    let bench = bench();
    let good = vcf(&[snv("chr1", &chr1(), 980)]);
    bench.put("v.vcf", &good);
    bench.put("short.vcf", format!("{good}chr1\t990\n"));
    bench.put("pos.vcf", format!("{good}chr1\tten\t.\tA\tC\t.\t.\t.\n"));
    bench.put("headless.vcf", good.split_once("#CHROM").expect("a header").1);
    bench.put("text.vcf", good.replace("DP=3", "DP=high"));
    bench.put("far.bed", "chr7\t10\t11\tG\t0\t+\n");
    for (line, output_text) in [
        (command("--vcf no.vcf -o t.tsv"), "no.vcf: no such file"),
        (command("--vcf g.fa -o t.tsv"), "g.fa: not VCF or BCF"),
        (command("--vcf short.vcf -o t.tsv"), "short.vcf, line 7: expected 8 tab-separated columns"),
        (command("--vcf pos.vcf -o t.tsv"), "pos.vcf, line 7: POS 'ten'"),
        (command("--vcf headless.vcf -o t.tsv"), "headless.vcf: not VCF or BCF"),
        (command("--vcf text.vcf --annotated a.bcf"), "text.vcf, line 6: INFO DP: 'high' is not a whole number"),
        (command("--vcf v.vcf -o t.tsv").replace("tss.bed", "far.bed"), "far.bed: no contig of it is in g.fa"),
    ] {
        let message = bench.refused(1, &line);
        assert!(message.contains(output_text), "{line}\n{message}");
    }
    let usage = bench.refused(2, &command("--vcf v.vcf --annotated a.txt"));
    assert!(usage.contains("must end with .vcf, .vcf.gz, .vcf.bgz or .bcf"), "{usage}");
    assert!(bench.refused(2, &command("--vcf v.vcf --shifts 1,2,3")).contains("0 among them"));
    let usage = bench.refused(2, &command("--vcf v.vcf --cell-type X1 -o t.tsv"));
    assert!(usage.contains("--cell-type: X1 is not among those of the model: K562"), "{usage}");
}

#[test]
fn variants_saturation_equals_vcf_of_every_substitution() {
    let bench = bench();
    let genome = chr1();
    // From the edge of the window, where a moved window lacks some of the bases, and around the TSS.
    for (gene, from_bp, to_bp) in [("PLUS", -200i64, -190), ("MINUS", -20, 10)] {
        let region = format!("--region {from_bp}..{to_bp}");
        let found = scored(&bench, &format!("--saturate --gene {gene} {region}"));
        assert_eq!(found.len(), 2 * 3 * (to_bp - from_bp) as usize);
        let at = |position_bp: i64| {
            let place = if gene == "PLUS" { FORWARD as i64 + position_bp } else { REVERSE as i64 - position_bp };
            place as usize
        };
        let substitutions = (from_bp..to_bp).flat_map(|position_bp| {
            let place = at(position_bp);
            let reference = &genome[place..=place];
            let others = ["A", "C", "G", "T"].into_iter().filter(move |letter| *letter != reference);
            others.map(move |letter| ("chr1", place + 1, reference.to_owned(), letter.to_owned()))
        });
        bench.put("all.vcf", vcf(&substitutions.collect::<Vec<_>>()));
        let by_variant = |rows: Vec<Row>| -> BTreeMap<[String; 4], Row> {
            let key = |row: &Row| ["pos", "ref", "alt", "cell_type"].map(|column| row[column].clone());
            rows.into_iter().filter(|row| row["gene_id"] == gene).map(|row| (key(&row), row)).collect()
        };
        let (found, expected) = (by_variant(found), by_variant(scored(&bench, "--vcf all.vcf")));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (variant, row) in &found {
            let expected = &expected[variant];
            for column in ["effect", "ref_log2_tpm", "alt_log2_tpm", "effect_sd_shifts", "effect_shift_corrected"] {
                assert!(
                    (number(row, column) - number(expected, column)).abs() < 1e-5,
                    "{column}: {row:?}, {expected:?}"
                );
            }
            for column in ["kind", "strand", "tss", "distance_to_tss", "tss_deleted", "ref_match"] {
                assert_eq!(row[column], expected[column], "{column} of {variant:?}");
            }
        }
    }
}

#[test]
fn variants_saturation_of_data_set_genes_needs_no_genome() {
    let bench = Workbench::new();
    let line = format!("variants --saturate --gene SIM1 --data {}/prepared --model {}", SHARED.data(), SHARED.model());
    let output = bench.done(&line);
    let found = rows(&stdout(&output));
    assert_eq!(found.len(), 2 * 3 * (UPSTREAM + DOWNSTREAM));
    assert!(stderr(&output).contains("windows are not shifted"), "{}", stderr(&output));
    assert!(found.iter().all(|row| !row.contains_key("effect_sd_shifts") && number(row, "effect").is_finite()));
    let said = bench.refused(1, &line.replace("SIM1", "NOBODY"));
    assert!(said.contains("NOBODY"), "{said}");
    let said = bench.refused(2, "variants --saturate");
    assert!(said.contains("--gene"), "{said}");
}
