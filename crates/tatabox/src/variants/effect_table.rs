//! Table of effects.

use tatabox_model::{EffectBackground, EffectRank};
use tatabox_sequence::{VariantEntry, VariantKind};

use super::batch::{HitPromoter, Outcome, ReadAllele, ReadRecord};
use super::effect::Effect;
use crate::tables::{Cell, Column, ColumnKind};

/// Rows and columns of the table.
#[derive(Clone, Debug)]
pub(super) struct EffectTable {
    pub(super) cell_types: Vec<String>,
    /// Whether there is more than one shift.
    pub(super) has_shifts: bool,
    /// Whether the model is an ensemble.
    pub(super) has_members: bool,
    /// Effects of random SNVs in the reported cell types, with which effects are compared; `None` if the model has none.
    pub(super) background: Option<EffectBackground>,
    /// Whether alleles without an effect have a row.
    pub(super) all: bool,
    /// Note on every row.
    pub(super) remark: Option<&'static str>,
}

/// Number of columns that describe the promoter.
const PROMOTER_COLUMNS: usize = 5;

impl EffectTable {
    pub(super) fn columns(&self) -> Vec<Column> {
        use ColumnKind::{Count, Flag, Integer, Real, Text};
        let mut columns = vec![
            (Text, "chrom"),
            (Count, "pos"),
            (Text, "id"),
            (Text, "ref"),
            (Text, "alt"),
            (Text, "kind"),
            (Text, "gene_id"),
            (Text, "gene_name"),
            (Text, "strand"),
            (Count, "tss"),
            (Integer, "distance_to_tss"),
            (Text, "cell_type"),
            (Real, "ref_log2_tpm"),
            (Real, "alt_log2_tpm"),
            (Real, "effect"),
        ];
        if self.has_shifts {
            columns.push((Real, "effect_sd_shifts"));
        }
        if self.has_members {
            columns.push((Real, "effect_sd_members"));
        }
        columns.extend([(Flag, "sign_stable"), (Real, "indel_shift_effect"), (Real, "effect_shift_corrected")]);
        if self.background.is_some() {
            columns.extend([(Real, "percentile"), (Real, "z")]);
        }
        columns.extend([(Flag, "tss_deleted"), (Flag, "ref_match"), (Text, "note")]);
        columns.into_iter().map(|(kind, name)| Column::new(kind, name)).collect()
    }

    /// Rows of a record, given the effects of its batch.
    pub(super) fn rows(&self, record: &ReadRecord, effects: &[Vec<Effect>]) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for allele in &record.alleles {
            match &allele.outcome {
                Outcome::Placed { kind, reference_matches, note, promoters } if !promoters.is_empty() => {
                    for promoter in promoters {
                        let of_cell_type = effects[promoter.allele].iter().zip(&self.cell_types).enumerate();
                        rows.extend(of_cell_type.map(|(index, (effect, cell_type))| {
                            let mut row = written(&record.entry, allele);
                            row.push(Cell::text(kind.to_string()));
                            row.extend(of_promoter(promoter));
                            row.push(Cell::text(cell_type));
                            row.extend(self.of_effect(effect, self.rank(promoter.distance_to_tss, index, effect)));
                            row.push(Cell::Flag(promoter.tss_deleted));
                            row.push(Cell::Flag(*reference_matches));
                            row.push(Cell::Text(self.note([Some(note.as_str()), promoter.shortfall.as_deref()])));
                            row
                        }));
                    }
                }
                Outcome::Placed { kind, reference_matches, .. } if self.all => {
                    let matches = Some(*reference_matches);
                    rows.push(self.row_without_effect(record, allele, Some(*kind), matches, "in no window"));
                }
                Outcome::Unscored(unscored) if self.all => {
                    let note = format!("{}: {}", unscored.reason, unscored.detail);
                    rows.push(self.row_without_effect(record, allele, None, None, &note));
                }
                Outcome::Placed { .. } | Outcome::Unscored(_) => {}
            }
        }
        rows
    }

    /// Rank of an effect among those of random SNVs, in a reported cell type given by its index; `None` without a background.
    pub(super) fn rank(&self, distance_bp: i64, cell_type: usize, effect: &Effect) -> Option<EffectRank> {
        self.background.as_ref().map(|background| background.rank(distance_bp, cell_type, effect.mean))
    }

    /// Cells from `ref_log2_tpm` to `effect_shift_corrected`, and to `z` where there is a background.
    pub(super) fn of_effect(&self, effect: &Effect, rank: Option<EffectRank>) -> Vec<Cell> {
        let mut cells = vec![Cell::real(effect.ref_log2_tpm), Cell::real(effect.alt_log2_tpm), Cell::real(effect.mean)];
        if self.has_shifts {
            cells.push(Cell::real(effect.sd_shifts));
        }
        if self.has_members {
            cells.push(Cell::real(effect.sd_members));
        }
        cells.push(Cell::Flag(effect.sign_stable));
        cells.push(Cell::real(effect.indel_shift));
        cells.push(Cell::real(effect.shift_corrected()));
        if let Some(rank) = rank {
            cells.extend([Cell::real(rank.percentile), Cell::real(rank.z)]);
        }
        cells
    }

    fn row_without_effect(
        &self,
        record: &ReadRecord,
        allele: &ReadAllele,
        kind: Option<VariantKind>,
        reference_matches: Option<bool>,
        note: &str,
    ) -> Vec<Cell> {
        let mut row = written(&record.entry, allele);
        row.push(kind.map_or(Cell::Absent, |kind| Cell::text(kind.to_string())));
        // ref_match and note stand at the end.
        row.resize(self.columns().len() - 2, Cell::Absent);
        row.push(reference_matches.map_or(Cell::Absent, Cell::Flag));
        row.push(Cell::Text(self.note([Some(note), None])));
        row
    }

    fn note(&self, notes: [Option<&str>; 2]) -> String {
        let all = notes.into_iter().flatten().chain(self.remark).filter(|note| !note.is_empty());
        all.collect::<Vec<_>>().join("; ")
    }
}

/// The allele as the file has it.
fn written(entry: &VariantEntry, allele: &ReadAllele) -> Vec<Cell> {
    let mut row = Vec::with_capacity(24);
    match entry {
        VariantEntry::Record(line) => row.extend([
            Cell::text(line.chrom()),
            Cell::Count(line.position()),
            Cell::text(line.id()),
            Cell::text(line.reference()),
        ]),
        VariantEntry::Malformed(broken) => {
            let [chrom, position, id, reference, _] = &broken.columns;
            let position = position.parse().map_or(Cell::Absent, Cell::Count);
            row.extend([Cell::text(chrom), position, Cell::text(id), Cell::text(reference)]);
        }
    }
    row.push(Cell::text(&allele.alternate));
    row
}

fn of_promoter(promoter: &HitPromoter) -> [Cell; PROMOTER_COLUMNS] {
    let site = &promoter.site;
    [
        Cell::text(&site.gene_id),
        site.gene_name.as_ref().map_or(Cell::Absent, Cell::text),
        Cell::text(site.tss.strand.to_string()),
        Cell::Count(site.tss.position + 1),
        Cell::Integer(promoter.distance_to_tss),
    ]
}
