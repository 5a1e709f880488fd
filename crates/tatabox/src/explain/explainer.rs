//! Explainer: a request, checked against a model.

use std::ops::Range;

use tatabox_model::{DeletionEffect, IntegratedGradients, PromoterWindow};

use super::attention_bins::attention_bins;
use super::contributions::Contributions;
use super::explanation::{Deletion, Explanation};
use super::method::Method;
use super::motif_sites::MotifLocator;
use super::request::{DeletionScan, ExplainRequest};
use super::step_counter::StepCounter;
use crate::error::{Error, Result};
use crate::inputs::{CoordinateMap, Promoter, check_window};
use crate::model_store::Model;
use crate::observer::Observer;

/// A model and a request that fits it, to explain promoters one by one.
///
/// # Examples
///
/// ```no_run
/// use tatabox::explain::{ExplainRequest, Explainer};
/// use tatabox::inputs::Promoter;
/// use tatabox::{Model, Silent};
///
/// let model = Model::open("models/human")?;
/// let explainer = Explainer::new(&model, &ExplainRequest::default())?;
/// let window = vec![0; model.extent().total_bp() as usize];
/// let explanation = explainer.explain(Promoter::new("poly(A)".to_owned(), window, model.extent()), &Silent)?;
/// assert_eq!(explanation.bases.len(), explanation.contributions[0].values.len());
/// # Ok::<(), tatabox::Error>(())
/// ```
pub struct Explainer<'m> {
    model: &'m Model,
    /// Methods that compute contributions, each once.
    methods: Vec<Method>,
    /// Indices of the requested cell types.
    cell_types: Vec<usize>,
    /// Indices of the explained bases in the window.
    region: Range<usize>,
    integrated_gradients: IntegratedGradients,
    deletions: Option<DeletionScan>,
    motifs: Option<MotifLocator>,
}

impl<'m> Explainer<'m> {
    /// Checks a request against a model.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`]: the model does not have a cell type, the region reaches beyond its extent, or a setting is out of
    /// range.
    pub fn new(model: &'m Model, request: &ExplainRequest) -> Result<Self> {
        let extent = model.extent();
        let whole = 0..extent.total_bp() as usize;
        let mut methods = request.methods.clone();
        methods.sort_unstable();
        methods.dedup();
        methods.retain(|&method| method != Method::Attention);
        if methods.contains(&Method::IntegratedGradients) {
            check_integrated_gradients(&request.integrated_gradients)?;
        }
        let region = request.region.map_or(Ok(whole), |region| region.indices(extent, "region"))?;
        if let Some(deletions) = request.deletions {
            check_deletions(deletions, region.len())?;
        }
        Ok(Self {
            model,
            methods,
            cell_types: model.select_cell_types(&request.cell_types)?,
            region,
            integrated_gradients: request.integrated_gradients.clone(),
            deletions: request.deletions,
            motifs: request.motifs.as_ref().map(MotifLocator::new).transpose()?,
        })
    }

    /// Explains a promoter.
    ///
    /// # Errors
    /// The window of the promoter does not have the model's extent, the network has no gradient for a requested method, or the
    /// observer cancels.
    pub fn explain(&self, promoter: Promoter, observer: &dyn Observer) -> Result<Explanation> {
        let steps = StepCounter::start(observer);
        self.explain_with(promoter, observer, &|more| steps.add(more))
    }

