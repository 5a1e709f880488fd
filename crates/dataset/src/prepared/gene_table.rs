//! `genes.parquet`: genes with their split and linear TPM.

use std::path::Path;

use polars::prelude::{Column, DataFrame, PlSmallStr};

use super::{ChosenPromoter, GeneEntry, TssOrigin};
use crate::error::{DatasetError, Result};
use crate::io::parquet::{number_column, read_frame, text_column, write_frame};
use crate::io::table_error::{TableError, TableProblem};
use crate::schema::{
    ALTERNATIVE_OF, CAGE_PEAK, CHROM, GENE_COLUMNS, GENE_ID, GENE_NAME, KNOWN_DOWNSTREAM_BP, KNOWN_UPSTREAM_BP,
    PROMOTER, PROMOTER_CHOICE, SPLIT, STRAND, TRANSCRIPT_ID, TSS, TSS_COLUMNS, TSS_SOURCE,
};

/// Genes with linear TPM, row-major; NaN if missing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GeneTable {
    pub genes: Vec<GeneEntry>,
    pub tpm: Vec<f32>,
}

impl GeneTable {
    /// Writes the file with one column per cell type.
    pub(crate) fn write(&self, path: &Path, cell_types: &[String]) -> Result<()> {
        let parquet = |error| DatasetError::from(TableError::in_file(path, TableProblem::Parquet(error)));
        let mut frame = DataFrame::new(self.genes.len(), self.columns(cell_types)).map_err(parquet)?;
        Ok(write_frame(path, &mut frame)?)
    }

    fn columns(&self, cell_types: &[String]) -> Vec<Column> {
        let text = |of: &dyn Fn(&GeneEntry) -> Option<String>| self.genes.iter().map(of).collect::<Vec<_>>();
        let number = |of: &dyn Fn(&GeneEntry) -> u32| self.genes.iter().map(of).collect::<Vec<_>>();
        let name = |name: &str| PlSmallStr::from_str(name);
        let tss: Vec<Option<u64>> = self.genes.iter().map(|gene| gene.tss).collect();
        let mut columns = vec![
            Column::new(name(GENE_ID), text(&|gene| Some(gene.gene_id.clone()))),
            Column::new(name(GENE_NAME), text(&|gene| gene.gene_name.clone())),
            Column::new(name(CHROM), text(&|gene| gene.chrom.clone())),
            Column::new(name(TSS), tss),
            Column::new(name(STRAND), text(&|gene| gene.strand.map(|strand| strand.to_string()))),
            Column::new(name(SPLIT), text(&|gene| Some(gene.split.to_string()))),
            Column::new(name(KNOWN_UPSTREAM_BP), number(&|gene| gene.known_upstream_bp)),
            Column::new(name(KNOWN_DOWNSTREAM_BP), number(&|gene| gene.known_downstream_bp)),
        ];
        let origin = |of: &dyn Fn(&TssOrigin) -> Option<String>| text(&|gene| of(gene.tss_origin.as_ref()?));
        let promoter = |of: &dyn Fn(&ChosenPromoter) -> Option<String>| text(&|gene| of(gene.promoter.as_ref()?));
        let optional_columns = [
            (TSS_SOURCE, origin(&|origin| Some(origin.source.to_string()))),
            (TRANSCRIPT_ID, origin(&|origin| origin.transcript_id.clone())),
            (CAGE_PEAK, origin(&|origin| origin.cage_peak.clone())),
            (PROMOTER, promoter(&|promoter| promoter.name.clone())),
            (PROMOTER_CHOICE, promoter(&|promoter| Some(promoter.choice.to_string()))),
            (ALTERNATIVE_OF, text(&|gene| gene.alternative_of.clone())),
        ];
        for (column, values) in optional_columns {
            if values.iter().any(Option::is_some) {
                columns.push(Column::new(name(column), values));
            }
        }
        for (index, cell_type) in cell_types.iter().enumerate() {
            let values = self.tpm.iter().skip(index).step_by(cell_types.len());
            let tpm: Vec<Option<f32>> = values.map(|tpm| Some(*tpm).filter(|tpm| !tpm.is_nan())).collect();
            columns.push(Column::new(name(cell_type), tpm));
        }
        columns
    }

