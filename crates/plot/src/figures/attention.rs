//! Figure 5: attention along the window, attention-enriched k-mers and example genes.

use tatabox_dataset::{AttentionEnrichedKmer, GeneTrack};

use super::context::FigureContext;
use crate::attention::{ProfileSection, TrackSection};
use crate::canvas::{
    Canvas, EDGE_MM, FigurePage, Legend, ONE_COLUMN_MM, RenderedFigure, SmallMultiples, TWO_COLUMNS_MM,
};
use crate::error::PlotError;
use crate::logo::LogoSection;

pub(super) const NAME: &str = "fig5_attention";
/// Jain and Wallace, Attention is not Explanation (2019), <https://arxiv.org/abs/1902.10186>.
const ATTENTION_CAVEAT: &str = "Attention shows where the network looks, not what a base does.";
const LETTERS: [&str; 3] = ["a", "b", "c"];
const SECTION_GAP_MM: f64 = 4.0;
/// Height above a section for its letter.
const LETTER_MM: f64 = 3.0;
/// Distance from the axis titles of the profile to its legend.
const LEGEND_GAP_MM: f64 = 0.8;
/// Height of a single profile, and its largest height next to logos.
const PROFILE_MM: f64 = 48.0;
const MAX_PROFILE_MM: f64 = 66.0;
/// Number of logo columns next to a profile, and across the page.
const LOGO_COLUMNS: [usize; 2] = [2, 4];

/// Sections of the figure and their layout.
struct Page<'a> {
    profile: Option<(ProfileSection<'a>, SmallMultiples)>,
    logos: Option<LogoSection<'a>>,
    tracks: Option<TrackSection<'a>>,
    width_mm: f64,
    body_mm: f64,
    /// Upper left corner of each section, in reading order.
    corners: Vec<(f64, f64)>,
}

pub(super) fn draw(context: &FigureContext<'_>) -> Result<Option<RenderedFigure>, PlotError> {
    let profile = context.inputs.attention.and_then(ProfileSection::new);
    let examples = context.inputs.examples;
    let motifs = examples.map_or(&[][..], |examples| examples.motifs.as_slice());
    let tracks = examples.map_or(&[][..], |examples| examples.tracks.as_slice());
    let page = match profile {
        None if motifs.is_empty() && tracks.is_empty() => return Ok(None),
        Some(profile) if motifs.is_empty() && tracks.is_empty() => Page::of_profile(profile),
        profile => Page::of_sections(profile, motifs, tracks),
    };
    page.finish(context).map(Some)
}

impl<'a> Page<'a> {
    /// Layout of profiles only, in their default width.
    fn of_profile(profile: ProfileSection<'a>) -> Self {
        let layout = profile.layout();
        let (width_mm, body_mm) = (layout.width_mm, layout.body_mm);
        Self {
            profile: Some((profile, layout)),
            logos: None,
            tracks: None,
            width_mm,
            body_mm,
            corners: vec![(0.0, 0.0)],
        }
    }

    /// Layout of the sections below each other across two columns, with logos next to a single profile.
    fn of_sections(
        profile: Option<ProfileSection<'a>>,
        motifs: &'a [AttentionEnrichedKmer],
        tracks: &'a [GeneTrack],
    ) -> Self {
        let width_mm = TWO_COLUMNS_MM;
        let mut page = Self { profile: None, logos: None, tracks: None, width_mm, body_mm: 0.0, corners: Vec::new() };
        let next_to_profile = profile.as_ref().is_some_and(ProfileSection::is_single) && !motifs.is_empty();
        if let Some(profile) = profile {
            page.add_profile(profile, if next_to_profile { motifs } else { &[] });
        }
        if !motifs.is_empty() && !next_to_profile {
            let top = page.next_top();
            let logos = LogoSection::new(motifs, 0.0, top + LETTER_MM, width_mm, LOGO_COLUMNS[1]);
            page.corners.push((0.0, top));
            page.body_mm = logos.bottom_mm();
            page.logos = Some(logos);
        }
        if !tracks.is_empty() {
            let top = page.next_top();
            let section = TrackSection::new(tracks, top + LETTER_MM, width_mm);
            page.corners.push((0.0, top));
            page.body_mm = section.bottom_mm();
            page.tracks = Some(section);
        }
        page
    }

