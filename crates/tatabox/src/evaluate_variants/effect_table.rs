//! Tables of the compared and the excluded variants.

use std::path::Path;

use tatabox_dataset::{MeasuredAlleles, MeasuredVariant, MeasuredVariants};
use tatabox_eval::{EffectPredictor, PredictorKind};

use super::evaluation::{EXCLUDED, VARIANTS};
use super::exclusion::ExcludedVariant;
use super::prediction::PredictedEffect;
use super::resolved::ResolvedVariant;
use crate::error::Result;
use crate::tables::{Cell, Column, ColumnKind, TableFile, TableFormat};

/// Longest allele that a table shows in full.
const SHOWN_BASES: usize = 20;

/// Variant with its measured and predicted effects.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedVariant {
    /// Index of the row in the table of measured effects.
    pub row: usize,
    /// Promoter or locus.
    pub element: String,
    /// Cell type, or the outputs that it is compared with.
    pub cell_type: String,
    /// Position of the first changed base relative to the TSS, which is 0.
    pub position_bp: i64,
    /// Distance of the changed base nearest to the TSS, in the direction of transcription.
    pub distance_to_tss: i64,
    /// Measured effect.
    pub measured: f64,
    /// Whether it is significant; `None` if unknown.
    pub is_significant: Option<bool>,
    /// Predicted effect of each model.
    pub predicted: Vec<PredictedEffect>,
}

/// Writes the compared variants, with the values of the controls.
pub(super) fn write_variants(
    folder: &Path,
    table: &MeasuredVariants,
    variants: &[ComparedVariant],
    resolved: &[&ResolvedVariant],
    predictors: &[EffectPredictor],
    has_members: &[bool],
) -> Result<()> {
    use ColumnKind::{Count, Flag, Integer, Real, Text};
    let single = has_members.len() == 1;
    let models: Vec<&EffectPredictor> = predictors.iter().filter(|p| p.kind == PredictorKind::Model).collect();
    let controls: Vec<&EffectPredictor> = predictors.iter().filter(|p| p.kind == PredictorKind::Control).collect();
    let mut columns: Vec<Column> = [
        (Count, "line"),
        (Text, "id"),
        (Text, "element"),
        (Text, "cell_type"),
        (Text, "kind"),
        (Integer, "position"),
        (Text, "deleted"),
        (Text, "inserted"),
        (Integer, "distance_to_tss"),
        (Real, "measured_effect"),
        (Flag, "significant"),
    ]
    .map(|(kind, name)| Column::new(kind, name))
    .to_vec();
    for (model, &has_members) in models.iter().zip(has_members) {
        let named = |name: &str| if single { name.to_owned() } else { format!("{name}.{}", model.name) };
        let mut of_model = vec![(Real, "predicted_effect"), (Real, "ref_log2"), (Real, "alt_log2")];
        of_model.extend(has_members.then_some((Real, "effect_sd_members")));
        of_model.push((Flag, "sign_stable"));
        columns.extend(of_model.into_iter().map(|(kind, name)| Column::new(kind, &named(name))));
    }
    columns.extend(controls.iter().map(|control| Column::new(Real, &control.name)));
    let mut file = TableFile::create(&folder.join(VARIANTS), TableFormat::Tsv, columns)?;
    let row = |(index, variant): (usize, &ComparedVariant)| {
        let (measured, change) = (&table.rows[variant.row], resolved[index]);
        let mut cells = vec![
            Cell::Count(measured.line),
            Cell::text(&measured.id),
            Cell::text(&variant.element),
            Cell::text(&variant.cell_type),
            Cell::text(change.kind().to_string()),
            Cell::Integer(variant.position_bp),
            Cell::Text(shown(&change.deleted.to_ascii())),
            Cell::Text(shown(&change.edit.inserted.to_ascii())),
            Cell::Integer(variant.distance_to_tss),
            Cell::real(variant.measured),
            variant.is_significant.map_or(Cell::Absent, Cell::Flag),
        ];
        for (predicted, &has_members) in variant.predicted.iter().zip(has_members) {
            cells.extend([predicted.effect, predicted.reference_log2, predicted.alternative_log2].map(Cell::real));
            cells.extend(has_members.then(|| Cell::real(predicted.sd_members)));
            cells.push(Cell::Flag(predicted.sign_stable));
        }
        cells.extend(controls.iter().map(|control| {
            let value = control.values[index];
            Cell::real(value.is_finite().then_some(value))
        }));
        cells
    };
    file.write(variants.iter().enumerate().map(row).collect())?;
    file.finish()
}

/// Bases of an allele, `-` for none; long ones by their number.
fn shown(bases: &str) -> String {
    match bases.len() {
        0 => "-".to_owned(),
        1..=SHOWN_BASES => bases.to_owned(),
        length => format!("{length} bp"),
    }
}

/// Writes the variants that are not compared.
pub(super) fn write_excluded(folder: &Path, table: &MeasuredVariants, excluded: &[ExcludedVariant]) -> Result<()> {
    let names = ["id", "element", "cell_type", "variant", "reason", "detail"];
    let mut columns = vec![Column::new(ColumnKind::Count, "line")];
    columns.extend(names.map(|name| Column::new(ColumnKind::Text, name)));
    let mut file = TableFile::create(&folder.join(EXCLUDED), TableFormat::Tsv, columns)?;
    let row = |excluded: &ExcludedVariant| {
        let measured = &table.rows[excluded.row];
        let name = |name: &Option<String>| name.as_ref().map_or(Cell::Absent, Cell::text);
        vec![
            Cell::Count(measured.line),
            Cell::text(&measured.id),
            name(&measured.element),
            name(&measured.cell_type),
            Cell::Text(described(measured)),
            Cell::text(excluded.reason.name()),
            Cell::text(&excluded.detail),
        ]
    };
    file.write(excluded.iter().map(row).collect())?;
    file.finish()
}

/// The alleles as in the table.
fn described(measured: &MeasuredVariant) -> String {
    match &measured.alleles {
        MeasuredAlleles::Sequences { reference, alternative, .. } => {
            format!("{}>{}", shown(reference), shown(alternative))
        }
        MeasuredAlleles::Promoter { promoter, position_bp, reference, alternate } => {
            format!("{promoter}:{position_bp} {}>{}", shown(reference), shown(alternate))
        }
        MeasuredAlleles::Genome { chrom, position, reference, alternate, .. } => {
            format!("{chrom}:{position} {}>{}", shown(reference), shown(alternate))
        }
    }
}
