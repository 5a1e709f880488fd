//! Motif hits as named boxes in non-overlapping lanes.

use std::ops::Range;

use super::input::{Explanation, MotifAnnotation};
use crate::canvas::{
    Anchor, BLUE, Canvas, Colour, GREY, Panel, Point, Stroke, TICK_PT, TextStyle, VERMILLION, WHITE, Weight, blend,
    shorten, text_width_mm,
};

const LANE_MM: f64 = 3.4;
const BOX_MM: f64 = 2.7;
const MAX_LANES: usize = 4;
/// Largest width of a name.
const MAX_NAME_MM: f64 = 24.0;
/// Gap between a box and its name, and between two hits.
const GAP_MM: f64 = 0.7;
/// Length of the pointed end of a box.
const POINT_MM: f64 = 1.0;
/// Colour fraction of the fill of a box.
const TINT: f64 = 0.3;

/// Hits of one block; if space is limited, the strongest are shown.
pub(super) struct HitLanes<'a> {
    placed: Vec<PlacedHit<'a>>,
    lanes: usize,
    top: f64,
    /// Number of hits that are not shown.
    pub(super) hidden: usize,
}

struct PlacedHit<'a> {
    hit: &'a MotifAnnotation,
    lane: usize,
    /// Left and right edge of the box.
    edges: (f64, f64),
    name: String,
    name_left: f64,
}

impl<'a> HitLanes<'a> {
    /// Layout of the hits that overlap the bases of `range`, which span the width of `panel`; `None` without hits.
    pub(super) fn new(explanation: &'a Explanation, range: Range<usize>, panel: &Panel) -> Option<Self> {
        let overlaps = |hit: &&MotifAnnotation| {
            let indices = explanation.indices(hit.start_bp, hit.end_bp);
            indices.start < range.end && indices.end > range.start
        };
        let mut hits: Vec<&MotifAnnotation> = explanation.motif_hits.iter().filter(overlaps).collect();
        let strength = |hit: &MotifAnnotation| hit.effect.filter(|effect| effect.is_finite()).map_or(0.0, f64::abs);
        hits.sort_by(|a, b| {
            let positions = (a.start_bp, a.end_bp, &a.name).cmp(&(b.start_bp, b.end_bp, &b.name));
            strength(b).total_cmp(&strength(a)).then(positions)
        });
        let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
        let (mut placed, mut hidden) = (Vec::new(), 0);
        for hit in hits {
            let mut next = PlacedHit::new(hit, panel);
            let (from, to) = next.extent();
            let is_free = |lane: &Vec<(f64, f64)>| lane.iter().all(|&(a, b)| to + GAP_MM <= a || b + GAP_MM <= from);
            next.lane = taken.iter().position(is_free).unwrap_or(taken.len());
            if next.lane == MAX_LANES {
                hidden += 1;
                continue;
            }
            if next.lane == taken.len() {
                taken.push(Vec::new());
            }
            taken[next.lane].push((from, to));
            placed.push(next);
        }
        (!placed.is_empty()).then_some(Self { placed, lanes: taken.len(), top: 0.0, hidden })
    }

    /// The lanes with their upper edge at `top`.
    pub(super) fn lowered_to(self, top: f64) -> Self {
        Self { top, ..self }
    }

    pub(super) fn top_mm(&self) -> f64 {
        self.top
    }

    pub(super) fn height_mm(&self) -> f64 {
        self.lanes as f64 * LANE_MM
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>) {
        for placed in &self.placed {
            let top = self.top + placed.lane as f64 * LANE_MM;
            let colour = hit_colour(placed.hit.effect);
            let outline = arrow(placed.edges, top, top + BOX_MM, placed.hit.reverse);
            canvas.fill(&outline, blend(WHITE, colour, TINT), 1.0);
            canvas.path(&[&outline[..], &outline[..1]].concat(), Stroke::new(0.2, colour));
            let at = (placed.name_left, top + BOX_MM / 2.0);
            canvas.text(&placed.name, at, TextStyle::regular(TICK_PT, Anchor::Start));
        }
    }
}

