//! A figure for each explained promoter and cell type.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tatabox_plot::{AttentionBin, Attribution, MotifAnnotation, explanation_figure, write_figures};

use super::explanation::Explanation;
use super::files::file_name;
use crate::args::Method;

/// Sites drawn at most: those under which contributions add up to most.
const MOST_SITES: usize = 16;

/// Draws figures until there are enough.
pub(super) struct Figures {
    folder: PathBuf,
    model: String,
    cell_types: Vec<String>,
    note: Option<String>,
    left: usize,
    are_wanted: bool,
    /// Figures that were not drawn, though some were wanted.
    pub(super) skipped: usize,
}

impl Figures {
    pub(super) fn new(
        folder: &Path,
        most: usize,
        model: String,
        cell_types: Vec<String>,
        note: Option<String>,
    ) -> Self {
        Self { folder: folder.join("figures"), model, cell_types, note, left: most, are_wanted: most > 0, skipped: 0 }
    }

    pub(super) fn draw(&mut self, explanation: &Explanation, asked: &[usize]) -> Result<()> {
        for &cell_type in asked {
            let Some(drawn) = self.drawn(explanation, cell_type) else { continue };
            if self.left == 0 {
                self.skipped += usize::from(self.are_wanted);
                continue;
            }
            self.left -= 1;
            let name = file_name(&format!("{}.{}", explanation.promoter.id, drawn.cell_type));
            fs::create_dir_all(&self.folder).with_context(|| format!("cannot create {}", self.folder.display()))?;
            write_figures(&[explanation_figure(&drawn, &name)?], &self.folder)?;
        }
        Ok(())
    }

    /// What the figure shows; nothing where there is nothing to show.
    fn drawn(&self, explanation: &Explanation, cell_type: usize) -> Option<tatabox_plot::Explanation> {
        let prediction = explanation.prediction.as_ref()?;
        let promoter = &explanation.promoter;
        let effects = explanation.substitutions.as_ref();
        let of_cell_type = || explanation.contributions.iter().filter(|other| other.cell_type == cell_type);
        let ism = of_cell_type().find(|contributions| contributions.method == Method::Ism);
        let attribution = of_cell_type().find(|contributions| contributions.method != Method::Ism);
        if of_cell_type().next().is_none() && explanation.attention.0.is_empty() {
            return None;
        }
        let title = match &promoter.name {
            Some(name) if *name != promoter.id => format!("{name} ({})", promoter.id),
            _ => promoter.id.clone(),
        };
        let bins = explanation.attention.0.iter();
        Some(tatabox_plot::Explanation {
            title,
            cell_type: self.cell_types[cell_type].clone(),
            model: self.model.clone(),
            start_bp: explanation.start_bp,
            bases: explanation.bases.clone(),
            substitutions: effects
                .map(|effects| (0..effects.positions()).map(|position| effects.at(position, cell_type)).collect()),
            attribution: attribution.map(|contributions| Attribution {
                method: contributions.method.name().replace('-', " "),
                values: contributions.own.clone(),
            }),
            attention: bins
                .map(|bin| AttentionBin { start_bp: bin.start_bp, end_bp: bin.end_bp, weight: bin.weight })
                .collect(),
            attention_agreement: ism.and_then(|ism| explanation.attention.agreement(&ism.own, explanation.start_bp)),
            motif_hits: strongest_sites(explanation, cell_type),
            predicted_log2_tpm: prediction.log2_tpm[cell_type],
            measured_log2_tpm: promoter.measured_log2_tpm.as_ref().and_then(|values| values[cell_type]),
            note: self.note.clone(),
        })
    }
}

fn strongest_sites(explanation: &Explanation, cell_type: usize) -> Vec<MotifAnnotation> {
    let effect = |site| explanation.effect_of(site, cell_type);
    let mut sites: Vec<_> = explanation.motif_sites.iter().map(|site| (site, effect(site))).collect();
    sites.sort_by(|a, b| b.1.unwrap_or(0.0).abs().total_cmp(&a.1.unwrap_or(0.0).abs()));
    let drawn = sites.into_iter().take(MOST_SITES).map(|(site, effect)| MotifAnnotation {
        name: site.motif.clone(),
        start_bp: site.start_bp,
        end_bp: site.end_bp,
        reverse: site.is_reverse,
        effect,
    });
    drawn.collect()
}
