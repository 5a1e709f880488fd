//! Bgzip files that were cut between two blocks, in every format: the missing end-of-file block is an error.

use std::io::Write;
use std::path::Path;

use tatabox_sequence::{
    AnnotationDetail, CagePeaks, FastaRecords, InfoField, MotifFile, SequenceError, VariantEntry, VariantFile,
    VariantFormat, VariantOutput, VariantWriter, read_annotation, read_tss_bed,
};

/// Size of the end-of-file block, in bytes.
const END_BLOCK_BYTES: usize = 28;

const VCF: &str = "##fileformat=VCFv4.3\n##contig=<ID=1,length=99>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
                   1\t5\trs1\tA\tC\t.\t.\t.\n1\t9\trs2\tG\tT\t.\t.\t.\n";

/// Text compressed with bgzip, one block per line.
fn bgzip(text: &str) -> Vec<u8> {
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    for line in text.split_inclusive('\n') {
        writer.write_all(line.as_bytes()).expect("writing to memory cannot fail");
        writer.flush().expect("writing to memory cannot fail");
    }
    writer.finish().expect("writing to memory cannot fail")
}

/// Checks that a complete file is read, and that its copies without the end-of-file block are an error: a regular file
/// and, where the system has them, a pipe.
fn assert_end_is_checked(complete: &[u8], read: impl Fn(&Path) -> Result<(), SequenceError>) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.gz");
    std::fs::write(&path, complete).expect("written");
    read(&path).expect("a complete file");
    std::fs::write(&path, &complete[..complete.len() - END_BLOCK_BYTES]).expect("written");
    let error = read(&path).expect_err("an incomplete file");
    assert!(matches!(error, SequenceError::NoBgzipEnd { .. }), "{error}");
    assert!(error.to_string().contains("x.gz: the end-of-file block of bgzip is missing"), "{error}");
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;
        let (input, mut output) = std::io::pipe().expect("pipe");
        output.write_all(&complete[..complete.len() - END_BLOCK_BYTES]).expect("shorter than the buffer of a pipe");
        drop(output);
        let error = read(Path::new(&format!("/proc/self/fd/{}", input.as_raw_fd()))).expect_err("an incomplete stream");
        assert!(matches!(error, SequenceError::NoBgzipEnd { .. }), "{error}");
    }
}

fn read_variants(path: &Path) -> Result<(), SequenceError> {
    let mut file = VariantFile::open(path)?;
    while file.next_entry()?.is_some() {}
    Ok(())
}

/// samtools/htslib#1880.
#[test]
fn fasta_without_end_block_is_an_error() {
    let content = bgzip(">a\nACGT\nACGT\n>b\nTTTT\n");
    assert_end_is_checked(&content, |path| FastaRecords::open(path)?.try_for_each(|record| record.map(drop)));
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.fa.gz");
    std::fs::write(&path, &content[..content.len() - END_BLOCK_BYTES]).expect("written");
    assert!(matches!(FastaRecords::count(&path), Err(SequenceError::NoBgzipEnd { .. })));
}

/// samtools/htslib#1880.
#[test]
fn annotation_without_end_block_is_an_error() {
    let gtf = "chr1\tx\tgene\t11\t90\t.\t-\t.\tgene_id \"G1\";\nchr1\tx\tgene\t111\t190\t.\t-\t.\tgene_id \"G2\";\n";
    let gff3 =
        "##gff-version 3\nchr1\tx\tgene\t11\t90\t.\t-\t.\tID=gene:G1\nchr1\tx\tgene\t111\t190\t.\t-\t.\tID=gene:G2\n";
    for text in [gtf, gff3] {
        assert_end_is_checked(&bgzip(text), |path| read_annotation(path, AnnotationDetail::Sites).map(drop));
    }
}

#[test]
fn bed_and_cage_without_end_block_are_errors() {
    let bed = "chr1\t10\t11\tG1\t0\t+\nchr2\t20\t21\tG2\t0\t-\n";
    assert_end_is_checked(&bgzip(bed), |path| read_tss_bed(path).map(drop));
    let cage = "chr1\t10\t30\tp1@A\t50\t+\t15\t16\t255,0,0\nchr1\t40\t60\tp2@A\t9\t-\t50\t51\t0,0,255\n";
    assert_end_is_checked(&bgzip(cage), |path| CagePeaks::read(path).map(drop));
}

#[test]
fn motifs_without_end_block_are_an_error() {
    let jaspar = ">MA1.1 Arnt\nA [ 4 19 ]\nC [ 16 0 ]\nG [ 0 1 ]\nT [ 0 0 ]\n";
    assert_end_is_checked(&bgzip(jaspar), |path| MotifFile::read(path).map(drop));
}

/// samtools/bcftools#541, samtools/bcftools#659.
#[test]
fn variants_without_end_block_are_an_error() {
    assert_end_is_checked(&bgzip(VCF), read_variants);
    assert_end_is_checked(&bgzip(VCF), |path| VariantFile::count(path).map(drop));

    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.vcf");
    std::fs::write(&path, VCF).expect("written");
    let mut file = VariantFile::open(&path).expect("VCF");
    let header = file.header().annotated(InfoField { id: "X", description: "x" }, &[], &[]);
    let mut writer =
        VariantWriter::new(Vec::new(), VariantOutput::new(VariantFormat::Bcf, &path), &header, "X").expect("BCF");
    while let Some(VariantEntry::Record(record)) = file.next_entry().expect("VCF") {
        writer.write(&record, None).expect("BCF");
    }
    let content = writer.finish().expect("writing to memory cannot fail");
    assert_end_is_checked(&content, read_variants);
    assert_end_is_checked(&content, |path| VariantFile::count(path).map(drop));
}
