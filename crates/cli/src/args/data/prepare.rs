//! `tatabox prepare`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Result;
use clap::{ArgGroup, Args};
use tatabox_dataset::{
    AssaySource, GeneFilter, HeldOutChromosomes, PrepareConfig, PromoterActivitySource, TssSettings,
};
use tatabox_model::DEFAULT_SEED;
use tatabox_sequence::WindowGeometry;

use crate::args::DatasetAuxiliaryArgs;
use crate::args::ExpressionArgs;
use crate::args::TssArgs;
use crate::resolve::locations as locate;
use crate::terminal::failure::usage;

/// Default parent folder of data sets.
const DATA_DIR: &str = "data";

/// Prepare a data set of promoter windows and expression.
///
/// Extracts a window around each gene's transcription start site (TSS) from a genome, or reads promoter records, joins the
/// windows with expression tables and holds out whole chromosomes for validation and test. Every excluded gene is listed in
/// qc.tsv with the reason. The data set becomes the active one.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("windows").args(["genome", "promoters"]).required(true).multiple(true)))]
#[command(group(ArgGroup::new("sites").args(["annotation", "tss"])))]
#[command(after_long_help = include_str!("prepare_help.txt").trim_end())]
pub(crate) struct PrepareArgs {
    /// Reference genome: FASTA (plain, bgzip or gzip) or 2bit
    #[arg(long, value_name = "FILE", help_heading = "Sequence", requires = "sites")]
    genome: Option<PathBuf>,
    /// Gene annotation on that genome: GTF or GFF3 (.gz); without a genome, only for the genes of transcripts and the lengths by
    /// which read counts are divided
    #[arg(long, value_name = "GTF", help_heading = "Sequence")]
    annotation: Option<PathBuf>,
    /// TSSs on that genome: BED6 (.gz), 0-based; its name column holds gene identifiers or symbols
    #[arg(long, value_name = "BED", help_heading = "Sequence", requires = "genome")]
    tss: Option<PathBuf>,
    /// Promoter records in sense direction: FASTA (.gz); headers may contain chrom= strand= tss_offset= gene_name=
    #[arg(long, value_name = "FASTA", help_heading = "Sequence")]
    promoters: Option<PathBuf>,
    /// Index of the TSS base in promoter records whose header has no tss_offset=, 0-based
    #[arg(long, value_name = "N", help_heading = "Sequence", requires = "promoters")]
    tss_offset: Option<usize>,

    /// Activities of promoters: TSV or CSV (.gz); of several promoters of a gene the most active is used. See PROMOTERS
    #[arg(long, value_name = "TABLE", help_heading = "TSSs")]
    promoter_activity: Option<PathBuf>,
    /// Columns of activities, comma-separated [default: all that name neither the promoter nor its gene]
    #[arg(long, value_name = "COLUMN", help_heading = "TSSs", value_delimiter = ',', requires = "promoter_activity")]
    activity_columns: Vec<String>,

    #[command(flatten)]
    sites: TssArgs,
    /// Keep alternative TSSs of a gene that are at least this far apart, as rows GENE@2, GENE@3 ...; they can be predicted
    /// and are excluded from training and scores
    #[arg(long, value_name = "BP", help_heading = "TSSs", requires = "annotation", conflicts_with = "tss")]
    alternative_tss: Option<u64>,

    #[command(flatten)]
    expression: ExpressionArgs,
    /// Genes to exclude: contigs (chrY, chrM, IV), `histones` (replication-dependent histone genes, whose mRNAs have no
    /// poly(A) tail), and `no-features` (genes without features of --half-life or --gene-features)
    #[arg(long, value_name = "GROUP", help_heading = "Expression", value_delimiter = ',', value_parser = drop_choice)]
    drop: Vec<DropChoice>,

    #[command(flatten)]
    auxiliary: DatasetAuxiliaryArgs,

    /// Measurements of further sequences, such as reporter constructs, or of the genes, with outputs of their own:
    /// NAME=SEQUENCES,VALUES,scale=tpm|counts|log2 and further keys, see ASSAYS; repeat for more
    #[arg(long, value_name = "ASSAY", help_heading = "Assays", value_parser = AssaySource::from_str)]
    assay: Vec<AssaySource>,

