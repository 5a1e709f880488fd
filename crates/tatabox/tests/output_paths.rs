//! Outputs that would replace an input of the same task are refused, and the input keeps its bytes.

use std::fs;
use std::path::{Path, PathBuf};

use tatabox::design::{self, DesignFolderRequest, DesignRequest, StartSource};
use tatabox::evaluate::{self, TablesRequest};
use tatabox::exchange::{self, ExportFormat, ExportRequest};
use tatabox::explain::{self, ExplainFolderRequest};
use tatabox::half_life::{self, HalfLifeRequest};
use tatabox::inputs::{GenomeSource, PromoterSource};
use tatabox::marginalize::{self, Backgrounds, MarginalizeRequest, MotifPattern};
use tatabox::motifs::{self, MotifDatabase, MotifsOutput, MotifsRequest};
use tatabox::predict::{self, PredictRequest};
use tatabox::tables::{Destination, TableFormat, TableOutput};
use tatabox::variants::{
    self, AnnotatedOutput, SaturatedPromoters, SaturationRequest, TssSource, VariantRequest, WindowShifts,
};
use tatabox::{Error, Model, Silent};
use tatabox_dataset::PreparedDataset;
use tatabox_sequence::VariantFormat;

/// Content of every input; a task that reads it before it checks its outputs fails with another error.
const CONTENT: &str = "not read";

/// A folder of inputs.
struct Inputs(tempfile::TempDir);

impl Inputs {
    fn new(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        for name in names {
            fs::write(folder.path().join(name), CONTENT).expect("written");
        }
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The input by another path.
    fn again(&self, name: &str) -> PathBuf {
        self.0.path().join(".").join("..").join(self.0.path().file_name().expect("a name")).join(name)
    }

    fn table(&self, name: &str) -> TableOutput {
        TableOutput { destination: Destination::File(self.again(name)), format: TableFormat::Tsv }
    }

    /// Checks that a task refused the field, named both paths, and wrote nothing.
    #[track_caller]
    fn check<T>(&self, result: tatabox::Result<T>, expected_field: &str, input: &str) {
        let Err(Error::InvalidRequest { field, problem }) = result else { panic!("{input}: not refused") };
        assert_eq!(field, expected_field);
        assert!(problem.contains(&self.at(input).display().to_string()), "{problem}");
        for entry in fs::read_dir(self.0.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            assert_eq!(fs::read_to_string(&path).expect("a file"), CONTENT, "{}", path.display());
        }
    }
}

fn model() -> Model {
    Model::bundled().expect("the bundled model")
}

#[test]
fn predict_output_that_is_an_input_is_refused() {
    let (model, inputs) = (model(), Inputs::new(&["p.fa", "t.bed", "g.fa"]));
    let predict =
        |promoters, output| predict::run(&model, PredictRequest { output, ..PredictRequest::new(promoters) }, &Silent);
    inputs.check(predict(PromoterSource::fasta(inputs.at("p.fa")), inputs.table("p.fa")), "output", "p.fa");
    let bed = || PromoterSource::Bed { path: inputs.at("t.bed"), genome: GenomeSource::new(inputs.at("g.fa")) };
    inputs.check(predict(bed(), inputs.table("t.bed")), "output", "t.bed");
    inputs.check(predict(bed(), inputs.table("g.fa")), "output", "g.fa");
}

#[test]
fn variants_outputs_that_are_inputs_or_one_file_are_refused() {
    let (model, inputs) = (model(), Inputs::new(&["in.vcf", "t.bed", "g.fa"]));
    let request = || {
        let sites = TssSource::Bed(inputs.at("t.bed"));
        VariantRequest::new(inputs.at("in.vcf"), GenomeSource::new(inputs.at("g.fa")), sites)
    };
    let score = |request: VariantRequest| variants::score(&model, &request, &Silent);
    inputs.check(score(VariantRequest { report: Some(inputs.again("in.vcf")), ..request() }), "report", "in.vcf");
    inputs.check(score(VariantRequest { table: Some(inputs.table("g.fa")), ..request() }), "output", "g.fa");
    let annotated = Some(AnnotatedOutput { path: inputs.again("in.vcf"), format: VariantFormat::Vcf });
    inputs.check(score(VariantRequest { annotated, ..request() }), "annotated", "in.vcf");
    let table = Some(TableOutput::to_file(inputs.at("y.tsv")));
    inputs.check(score(VariantRequest { table, report: Some(inputs.again("y.tsv")), ..request() }), "report", "y.tsv");

    let source = SaturatedPromoters::Genome {
        genome: GenomeSource::new(inputs.at("g.fa")),
        sites: TssSource::Bed(inputs.at("t.bed")),
        gene_features: None,
    };
    let saturation = SaturationRequest {
        genes: vec!["P".to_owned()],
        source,
        region: None,
        cell_types: Vec::new(),
        shifts: WindowShifts::default(),
        output: inputs.table("t.bed"),
    };
    inputs.check(variants::saturate(&model, &saturation, &Silent), "output", "t.bed");
}

#[test]
fn half_life_output_that_is_an_input_is_refused() {
    let inputs = Inputs::new(&["a.gtf", "g.fa"]);
    for name in ["a.gtf", "g.fa"] {
        let request = HalfLifeRequest {
            output: inputs.table(name),
            ..HalfLifeRequest::new(inputs.at("a.gtf"), GenomeSource::new(inputs.at("g.fa")))
        };
        inputs.check(half_life::run(&request, &Silent), "output", name);
    }
}

#[test]
fn marginalize_output_that_is_the_backgrounds_is_refused() {
    let (model, inputs) = (model(), Inputs::new(&["p.fa"]));
    let motif = MotifPattern::from_letters("TATAAA").expect("letters");
    let backgrounds = Backgrounds::Fasta { path: inputs.at("p.fa"), tss_offset: None };
    let request = MarginalizeRequest::new(vec![motif], backgrounds);
    inputs.check(marginalize::run(&model, &request, &inputs.table("p.fa"), &Silent), "output", "p.fa");
}

#[test]
fn marginalize_output_that_is_the_motif_file_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("motifs.jaspar");
    let matrix = ">MA1\tone\nA [ 9 0 0 ]\nC [ 0 9 0 ]\nG [ 0 0 9 ]\nT [ 0 0 0 ]\n";
    fs::write(&path, matrix).expect("written");
    let motifs = MotifPattern::read(&path, &[]).expect("a motif");
    let request = MarginalizeRequest::new(motifs, Backgrounds::Windows(Vec::new()));
    let refused = marginalize::run(&model(), &request, &TableOutput::to_file(&path), &Silent).expect_err("refused");
    assert!(refused.to_string().contains("an input (motifs)"), "{refused}");
    assert_eq!(fs::read_to_string(&path).expect("there"), matrix);
}