    /// Reads the file with the columns of `cell_types` in that order.
    pub(crate) fn read(path: &Path, cell_types: &[String]) -> Result<Self> {
        let frame = read_frame(path)?;
        let column = |name: &str| {
            frame.column(name).map_err(|_| DatasetError::damaged(path, format!("column {name:?} is missing")))
        };
        let text = |name: &str| -> Result<Vec<Option<String>>> {
            let texts = text_column(path, column(name)?)?;
            Ok(texts.into_iter().map(|text| Some(text).filter(|text| !text.is_empty())).collect())
        };
        let number = |name: &str| -> Result<Vec<Option<f64>>> { Ok(number_column(path, column(name)?)?) };

        let [gene_ids, gene_names, chroms, strands, splits] =
            [text(GENE_ID)?, text(GENE_NAME)?, text(CHROM)?, text(STRAND)?, text(SPLIT)?];
        let optional_text = |name: &str| -> Result<Vec<Option<String>>> {
            // The column is absent if no gene has a value.
            if frame.column(name).is_ok() { text(name) } else { Ok(vec![None; frame.height()]) }
        };
        let [tss_sources, transcripts, peaks, promoters, choices, alternatives] = [
            optional_text(TSS_SOURCE)?,
            optional_text(TRANSCRIPT_ID)?,
            optional_text(CAGE_PEAK)?,
            optional_text(PROMOTER)?,
            optional_text(PROMOTER_CHOICE)?,
            optional_text(ALTERNATIVE_OF)?,
        ];
        let [tss, upstream, downstream] = [number(TSS)?, number(KNOWN_UPSTREAM_BP)?, number(KNOWN_DOWNSTREAM_BP)?];
        let empty = |row: usize, column: &str| DatasetError::damaged(path, format!("row {row} has no {column}"));
        let mut genes = Vec::with_capacity(gene_ids.len());
        for row in 0..gene_ids.len() {
            let strand = strands[row].as_deref().map(str::parse).transpose();
            genes.push(GeneEntry {
                gene_id: gene_ids[row].clone().ok_or_else(|| empty(row, GENE_ID))?,
                gene_name: gene_names[row].clone(),
                chrom: chroms[row].clone(),
                tss: tss[row].map(|position| position as u64),
                strand: strand.map_err(|_| DatasetError::damaged(path, format!("row {row}: strand is not + or -")))?,
                split: splits[row].as_deref().ok_or_else(|| empty(row, SPLIT))?.parse()?,
                known_upstream_bp: upstream[row].ok_or_else(|| empty(row, KNOWN_UPSTREAM_BP))? as u32,
                known_downstream_bp: downstream[row].ok_or_else(|| empty(row, KNOWN_DOWNSTREAM_BP))? as u32,
                tss_origin: tss_sources[row]
                    .as_deref()
                    .map(|source| -> Result<TssOrigin> {
                        let (transcript_id, cage_peak) = (transcripts[row].clone(), peaks[row].clone());
                        Ok(TssOrigin { source: source.parse()?, transcript_id, cage_peak })
                    })
                    .transpose()?,
                promoter: choices[row]
                    .as_deref()
                    .map(|choice| -> Result<ChosenPromoter> {
                        let choice = choice.parse().map_err(|problem: String| DatasetError::damaged(path, problem))?;
                        Ok(ChosenPromoter { name: promoters[row].clone(), choice })
                    })
                    .transpose()?,
                alternative_of: alternatives[row].clone(),
            });
        }

        let mut tpm = vec![f32::NAN; genes.len() * cell_types.len()];
        for (index, cell_type) in cell_types.iter().enumerate() {
            for (row, value) in number(cell_type)?.into_iter().enumerate() {
                tpm[row * cell_types.len() + index] = value.map_or(f32::NAN, |value| value as f32);
            }
        }
        Ok(Self { genes, tpm })
    }
}

/// Checks that no cell type has the name of a gene column.
pub(crate) fn check_cell_type_names(cell_types: &[String]) -> Result<()> {
    let reserved = || GENE_COLUMNS.iter().chain(&TSS_COLUMNS);
    match cell_types.iter().find(|name| reserved().any(|column| column == name)) {
        None => Ok(()),
        Some(name) => Err(DatasetError::InvalidSetting {
            field: "expression",
            value: format!("column {name:?}"),
            expected: format!(
                "the name is reserved for a gene column; rename the column (reserved: {})",
                reserved().copied().collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::{Strand, TssSource};

    use super::*;
    use crate::prepared::PromoterChoice;
    use crate::split::Split;

    #[test]
    fn gene_table_round_trip_preserves_genes() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("genes.parquet");
        let known = GeneEntry {
            gene_id: "ENSG1".into(),
            gene_name: Some("GATA1".into()),
            chrom: Some("chrX".into()),
            tss: Some(48_786_553),
            strand: Some(Strand::Reverse),
            split: Split::Validation,
            known_upstream_bp: 249,
            known_downstream_bp: 50,
            tss_origin: Some(TssOrigin {
                source: TssSource::CagePeak,
                transcript_id: Some("ENST1.2".into()),
                cage_peak: Some("p1@GATA1".into()),
            }),
            promoter: Some(ChosenPromoter { name: Some("GATA1_2".into()), choice: PromoterChoice::MostActive }),
            alternative_of: None,
        };
        let unknown = GeneEntry {
            gene_id: "ENSG2".into(),
            gene_name: None,
            chrom: None,
            tss: None,
            strand: None,
            split: Split::Train,
            tss_origin: None,
            promoter: Some(ChosenPromoter { name: None, choice: PromoterChoice::NoActivity }),
            ..known.clone()
        };
        let alternative = GeneEntry {
            gene_id: "ENSG1@2".into(),
            tss_origin: Some(TssOrigin::of(TssSource::AlternativeTranscript)),
            alternative_of: Some("ENSG1".into()),
            promoter: None,
            ..known.clone()
        };
        let tpm = vec![1.5, 0.0, f32::NAN, 7.0, 1.5, 0.0];
        let table = GeneTable { genes: vec![known, unknown, alternative], tpm };
        let cell_types = ["K562".to_owned(), "HepG2".to_owned()];
        table.write(&path, &cell_types).expect("written");
        let read = GeneTable::read(&path, &cell_types).expect("read");
        assert_eq!(read.genes, table.genes);
        assert_eq!((read.tpm[0], read.tpm[1], read.tpm[3]), (1.5, 0.0, 7.0));
        assert!(read.tpm[2].is_nan());
        assert!(GeneTable::read(&path, &["A549".to_owned()]).is_err());
    }

    #[test]
    fn check_cell_type_names_gene_column_returns_error() {
        assert!(check_cell_type_names(&["K562".into(), "tss".into()]).is_err());
        assert!(check_cell_type_names(&["cage_peak".into()]).is_err());
        assert!(check_cell_type_names(&["K562".into()]).is_ok());
    }
}
