//! Colour-blind-safe colours of the figures.
//!
//! # Source
//!
//! Okabe and Ito, Color Universal Design (2008), <https://jfly.uni-koeln.de/color/>; viridis by van der Walt and Smith
//! (matplotlib, CC0), sampled at 17 points and interpolated between them.

/// RGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const BLACK: Colour = Colour(0, 0, 0);
pub(crate) const INK: Colour = Colour(38, 38, 38);
pub(crate) const GREY: Colour = Colour(120, 120, 120);
pub(crate) const LIGHT_GREY: Colour = Colour(222, 222, 222);
pub(crate) const WHITE: Colour = Colour(255, 255, 255);
pub(crate) const BLUE: Colour = Colour(0, 114, 178);
pub(crate) const VERMILLION: Colour = Colour(213, 94, 0);
pub(crate) const SKY_BLUE: Colour = Colour(86, 180, 233);

/// Colours of Okabe and Ito, with grey instead of yellow, which is too faint for marks on white.
pub(crate) const OKABE_ITO: [Colour; 8] =
    [BLUE, VERMILLION, Colour(0, 158, 115), Colour(204, 121, 167), SKY_BLUE, Colour(230, 159, 0), BLACK, GREY];

/// Colour of a base; grey for letters other than A, C, G and T.
pub(crate) fn base_colour(base: char) -> Colour {
    match base {
        'A' => OKABE_ITO[2],
        'C' => BLUE,
        'G' => OKABE_ITO[5],
        'T' => VERMILLION,
        _ => GREY,
    }
}

const VIRIDIS: [Colour; 17] = [
    Colour(68, 1, 84),
    Colour(72, 24, 106),
    Colour(71, 45, 123),
    Colour(66, 64, 134),
    Colour(59, 82, 139),
    Colour(51, 99, 141),
    Colour(44, 114, 142),
    Colour(38, 130, 142),
    Colour(33, 145, 140),
    Colour(31, 160, 136),
    Colour(40, 174, 128),
    Colour(63, 188, 115),
    Colour(94, 201, 98),
    Colour(132, 212, 75),
    Colour(173, 220, 48),
    Colour(216, 226, 25),
    Colour(253, 231, 37),
];

/// Viridis colour at `fraction`, from dark (0) to bright (1).
pub(crate) fn viridis(fraction: f64) -> Colour {
    let position = fraction.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let below = (position as usize).min(VIRIDIS.len() - 2);
    blend(VIRIDIS[below], VIRIDIS[below + 1], position - below as f64)
}

/// Diverging colour from blue (-1) over white (0) to vermillion (1).
pub(crate) fn diverging(fraction: f64) -> Colour {
    let end = if fraction < 0.0 { BLUE } else { VERMILLION };
    blend(WHITE, end, fraction.abs().min(1.0))
}

/// Linear interpolation between two colours.
pub(crate) fn blend(from: Colour, to: Colour, fraction: f64) -> Colour {
    let mix = |a: u8, b: u8| (f64::from(a) + fraction * (f64::from(b) - f64::from(a))).round() as u8;
    Colour(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viridis_ends_are_dark_purple_and_yellow() {
        assert_eq!(viridis(-1.0), Colour(68, 1, 84));
        assert_eq!(viridis(1.0), Colour(253, 231, 37));
        // Halfway between the first two anchors: (68+72)/2, (1+24)/2 = 12.5 rounded up, (84+106)/2.
        assert_eq!(viridis(1.0 / 32.0), Colour(70, 13, 95));
    }

    #[test]
    fn diverging_zero_is_white_between_blue_and_vermillion() {
        assert_eq!([-2.0, -1.0, 0.0, 1.0].map(diverging), [BLUE, BLUE, WHITE, VERMILLION]);
        // Halfway to (213, 94, 0): (255 + 213) / 2, (255 + 94) / 2 = 174.5 rounded up, 127.5 rounded up.
        assert_eq!(diverging(0.5), Colour(234, 175, 128));
    }
}
