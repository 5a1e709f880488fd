//! Drawing surface in millimetres: text, axes, legends, pages, and SVG and PNG output.

mod figure_file;
mod font;
mod hover;
mod label;
mod page;
mod palette;
mod panel;
mod png;
mod small_multiples;
mod style;
mod svg;
mod text_block;
mod ticks;

pub use figure_file::{FigureTable, RenderedFigure};
pub(crate) use figure_file::{cell, estimate_cells, optional_cell};
pub(crate) use font::{BOLD_TTF, Weight, shorten, text_width_mm};
pub use hover::{HoverLayer, HoverPanel, HoverPoint};
pub(crate) use label::{NO_BREAK, caption_name, count, counted, estimate_text, number, p_value_text};
pub(crate) use page::FigurePage;
pub(crate) use palette::{
    BLUE, Colour, GREY, INK, LIGHT_GREY, SKY_BLUE, VERMILLION, WHITE, base_colour, blend, diverging, viridis,
};
pub(crate) use panel::{Panel, X_TITLE_DROP_MM, left_margin_mm};
pub use png::svg_to_png;
pub(crate) use small_multiples::{MAX_PANELS, SharedAxis, SmallMultiples};
pub(crate) use style::{
    EDGE_MM, LABEL_PT, Marker, ONE_COLUMN_MM, Stroke, TICK_PT, TWO_COLUMNS_MM, point_radius_mm, series_look,
};
pub(crate) use svg::{Anchor, Canvas, Point, TextStyle};
pub(crate) use text_block::{Legend, Swatch, widest_label_mm};
pub(crate) use ticks::{Span, Tick, count_ticks, round_ticks};
