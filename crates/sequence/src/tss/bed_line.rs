//! Lines of BED with a strand: six columns and more.

use std::io::BufRead;
use std::ops::Range;
use std::path::Path;

use crate::SequenceError;
use crate::coord::{Strand, Tss};
use crate::text_file::{display_path, open_text, read_error};

/// Column of the strand, counted from 0: BED needs six columns to have it.
const STRAND_COLUMN: usize = 5;

/// A line of BED.
pub(crate) struct BedLine<'a> {
    columns: Vec<&'a str>,
    extent: Range<u64>,
    strand: Strand,
}

impl<'a> BedLine<'a> {
    /// Columns separated by tabs, or by white space where there is none; `name` says what column 4 holds, for messages.
    fn parse(line: &'a str, name: &str) -> Result<Self, String> {
        let columns: Vec<&str> =
            if line.contains('\t') { line.split('\t').collect() } else { line.split_ascii_whitespace().collect() };
        if columns.len() <= STRAND_COLUMN {
            return Err(format!(
                "expected 6 columns (chrom, start, end, {name}, score, strand), found {}; without a strand the direction of transcription is not known",
                columns.len()
            ));
        }
        let (start, end) = (number(&columns, 1, "start")?, number(&columns, 2, "end")?);
        if end <= start {
            return Err(format!("end {end} is not past start {start}; BED counts from 0 and leaves the end out"));
        }
        let strand = columns[STRAND_COLUMN].parse().map_err(|error: SequenceError| format!("column 6: {error}"))?;
        Ok(Self { columns, extent: start..end, strand })
    }

    /// Column 4.
    pub(crate) fn name(&self) -> &'a str {
        self.columns[3]
    }

    /// Column 5, which may be left out with a dot.
    pub(crate) fn score(&self) -> Result<f64, String> {
        let text = self.columns[4];
        if text == "." || text.is_empty() {
            return Ok(0.0);
        }
        let score = text.parse().ok().filter(|score: &f64| score.is_finite());
        score.ok_or_else(|| format!("score '{text}' is not a number"))
    }

    /// Its first and one past its last base.
    pub(crate) fn extent(&self) -> Range<u64> {
        self.extent.clone()
    }

    /// Columns 7 and 8, the part drawn thick; `None` where they are absent, dots, or hold no base.
    pub(crate) fn thick(&self) -> Result<Option<Range<u64>>, String> {
        if self.columns.len() <= 7 || (self.columns[6] == "." && self.columns[7] == ".") {
            return Ok(None);
        }
        let (start, end) = (number(&self.columns, 6, "thickStart")?, number(&self.columns, 7, "thickEnd")?);
        if start == end {
            return Ok(None);
        }
        if start > end || start < self.extent.start || end > self.extent.end {
            return Err(format!(
                "thickStart {start} and thickEnd {end} are not within {}-{}",
                self.extent.start, self.extent.end
            ));
        }
        Ok(Some(start..end))
    }

    /// The 5' end of the line.
    pub(crate) fn tss(&self) -> Tss {
        self.five_prime_of(&self.extent)
    }

    /// The 5' end of a part of the line.
    pub(crate) fn five_prime_of(&self, part: &Range<u64>) -> Tss {
        let position = match self.strand {
            Strand::Forward => part.start,
            Strand::Reverse => part.end - 1,
        };
        Tss { chrom: self.columns[0].to_owned(), position, strand: self.strand }
    }
}

fn number(columns: &[&str], column: usize, name: &str) -> Result<u64, String> {
    let text = columns[column];
    text.parse().map_err(|_| format!("{name} '{text}' is not a whole number of 0 or more"))
}

/// Gives every line of a BED file, plain or gzip, to `take`; comments, `track` and `browser` lines and blank lines are
/// passed over.
///
/// # Errors
///
/// [`SequenceError::MalformedLine`] with the line number, or why the file cannot be read.
pub(crate) fn for_each_bed_line(
    path: &Path,
    name: &str,
    mut take: impl FnMut(&BedLine<'_>) -> Result<(), String>,
) -> Result<(), SequenceError> {
    for (line, number) in open_text(path)?.lines().zip(1..) {
        let line = line.map_err(|error| read_error(path, error))?;
        let line = line.trim_end();
        if is_skipped(line) {
            continue;
        }
        BedLine::parse(line, name).and_then(|line| take(&line)).map_err(|detail| SequenceError::MalformedLine {
            path: display_path(path),
            line: number,
            detail,
        })?;
    }
    Ok(())
}

fn is_skipped(line: &str) -> bool {
    let first = line.split_ascii_whitespace().next().unwrap_or("#");
    first.starts_with('#') || ((first == "track" || first == "browser") && !line.contains('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_thick_parts_are_read() {
        let line = |text: &'static str| BedLine::parse(text, "name").unwrap();
        let nine = line("chr1\t10\t20\tp1@A\t7.5\t-\t12\t14\t0,0,0");
        assert!((nine.score().unwrap() - 7.5).abs() < 1e-12);
        assert_eq!(nine.thick(), Ok(Some(12..14)));
        assert_eq!(nine.tss().to_string(), "chr1:19(-)");
        assert_eq!(nine.five_prime_of(&(12..14)).position, 13);
        assert_eq!(line("chr1 10 20 A . +").score(), Ok(0.0));
        for without in ["1 10 20 A 0 +", "1 10 20 A 0 + 15", "1 10 20 A 0 + 15 15", "1 10 20 A 0 + . ."] {
            assert_eq!(line(without).thick(), Ok(None), "{without}");
        }
        assert!(line("1 10 20 A x +").score().unwrap_err().contains("score 'x'"));
        assert!(line("1 10 20 A NaN +").score().is_err());
        for outside in ["1 10 20 A 0 + 9 11", "1 10 20 A 0 + 19 21", "1 10 20 A 0 + 15 14"] {
            assert!(line(outside).thick().unwrap_err().contains("not within 10-20"), "{outside}");
        }
        assert!(line("1 10 20 A 0 + x 11").thick().unwrap_err().contains("thickStart 'x'"));
    }
}
