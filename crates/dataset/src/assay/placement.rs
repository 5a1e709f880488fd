//! Windows of the sequences of an assay.

use std::ops::Range;

use tatabox_sequence::{Sequence, UNKNOWN, WindowGeometry};

use super::AssaySource;
use crate::drop_reason::DropReason;
use crate::error::Result;

/// Placement of sequences in windows, with the constant bases of their construct around them.
pub(crate) struct Placement {
    left: Vec<u8>,
    right: Vec<u8>,
    tss: Option<i64>,
    geometry: WindowGeometry,
}

/// Window of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacedSequence {
    /// Base codes of the window.
    pub window: Vec<u8>,
    /// Part of the window that is the sequence.
    pub insert: Range<u32>,
    /// Number of bases of the sequence beyond the window.
    pub cropped_bp: usize,
}

impl Placement {
    /// Placement of the sequences of a source.
    ///
    /// # Errors
    ///
    /// [`DatasetError::InvalidSetting`](crate::DatasetError::InvalidSetting) for constant bases that are not DNA.
    pub(crate) fn new(source: &AssaySource, geometry: WindowGeometry) -> Result<Self> {
        source.check()?;
        let codes = |bases: &str| Sequence::from_ascii(bases.as_bytes()).expect("checked").into_codes();
        Ok(Self { left: codes(&source.left), right: codes(&source.right), tss: source.tss, geometry })
    }

    /// Window of a sequence, with the TSS base at `upstream_bp`; bases beyond the construct are unknown.
    ///
    /// # Errors
    ///
    /// The reason why the sequence has no window, with details.
    pub(crate) fn place(&self, sequence: &Sequence) -> Result<PlacedSequence, (DropReason, String)> {
        let (window_bp, upstream_bp) = (self.geometry.len() as i64, i64::from(self.geometry.upstream_bp));
        let (left, insert) = (self.left.len() as i64, sequence.len() as i64);
        let total = left + insert + self.right.len() as i64;
        let tss = match self.tss {
            Some(tss) if tss < 0 => total + tss,
            Some(tss) => left + tss,
            None if total == window_bp => upstream_bp,
            None => {
                let detail = format!(
                    "{total} bp, expected the {window_bp} bp of the window; state the index of the TSS base (tss=N)"
                );
                return Err((DropReason::WrongLength, detail));
            }
        };
        if !(0..total).contains(&tss) {
            let detail = format!("the construct has {total} bp, expected more than the index of its TSS base, {tss}");
            return Err((DropReason::WrongLength, detail));
        }
        let mut window = vec![UNKNOWN; self.geometry.len()];
        let construct = self.left.iter().chain(sequence.codes()).chain(&self.right);
        for (&code, at) in construct.zip(upstream_bp - tss..) {
            if (0..window_bp).contains(&at) {
                window[at as usize] = code;
            }
        }
        let start = upstream_bp - tss + left;
        let [start, end] = [start, start + insert].map(|at| at.clamp(0, window_bp) as u32);
        if start == end {
            return Err((DropReason::InsertOutsideWindow, format!("the TSS base has the index {tss}")));
        }
        if window[start as usize..end as usize].iter().all(|&code| code == UNKNOWN) {
            return Err((DropReason::NoKnownBases, "no known base of the sequence is within the window".to_owned()));
        }
        let cropped_bp = sequence.len() - (end - start) as usize;
        Ok(PlacedSequence { window, insert: start..end, cropped_bp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(settings: &str, letters: &str) -> Result<(String, Range<u32>, usize), (DropReason, String)> {
        let source = format!("x=a.tsv,scale=log2{settings}").parse().expect("valid");
        let placement = Placement::new(&source, WindowGeometry::new(50, 10).expect("valid")).expect("valid");
        let sequence = Sequence::from_ascii(letters.as_bytes()).expect("bases");
        let PlacedSequence { window, insert, cropped_bp } = placement.place(&sequence)?;
        Ok((Sequence::from_codes(window).to_ascii(), insert, cropped_bp))
    }

    #[test]
    fn place_sequence_of_window_length_needs_no_tss() {
        let letters = "ACGTA".repeat(12);
        assert_eq!(placed("", &letters), Ok((letters.clone(), 0..60, 0)));
        let (reason, detail) = placed("", "ACGT").expect_err("too short");
        assert_eq!(reason, DropReason::WrongLength);
        assert!(detail.contains("4 bp") && detail.contains("tss=N"), "{detail}");
    }

    #[test]
    fn place_construct_puts_tss_base_at_upstream() {
        // The insert of 4 bases, TSS base 5 after its first base: the second base of `right`.
        let (window, insert, cropped) = placed(",left=CC,right=GTG,tss=5", "AAAA").expect("placed");
        assert_eq!(window, format!("{}CCAAAAGTG{}", "N".repeat(43), "N".repeat(8)));
        assert_eq!((window.as_bytes()[50], insert, cropped), (b'T', 45..49, 0));
        // From the end of the construct: -2 is the second to last base.
        assert_eq!(placed(",left=CC,right=GTG,tss=-2", "AAAA"), placed(",left=CC,right=GTG,tss=5", "AAAA"));
    }

    #[test]
    fn place_crops_insert_and_refuses_what_is_outside() {
        let (_, insert, cropped) = placed(",tss=70", &"A".repeat(100)).expect("placed");
        assert_eq!((insert, cropped), (0..60, 40));
        let reason = |settings: &str, letters: &str| placed(settings, letters).expect_err("refused").0;
        assert_eq!(reason(",tss=9", "ACGT"), DropReason::WrongLength);
        assert_eq!(reason(",tss=-9", "ACGT"), DropReason::WrongLength);
        let right = format!(",right={},tss=70", "A".repeat(90));
        assert_eq!(reason(&right, "ACGT"), DropReason::InsertOutsideWindow);
        assert_eq!(reason(",tss=0", "NNNN"), DropReason::NoKnownBases);
    }
}
