//! Check predictions: random sequences with the predictions of a model, which verify a model folder without data.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use rand::RngExt;
use tatabox_sequence::{Sequence, UNKNOWN};

use super::predictor::Predictor;
use crate::bundle::{CHECK_PREDICTIONS, FolderChecksums, LoadedModel, atomic_write};
use crate::device::DeviceChoice;
use crate::error::ModelError;
use crate::input::{PromoterWindow, with_random_inputs};
use crate::random_stream::{Purpose, random_stream};

/// Number of sequences.
const SEQUENCES: usize = 20;
/// Seed of the sequences and their auxiliary inputs. The file contains the bases; the auxiliary inputs are generated
/// again from the seed.
const SEED: u64 = 42;
/// Every fifth sequence has unknown bases at its ends and in its middle.
const UNKNOWN_EVERY: usize = 5;
const ID: &str = "id";
const BASES: &str = "sequence";
const PREFIX: &str = "log2_tpm_";

/// Predictions of a model for random sequences of its extent, stored in the model folder.
///
/// # Examples
/// ```
/// # use tatabox_dataset::{Extent, TargetTransform};
/// # use tatabox_model::{DeviceChoice, NetworkConfig, Preset, RunRecord, TrainedModel, TrainingConfig, TrainingData};
/// # use tatabox_sequence::WindowGeometry;
/// use tatabox_model::{CheckPredictions, Predictor};
///
/// # let extent = Extent { upstream_bp: 50, downstream_bp: 10 };
/// # let (name, geometry) = ("example".to_owned(), WindowGeometry::new(50, 10)?);
/// # let data = TrainingData { name, checksum: String::new(), geometry, extent, simulated: true };
/// # let network = NetworkConfig::preset(Preset::Small, 60, 1);
/// # let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
/// # let device = DeviceChoice::Cpu.select()?;
/// # let network = config.network.init(config.seed, &device.device)?;
/// # let transform = TargetTransform { cell_types: config.cell_types.clone(), mean: vec![0.0], sd: vec![1.0] };
/// # let model = TrainedModel { config, transform, metrics: None, record: RunRecord::default(), network };
/// let predictor = Predictor::new(model, &device);
/// let stored = CheckPredictions::generate(&predictor)?;
/// let recomputed = stored.recompute(&predictor)?;
/// assert!(stored.differences(&recomputed).iter().all(|difference| difference.size() < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CheckPredictions {
    cell_types: Vec<String>,
    rows: Vec<CheckedSequence>,
}

/// Sequence with its predicted log2(TPM + 1) per cell type.
#[derive(Clone, Debug, PartialEq)]
struct CheckedSequence {
    codes: Vec<u8>,
    log2_tpm: Vec<f64>,
}

/// Stored prediction and the recomputed one.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionDifference {
    /// Number of the sequence, counted from 1.
    pub sequence: usize,
    /// Cell type.
    pub cell_type: String,
    /// Stored prediction, log2(TPM + 1).
    pub stored: f64,
    /// Recomputed prediction, log2(TPM + 1).
    pub recomputed: f64,
}

impl PredictionDifference {
    /// Absolute difference.
    pub fn size(&self) -> f64 {
        (self.recomputed - self.stored).abs()
    }
}

impl CheckPredictions {
    /// Name of the file in a model folder.
    pub const FILE: &str = CHECK_PREDICTIONS;

    /// Generates random sequences and predicts them.
    ///
    /// # Errors
    /// Errors of [`Predictor::predict`].
    pub fn generate(predictor: &Predictor) -> Result<Self, ModelError> {
        let length = predictor.extent().total_bp() as usize;
        Self::of_sequences(predictor, (0..SEQUENCES).map(|sequence| bases(sequence, length)))
    }

    /// Generates check predictions on the CPU for the model in a folder and writes them to the folder.
    fn write_for(folder: &Path) -> Result<(), ModelError> {
        let cpu = DeviceChoice::Cpu.select()?;
        let predictor = Predictor::new(LoadedModel::load(folder, &cpu.device)?, &cpu);
        Self::generate(&predictor)?.write(folder)
    }

    /// Predicts the same sequences with `predictor`.
    ///
    /// # Errors
    /// Errors of [`Predictor::predict`], such as [`ModelError::WrongWindowLength`] for a model of another extent.
    pub fn recompute(&self, predictor: &Predictor) -> Result<Self, ModelError> {
        Self::of_sequences(predictor, self.rows.iter().map(|row| row.codes.clone()))
    }

    fn of_sequences(predictor: &Predictor, sequences: impl Iterator<Item = Vec<u8>>) -> Result<Self, ModelError> {
        let with_auxiliary_inputs =
            |(sequence, codes)| with_random_inputs(codes, predictor.auxiliary_inputs(), SEED, sequence);
        let windows: Vec<PromoterWindow> = sequences.enumerate().map(with_auxiliary_inputs).collect();
        let predictions = predictor.predict(&windows)?;
        let rows = windows.into_iter().zip(predictions);
        Ok(Self {
            cell_types: predictor.cell_types().to_vec(),
            rows: rows
                .map(|(window, prediction)| CheckedSequence { codes: window.bases, log2_tpm: prediction.log2_tpm })
                .collect(),
        })
    }

    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no sequences.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Pairs of stored and recomputed predictions, one per sequence and cell type; `recomputed` is the result of
    /// [`recompute`](Self::recompute).
    pub fn differences(&self, recomputed: &Self) -> Vec<PredictionDifference> {
        let pairs = self.rows.iter().zip(&recomputed.rows).enumerate();
        let of_row = |(sequence, (stored, recomputed)): (usize, (&CheckedSequence, &CheckedSequence))| {
            let values = self.cell_types.iter().zip(stored.log2_tpm.iter().zip(&recomputed.log2_tpm));
            let difference = |(cell_type, (&stored, &recomputed)): (&String, (&f64, &f64))| PredictionDifference {
                sequence: sequence + 1,
                cell_type: cell_type.clone(),
                stored,
                recomputed,
            };
            values.map(difference).collect::<Vec<_>>()
        };
        pairs.flat_map(of_row).collect()
    }