    /// Bases before the TSS base
    #[arg(long, value_name = "BP", help_heading = "Windows", default_value_t = 10_000)]
    upstream: u32,
    /// Bases from the TSS base on, including it
    #[arg(long, value_name = "BP", help_heading = "Windows", default_value_t = 1_000)]
    downstream: u32,
    /// Minimum number of known bases (not N) in a window
    #[arg(long, value_name = "BP", help_heading = "Windows", default_value_t = PrepareConfig::DEFAULT_MIN_KNOWN_BP)]
    min_known: u32,
    /// Seed of the split into train, validation and test
    #[arg(long, value_name = "N", help_heading = "Windows", default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Test chromosomes, in place of a random choice; comma-separated
    #[arg(long, value_name = "CHROM", help_heading = "Windows", value_delimiter = ',')]
    test_chromosomes: Vec<String>,
    /// Validation chromosomes, in place of a random choice; comma-separated
    #[arg(long, value_name = "CHROM", help_heading = "Windows", value_delimiter = ',')]
    validation_chromosomes: Vec<String>,

    /// Output folder [default: data/NAME]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Name of the data set [default: name of the folder, of the promoters or of the genome]
    #[arg(long, help_heading = "Output")]
    name: Option<String>,
    /// Replace an existing data set
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Read everything and print the report, but write no data set
    #[arg(long, help_heading = "Output")]
    dry_run: bool,
    /// Print the report as JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl PrepareArgs {
    /// The configuration that these arguments describe.
    pub(crate) fn into_config(self) -> Result<PrepareConfig> {
        let geometry = WindowGeometry::new(self.upstream, self.downstream)
            .map_err(|error| usage(format!("--upstream and --downstream: {error}")))?;
        if self.min_known as usize > geometry.len() {
            let (known, window) = (self.min_known, geometry.len());
            return Err(usage(format!("--min-known {known}: expected at most the window's {window} bp")));
        }
        let source = self.promoters.as_deref().or(self.genome.as_deref());
        let out_dir = match (self.out, &self.name) {
            (Some(out), _) => out,
            (None, Some(name)) => Path::new(DATA_DIR).join(name),
            (None, None) => Path::new(DATA_DIR).join(source.map(stem).unwrap_or_default()),
        };
        let config = PrepareConfig::new(self.expression.into_config()?, out_dir, geometry);
        let (gene_features, tracks) = self.auxiliary.into_sources();
        let require_features = self.drop.contains(&DropChoice::WithoutFeatures);
        if require_features && gene_features.is_none() {
            return Err(usage("--drop no-features: requires --half-life or --gene-features"));
        }
        let filter = |choice| match choice {
            DropChoice::Genes(filter) => Some(filter),
            DropChoice::WithoutFeatures => None,
        };
        Ok(PrepareConfig {
            name: self.name.unwrap_or_else(|| config.name.clone()),
            force: self.force,
            drop: self.drop.into_iter().filter_map(filter).collect(),
            require_features,
            gene_features,
            tracks,
            assays: self.assay,
            promoter_activity: self
                .promoter_activity
                .map(|table| PromoterActivitySource { table, columns: self.activity_columns }),
            tss: TssSettings { alternative_distance_bp: self.alternative_tss, ..self.sites.settings() },
            promoters: self.promoters,
            tss_offset: self.tss_offset,
            genome: self.genome,
            annotation: self.annotation,
            tss_bed: self.tss,
            genome_cache: locate::cache_dir(),
            min_known_bp: self.min_known,
            seed: self.seed,
            held_out: HeldOutChromosomes { validation: self.validation_chromosomes, test: self.test_chromosomes },
            dry_run: self.dry_run,
            ..config
        })
    }
}

/// Genes to exclude.
#[derive(Clone, Debug, PartialEq, Eq)]
enum DropChoice {
    Genes(GeneFilter),
    WithoutFeatures,
}

fn drop_choice(text: &str) -> Result<DropChoice, String> {
    if text.trim().eq_ignore_ascii_case("no-features") {
        return Ok(DropChoice::WithoutFeatures);
    }
    let expected = |_| "expected a contig such as chrY, chrM or IV, `histones` or `no-features`".to_owned();
    text.parse().map(DropChoice::Genes).map_err(expected)
}

