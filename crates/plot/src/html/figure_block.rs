//! Inline figures of the page, and the data of their tooltips.

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::canvas::{HoverLayer, HoverPanel, RenderedFigure, number};

/// Largest number of points with a tooltip, which limits the size of the page; of more points, every n-th has one.
const MAX_HOVERED: usize = 20_000;
/// Resolution of values in tooltips.
const HUNDREDTHS: f64 = 100.0;
/// Largest width of a one-column figure, in SVG units.
const ONE_COLUMN_UNITS: u32 = 10_000;

/// Points of a figure, in the layout that the script of the page reads.
#[derive(Serialize)]
struct HoverData<'a> {
    panels: Vec<[f64; 8]>,
    genes: &'a [String],
    cells: &'a [String],
    /// Five numbers per point: panel, gene, cell type, measured and predicted in hundredths.
    points: Vec<i64>,
}

pub(super) fn figures(figures: &[RenderedFigure]) -> Markup {
    html! {
        @for (index, figure) in figures.iter().enumerate() { (block(index + 1, figure)) }
    }
}

fn block(number: usize, figure: &RenderedFigure) -> Markup {
    let title = format!("figure-{number}-title");
    let wide = view_width(&figure.body_svg).is_some_and(|width| width > ONE_COLUMN_UNITS);
    let svg = inline_svg(&figure.body_svg, &svg_id(number), &title);
    html! {
        figure id=(format!("figure-{number}")) class=(if wide { "wide" } else { "narrow" }) {
            div.plot tabindex="0" { (PreEscaped(svg)) }
            figcaption {
                strong id=(title) { "Figure " (number) ". " (figure.title) }
                " " (figure.caption)
                @if let Some(layer) = &figure.hover { (hover_text(layer)) }
            }
        }
    }
}

fn hover_text(layer: &HoverLayer) -> Markup {
    let shown = layer.points.len().div_ceil(stride(layer));
    html! {
        span.screen {
            " Point at a mark to see its gene"
            @if shown < layer.points.len() { " (" (number(shown as f64, 0)) " of the points respond)" }
            "."
        }
    }
}

/// Tooltip data of all figures with points, for the script.
pub(super) fn hover_data(figures: &[RenderedFigure]) -> Markup {
    let layers =
        figures.iter().enumerate().filter_map(|(index, figure)| Some((svg_id(index + 1), figure.hover.as_ref()?)));
    html! {
        @for (id, layer) in layers {
            script type="application/json" data-hover=(id) { (PreEscaped(points_json(layer))) }
        }
    }
}

fn svg_id(number: usize) -> String {
    format!("figure-{number}-drawing")
}

/// SVG without a fixed size, with a label for screen readers.
fn inline_svg(svg: &str, id: &str, label: &str) -> String {
    let attributes = svg.find("viewBox").unwrap_or(0);
    let svg = svg[attributes..].replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    format!("<svg id=\"{id}\" role=\"img\" aria-labelledby=\"{label}\" {svg}")
}

fn view_width(svg: &str) -> Option<u32> {
    let (_, after) = svg.split_once("viewBox=\"0 0 ")?;
    after.split_once(' ')?.0.parse().ok()
}

fn stride(layer: &HoverLayer) -> usize {
    layer.points.len().div_ceil(MAX_HOVERED).max(1)
}

fn points_json(layer: &HoverLayer) -> String {
    let hundredths = |value: f64| (value * HUNDREDTHS).round() as i64;
    let points = layer.points.iter().step_by(stride(layer)).flat_map(|point| {
        let indices = [point.panel, point.gene, point.cell_type].map(|index| index as i64);
        indices.into_iter().chain([hundredths(point.measured), hundredths(point.predicted)])
    });
    let panel = |p: &HoverPanel| [p.left, p.bottom, p.width, p.height, p.x[0], p.x[1], p.y[0], p.y[1]];
    let data = HoverData {
        panels: layer.panels.iter().map(panel).collect(),
        genes: &layer.genes,
        cells: &layer.cell_types,
        points: points.collect(),
    };
    let json = serde_json::to_string(&data).expect("numbers and strings always serialise");
    // In a script element, `<` could begin the end tag.
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::HoverPoint;

    #[test]
    fn points_json_gene_name_cannot_end_the_script() {
        let layer = HoverLayer {
            panels: Vec::new(),
            genes: vec!["</script>".to_owned()],
            cell_types: vec!["K562".to_owned()],
            points: vec![HoverPoint { panel: 0, gene: 0, cell_type: 0, measured: 1.234, predicted: -0.006 }],
        };
        let json = points_json(&layer);
        assert!(json.contains(r#""genes":["\u003c/script>"]"#) && json.contains("\"points\":[0,0,0,123,-1]"), "{json}");
    }

    #[test]
    fn inline_svg_has_an_id_and_no_size() {
        let svg =
            "<svg width=\"85mm\" height=\"4mm\" viewBox=\"0 0 8500 400\" xmlns=\"http://www.w3.org/2000/svg\">\n</svg>";
        let inline = inline_svg(svg, "figure-1-drawing", "t");
        assert_eq!(
            inline,
            "<svg id=\"figure-1-drawing\" role=\"img\" aria-labelledby=\"t\" viewBox=\"0 0 8500 400\">\n</svg>"
        );
        assert_eq!(view_width(svg), Some(8_500));
    }
}