    /// Writes a table to the model folder: one row per sequence, predictions with all digits, bases in the last column.
    ///
    /// # Errors
    /// [`ModelError::Io`]
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let columns: Vec<String> = self.cell_types.iter().map(|cell_type| format!("{PREFIX}{cell_type}")).collect();
        let mut text = format!("{ID}\t{}\t{BASES}\n", columns.join("\t"));
        for (index, row) in self.rows.iter().enumerate() {
            let values: Vec<String> = row.log2_tpm.iter().map(f64::to_string).collect();
            let letters = Sequence::from_codes(row.codes.clone()).to_ascii();
            // Writing into a String cannot fail.
            let _ = writeln!(text, "random{}\t{}\t{letters}", index + 1, values.join("\t"));
        }
        atomic_write(&folder.join(Self::FILE), text.as_bytes())
    }

    /// Reads the check predictions of a model folder; `None` if there are none.
    ///
    /// # Errors
    /// [`ModelError::Io`]; [`ModelError::InvalidFile`] if cell types or sequence length differ from those of the model,
    /// a row is malformed, or there are no rows.
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

/// Writes the check predictions and the checksums of a finished model folder.
pub(crate) fn write_verification(folder: &Path) -> Result<(), ModelError> {
    CheckPredictions::write_for(folder)?;
    FolderChecksums::of_folder(folder)?.write(folder)
}

fn parse(text: &str, cell_types: &[String], length: usize) -> Result<CheckPredictions, String> {
    let mut lines = text.lines();
    let names = cell_types.iter().map(|cell_type| format!("{PREFIX}{cell_type}"));
    let columns: Vec<String> = [ID.to_owned()].into_iter().chain(names).chain([BASES.to_owned()]).collect();
    let header = columns.join("\t");
    if lines.next() != Some(header.as_str()) {
        return Err(format!("line 1: expected the columns {}", columns.join(", ")));
    }
    let mut rows = Vec::new();
    for (index, line) in lines.enumerate() {
        let row = row_of(line, cell_types.len(), length);
        rows.push(
            row.ok_or_else(|| format!("line {}: expected {} numbers and {length} bases", index + 2, cell_types.len()))?,
        );
    }
    if rows.is_empty() {
        return Err("no rows, so nothing can be checked; expected one row per sequence".to_owned());
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

/// Random bases. Some sequences contain unknown bases, to verify the masking of padding as well.
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
    fn check_predictions_file_round_trips() {
        let text = "id\tlog2_tpm_K562\tlog2_tpm_HepG2\tsequence\nrandom1\t1.25\t-0.1\tACGTN\n";
        let expected = CheckPredictions {
            cell_types: cell_types(),
            rows: vec![CheckedSequence { codes: vec![0, 1, 2, 3, UNKNOWN], log2_tpm: vec![1.25, -0.1] }],
        };
        assert_eq!(parse(text, &cell_types(), 5), Ok(expected.clone()));
        let folder = tempfile::tempdir().expect("folder");
        expected.write(folder.path()).expect("writable");
        assert_eq!(fs::read_to_string(folder.path().join(CheckPredictions::FILE)).expect("readable"), text);
    }

    #[test]
    fn check_predictions_of_another_model_are_rejected() {
        let text = "id\tlog2_tpm_K562\tsequence\nrandom1\t1.25\tACGT\n";
        assert!(parse(text, &cell_types(), 4).expect_err("a missing column").contains("log2_tpm_HepG2"));
        let k562 = [cell_types().remove(0)];
        assert_eq!(parse(text, &k562, 5), Err("line 2: expected 1 numbers and 5 bases".to_owned()));
        assert!(parse(&text.replace("1.25", "one"), &k562, 4).is_err());
        let header = text.lines().next().expect("a header");
        assert!(parse(header, &k562, 4).expect_err("no rows").contains("no rows"));
    }

    #[test]
    fn check_sequences_are_distinct_and_every_fifth_has_unknown_bases() {
        let sequences: Vec<Vec<u8>> = (0..SEQUENCES).map(|sequence| bases(sequence, 300)).collect();
        let with_unknown = sequences.iter().filter(|codes| codes.contains(&UNKNOWN)).count();
        assert_eq!(with_unknown, SEQUENCES / UNKNOWN_EVERY);
        assert!((1..SEQUENCES).all(|sequence| sequences[sequence] != sequences[0]));
        assert_eq!(Sequence::from_codes(sequences[4].clone()).acgt_count(), 300 - 30 - 30 - 15);
    }
}