    /// Adds the profile at the top, with the logos of `motifs` to its right.
    fn add_profile(&mut self, profile: ProfileSection<'a>, motifs: &'a [AttentionEnrichedKmer]) {
        self.corners.push((0.0, 0.0));
        let legend_mm = |width_mm| LEGEND_GAP_MM + Legend::new(&profile.legend(), width_mm).height_mm();
        let layout = if motifs.is_empty() {
            profile.wide_layout(self.width_mm, PROFILE_MM).lowered(LETTER_MM)
        } else {
            let left = ONE_COLUMN_MM + SECTION_GAP_MM;
            let logos = LogoSection::new(motifs, left, LETTER_MM, self.width_mm, LOGO_COLUMNS[0]);
            self.corners.push((left, 0.0));
            self.body_mm = logos.bottom_mm();
            let height = self.body_mm - LETTER_MM - legend_mm(ONE_COLUMN_MM);
            self.logos = Some(logos);
            profile.single_layout(ONE_COLUMN_MM, height.clamp(PROFILE_MM, MAX_PROFILE_MM)).lowered(LETTER_MM)
        };
        self.body_mm = self.body_mm.max(layout.body_mm + legend_mm(layout.width_mm));
        self.profile = Some((profile, layout));
    }

    fn next_top(&self) -> f64 {
        if self.body_mm > 0.0 { self.body_mm + SECTION_GAP_MM } else { 0.0 }
    }

    fn is_alone(&self) -> bool {
        self.corners.len() == 1
    }

    fn finish(self, context: &FigureContext<'_>) -> Result<RenderedFigure, PlotError> {
        let (mut tables, mut sentences) = (Vec::new(), Vec::new());
        if let Some((profile, _)) = &self.profile {
            tables.push(profile.table(NAME)?);
            sentences.push(profile.caption_text());
        }
        if let Some(logos) = &self.logos {
            tables.push(logos.table("fig5_attention_motifs")?);
            sentences.push(logos.caption_text());
        }
        if let Some(tracks) = &self.tracks {
            tables.push(tracks.table("fig5_attention_genes")?);
            sentences.push(tracks.caption_text());
        }
        if !self.is_alone() {
            for (sentence, letter) in sentences.iter_mut().zip(LETTERS) {
                *sentence = format!("({letter}) {sentence}");
            }
        }
        sentences.push(ATTENTION_CAVEAT.to_owned());
        // With other sections, the legend of the profile is directly below the profile.
        let legend = self.profile.as_ref().filter(|_| self.is_alone()).map(|(profile, _)| profile.legend());
        let sheet = FigurePage {
            name: NAME.to_owned(),
            width_mm: self.width_mm,
            body_mm: self.body_mm,
            legend: legend.unwrap_or_default(),
            lead: "Attention along the promoter.".to_owned(),
            caption: context.caption(&sentences.join(" ")),
        };
        sheet.draw(tables, |canvas| self.paint(canvas))
    }

    fn paint(&self, canvas: &mut Canvas<'_>) {
        if let Some((profile, layout)) = &self.profile {
            profile.draw(canvas, layout);
            if !self.is_alone() {
                let legend = Legend::new(&profile.legend(), layout.width_mm);
                legend.draw(canvas, layout.width_mm / 2.0, layout.body_mm + LEGEND_GAP_MM);
            }
        }
        if let Some(logos) = &self.logos {
            logos.draw(canvas);
        }
        if let Some(tracks) = &self.tracks {
            tracks.draw(canvas);
        }
        if !self.is_alone() {
            for ((left, top), letter) in self.corners.iter().zip(LETTERS) {
                canvas.panel_letter(letter, (left + EDGE_MM, top + LETTER_MM / 2.0 + 0.5));
            }
        }
    }
}
