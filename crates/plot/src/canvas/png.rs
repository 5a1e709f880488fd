//! Conversion of SVG to PNG with the bundled fonts.

use std::sync::{Arc, OnceLock};

use png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::font::{BOLD_TTF, FAMILY, REGULAR_TTF};
use crate::error::PlotError;

/// Resolution of PNG figures.
pub const DOTS_PER_INCH: f64 = 300.0;
const MILLIMETRES_PER_INCH: f64 = 25.4;

/// PNG at 300 dots per inch, on a white background, of an SVG with a size in millimetres.
///
/// # Errors
///
/// [`PlotError::Raster`] if the text is not SVG or its size is zero.
///
/// # Examples
///
/// ```
/// let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="25.4mm" height="12.7mm" viewBox="0 0 10 5"/>"#;
/// let png = tatabox_plot::svg_to_png(svg)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// // The width in pixels, bytes 16 to 19 of a PNG: one inch is 300 pixels.
/// assert_eq!(png[16..20], 300_u32.to_be_bytes());
/// # Ok::<(), tatabox_plot::PlotError>(())
/// ```
pub fn svg_to_png(svg: &str) -> Result<Vec<u8>, PlotError> {
    let options =
        Options { dpi: DOTS_PER_INCH as f32, font_family: FAMILY.to_owned(), fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(raster)?;
    let size = tree.size().to_int_size();
    let mut pixmap = Pixmap::new(size.width(), size.height()).ok_or_else(|| raster("the drawing has no area"))?;
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::default(), &mut pixmap.as_mut());
    encode(&pixmap)
}

fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, PlotError> {
    // On an opaque background, premultiplied and straight colours are equal, so alpha can be dropped.
    let rgb: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let dots_per_metre = (DOTS_PER_INCH * 1000.0 / MILLIMETRES_PER_INCH).round() as u32;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: dots_per_metre, yppu: dots_per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header().map_err(raster)?;
    writer.write_image_data(&rgb).map_err(raster)?;
    writer.finish().map_err(raster)?;
    Ok(bytes)
}

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let build = || {
        let mut database = fontdb::Database::new();
        database.load_font_data(REGULAR_TTF.to_vec());
        database.load_font_data(BOLD_TTF.to_vec());
        database.set_sans_serif_family(FAMILY);
        Arc::new(database)
    };
    Arc::clone(FONTS.get_or_init(build))
}

fn raster(reason: impl std::fmt::Display) -> PlotError {
    PlotError::Raster { reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> (png::OutputInfo, Option<PixelDimensions>, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut pixels).expect("one frame");
        let dimensions = reader.info().pixel_dims;
        (info, dimensions, pixels)
    }

    #[test]
    fn svg_to_png_one_inch_is_300_pixels() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="25.4mm" height="12.7mm" viewBox="0 0 10 5"/>"#;
        let (info, dimensions, pixels) = decode(&svg_to_png(svg).expect("valid SVG"));
        assert_eq!((info.width, info.height), (300, 150));
        assert_eq!(dimensions.map(|d| d.xppu), Some(11_811));
        assert!(pixels.iter().all(|&p| p == 255), "an empty drawing is white");
    }

    #[test]
    fn svg_to_png_draws_text_without_system_fonts() {
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="5mm" viewBox="0 0 200 50"><text x="5" y="40" font-size="40" font-family="{FAMILY}">log₂</text></svg>"#
        );
        let (_, _, pixels) = decode(&svg_to_png(&svg).expect("valid SVG"));
        assert!(pixels.iter().filter(|&&p| p < 128).count() > 500);
    }

    #[test]
    fn svg_to_png_invalid_svg_is_an_error() {
        assert!(matches!(svg_to_png("not svg"), Err(PlotError::Raster { .. })));
    }
}
