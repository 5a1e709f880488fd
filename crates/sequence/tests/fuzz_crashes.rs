//! Inputs of the fuzz targets of this crate: seeds, inputs on which a reader once failed, and mutations of both.

use std::fs;

#[path = "../../../fuzz/parsers/mutation.rs"]
mod mutation;
#[path = "../../../fuzz/parsers/sequence.rs"]
mod parsers;

#[test]
fn fuzz_inputs_give_valid_data_or_errors() {
    mutation::assert_inputs_pass(&parsers::PARSERS);
}

/// A short run of every target without libFuzzer; `TATABOX_FUZZ_SECONDS=600` runs each for ten minutes.
#[test]
fn fuzz_mutations_give_valid_data_or_errors() {
    mutation::assert_mutations_pass(&parsers::PARSERS);
}

/// Writes the seeds of binary formats: `cargo test -p tatabox-sequence --test fuzz_crashes -- --ignored`.
#[test]
#[ignore = "writes to the repository"]
fn write_binary_seeds() {
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = mutation::repository().join("fuzz/seeds").join(target);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name), bytes).expect("written");
    };
    for name in ["samples", "sites"] {
        let vcf = mutation::repository().join(format!("fuzz/seeds/vcf/{name}.vcf"));
        let (bcf, ..) = parsers::rewrite(&vcf, tatabox_sequence::VariantFormat::Bcf).expect("valid VCF");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&bcf[..]), &mut bytes).expect("bgzip");
        write("bcf", &format!("{name}.bcf"), &bytes);
    }
    write("fasta", "blocks.fa.gz", &parsers::bgzip(b">chr1\nACGT\nAC\n>chr2\nTT\n"));
    write("bigwig", "two_contigs.bw", &bigwig());
}

fn bigwig() -> Vec<u8> {
    use bigtools::beddata::BedParserStreamingIterator;
    use bigtools::{BigWigWrite, Value};
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("x.bw");
    let value = |chrom: &str, start, end, value| (chrom.to_owned(), Value { start, end, value });
    let values = [value("chr1", 5, 25, 1.5), value("chr1", 40, 41, -2.0), value("chr2", 0, 60, 0.25)];
    let values = BedParserStreamingIterator::wrap_infallible_iter(values.into_iter(), true);
    let sizes = [("chr1".to_owned(), 300), ("chr2".to_owned(), 60)].into();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("runtime");
    BigWigWrite::create_file(&path, sizes).expect("created").write(values, runtime).expect("written");
    fs::read(path).expect("readable")
}