    /// As [`explain`](Self::explain); `progress` receives the number of steps done since its last call.
    pub(super) fn explain_with(
        &self,
        promoter: Promoter,
        observer: &dyn Observer,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Explanation> {
        let predictor = self.model.predictor();
        if promoter.is_predictable() {
            check_window(&promoter.window, &promoter.id, predictor)?;
        }
        let upstream_bp = i64::from(predictor.extent().upstream_bp);
        let bases = promoter.window.bases.get(self.region.clone()).unwrap_or_default().to_vec();
        let mut explanation = Explanation {
            coordinates: promoter.tss.clone().map(CoordinateMap::new),
            cell_types: self.model.cell_types().to_vec(),
            start_bp: self.region.start as i64 - upstream_bp,
            bases,
            prediction: None,
            substitutions: None,
            contributions: Vec::new(),
            deletions: Vec::new(),
            attention: Vec::new(),
            motif_sites: Vec::new(),
            promoter,
        };
        if !explanation.promoter.is_predictable() {
            return Ok(explanation);
        }
        let check_cancelled = |id: &str| {
            if observer.is_cancelled() {
                return Err(Error::Cancelled(format!("interrupted; {id} was not explained")));
            }
            Ok(())
        };
        let prediction = predictor.predict_one(&explanation.promoter.window)?;
        explanation.attention = attention_bins(&prediction, predictor.bin_bp());
        explanation.prediction = Some(prediction);
        for &method in &self.methods {
            if method == Method::Ism {
                check_cancelled(&explanation.promoter.id)?;
                self.mutagenize(&mut explanation, progress)?;
                continue;
            }
            for &cell_type in &self.cell_types {
                check_cancelled(&explanation.promoter.id)?;
                let contributions = self.attribute(method, cell_type, &explanation.promoter.window, progress)?;
                explanation.contributions.push(contributions);
            }
        }
        if let Some(motifs) = &self.motifs {
            explanation.motif_sites = motifs.locate(&explanation.bases, explanation.start_bp);
        }
        if let Some(DeletionScan { width_bp, step_bp }) = self.deletions {
            check_cancelled(&explanation.promoter.id)?;
            let window = &explanation.promoter.window;
            let mut progress = |more: usize| progress(more);
            let effects = predictor.deletion_scan(window, self.region.clone(), width_bp, step_bp, &mut progress)?;
            let deletion = |DeletionEffect { deleted, effect }| Deletion {
                start_bp: deleted.start as i64 - upstream_bp,
                end_bp: deleted.end as i64 - upstream_bp,
                effects: effect,
            };
            explanation.deletions = effects.into_iter().map(deletion).collect();
        }
        Ok(explanation)
    }

    /// Adds the effects of all substitutions and the contributions that follow from them.
    fn mutagenize(&self, explanation: &mut Explanation, progress: &(dyn Fn(usize) + Sync)) -> Result<()> {
        let window = &explanation.promoter.window;
        let effects = self.model.predictor().substitution_effects(window, self.region.clone(), progress)?;
        let contributions = |&cell_type: &usize| Contributions::of_substitutions(&effects, cell_type);
        explanation.contributions.extend(self.cell_types.iter().map(contributions));
        explanation.substitutions = Some(effects);
        Ok(())
    }

    /// Contributions by a method that uses gradients.
    fn attribute(
        &self,
        method: Method,
        cell_type: usize,
        window: &PromoterWindow,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Contributions> {
        let predictor = self.model.predictor();
        let attribution = if method == Method::GradientInput {
            predictor.gradient_times_input(window, cell_type)?
        } else {
            let mut progress = |more: usize| progress(more);
            predictor.integrated_gradients(window, cell_type, &self.integrated_gradients, &mut progress)?
        };
        Ok(Contributions::of_attribution(method, cell_type, &attribution, &window.bases, &self.region))
    }

    /// The model.
    pub(super) fn model(&self) -> &'m Model {
        self.model
    }

    /// Methods that compute contributions.
    pub(super) fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// Indices of the requested cell types.
    pub(super) fn cell_types(&self) -> &[usize] {
        &self.cell_types
    }

    /// Explained positions, relative to the TSS and half-open.
    pub(super) fn region_bp(&self) -> [i64; 2] {
        let upstream_bp = i64::from(self.model.extent().upstream_bp);
        [self.region.start, self.region.end].map(|index| index as i64 - upstream_bp)
    }

    /// Settings of integrated gradients, if they are computed.
    pub(super) fn integrated_gradients(&self) -> Option<&IntegratedGradients> {
        self.methods.contains(&Method::IntegratedGradients).then_some(&self.integrated_gradients)
    }

    /// Whether deletions are computed.
    pub(super) fn has_deletions(&self) -> bool {
        self.deletions.is_some()
    }

    /// Whether motif sites are located.
    pub(super) fn has_motifs(&self) -> bool {
        self.motifs.is_some()
    }
}

fn check_integrated_gradients(settings: &IntegratedGradients) -> Result<()> {
    if settings.steps == 0 {
        return Err(Error::request("steps", "0; expected 1 or more"));
    }
    if settings.baselines() == 0 {
        return Err(Error::request(
            "shuffles",
            "0, without the all-zero baseline; integrated gradients need a baseline",
        ));
    }
    Ok(())
}

/// Checks deletions along a region of `region_bp` bases.
fn check_deletions(deletions: DeletionScan, region_bp: usize) -> Result<()> {
    if deletions.width_bp > region_bp {
        let problem = format!("{} bases, and the region has {region_bp}", deletions.width_bp);
        return Err(Error::request("deletions", problem));
    }
    if deletions.width_bp == 0 {
        return Err(Error::request("deletions", "0 bases; expected 1 or more"));
    }
    if deletions.step_bp == 0 {
        return Err(Error::request("deletion_step", "0 bases; expected 1 or more"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explainer_settings_out_of_range_name_their_field() {
        let settings = |steps, from_zeros, shuffles| IntegratedGradients { steps, from_zeros, shuffles, seed: 42 };
        let message = |settings| check_integrated_gradients(&settings).expect_err("out of range").to_string();
        assert!(message(settings(0, true, 4)).starts_with("steps: 0"));
        assert!(message(settings(8, false, 0)).contains("need a baseline"));
        assert!(check_integrated_gradients(&settings(8, true, 0)).is_ok());
        assert!(check_deletions(DeletionScan::new(10), 10).is_ok());
        let message = check_deletions(DeletionScan::new(11), 10).expect_err("wider than the region").to_string();
        assert_eq!(message, "deletions: 11 bases, and the region has 10");
        let message =
            |width_bp, step_bp| check_deletions(DeletionScan { width_bp, step_bp }, 60).expect_err("0").to_string();
        assert!(message(0, 1).starts_with("deletions: "));
        assert!(message(1, 0).starts_with("deletion_step: "));
    }
}
