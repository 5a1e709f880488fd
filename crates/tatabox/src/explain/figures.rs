//! Figures of explanations, one per promoter and cell type.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tatabox_plot::{AttentionBin, Attribution, MotifAnnotation, explanation_figure, write_figures};
use tatabox_sequence::Strand;

use super::explanation::Explanation;
use super::method::Method;
use super::output_files::FIGURES;
use crate::error::Result;
use crate::file_names::FileNames;
use crate::inputs::SIMULATED_DATA;
use crate::json_file::write_text;
use crate::model_store::Model;

/// Table of the figures: promoter, cell type and file name.
const INDEX: &str = "figures.tsv";
/// Largest number of motif sites in a figure; those with the largest contributions are drawn.
const MAX_DRAWN_SITES: usize = 16;

/// Figure of an explanation in one cell type, as SVG without title and caption; `None` where there are neither contributions nor
/// attention.
///
/// # Errors
/// [`Error::InvalidRequest`](crate::Error::InvalidRequest): the model does not have the cell type.
///
/// # Examples
///
/// ```no_run
/// use tatabox::explain::{ExplainRequest, figure_svg, promoter};
/// use tatabox::inputs::Promoter;
/// use tatabox::{Model, Silent};
///
/// let model = Model::bundled()?;
/// let window = vec![0; model.extent().total_bp() as usize];
/// let explanation =
///     promoter(&model, Promoter::new("P1".to_owned(), window, model.extent()), &ExplainRequest::default(), &Silent)?;
/// let svg = figure_svg(&explanation, "K562", &model)?;
/// # let _ = svg;
/// # Ok::<(), tatabox::Error>(())
/// ```
pub fn figure_svg(explanation: &Explanation, cell_type: &str, model: &Model) -> Result<Option<String>> {
    let index = model.select_cell_types(&[cell_type.to_owned()])?.swap_remove(0);
    let Some(figure) = contents(explanation, index, model.name(), note(model)) else { return Ok(None) };
    Ok(Some(explanation_figure(&figure, &explanation.promoter.id)?.body_svg))
}

/// Writer of figures, up to a number of them.
pub(super) struct FigureWriter {
    folder: PathBuf,
    model: String,
    note: Option<&'static str>,
    requested: usize,
    drawn: usize,
    skipped: usize,
    names: FileNames,
    /// Rows of the table of figures.
    index: String,
}

impl FigureWriter {
    pub(super) fn new(folder: &Path, requested: usize, model: &Model) -> Self {
        Self {
            folder: folder.join(FIGURES),
            model: model.name().to_owned(),
            note: note(model),
            requested,
            drawn: 0,
            skipped: 0,
            names: FileNames::default(),
            index: "id\tcell_type\tfile\n".to_owned(),
        }
    }

    /// Draws the figures of an explanation in the cell types with these indices.
    pub(super) fn draw(&mut self, explanation: &Explanation, cell_types: &[usize]) -> Result<()> {
        for &cell_type in cell_types {
            let Some(figure) = contents(explanation, cell_type, &self.model, self.note) else { continue };
            if self.drawn == self.requested {
                self.skipped += 1;
                continue;
            }
            self.drawn += 1;
            let id = &explanation.promoter.id;
            let name = self.names.add(&[id, &figure.cell_type]);
            // Writing to a string cannot fail.
            let _ = writeln!(self.index, "{id}\t{}\t{name}", figure.cell_type);
            write_figures(&[explanation_figure(&figure, &name)?], &self.folder)?;
        }
        Ok(())
    }

    /// Writes the table of the figures, where there are any.
    pub(super) fn finish(&self) -> Result<()> {
        if self.drawn == 0 { Ok(()) } else { write_text(&self.folder.join(INDEX), self.index.as_bytes()) }
    }

    /// Number of figures that were not drawn, though some were requested.
    pub(super) fn skipped(&self) -> usize {
        if self.requested > 0 { self.skipped } else { 0 }
    }
}

/// Note under the figures of a model.
fn note(model: &Model) -> Option<&'static str> {
    model.is_simulated().then_some(SIMULATED_DATA)
}

/// Contents of a figure by the model of this name; `None` without contributions and attention.
fn contents(
    explanation: &Explanation,
    cell_type: usize,
    model: &str,
    note: Option<&str>,
) -> Option<tatabox_plot::Explanation> {
    let prediction = explanation.prediction.as_ref()?;
    let promoter = &explanation.promoter;
    let effects = explanation.substitutions.as_ref();
    let of_cell_type = || explanation.contributions.iter().filter(|other| other.cell_type == cell_type);
    let ism = of_cell_type().find(|contributions| contributions.method == Method::Ism);
    let attribution = of_cell_type().find(|contributions| contributions.method != Method::Ism);
    if of_cell_type().next().is_none() && explanation.attention.is_empty() {
        return None;
    }
    let title = match &promoter.name {
        Some(name) if *name != promoter.id => format!("{name} ({})", promoter.id),
        _ => promoter.id.clone(),
    };
    let bins = explanation.attention.iter();
    Some(tatabox_plot::Explanation {
        title,
        cell_type: explanation.cell_types[cell_type].clone(),
        model: model.to_owned(),
        start_bp: explanation.start_bp,
        bases: explanation.bases.clone(),
        substitutions: effects
            .map(|effects| (0..effects.positions()).map(|position| effects.at(position, cell_type)).collect()),
        attribution: attribution.map(|contributions| Attribution {
            method: contributions.method.name().replace('-', " "),
            values: contributions.values.clone(),
        }),
        attention: bins
            .map(|bin| AttentionBin { start_bp: bin.start_bp, end_bp: bin.end_bp, weight: bin.weight })
            .collect(),
        attention_agreement: ism.and_then(|ism| explanation.attention_agreement(ism)),
        motif_hits: strongest_sites(explanation, cell_type),
        predicted_log2_tpm: prediction.log2_tpm[cell_type],
        measured_log2_tpm: promoter.measured_log2_tpm.as_ref().and_then(|values| values[cell_type]),
        note: note.map(str::to_owned),
    })
}

/// Motif sites with the largest contributions by magnitude.
fn strongest_sites(explanation: &Explanation, cell_type: usize) -> Vec<MotifAnnotation> {
    let effect = |site| explanation.site_contribution(site, cell_type);
    let mut sites: Vec<_> = explanation.motif_sites.iter().map(|site| (site, effect(site))).collect();
    sites.sort_by(|one, other| other.1.unwrap_or(0.0).abs().total_cmp(&one.1.unwrap_or(0.0).abs()));
    let drawn = sites.into_iter().take(MAX_DRAWN_SITES).map(|(site, effect)| MotifAnnotation {
        name: site.motif.clone(),
        start_bp: site.start_bp,
        end_bp: site.end_bp,
        reverse: site.strand == Strand::Reverse,
        effect,
    });
    drawn.collect()
}
