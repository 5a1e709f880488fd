//! Writer of predictions into a table.

use tatabox_dataset::Extent;
use tatabox_model::WindowPrediction;

use super::{Prediction, PredictionSummary};
use crate::error::Result;
use crate::tables::{PredictedPromoter, PredictionLayout, Sink, TableFormat, row_writer};

/// Output of predictions.
pub(super) struct PredictionWriter {
    pub(super) sink: Sink,
    pub(super) format: TableFormat,
    pub(super) layout: PredictionLayout,
    /// Bases that the model reads.
    pub(super) extent: Extent,
    /// Whether the model was trained on simulated data only.
    pub(super) simulated: bool,
}

impl PredictionWriter {
    /// Writes all chunks and returns the sink, which is not committed yet.
    ///
    /// # Errors
    /// The first error among the chunks, or an error of writing.
    pub(super) fn write(
        mut self,
        chunks: &mut dyn Iterator<Item = Result<Vec<Prediction>>>,
    ) -> Result<(Sink, PredictionSummary)> {
        let mut summary = PredictionSummary::default();
        // The first chunk is complete before the header is written, so that a failure at the start leaves no output.
        let first = chunks.next().transpose()?;
        let mut rows = row_writer(self.format, self.layout.columns(), &mut self.sink)?;
        for chunk in first.into_iter().map(Ok).chain(chunks) {
            let predicted = chunk?.into_iter().inspect(|(promoter, _)| summary.count(promoter));
            let noted_rows = predicted.map(|prediction| noted(prediction, self.extent, self.simulated));
            rows.write(noted_rows.flat_map(|promoter| self.layout.rows(&promoter)).collect())?;
        }
        rows.finish()?;
        Ok((self.sink, summary))
    }
}

/// Row contents of a prediction, with its notes.
pub(super) fn noted((promoter, prediction): Prediction, extent: Extent, simulated: bool) -> PredictedPromoter {
    let mut notes = promoter.notes;
    match promoter.shortfall {
        _ if promoter.is_malformed => {}
        _ if promoter.n_acgt == 0 => notes.push("no known base".to_owned()),
        Some(known) => notes.push(format!("known over {known} of {extent}")),
        None => {}
    }
    if simulated {
        notes.push("model trained on simulated data".to_owned());
    }
    let (log2_tpm, log2_tpm_sd) = match prediction {
        Some(WindowPrediction { log2_tpm, log2_tpm_sd, .. }) => (Some(log2_tpm), log2_tpm_sd),
        None => (None, None),
    };
    PredictedPromoter {
        id: promoter.id,
        log2_tpm,
        log2_tpm_sd,
        measured_log2_tpm: promoter.measured_log2_tpm,
        n_acgt: promoter.n_acgt,
        note: notes.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::UNKNOWN;

    use crate::error::Error;
    use crate::inputs::Promoter;

    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 60, downstream_bp: 20 };

    fn prediction(window: Vec<u8>) -> Prediction {
        let predicted = WindowPrediction {
            log2_tpm: vec![1.5],
            log2_tpm_sd: Some(vec![0.25]),
            attention: Vec::new(),
            attention_start_bp: 0,
        };
        (Promoter::new("P".to_owned(), window, EXTENT), Some(predicted))
    }

    #[test]
    fn prediction_notes_report_padding_and_simulated_data() {
        let whole = noted(prediction(vec![0; 80]), EXTENT, false);
        assert_eq!((whole.note.as_str(), whole.n_acgt), ("", 80));
        let padded = [vec![UNKNOWN; 40], vec![0; 40]].concat();
        let padded = noted(prediction(padded), EXTENT, true);
        assert_eq!(padded.note, "known over -20..+20 of -60..+20; model trained on simulated data");
        assert_eq!(noted(prediction(vec![UNKNOWN; 80]), EXTENT, false).note, "no known base");
    }

    #[test]
    fn prediction_writer_error_leaves_no_file() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.tsv");
        let writer = || PredictionWriter {
            sink: Sink::create(Some(&path)).expect("writable"),
            format: TableFormat::Tsv,
            layout: PredictionLayout {
                cell_types: vec!["K562".to_owned()],
                assays: vec![false],
                wide: true,
                spread: false,
                measured: false,
            },
            extent: EXTENT,
            simulated: false,
        };
        let chunks =
            || [Ok(vec![prediction(vec![0; 80])]), Err(Error::input("bad")), Ok(vec![prediction(vec![0; 80])])];
        let error = writer().write(&mut chunks().into_iter()).err().expect("bad").to_string();
        assert_eq!(error, "bad");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);

        let (sink, summary) = writer().write(&mut chunks().into_iter().take(1)).expect("good");
        assert_eq!(summary.promoters, 1);
        assert!(!path.exists());
        sink.commit().expect("renamed");
        let text = std::fs::read_to_string(&path).expect("there");
        assert_eq!(text, "id\tlog2_tpm_K562\tn_acgt\tnote\nP\t1.5\t80\t\n");
    }
}
