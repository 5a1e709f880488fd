//! The page of a figure: a body, a legend below it and a caption at the foot.

use super::canvas::{Canvas, draw_svg};
use super::style::EDGE_MM;
use super::text_block::{Caption, Legend, Swatch};
use super::{FigureFile, FigureTable};
use crate::error::EvalError;

const LEGEND_DROP_MM: f64 = 1.2;
const CAPTION_DROP_MM: f64 = 1.8;

/// The parts of a page around its body.
pub(crate) struct Sheet {
    /// File name without extension.
    pub(crate) name: String,
    pub(crate) width_mm: f64,
    /// Height of the body, its axis titles included.
    pub(crate) body_mm: f64,
    pub(crate) legend: Vec<(Swatch, String)>,
    /// Bold words at the start of the caption.
    pub(crate) lead: String,
    pub(crate) caption: String,
}

impl Sheet {
    /// The figure with `paint` for its body and `tables` behind it.
    pub(crate) fn draw(
        self,
        tables: Vec<FigureTable>,
        paint: impl Fn(&mut Canvas<'_>),
    ) -> Result<FigureFile, EvalError> {
        let inner_mm = self.width_mm - 2.0 * EDGE_MM;
        let legend = Legend::new(&self.legend, inner_mm);
        let legend_top = self.body_mm + if legend.height_mm() > 0.0 { LEGEND_DROP_MM } else { 0.0 };
        let caption = Caption::new(&self.lead, &self.caption, inner_mm);
        let caption_top = legend_top + legend.height_mm() + CAPTION_DROP_MM;
        let height_mm = caption_top + caption.height_mm() + EDGE_MM;
        let body = |canvas: &mut Canvas<'_>, height_mm: f64| {
            canvas.rectangle((0.0, 0.0), (self.width_mm, height_mm), crate::palette::WHITE);
            paint(canvas);
            legend.draw(canvas, self.width_mm / 2.0, legend_top);
        };
        let svg = draw_svg(self.width_mm, height_mm, |canvas| {
            body(canvas, height_mm);
            caption.draw(canvas, (EDGE_MM, caption_top));
        })?;
        let picture = draw_svg(self.width_mm, caption_top, |canvas| body(canvas, caption_top))?;
        Ok(FigureFile { name: self.name, title: self.lead, caption: self.caption, svg, picture, tables, hover: None })
    }
}

impl FigureTable {
    /// Rows as CSV text under the name of a file.
    pub(crate) fn new(
        name: &str,
        header: &[&str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<Self, EvalError> {
        Ok(Self { name: name.to_owned(), csv: csv_text(header, rows)? })
    }
}

fn csv_text(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String, EvalError> {
    let fail = |reason: String| EvalError::format("behind a figure", reason);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(|error| fail(error.to_string()))?;
    for row in rows {
        writer.write_record(&row).map_err(|error| fail(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| fail(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| fail(error.to_string()))
}

/// A number of a table: six digits after the point.
pub(crate) fn cell(value: f64) -> String {
    format!("{value:.6}")
}

/// The same, empty where there is none.
pub(crate) fn optional_cell(value: Option<f64>) -> String {
    value.map(cell).unwrap_or_default()
}
