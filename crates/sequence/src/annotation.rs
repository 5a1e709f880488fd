//! Gene annotation: genes and transcripts from GTF and GFF3, and features of genes such as those of mRNA half-life.

mod assembly;
mod attributes;
mod builder;
mod declared_assembly;
mod exclusion;
pub(crate) mod gene;
mod gene_features;
mod gene_id;
mod gff3;
mod gtf;
mod half_life;
mod lineage;
mod node;
mod reader;
mod row;
mod row_type;
mod transcript_structure;

pub use declared_assembly::DeclaredAssembly;
pub use exclusion::{Exclusion, ExclusionReason, count_exclusions};
pub use gene::{Annotation, Gene, Transcript};
pub use gene_features::{FeatureSet, STRUCTURE_FEATURES, gene_structure_features, structure_features};
pub use gene_id::{clean_name, is_ensembl_id, is_par_y_copy, is_spreadsheet_date, strip_version};
pub use half_life::{HALF_LIFE_FEATURES, MissingHalfLife, gene_half_life_features, half_life_features};
pub use reader::{AnnotationDetail, read_annotation};
