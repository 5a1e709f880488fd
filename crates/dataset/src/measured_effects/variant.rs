//! One measured variant.

use csv::StringRecord;
use tatabox_sequence::Strand;

use super::column::{ColumnPositions, EffectColumn, EffectColumnNames};
use super::layout::AlleleLayout;
use crate::io::number::parse_number;
use crate::io::table_error::TableProblem;

/// Variant with its measured effect.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredVariant {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// Name of the variant; empty if it has none.
    pub id: String,
    /// Promoter or locus; `None` if the table has no such column or the cell is empty.
    pub element: Option<String>,
    /// Cell type or other output; `None` if the table has no such column or the cell is empty.
    pub cell_type: Option<String>,
    /// The alleles, as in the file.
    pub alleles: MeasuredAlleles,
    /// Measured effect; `None` for a missing value.
    pub effect: Option<f64>,
    /// Stated significance; `None` if the table states none or the value is missing.
    pub significance: Option<Significance>,
}

/// Alleles of a variant, as in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasuredAlleles {
    /// Two complete constructs.
    Sequences {
        /// Construct with the reference allele.
        reference: String,
        /// Construct with the alternative allele.
        alternative: String,
        /// Index of the TSS base in the reference construct, 0-based.
        tss_offset: Option<i64>,
    },
    /// Position in a promoter record.
    Promoter {
        /// Name of the record.
        promoter: String,
        /// Position of the first base of the reference allele relative to the TSS, which is 0.
        position_bp: i64,
        /// Reference allele.
        reference: String,
        /// Alternative allele.
        alternate: String,
    },
    /// Position on a genome.
    Genome {
        /// Contig.
        chrom: String,
        /// Position of the first base of the reference allele, counted from 1 as in the file.
        position: u64,
        /// Reference allele.
        reference: String,
        /// Alternative allele.
        alternate: String,
        /// Position of the TSS, counted from 1 as in the file, and strand of transcription.
        tss: Option<(u64, Strand)>,
        /// Identifier or name of the gene.
        gene: Option<String>,
    },
}

/// Significance of a measured effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Significance {
    /// P-value or false discovery rate.
    Probability(f64),
    /// Standard error of the effect.
    StandardError(f64),
}

impl Significance {
    /// Columns of significance, the first that a table has counts.
    pub(super) const COLUMNS: [EffectColumn; 3] = [EffectColumn::Fdr, EffectColumn::PValue, EffectColumn::Se];
}

/// Kinds of values, for messages.
const NUMBER: &str = "a number, or an empty cell for a missing value";
const WHOLE: &str = "a whole number";
const FROM_ONE: &str = "a position, counted from 1";

impl MeasuredVariant {
    pub(super) fn parse(
        line: u64,
        cells: &StringRecord,
        columns: &ColumnPositions,
        names: &EffectColumnNames,
        layout: AlleleLayout,
    ) -> Result<Self, TableProblem> {
        let cell = |column: EffectColumn| columns.of(column).map_or("", |position| cells[position].trim());
        let text = |column: EffectColumn| Some(cell(column)).filter(|text| !text.is_empty()).map(str::to_owned);
        let problem = |column: EffectColumn, expected: &'static str| TableProblem::OutOfRange {
            column: names.of(column).to_owned(),
            text: cell(column).to_owned(),
            expected,
        };
        let number = |column: EffectColumn| match parse_number(cell(column)) {
            Ok(Some(value)) if value.is_nan() => Ok(None),
            Ok(Some(value)) if value.is_infinite() => Err(problem(column, NUMBER)),
            Ok(value) => Ok(value),
            Err(_) => Err(problem(column, NUMBER)),
        };
        let at_least_zero = |column: EffectColumn| match number(column)? {
            Some(value) if value < 0.0 => Err(problem(column, "a number, 0 or more")),
            value => Ok(value),
        };
        let from_one = |column: EffectColumn| match cell(column).parse::<u64>() {
            Ok(position) if position > 0 => Ok(position),
            _ => Err(problem(column, FROM_ONE)),
        };
        let whole = |column: EffectColumn| cell(column).parse::<i64>().map_err(|_| problem(column, WHOLE));
        let allele = |column: EffectColumn| cell(column).to_owned();
        let alleles = match layout {
            AlleleLayout::Sequences => MeasuredAlleles::Sequences {
                reference: allele(EffectColumn::ReferenceSequence),
                alternative: allele(EffectColumn::AlternativeSequence),
                tss_offset: match cell(EffectColumn::TssOffset) {
                    "" => None,
                    _ => Some(whole(EffectColumn::TssOffset)?),
                },
            },
            AlleleLayout::Promoter => MeasuredAlleles::Promoter {
                promoter: cell(EffectColumn::Promoter).to_owned(),
                position_bp: whole(EffectColumn::Position)?,
                reference: allele(EffectColumn::Ref),
                alternate: allele(EffectColumn::Alt),
            },
            AlleleLayout::Genome => {
                let strand = match cell(EffectColumn::Strand) {
                    "+" => Some(Strand::Forward),
                    "-" => Some(Strand::Reverse),
                    "" => None,
                    _ => return Err(problem(EffectColumn::Strand, "+ or -")),
                };
                let tss = match (cell(EffectColumn::Tss), strand) {
                    ("", _) => None,
                    (_, Some(strand)) => Some((from_one(EffectColumn::Tss)?, strand)),
                    (_, None) => return Err(problem(EffectColumn::Strand, "+ or - for a row with a TSS")),
                };
                MeasuredAlleles::Genome {
                    chrom: cell(EffectColumn::Chrom).to_owned(),
                    position: from_one(EffectColumn::Pos)?,
                    reference: allele(EffectColumn::Ref),
                    alternate: allele(EffectColumn::Alt),
                    tss,
                    gene: text(EffectColumn::Gene),
                }
            }
        };
        let stated = Significance::COLUMNS.into_iter().find(|&column| columns.of(column).is_some());
        let significance = match stated {
            Some(EffectColumn::Se) => at_least_zero(EffectColumn::Se)?.map(Significance::StandardError),
            Some(column) => at_least_zero(column)?.map(Significance::Probability),
            None => None,
        };
        Ok(Self {
            line,
            id: cell(EffectColumn::Id).to_owned(),
            element: text(EffectColumn::Element),
            cell_type: text(EffectColumn::CellType),
            alleles,
            effect: number(EffectColumn::Effect)?,
            significance,
        })
    }
}
