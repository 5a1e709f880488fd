//! Variant files as other programs write them, rewritten with one additional INFO field: nothing else changes, whatever
//! the formats.

use std::path::Path;

use tatabox_sequence::{
    Contig, InfoField, SequenceError, VariantEntry, VariantFile, VariantFormat, VariantOutput, VariantWriter,
};

const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
const CONTIG: &str = "##contig=<ID=chr1,length=900>\n";
const GENOTYPE: &str = "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"x\">\n";

/// Text of a VCF file with two samples, if `is_sampled`.
fn vcf(meta: &str, is_sampled: bool, records: &[&str]) -> String {
    let samples = if is_sampled { "\tFORMAT\tS1\tS2" } else { "" };
    format!("##fileformat=VCFv4.2\n{meta}{COLUMNS}{samples}\n{}\n", records.join("\n"))
}

/// A file in another format, with `INFO/NEW` if there is a value.
fn rewritten(content: &[u8], format: VariantFormat, value: Option<&str>) -> Result<Vec<u8>, SequenceError> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("in.vcf");
    std::fs::write(&path, content).expect("written");
    rewrite(&path, format, value)
}

fn rewrite(path: &Path, format: VariantFormat, value: Option<&str>) -> Result<Vec<u8>, SequenceError> {
    let mut file = VariantFile::open(path)?;
    let contigs = [Contig { name: "chr1".to_owned(), length: 900 }];
    let output = VariantOutput { contigs: &contigs, threads: 2, ..VariantOutput::new(format, path) };
    let header = file.header().annotated(InfoField { id: "NEW", description: "x" }, &[], &[]);
    let mut writer = VariantWriter::new(Vec::new(), output, &header, "NEW")?;
    while let Some(entry) = file.next_entry()? {
        match entry {
            VariantEntry::Record(record) => writer.write(&record, value)?,
            VariantEntry::Malformed(malformed) => return Err(file.error(&malformed)),
        }
    }
    writer.finish()
}

