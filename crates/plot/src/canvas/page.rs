//! Page of a figure: body, legend and caption.

use super::figure_file::{FigureTable, RenderedFigure};
use super::palette::WHITE;
use super::style::EDGE_MM;
use super::svg::{Canvas, draw_svg};
use super::text_block::{Caption, Legend, Swatch};
use crate::error::PlotError;

const LEGEND_DROP_MM: f64 = 1.2;
const CAPTION_DROP_MM: f64 = 1.8;

/// Page size, legend and caption of a figure.
pub(crate) struct FigurePage {
    /// File name without extension.
    pub(crate) name: String,
    pub(crate) width_mm: f64,
    /// Height of the body with its axis titles.
    pub(crate) body_mm: f64,
    pub(crate) legend: Vec<(Swatch, String)>,
    /// First sentence of the caption, set in bold.
    pub(crate) lead: String,
    pub(crate) caption: String,
}

impl FigurePage {
    /// Renders the figure; `paint` draws its body, `tables` hold its values.
    pub(crate) fn draw(
        self,
        tables: Vec<FigureTable>,
        paint: impl Fn(&mut Canvas<'_>),
    ) -> Result<RenderedFigure, PlotError> {
        let inner_mm = self.width_mm - 2.0 * EDGE_MM;
        let legend = Legend::new(&self.legend, inner_mm);
        let legend_top = self.body_mm + if legend.height_mm() > 0.0 { LEGEND_DROP_MM } else { 0.0 };
        let caption = Caption::new(&self.lead, &self.caption, inner_mm);
        let caption_top = legend_top + legend.height_mm() + CAPTION_DROP_MM;
        let height_mm = caption_top + caption.height_mm() + EDGE_MM;
        let body = |canvas: &mut Canvas<'_>, height_mm: f64| {
            canvas.rectangle((0.0, 0.0), (self.width_mm, height_mm), WHITE);
            paint(canvas);
            legend.draw(canvas, self.width_mm / 2.0, legend_top);
        };
        let svg = draw_svg(self.width_mm, height_mm, |canvas| {
            body(canvas, height_mm);
            caption.draw(canvas, (EDGE_MM, caption_top));
        })?;
        let body_svg = draw_svg(self.width_mm, caption_top, |canvas| body(canvas, caption_top))?;
        Ok(RenderedFigure {
            name: self.name,
            title: self.lead,
            caption: self.caption,
            svg,
            body_svg,
            tables,
            hover: None,
        })
    }
}
