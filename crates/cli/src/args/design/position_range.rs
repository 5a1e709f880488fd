//! Positions as they are typed: `-35..+5`.

use std::str::FromStr;

/// Positions relative to the TSS base, which is 0; the end is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PositionRange {
    pub(super) start_bp: i64,
    pub(super) end_bp: i64,
}

impl FromStr for PositionRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (start, end) = text.split_once("..")?;
            let (start_bp, end_bp) = (start.parse().ok()?, end.parse().ok()?);
            (start_bp < end_bp).then_some(Self { start_bp, end_bp })
        };
        read().ok_or_else(|| "expected positions from the TSS, the end left out, such as -35..+5".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_have_a_sign_and_an_order() {
        assert_eq!("-35..+5".parse(), Ok(PositionRange { start_bp: -35, end_bp: 5 }));
        assert_eq!("50..60".parse(), Ok(PositionRange { start_bp: 50, end_bp: 60 }));
        for text in ["", "5", "5..5", "+5..-35", "-35-5", "a..b", "--5..1"] {
            assert!(text.parse::<PositionRange>().is_err(), "{text}");
        }
    }
}