fn records(text: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(text).expect("UTF-8");
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// Checks that records survive VCF -> BCF -> BCF -> VCF, with and without the additional field.
fn assert_kept(text: &str) -> String {
    let bcf = rewritten(text.as_bytes(), VariantFormat::Bcf, Some("1")).expect("BCF");
    let again = rewritten(&bcf, VariantFormat::Bcf, Some("2")).expect("BCF of BCF");
    let back = rewritten(&again, VariantFormat::Vcf, None).expect("VCF of BCF");
    assert_eq!(records(&back), records(text.as_bytes()));
    let zipped = rewritten(text.as_bytes(), VariantFormat::VcfBgzip, Some("1")).expect("VCF");
    let back_from_vcf = rewritten(&zipped, VariantFormat::Vcf, None).expect("VCF of VCF");
    assert_eq!(records(&back_from_vcf), records(text.as_bytes()));
    String::from_utf8(back).expect("UTF-8")
}

/// moonso/vcf_parser#11, brentp/cyvcf2#164.
#[test]
fn bcf_missing_info_values_are_kept() {
    let meta = format!(
        "{CONTIG}##INFO=<ID=AF,Number=A,Type=Float,Description=\"x\">\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n\
         ##INFO=<ID=NOTE,Number=1,Type=String,Description=\"x\">\n##INFO=<ID=C,Number=1,Type=Character,Description=\"x\">\n"
    );
    let records = ["AF=.;DP=7", "DP=.", "NOTE=.;AF=0.25,.", "C=.", "C=x", "."]
        .map(|info| format!("chr1\t9\t.\tA\tC,G\t.\t.\t{info}"));
    assert_kept(&vcf(&meta, false, &records.each_ref().map(String::as_str)));
}

/// samtools/bcftools#111, samtools/hts-specs#157.
#[test]
fn bcf_info_key_twice_is_kept() {
    let meta = format!("{CONTIG}{GENOTYPE}##INFO=<ID=NOTE,Number=.,Type=String,Description=\"x\">\n");
    assert_kept(&vcf(&meta, true, &["chr1\t9\t.\tA\tC\t.\t.\tNOTE=a;NOTE=b;NOTE=a\tGT\t0/1\t0/0"]));
}

/// brentp/cyvcf2#18.
#[test]
fn bcf_phase_of_missing_alleles_is_kept() {
    let genotypes = ["0|1", ".|.", "1|.", "./1", "./.", ".|1", ".", "0", "1|0|.", "0/1|.", "64|1", "40000/."];
    let lines = genotypes
        .iter()
        .flat_map(|first| genotypes.map(|second| format!("chr1\t9\t.\tA\tC\t.\t.\t.\tGT\t{first}\t{second}")));
    let lines: Vec<String> = lines.collect();
    assert_kept(&vcf(&format!("{CONTIG}{GENOTYPE}"), true, &lines.iter().map(String::as_str).collect::<Vec<_>>()));
}

/// zaeleus/noodles#18.
#[test]
fn bcf_field_missing_in_all_samples_is_kept() {
    let fields = [
        ("AD", "R", "Integer"),
        ("PL", "G", "Integer"),
        ("GL", "G", "Float"),
        ("FT", "1", "String"),
        ("C", "1", "Character"),
    ];
    let meta: String = fields
        .iter()
        .map(|(id, number, kind)| format!("##FORMAT=<ID={id},Number={number},Type={kind},Description=\"x\">\n"))
        .collect();
    let lines = [
        "chr1\t9\t.\tA\tC\t.\t.\t.\tGT:AD:PL:GL:FT:C\t./.:.:.:.:.:.\t./.:.:.:.:.:.",
        "chr1\t9\t.\tA\tC\t.\t.\t.\tGT:AD:PL:GL:FT:C\t0/1:4,5:40,0,50:-1,0,-1.5:PASS:x\t0/0:9,.:.:.,.,-3:q10;q20:y",
        "chr1\t9\t.\tA\tC\t.\t.\t.\tFT\t.\t.",
        "chr1\t9\t.\tA\tC\t.\t.\t.\t.\t.\t.",
    ];
    assert_kept(&vcf(&format!("{CONTIG}{GENOTYPE}{meta}"), true, &lines));
}

/// brentp/cyvcf2#179.
#[test]
fn bcf_contigs_of_records_are_declared() {
    let lines = ["chr1\t9\t.\tA\tC\t.\t.\t.", "1\t9\t.\tA\tC\t.\t.\t.", "HLA*01\t0\t.\tA\tC\t.\t.\t."];
    for meta in ["", "##contig=<ID=chr2>\n", "##contig=<length=5>\n"] {
        let header = assert_kept(&vcf(meta, false, &lines));
        // Contigs of the genome have their length, in the spelling of the record.
        for line in ["##contig=<ID=chr1,length=900>", "##contig=<ID=1,length=900>", "##contig=<ID=HLA*01>"] {
            assert!(header.contains(line), "{header}");
        }
    }
}

/// kevlar-dev/kevlar#381, zaeleus/noodles#128.
#[test]
fn bcf_odd_header_lines_are_kept_or_repaired() {
    let meta = format!(
        "{CONTIG}##INFO=<ID=Q,Number=1,Type=Integer,Description=\"number of \"interesting\" words\">\n\
         ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"x\">\n\
         ##INFO=<ID=NoType,Description=\"a, b\">\n##odd line\n##FILTER=<ID=q10>\n##ALT=<ID=DEL,Description=\"x\">\n"
    );
    let header = assert_kept(&vcf(&meta, false, &["chr1\t9\t.\tA\t<DEL>\t.\tq10\tQ=3;DP=4;NoType=x"]));
    for line in [
        "##INFO=<ID=Q,Number=1,Type=Integer,Description=\"number of \\\"interesting\\\" words\">\n",
        "##INFO=<ID=NoType,Description=\"a, b\">\n",
        "##odd line\n",
    ] {
        assert!(header.contains(line), "{header}");
    }
    assert_eq!(header.matches("##INFO=<ID=DP,").count(), 1);
}

/// samtools/htslib#1452.
#[test]
fn vcf_tab_after_the_header_is_ignored() {
    let text = vcf(CONTIG, false, &["chr1\t9\t.\tA\tC\t.\t.\t."]).replace("INFO\n", "INFO\t\n");
    let written = rewritten(text.as_bytes(), VariantFormat::Vcf, Some("1")).expect("read");
    let written = String::from_utf8(written).expect("UTF-8");
    assert!(written.ends_with("FILTER\tINFO\nchr1\t9\t.\tA\tC\t.\t.\tNEW=1\n"), "{written}");
    assert!(rewritten(text.as_bytes(), VariantFormat::Bcf, None).is_ok());
}

#[test]
fn bcf_undeclared_names_are_declared_and_kept() {
    let lines = [
        "chr1\t9\t.\tA\tC\t1e-05\tlow;PASS\tX;Y=1,2\tGT:Z\t0|1:a,b\t.:.",
        "chr1\t9\t.\tA\tC\t.\tPASS\tX=1\tGT:Z\t1\\0:.\t.:.",
    ];
    let header = assert_kept(&vcf("", true, &lines[..1]));
    for line in [
        "##FILTER=<ID=low,",
        "##INFO=<ID=X,Number=0,Type=Flag,",
        "##INFO=<ID=Y,Number=1,Type=String,",
        "##FORMAT=<ID=GT,",
    ] {
        assert!(header.contains(line), "{header}");
    }
    let message = rewritten(vcf("", true, &lines).as_bytes(), VariantFormat::Bcf, None).expect_err("not a genotype");
    let message = message.to_string();
    assert!(message.contains("in.vcf, line 4: sample S1, GT: '1\\0' is not a genotype"), "{message}");
}

#[test]
fn bcf_sites_of_all_kinds_are_kept() {
    let meta = format!(
        "{CONTIG}##INFO=<ID=END,Number=1,Type=Integer,Description=\"x\">\n##INFO=<ID=F,Number=0,Type=Flag,Description=\"x\">\n"
    );
    let alleles =
        ["A\t<DEL>", "A\t*", "A\tG[chr1:5[,]chr1:7]A", "acgtn\tA", "N\t.", "ACGTRYN\tA,<NON_REF>", "A\t.A", "A\t<*>"];
    let mut lines: Vec<String> =
        alleles.iter().map(|alleles| format!("chr1\t9\trs1;rs2\t{alleles}\t.\t.\tEND=20;F")).collect();
    for quality in ["1e-05", "nan", "inf", "-10.5", "3.40282e+38", "0", "59.2"] {
        lines.push(format!("chr1\t0\t.\tA\tC\t{quality}\tPASS\t."));
    }
    // Not sorted.
    lines.reverse();
    assert_kept(&vcf(&meta, false, &lines.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn bcf_of_other_writers_is_kept() {
    // BCF 2.1 without numbers in the header, not compressed; a flag as the integer 1, and a genotype without values.
    let meta = format!("{CONTIG}##INFO=<ID=F,Number=0,Type=Flag,Description=\"x\">\n{GENOTYPE}");
    let text = format!("##fileformat=VCFv4.1\n{meta}{COLUMNS}\tFORMAT\tS1\tS2\n\0");
    let mut bcf = b"BCF\x02\x01".to_vec();
    bcf.extend_from_slice(&(text.len() as u32).to_le_bytes());
    bcf.extend_from_slice(text.as_bytes());
    let missing_quality = 0x7F80_0001_u32.to_le_bytes();
    let site = [
        &[0, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0][..],
        &missing_quality,
        &[1, 0, 2, 0, 2, 0, 0, 1],
        // No ID, A and C, PASS; F = 1.
        &[0x07, 0x17, b'A', 0x17, b'C', 0x11, 0, 0x11, 1, 0x11, 1],
    ]
    .concat();
    let samples = [0x11, 2, 0x21, 2, 5, 0x80, 0x81];
    bcf.extend_from_slice(&(site.len() as u32).to_le_bytes());
    bcf.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    bcf.extend_from_slice(&site);
    bcf.extend_from_slice(&samples);
    let line = "chr1\t9\t.\tA\tC\t.\tPASS\tF\tGT\t0|1\t.";
    assert_eq!(records(&rewritten(&bcf, VariantFormat::Vcf, None).expect("VCF")), [line]);
    let again = rewritten(&bcf, VariantFormat::Bcf, Some("1")).expect("BCF");
    let with = line.replace("\tF\t", "\tF;NEW=1\t");
    assert_eq!(records(&rewritten(&again, VariantFormat::Vcf, Some("1")).expect("VCF")), [with]);
    // Bytes that are cut off are an error, not fewer records.
    for kept in text.len() + 10..bcf.len() {
        assert!(rewritten(&bcf[..kept], VariantFormat::Vcf, None).is_err(), "{kept} of {}", bcf.len());
    }
}

#[test]
fn text_that_is_not_vcf_names_the_cause() {
    let message = |text: &str| rewritten(text.as_bytes(), VariantFormat::Bcf, None).expect_err("not VCF").to_string();
    let record = "chr1\t9\t.\tA\tC\t.\t.\t.";
    assert!(message(&vcf("", false, &[]).replace('\t', " ")).contains("separate columns by tabs"));
    assert!(
        message(&vcf("", false, &[&record.replace('\t', " ")])).contains("line 3: expected 8 tab-separated columns")
    );
    assert!(message(&vcf("", false, &[record, COLUMNS, record])).contains("line 4: a header line among the records"));
    assert!(
        message(&vcf("", false, &[record]).replace("REF\tALT", "ALT\tREF")).contains("column 4 is 'ALT'; expected REF")
    );
    assert!(message("BCF\x04xxxx").contains("in.vcf: "));
    let twice = vcf("", true, &[]).replace("S2", "S1");
    assert!(message(&twice).contains("two samples have the name S1"));
    // Line ends of Windows and blank lines at the end are accepted.
    let text = vcf(CONTIG, false, &[record]).replace('\n', "\r\n") + "\r\n  \n\n";
    assert_eq!(records(&rewritten(text.as_bytes(), VariantFormat::Vcf, None).expect("VCF")), [record]);
}
