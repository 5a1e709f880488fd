//! A few sequences with what a model says of them, so that it can be checked without data.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use rand::RngExt;
use tatabox_sequence::{Sequence, UNKNOWN};

use crate::device::DeviceChoice;
use crate::drawn_inputs::with_drawn_inputs;
use crate::error::ModelError;
use crate::json_file::atomic_write;
use crate::loaded_model::LoadedModel;
use crate::predictor::Predictor;
use crate::promoter_window::PromoterWindow;
use crate::random_stream::{Purpose, random_stream};

/// Sequences of a check.
const SEQUENCES: usize = 20;
/// Seed of the sequences; the file holds their bases, and so does not depend on it. The gene features and tracks beside them
/// are drawn again from it.
const SEED: u64 = 42;
/// Every so many sequences, one has unknown bases at its ends and in its middle.
const UNKNOWN_EVERY: usize = 5;
const ID: &str = "id";
const BASES: &str = "sequence";
const PREFIX: &str = "log2_tpm_";

/// Random sequences, as long as a model's extent, and its predictions.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckPredictions {
    cell_types: Vec<String>,
    rows: Vec<CheckedSequence>,
}

/// A sequence and log2(TPM + 1) in each cell type.
#[derive(Clone, Debug, PartialEq)]
struct CheckedSequence {
    codes: Vec<u8>,
    log2_tpm: Vec<f64>,
}

/// A prediction that is not the one that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionDifference {
    /// Number of the sequence, from 1.
    pub sequence: usize,
    /// The cell type.
    pub cell_type: String,
    /// The prediction kept, log2(TPM + 1).
    pub kept: f64,
    /// The prediction made now.
    pub now: f64,
}

impl PredictionDifference {
    /// How far apart both are.
    pub fn size(&self) -> f64 {
        (self.now - self.kept).abs()
    }
}

impl CheckPredictions {
    /// Name of the file in a model folder.
    pub const FILE: &str = "check_predictions.tsv";

    /// Of sequences drawn for `predictor`.
    pub fn draw(predictor: &Predictor) -> Self {
        let length = predictor.extent().total_bp() as usize;
        Self::of_sequences(predictor, (0..SEQUENCES).map(|sequence| bases(sequence, length)))
    }

    /// Draws them for the model in a folder and keeps them there, predicted on the CPU.
    pub(crate) fn write_for(folder: &Path) -> Result<(), ModelError> {
        let cpu = DeviceChoice::Cpu.select()?;
        let predictor = Predictor::new(LoadedModel::load(folder, &cpu.device)?, &cpu);
        Self::draw(&predictor).write(folder)
    }

    /// The same sequences, predicted by `predictor`.
    pub fn again(&self, predictor: &Predictor) -> Self {
        Self::of_sequences(predictor, self.rows.iter().map(|row| row.codes.clone()))
    }

    fn of_sequences(predictor: &Predictor, sequences: impl Iterator<Item = Vec<u8>>) -> Self {
        let with_inputs = |(sequence, codes)| with_drawn_inputs(codes, predictor.needs(), SEED, sequence);
        let windows: Vec<PromoterWindow> = sequences.enumerate().map(with_inputs).collect();
        let predictions = predictor.predict(&windows);
        let rows = windows.into_iter().zip(predictions);
        Self {
            cell_types: predictor.cell_types().to_vec(),
            rows: rows
                .map(|(window, prediction)| CheckedSequence { codes: window.bases, log2_tpm: prediction.log2_tpm })
                .collect(),
        }
    }

    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no sequence.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every prediction beside that of `now`, which was made [`again`](Self::again).
    pub fn differences(&self, now: &Self) -> Vec<PredictionDifference> {
        let pairs = self.rows.iter().zip(&now.rows).enumerate();
        let of_row = |(sequence, (kept, now)): (usize, (&CheckedSequence, &CheckedSequence))| {
            let values = self.cell_types.iter().zip(kept.log2_tpm.iter().zip(&now.log2_tpm));
            let difference = |(cell_type, (&kept, &now)): (&String, (&f64, &f64))| PredictionDifference {
                sequence: sequence + 1,
                cell_type: cell_type.clone(),
                kept,
                now,
            };
            values.map(difference).collect::<Vec<_>>()
        };
        pairs.flat_map(of_row).collect()
    }

