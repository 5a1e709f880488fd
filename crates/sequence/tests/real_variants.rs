//! Variant files that others made: every record and allele is read, and kept when the file is rewritten.

use std::collections::BTreeMap;
use std::path::Path;

use tatabox_sequence::{
    InfoField, VariantEntry, VariantFile, VariantFormat, VariantOutput, VariantRecord, VariantWriter,
};

#[path = "support/real_files.rs"]
mod real_files;

use real_files::real_files;

const FILES: [&str; 3] = ["kg_chr20.vcf.gz", "snpeff.bcf", "many_alternates.bcf"];

fn records(path: &Path) -> Vec<VariantRecord> {
    let mut file = VariantFile::open(path).expect("opened");
    let mut records = Vec::new();
    while let Some(entry) = file.next_entry().expect("read") {
        let VariantEntry::Record(record) = entry else { panic!("{entry:?}") };
        records.push(record);
    }
    records
}

/// Kind of an allele by its letters, as in the table of expected values.
fn kind(reference: &str, alternate: &str) -> &'static str {
    if alternate == "." {
        return "none";
    }
    if alternate.starts_with('<') {
        return "symbolic";
    }
    match (reference.len(), alternate.len()) {
        (1, 1) => "snv",
        (before, after) if before == after => "mnv",
        _ if alternate.starts_with(reference) => "insertion",
        _ if reference.starts_with(alternate) => "deletion",
        _ => "other indel",
    }
}

#[test]
fn records_and_alleles_are_those_expected() {
    let Some(folder) = real_files() else { return };
    let expected = std::fs::read_to_string(folder.join("expected.tsv")).expect("read");
    for name in FILES {
        let records = records(&folder.join(name));
        let mut found = BTreeMap::from([("records".to_owned(), records.len()), ("alternate alleles".to_owned(), 0)]);
        for record in &records {
            for alternate in record.alternates() {
                *found.entry(format!("alleles: {}", kind(record.reference(), alternate))).or_default() += 1;
                *found.entry("alternate alleles".to_owned()).or_default() += 1;
            }
        }
        for row in expected.lines().filter_map(|line| line.strip_prefix(name)) {
            let [_, what, count] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
            if let Some(found) = found.get(what) {
                assert_eq!(found.to_string(), count, "{name}: {what}");
            }
        }
    }
}

/// Columns of a file that was rewritten in `formats`, one after the other.
fn lines_after(path: &Path, formats: &[VariantFormat], folder: &Path) -> Vec<Vec<String>> {
    let mut path = path.to_owned();
    for (index, format) in formats.iter().enumerate() {
        let mut file = VariantFile::open(&path).expect("opened");
        let header = file.header().annotated(InfoField { id: "NEW", description: "x" }, &[], &[]);
        let next = folder.join(format!("{index}.{format:?}"));
        let out = std::fs::File::create(&next).expect("created");
        let mut writer = VariantWriter::new(out, VariantOutput::new(*format, &next), &header, "NEW").expect("header");
        while let Some(VariantEntry::Record(record)) = file.next_entry().expect("read") {
            writer.write(&record, (index == 0).then_some("1")).expect("written");
        }
        writer.finish().expect("written");
        path = next;
    }
    let text = std::fs::read_to_string(path).expect("VCF");
    let records = text.lines().filter(|line| !line.starts_with('#'));
    records.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn records_are_kept_when_rewritten() {
    let Some(data) = real_files() else { return };
    for name in FILES {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = data.join(name);
        let direct = lines_after(&path, &[VariantFormat::Vcf, VariantFormat::Vcf], folder.path());
        assert_eq!(direct.len(), records(&path).len());
        let formats = [VariantFormat::Bcf, VariantFormat::Bcf, VariantFormat::Vcf];
        let through = lines_after(&path, &formats, folder.path());
        assert_eq!(through.len(), direct.len());
        for (through, direct) in through.iter().zip(&direct) {
            assert_eq!(through[..5], direct[..5], "{name}");
            assert_eq!(through[8..], direct[8..], "{name}");
        }
    }
}
