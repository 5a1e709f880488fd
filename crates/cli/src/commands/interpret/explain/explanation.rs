//! The explanation of one promoter.

use anyhow::Result;
use tatabox_model::{DeletionEffect, Predictor, SubstitutionEffects, WindowPrediction};

use super::attention::AttendedBins;
use super::contribution::Contributions;

use super::motif_site::MotifSite;
use super::request::Request;
use crate::args::Method;
use tatabox::inputs::CoordinateMap;
use tatabox::inputs::Promoter;

/// A promoter with what explains its prediction.
pub(super) struct Explanation {
    pub(super) promoter: Promoter,
    /// Where its window lies, where that is known.
    pub(super) place: Option<CoordinateMap>,
    /// Bases of the window before the TSS base.
    pub(super) upstream_bp: i64,
    /// First explained base, relative to the TSS.
    pub(super) start_bp: i64,
    /// Nucleotide codes of the explained bases.
    pub(super) bases: Vec<u8>,
    /// Nothing where no base is known.
    pub(super) prediction: Option<WindowPrediction>,
    pub(super) substitutions: Option<SubstitutionEffects>,
    /// By method and cell type.
    pub(super) contributions: Vec<Contributions>,
    pub(super) deletions: Vec<DeletionEffect>,
    pub(super) attention: AttendedBins,
    pub(super) motif_sites: Vec<MotifSite>,
}

impl Explanation {
    /// Contributions in a cell type by the first method that tells them.
    pub(super) fn contributions_in(&self, cell_type: usize) -> Option<&Contributions> {
        self.contributions.iter().find(|contributions| contributions.cell_type == cell_type)
    }

    /// What the bases of a site contribute in a cell type, added up.
    pub(super) fn effect_of(&self, site: &MotifSite, cell_type: usize) -> Option<f64> {
        let indices = (site.start_bp - self.start_bp) as usize..(site.end_bp - self.start_bp) as usize;
        Some(self.contributions_in(cell_type)?.own[indices].iter().sum())
    }

    /// What to know of the promoter.
    pub(super) fn note(&self) -> String {
        let mut notes = self.promoter.notes.clone();
        match self.promoter.shortfall {
            _ if self.promoter.n_acgt == 0 => notes.push("no known base".to_owned()),
            Some(known) => notes.push(format!("known over {known}")),
            None => {}
        }
        notes.join("; ")
    }
}

/// Explains a promoter; `progress` is told of every step.
pub(super) fn explain(
    promoter: Promoter,
    predictor: &Predictor,
    request: &Request,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Explanation> {
    let upstream_bp = i64::from(predictor.extent().upstream_bp);
    let place = promoter.tss.clone().map(CoordinateMap::new);
    let region = &request.region;
    let mut explanation = Explanation {
        place,
        upstream_bp,
        start_bp: region.start as i64 - upstream_bp,
        bases: promoter.window.bases[region.clone()].to_vec(),
        prediction: None,
        substitutions: None,
        contributions: Vec::new(),
        deletions: Vec::new(),
        attention: AttendedBins::default(),
        motif_sites: Vec::new(),
        promoter,
    };
    let window = &explanation.promoter.window;
    if !explanation.promoter.is_predictable() {
        return Ok(explanation);
    }
    let prediction = predictor.predict_one(window);
    explanation.attention = AttendedBins::of(&prediction, predictor.bin_bp());
    explanation.prediction = Some(prediction);
    for &method in &request.methods {
        if method == Method::Ism {
            let effects = predictor.substitution_effects(window, region.clone(), progress);
            let of_cell_type = |&cell_type: &usize| Contributions::of_substitutions(&effects, cell_type);
            explanation.contributions.extend(request.cell_types.iter().map(of_cell_type));
            explanation.substitutions = Some(effects);
            continue;
        }
        for &cell_type in &request.cell_types {
            let attribution = if method == Method::GradientInput {
                predictor.gradient_times_input(window, cell_type)?
            } else {
                let mut progress = |more: usize| progress(more);
                predictor.integrated_gradients(window, cell_type, &request.integrated_gradients, &mut progress)?
            };
            let contributions = Contributions::of_attribution(method, cell_type, &attribution, &window.bases, region);
            explanation.contributions.push(contributions);
        }
    }
    if let Some(motifs) = &request.motifs {
        explanation.motif_sites = motifs.find(&explanation.bases, explanation.start_bp);
    }
    if let Some((bases, step)) = request.deletions {
        let mut progress = |more: usize| progress(more);
        explanation.deletions = predictor.deletion_scan(window, region.clone(), bases, step, &mut progress)?;
    }
    Ok(explanation)
}