    /// Keeps them in a model folder: a row a sequence, its bases in the last column, predictions with every digit.
    ///
    /// # Errors
    /// [`ModelError::Io`]
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let columns: Vec<String> = self.cell_types.iter().map(|cell_type| format!("{PREFIX}{cell_type}")).collect();
        let mut text = format!("{ID}\t{}\t{BASES}\n", columns.join("\t"));
        for (index, row) in self.rows.iter().enumerate() {
            let values: Vec<String> = row.log2_tpm.iter().map(f64::to_string).collect();
            let letters = Sequence::from_codes(row.codes.clone()).to_ascii();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "random{}\t{}\t{letters}", index + 1, values.join("\t"));
        }
        atomic_write(&folder.join(Self::FILE), text.as_bytes())
    }

    /// Those that are kept in a model folder; `None` where there are none.
    ///
    /// # Errors
    /// [`ModelError::InvalidFile`] where they are not of this model's cell types and length, or a row cannot be read.
    pub fn read(folder: &Path, predictor: &Predictor) -> Result<Option<Self>, ModelError> {
        let path = folder.join(Self::FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(ModelError::io("read", &path))?;
        let length = predictor.extent().total_bp() as usize;
        let parsed = parse(&text, predictor.cell_types(), length);
        parsed.map(Some).map_err(|reason| ModelError::InvalidFile { path, reason })
    }
}

fn parse(text: &str, cell_types: &[String], length: usize) -> Result<CheckPredictions, String> {
    let mut lines = text.lines();
    let names = cell_types.iter().map(|cell_type| format!("{PREFIX}{cell_type}"));
    let columns: Vec<String> = [ID.to_owned()].into_iter().chain(names).chain([BASES.to_owned()]).collect();
    let header = columns.join("\t");
    if lines.next() != Some(header.as_str()) {
        return Err(format!("its columns are not those of the model: {}", columns.join(", ")));
    }
    let mut rows = Vec::new();
    for (index, line) in lines.enumerate() {
        let row = row_of(line, cell_types.len(), length);
        rows.push(
            row.ok_or_else(|| format!("line {}: expected {} numbers and {length} bases", index + 2, cell_types.len()))?,
        );
    }
    Ok(CheckPredictions { cell_types: cell_types.to_vec(), rows })
}

fn row_of(line: &str, cell_types: usize, length: usize) -> Option<CheckedSequence> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [_, values @ .., letters] = cells.as_slice() else { return None };
    let values: Option<Vec<f64>> = values.iter().map(|value| value.parse().ok()).collect();
    let codes = Sequence::from_ascii(letters.as_bytes()).ok()?.into_codes();
    let log2_tpm = values.filter(|values| values.len() == cell_types && codes.len() == length)?;
    Some(CheckedSequence { codes, log2_tpm })
}

/// Random bases. Those of some sequences are unknown here and there, since a model must read padding as nothing too.
fn bases(sequence: usize, length: usize) -> Vec<u8> {
    let mut stream = random_stream(SEED, Purpose::CheckSequence, 0, sequence);
    let mut codes: Vec<u8> = (0..length).map(|_| stream.random_range(0..4)).collect();
    if (sequence + 1).is_multiple_of(UNKNOWN_EVERY) {
        let (tenth, half) = (length / 10, length / 2);
        for unknown in [0..tenth, half..half + tenth, length - tenth / 2..length] {
            codes[unknown].fill(UNKNOWN);
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell_types() -> Vec<String> {
        vec!["K562".to_owned(), "HepG2".to_owned()]
    }

    #[test]
    fn sequences_come_back_from_their_file() {
        let text = "id\tlog2_tpm_K562\tlog2_tpm_HepG2\tsequence\nrandom1\t1.25\t-0.1\tACGTN\n";
        let expected = CheckPredictions {
            cell_types: cell_types(),
            rows: vec![CheckedSequence { codes: vec![0, 1, 2, 3, UNKNOWN], log2_tpm: vec![1.25, -0.1] }],
        };
        assert_eq!(parse(text, &cell_types(), 5), Ok(expected.clone()));
        let folder = tempfile::tempdir().expect("folder");
        expected.write(folder.path()).expect("writable");
        assert_eq!(fs::read_to_string(folder.path().join(CheckPredictions::FILE)).expect("there"), text);
    }

    #[test]
    fn a_file_of_another_model_is_refused() {
        let text = "id\tlog2_tpm_K562\tsequence\nrandom1\t1.25\tACGT\n";
        assert!(parse(text, &cell_types(), 4).expect_err("a column less").contains("log2_tpm_HepG2"));
        let k562 = [cell_types().remove(0)];
        assert_eq!(parse(text, &k562, 5), Err("line 2: expected 1 numbers and 5 bases".to_owned()));
        assert!(parse(&text.replace("1.25", "one"), &k562, 4).is_err());
    }

    #[test]
    fn one_sequence_in_five_has_unknown_bases_and_none_is_another() {
        let drawn: Vec<Vec<u8>> = (0..SEQUENCES).map(|sequence| bases(sequence, 300)).collect();
        let with_unknown = drawn.iter().filter(|codes| codes.contains(&UNKNOWN)).count();
        assert_eq!(with_unknown, SEQUENCES / UNKNOWN_EVERY);
        assert!((1..SEQUENCES).all(|sequence| drawn[sequence] != drawn[0]));
        assert_eq!(Sequence::from_codes(drawn[4].clone()).acgt_count(), 300 - 30 - 30 - 15);
    }
}
