//! Variants and promoters of another assembly than the genome are refused, or reported.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use tatabox::half_life::{self, HalfLifeRequest};
use tatabox::inputs::{GenomeSource, PromoterSource};
use tatabox::predict::{self, PredictRequest};
use tatabox::tables::TableOutput;
use tatabox::variants::{
    self, ReferenceMismatchPolicy, SaturatedPromoters, SaturationRequest, TssSource, VariantRequest, VariantSummary,
    WindowShifts,
};
use tatabox::{Model, Observer};

const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

/// A folder with a genome of two contigs, `chrA` of 2,000 and `chrB` of 1,000 bases, and TSSs on both.
struct Bench {
    folder: tempfile::TempDir,
    model: Model,
    warnings: Warnings,
}

#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Observer for Warnings {
    fn warn(&self, message: &str) {
        self.0.lock().expect("no panic").push(message.to_owned());
    }
}

impl Bench {
    fn new() -> Self {
        let model = Model::bundled().expect("the bundled model");
        let bench = Self { folder: tempfile::tempdir().expect("folder"), model, warnings: Warnings::default() };
        // Base `at`, counted from 0, is A, C, G, T by `at % 4`.
        bench.put("g.fa", &format!(">chrA\n{}\n>chrB\n{}\n", "ACGT".repeat(500), "ACGT".repeat(250)));
        bench.put("t.bed", "chrA\t1000\t1001\tGA\t0\t+\nchrB\t500\t501\tGB\t0\t-\n");
        bench
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, text).expect("written");
        path
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn genome(&self) -> GenomeSource {
        GenomeSource::new(self.at("g.fa"))
    }

    fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.warnings.0.lock().expect("no panic"))
    }

    /// Scores records below a header; the warnings, or the error.
    fn score(
        &self,
        text: &str,
        change: impl FnOnce(&mut VariantRequest),
    ) -> Result<(VariantSummary, Vec<String>), String> {
        let variants = self.put("v.vcf", &format!("##fileformat=VCFv4.2\n{text}"));
        let mut request = VariantRequest::new(variants, self.genome(), TssSource::Bed(self.at("t.bed")));
        request.cell_types = vec!["K562".to_owned()];
        request.shifts = WindowShifts::new(&[0]).expect("one");
        request.table = Some(TableOutput::to_file(self.at("effects.tsv")));
        change(&mut request);
        let summary = variants::score(&self.model, &request, &self.warnings);
        let warnings = self.take_warnings();
        summary.map(|summary| (summary, warnings)).map_err(|error| error.to_string())
    }

    fn predict(&self, bed: &str) -> Result<String, String> {
        let path = self.put("p.bed", bed);
        let mut request = PredictRequest::new(PromoterSource::Bed { path, genome: self.genome() });
        request.output = TableOutput::to_file(self.at("p.tsv"));
        request.wide = true;
        predict::run(&self.model, request, &self.warnings).map_err(|error| error.to_string())?;
        Ok(fs::read_to_string(self.at("p.tsv")).expect("written"))
    }
}

fn records(count: u64, contig: &str, reference: &str) -> String {
    // POS 993, 997, ... are A.
    (0..count).map(|at| format!("{contig}\t{}\t.\t{reference}\tT\t.\t.\t.\n", 993 + 4 * at)).collect()
}

#[test]
fn variants_without_a_contig_of_the_genome_are_refused() {
    let bench = Bench::new();
    let scaffolds = format!("{COLUMNS}{}", records(2, "scaffold_9", "A"));
    let message = bench.score(&scaffolds, |_| ()).expect_err("no contig");
    assert!(message.contains("v.vcf: no contig") && message.contains("scaffold_9"), "{message}");
    assert!(message.contains("has chrA, chrB"), "{message}");
    assert!(!bench.at("effects.tsv").exists());
    let declared = bench.score(&format!("##contig=<ID=scaffold_9,length=9000>\n{scaffolds}"), |_| ());
    assert!(declared.expect_err("no contig").contains("it has scaffold_9"));
    // A part of a file may have records of other contigs only.
    let (_, warnings) = bench.score(&scaffolds, |request| request.shard = "1/2".parse().ok()).expect("a part");
    assert!(warnings[0].contains("no contig of it is in"), "{warnings:?}");
    let mixed = format!("{scaffolds}{}", records(2, "chrA", "A"));
    let (summary, warnings) = bench.score(&mixed, |_| ()).expect("half of them");
    assert_eq!((summary.scored, warnings.len()), (2, 1));
    assert!(warnings[0].contains("2 of 4 records are on contigs that") && warnings[0].contains("scaffold_9 (2)"));
}

