//! Sequence logos: stacks of letters scaled by information content.

mod information_content;
mod letter;
mod logo_section;

pub(crate) use letter::{GlyphOutline, draw_letter};
pub(crate) use logo_section::LogoSection;