impl<'a> PlacedHit<'a> {
    /// Layout of the box with its name inside, or to its right, or to its left at the end of the panel.
    fn new(hit: &'a MotifAnnotation, panel: &Panel) -> Self {
        let edge = |position: i64| panel.x_mm((position as f64 - 0.5).clamp(panel.x.low, panel.x.high));
        let edges = (edge(hit.start_bp), edge(hit.end_bp));
        let name = shorten(&hit.name, TICK_PT, Weight::Regular, MAX_NAME_MM);
        let width = text_width_mm(&name, TICK_PT, Weight::Regular);
        let name_left = if width + POINT_MM + 2.0 * GAP_MM <= edges.1 - edges.0 {
            f64::midpoint(edges.0, edges.1) - width / 2.0
        } else if edges.1 + GAP_MM + width <= panel.right() {
            edges.1 + GAP_MM
        } else {
            edges.0 - GAP_MM - width
        };
        Self { hit, lane: 0, edges, name, name_left }
    }

    /// Left and right edge of the box with its name.
    fn extent(&self) -> (f64, f64) {
        let name_right = self.name_left + text_width_mm(&self.name, TICK_PT, Weight::Regular);
        (self.edges.0.min(self.name_left), self.edges.1.max(name_right))
    }
}

/// Outline of a box that points to the right, or to the left on the reverse strand.
fn arrow((left, right): (f64, f64), top: f64, bottom: f64, reverse: bool) -> [Point; 5] {
    let (middle, point) = (f64::midpoint(top, bottom), POINT_MM.min((right - left) / 2.0));
    if reverse {
        [(left, middle), (left + point, top), (right, top), (right, bottom), (left + point, bottom)]
    } else {
        [(left, top), (right - point, top), (right, middle), (right - point, bottom), (left, bottom)]
    }
}

/// Colour of a hit that raises, lowers or does not change expression.
pub(super) fn hit_colour(effect: Option<f64>) -> Colour {
    match effect {
        Some(effect) if effect > 0.0 => VERMILLION,
        Some(effect) if effect < 0.0 => BLUE,
        _ => GREY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Span;
    use crate::figures::explanation::input::tests::five_bases;

    fn hit(start_bp: i64, effect: f64) -> MotifAnnotation {
        MotifAnnotation {
            name: "GATA1".to_owned(),
            start_bp,
            end_bp: start_bp + 8,
            reverse: false,
            effect: Some(effect),
        }
    }

    fn lanes_of(hits: &[MotifAnnotation], count: usize) -> (Vec<(i64, usize)>, usize) {
        let explanation = Explanation {
            start_bp: 0,
            bases: vec![0; 100],
            motif_hits: hits.to_vec(),
            substitutions: None,
            ..five_bases()
        };
        let panel =
            Panel { left: 0.0, top: 0.0, width: 100.0, height: 0.0, x: Span::new(-0.5, 99.5), y: Span::new(0.0, 1.0) };
        let lanes = HitLanes::new(&explanation, 0..count, &panel).expect("hits");
        (lanes.placed.iter().map(|placed| (placed.hit.start_bp, placed.lane)).collect(), lanes.hidden)
    }

    #[test]
    fn hit_lanes_overlapping_hits_have_separate_lanes_by_strength() {
        let hits = [hit(10, 0.1), hit(12, -0.5), hit(60, 0.2), hit(99, 0.3)];
        assert_eq!(lanes_of(&hits, 100), (vec![(12, 0), (99, 0), (60, 0), (10, 1)], 0));
        assert_eq!(lanes_of(&hits, 50), (vec![(12, 0), (10, 1)], 0));
        let overlapping: Vec<MotifAnnotation> = (0..7).map(|start| hit(start, 1.0)).collect();
        assert_eq!(lanes_of(&overlapping, 100), (vec![(0, 0), (1, 1), (2, 2), (3, 3)], 3));
    }

    #[test]
    fn hit_lanes_names_are_inside_the_panel() {
        let panel =
            Panel { left: 0.0, top: 0.0, width: 100.0, height: 0.0, x: Span::new(-0.5, 99.5), y: Span::new(0.0, 1.0) };
        for start in [0, 45, 95] {
            let hit = hit(start, 1.0);
            let (from, to) = PlacedHit::new(&hit, &panel).extent();
            assert!(from >= 0.0 && to <= 100.0, "{start}: {from} to {to}");
        }
    }
}