/// File name up to its first dot: `promoters` of `x/promoters.fa.gz`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').find(|part| !part.is_empty()).unwrap_or("dataset").to_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tatabox_dataset::GeneFeatureSource;
    use tatabox_sequence::TssChoice;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: PrepareArgs,
    }

    fn config(line: &str) -> Result<PrepareConfig> {
        Line::try_parse_from(format!("prepare {line}").split_whitespace())?.args.into_config()
    }

    #[test]
    fn prepare_args_name_and_folder_default_to_each_other() {
        let of = |line: &str| {
            let config = config(line).expect("valid");
            (config.name, config.out_dir)
        };
        let plain = "--promoters x/p300.fa.gz --expression e.tsv";
        assert_eq!(of(plain), ("p300".to_owned(), "data/p300".into()));
        assert_eq!(of(&format!("{plain} -o sets/human")), ("human".to_owned(), "sets/human".into()));
        assert_eq!(of(&format!("{plain} --name mouse")), ("mouse".to_owned(), "data/mouse".into()));
        assert_eq!(of(&format!("{plain} --name mouse -o m")), ("mouse".to_owned(), "m".into()));
    }

    #[test]
    fn prepare_args_value_out_of_range_is_named() {
        let refused = |line: &str| config(line).expect_err("refused").to_string();
        let message = refused("--promoters p.fa --expression e.tsv --upstream 10 --downstream 10");
        assert!(message.contains("--upstream") && message.contains("60 to 20000"), "{message}");
        let message = refused("--promoters p.fa --expression e.tsv --upstream 50 --downstream 10 --min-known 61");
        assert_eq!(message, "--min-known 61: expected at most the window's 60 bp");
    }

    #[test]
    fn prepare_args_filters_are_a_list() {
        let drop = config("--promoters p.fa --expression e.tsv --drop chrY,MT,histones").expect("valid").drop;
        assert_eq!(drop.iter().map(ToString::to_string).collect::<Vec<_>>(), ["chrY", "chrM", "histones"]);
        let drop = config("--promoters p.fa --expression e.tsv --drop IV,Mito").expect("any contig").drop;
        assert_eq!(drop.iter().map(ToString::to_string).collect::<Vec<_>>(), ["IV", "Mito"]);
        let error = config("--promoters p.fa --expression e.tsv --drop no-features")
            .expect_err("no source of features")
            .to_string();
        assert!(error.contains("--half-life"), "{error}");
    }

    #[test]
    fn prepare_args_held_out_chromosomes_are_lists() {
        let config = config(
            "--promoters p.fa --expression e.tsv --test-chromosomes chr8,chr9 --validation-chromosomes 10 --dry-run",
        )
        .expect("valid");
        assert_eq!(config.held_out.test, ["chr8", "chr9"]);
        assert_eq!(config.held_out.validation, ["10"]);
        assert!(config.dry_run);
    }

    #[test]
    fn prepare_args_auxiliary_inputs_are_parsed() {
        let genome = "--genome g.fa --annotation a.gtf --expression e.tsv";
        let half_life =
            config(&format!("{genome} --half-life --drop no-features,chrM --track dnase=k.bw")).expect("valid");
        assert_eq!(half_life.gene_features, Some(GeneFeatureSource::HalfLife));
        assert!(half_life.require_features && half_life.drop.len() == 1);
        assert_eq!(half_life.tracks[0].name, "dnase");
        assert!(config("--promoters p.fa --expression e.tsv --half-life").is_err());
        assert!(config(&format!("{genome} --half-life --gene-features t.tsv")).is_err());
        let sites = config(&format!("{genome} --tss-choice longest-cds --cage c.bed --alternative-tss 300"))
            .expect("valid")
            .tss;
        assert_eq!(
            (sites.choice, sites.cage_distance_bp, sites.alternative_distance_bp),
            (TssChoice::LongestCds, 500, Some(300))
        );
        assert!(config("--genome g.fa --tss t.bed --expression e.tsv --cage c.bed").is_err());
    }

    #[test]
    fn prepare_args_genome_and_tss_source_require_each_other() {
        assert!(config("--genome g.fa --expression e.tsv").is_err());
        assert!(config("--tss t.bed --expression e.tsv").is_err());
        assert!(config("--expression e.tsv").is_err());
        assert!(config("--genome g.fa --tss t.bed --annotation a.gtf --expression e.tsv").is_err());
        assert!(config("--genome g.fa --tss t.bed --expression e.tsv").is_ok());
    }
}