#[test]
fn variants_of_contigs_with_other_lengths_are_refused() {
    let bench = Bench::new();
    let header = "##contig=<ID=chrA,length=2400>\n##contig=<ID=chrB,length=1000>\n";
    let of = |contig: &str| format!("{header}{COLUMNS}{}", records(1, contig, "A"));
    let message = bench.score(&of("chrA"), |_| ()).expect_err("another length");
    assert!(message.contains("contig chrA has a length of 2400 bp") && message.contains("2000 bp"), "{message}");
    assert_eq!(bench.score(&of("chrB"), |_| ()).expect("its length is right").1, [""; 0]);
    let skip = |request: &mut VariantRequest| request.reference_mismatch = ReferenceMismatchPolicy::Skip;
    let (summary, warnings) = bench.score(&of("chrA"), skip).expect("skipping was asked for");
    assert_eq!(summary.scored, 1);
    assert!(warnings[0].contains("2400 bp"), "{warnings:?}");
    let ends: String = (0..12).map(|at| format!("chrB\t{}\t.\tA\tT\t.\t.\t.\n", 1_100 + at)).collect();
    let message = bench.score(&format!("{COLUMNS}{ends}"), |_| ()).expect_err("past the end");
    assert!(message.contains("12 of 12 records are past the end of the contig"), "{message}");
}

#[test]
fn variants_with_many_other_references_are_reported() {
    let bench = Bench::new();
    let text = format!("{COLUMNS}{}{}", records(20, "chrA", "A"), records(5, "chrA", "G"));
    for policy in [ReferenceMismatchPolicy::Skip, ReferenceMismatchPolicy::UseGenome] {
        let (_, warnings) = bench.score(&text, |request| request.reference_mismatch = policy).expect("scored");
        assert!(warnings[0].contains("5 of 25 alleles (20%) have another REF"), "{policy:?}: {warnings:?}");
    }
    let few = format!("{COLUMNS}{}{}", records(20, "chrA", "A"), records(1, "chrA", "G"));
    let skip = |request: &mut VariantRequest| request.reference_mismatch = ReferenceMismatchPolicy::Skip;
    assert_eq!(bench.score(&few, skip).expect("scored").1, [""; 0]);
}

#[test]
fn tss_and_annotation_of_other_contigs_are_refused_by_every_task() {
    let bench = Bench::new();
    let text = format!("{COLUMNS}{}", records(1, "chrA", "A"));
    bench.put("t.bed", "chrZ\t1000\t1001\tGA\t0\t+\n");
    assert!(bench.score(&text, |_| ()).expect_err("no TSS").contains("t.bed: no contig of it"));
    let gtf = bench.put("a.gtf", "chrZ\tx\tgene\t11\t90\t.\t-\t.\tgene_id \"G\";\n");
    let of_annotation = TssSource::Annotation(gtf.clone(), tatabox_dataset::TssSettings::default());
    let message = bench.score(&text, |request| request.sites = of_annotation.clone()).expect_err("no gene");
    assert!(message.contains("a.gtf: no contig of it"), "{message}");
    let source =
        SaturatedPromoters::Genome { genome: bench.genome(), sites: of_annotation.clone(), gene_features: None };
    let request = SaturationRequest {
        genes: vec!["G".to_owned()],
        source,
        region: None,
        cell_types: Vec::new(),
        shifts: WindowShifts::default(),
        output: TableOutput::to_file(bench.at("s.tsv")),
    };
    let message = variants::saturate(&bench.model, &request, &bench.warnings).expect_err("no gene").to_string();
    assert!(message.contains("a.gtf: no contig of it"), "{message}");
    let mut request = HalfLifeRequest::new(&gtf, bench.genome());
    request.output = TableOutput::to_file(bench.at("h.tsv"));
    let message = half_life::run(&request, &bench.warnings).expect_err("no gene").to_string();
    assert!(message.contains("a.gtf: no contig of it") && !bench.at("h.tsv").exists(), "{message}");
}

#[test]
fn predict_bed_names_unnamed_sites_and_reports_missing_contigs() {
    let bench = Bench::new();
    let table = bench.predict("chrA\t1000\t1001\t.\t0\t+\nchrB\t500\t502\t\t0\t-\nchr7\t5\t6\tG\t0\t+\n").expect("two");
    let ids: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(ids, ["chrA:1000-1001(+)", "chrB:500-502(-)", "G"]);
    assert!(bench.take_warnings()[0].contains("1 of 3 TSSs is on contigs that"));
    let message = bench.predict("1\t5\t6\tG\t0\t+\n").expect_err("no contig");
    assert!(message.contains("p.bed: no contig of it is in") && message.contains("has chrA, chrB"), "{message}");
    let message = bench.predict("chrA\t5000\t5001\tG\t0\t+\n").expect_err("past the end");
    assert!(message.contains("1 of 1 TSS is past the end"), "{message}");
}