#[test]
fn folders_of_results_that_hold_an_input_under_their_own_names_are_refused() {
    let (model, inputs) = (model(), Inputs::new(&["designs.fa", "summary.tsv", "predictions.tsv"]));
    let folder = inputs.again("");

    let starts = StartSource::Promoters(PromoterSource::fasta(inputs.at("designs.fa")));
    let targets = vec![format!("{}=high", model.cell_types()[0]).parse().expect("a target")];
    let request = DesignFolderRequest::new(starts, DesignRequest::new(targets), &folder);
    let request = DesignFolderRequest { overwrite: true, ..request };
    inputs.check(design::run(&model, request, &Silent), "out", "designs.fa");

    let request = ExplainFolderRequest::new(PromoterSource::fasta(inputs.at("summary.tsv")), &folder);
    inputs.check(explain::run(&model, request, &Silent), "out", "summary.tsv");

    let mut request = TablesRequest::new(vec![inputs.at("predictions.tsv")]);
    request.settings.out_dir = Some(folder);
    inputs.check(evaluate::run_on_tables(None, &request, &Silent), "out", "predictions.tsv");
}

#[test]
fn motifs_folder_that_holds_the_database_or_is_the_data_set_is_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dataset = PreparedDataset::open(&root.join("data/demo/prepared")).expect("the demo data set");
    let (model, folder) = (model(), tempfile::tempdir().expect("folder"));
    let path = folder.path().join("motifs.meme");
    fs::write(&path, ">MA1\tone\nA [ 9 0 0 ]\nC [ 0 9 0 ]\nG [ 0 0 9 ]\nT [ 0 0 0 ]\n").expect("written");
    let database = Some(MotifDatabase::read(&path).expect("a motif"));
    let request = MotifsRequest { database, ..MotifsRequest::default() };
    let run = |folder: &Path| {
        motifs::run(&model, &dataset, &request, &MotifsOutput::new(folder), &Silent).expect_err("refused").to_string()
    };
    assert!(run(folder.path()).contains("an input (motifs)"));
    assert!(run(dataset.directory()).contains("an input (data set)"));
}

#[test]
fn export_into_the_folder_of_the_model_is_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/human/members/1");
    let model = Model::open(&folder).expect("the bundled model");
    let request = ExportRequest { format: ExportFormat::Safetensors, output: folder.join("weights.safetensors") };
    let refused = exchange::export(&model, &request).expect_err("refused").to_string();
    assert!(refused.starts_with("output: ") && refused.contains("the folder of an input (model)"), "{refused}");
}
