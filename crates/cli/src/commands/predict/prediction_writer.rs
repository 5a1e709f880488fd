//! Predictions as they come, into a table.

use anyhow::Result;
use tatabox_dataset::Extent;
use tatabox_model::WindowPrediction;

use super::tally::Tally;
use crate::args::Format;
use crate::output::{self, Layout, PredictedPromoter, Sink};
use crate::promoters::Promoter;

/// A promoter and what the model says of it; nothing where it holds no base to predict from.
pub(super) type Prediction = (Promoter, Option<WindowPrediction>);

/// Where predictions go, and how they are told.
pub(super) struct PredictionWriter {
    pub(super) sink: Sink,
    pub(super) format: Format,
    pub(super) layout: Layout,
    /// Bases that the model reads.
    pub(super) extent: Extent,
    /// Whether the model has only ever seen simulated data.
    pub(super) simulated: bool,
}

impl PredictionWriter {
    /// Writes the chunks one after the other and returns the sink, which is yet to be committed.
    ///
    /// # Errors
    ///
    /// The error that stands in the place of a chunk; those of writing.
    pub(super) fn write(mut self, chunks: &mut dyn Iterator<Item = Result<Vec<Prediction>>>) -> Result<(Sink, Tally)> {
        let mut tally = Tally::default();
        // The first promoters are there before anything is written, so that a bad start leaves no header behind.
        let first = chunks.next().transpose()?;
        let mut rows = output::row_writer(self.format, self.layout.columns(), &mut self.sink)?;
        for chunk in first.into_iter().map(Ok).chain(chunks) {
            let predicted = chunk?.into_iter().inspect(|(promoter, _)| tally.count(promoter));
            let told = predicted.map(|prediction| tell(prediction, self.extent, self.simulated));
            rows.write(told.flat_map(|promoter| self.layout.rows(&promoter)).collect())?;
        }
        rows.finish()?;
        Ok((self.sink, tally))
    }
}

/// A prediction with what to know of it.
fn tell((promoter, prediction): Prediction, extent: Extent, simulated: bool) -> PredictedPromoter {
    let mut notes = promoter.notes;
    match promoter.shortfall {
        _ if promoter.known_bp == 0 => notes.push("no known base".to_owned()),
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
        known_bp: promoter.known_bp,
        note: notes.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;
    use tatabox_sequence::UNKNOWN;

    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 60, downstream_bp: 20 };

    fn prediction(window: Vec<u8>) -> Prediction {
        let says = WindowPrediction {
            log2_tpm: vec![1.5],
            log2_tpm_sd: Some(vec![0.25]),
            attention: Vec::new(),
            attention_start_bp: 0,
        };
        (Promoter::new("P".to_owned(), window, EXTENT), Some(says))
    }

    #[test]
    fn notes_tell_padding_and_simulated_data() {
        let whole = tell(prediction(vec![0; 80]), EXTENT, false);
        assert_eq!((whole.note.as_str(), whole.known_bp), ("", 80));
        let padded = [vec![UNKNOWN; 40], vec![0; 40]].concat();
        let padded = tell(prediction(padded), EXTENT, true);
        assert_eq!(padded.note, "known over -20..+20 of -60..+20; model trained on simulated data");
        assert_eq!(tell(prediction(vec![UNKNOWN; 80]), EXTENT, false).note, "no known base");
    }

    #[test]
    fn an_error_in_the_place_of_a_chunk_leaves_no_file() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.tsv");
        let writer = || PredictionWriter {
            sink: Sink::create(Some(&path)).expect("writable"),
            format: Format::Tsv,
            layout: Layout { cell_types: vec!["K562".to_owned()], wide: true, spread: false, measured: false },
            extent: EXTENT,
            simulated: false,
        };
        let chunks = || [Ok(vec![prediction(vec![0; 80])]), Err(anyhow!("bad")), Ok(vec![prediction(vec![0; 80])])];
        let error = writer().write(&mut chunks().into_iter()).err().expect("bad").to_string();
        assert_eq!(error, "bad");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);

        let (sink, tally) = writer().write(&mut chunks().into_iter().take(1)).expect("good");
        assert_eq!(tally.promoters, 1);
        assert!(!path.exists());
        sink.commit().expect("renamed");
        let text = std::fs::read_to_string(&path).expect("there");
        assert_eq!(text, "id\tlog2_tpm_K562\tknown_bp\tnote\nP\t1.5\t80\t\n");
    }
}
