//! BED lines with a strand, which need at least six columns.

use std::io::BufRead;
use std::ops::Range;
use std::path::Path;

use crate::SequenceError;
use crate::coord::{Strand, Tss};
use crate::text_file::{display_path, open_text, read_error};

/// 0-based index of the strand column.
const STRAND_COLUMN: usize = 5;

/// BED line.
pub(crate) struct BedLine<'a> {
    columns: Vec<&'a str>,
    extent: Range<u64>,
    strand: Strand,
}

impl<'a> BedLine<'a> {
    /// Parses a line with columns separated by tabs, or by white space if it has no tab. `name` describes column 4 in
    /// messages.
    fn parse(line: &'a str, name: &str) -> Result<Self, String> {
        let columns: Vec<&str> =
            if line.contains('\t') { line.split('\t').collect() } else { line.split_ascii_whitespace().collect() };
        if columns.len() <= STRAND_COLUMN {
            return Err(format!(
                "expected 6 columns (chrom, start, end, {name}, score, strand), found {}; without a strand the direction of transcription is unknown",
                columns.len()
            ));
        }
        let (start, end) = (number(&columns, 1, "start")?, number(&columns, 2, "end")?);
        if end <= start {
            return Err(format!("end {end} is not past start {start}; BED intervals are 0-based and exclude the end"));
        }
        let strand = columns[STRAND_COLUMN].parse().map_err(|error: SequenceError| format!("column 6: {error}"))?;
        Ok(Self { columns, extent: start..end, strand })
    }

    /// Column 4.
    pub(crate) fn name(&self) -> &'a str {
        self.columns[3]
    }

    /// Score in column 5; 0 if it is empty or a dot.
    pub(crate) fn score(&self) -> Result<f64, String> {
        let text = self.columns[4];
        if text == "." || text.is_empty() {
            return Ok(0.0);
        }
        let score = text.parse().ok().filter(|score: &f64| score.is_finite());
        score.ok_or_else(|| format!("score '{text}' is not a number"))
    }

    /// Interval of the line.
    pub(crate) fn extent(&self) -> Range<u64> {
        self.extent.clone()
    }

    /// Thick part, columns 7 and 8; `None` if they are absent, dots or empty.
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

    /// 5' end of the line.
    pub(crate) fn tss(&self) -> Tss {
        self.five_prime_of(&self.extent)
    }

    /// 5' end of a part of the line.
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

/// Calls `take` for each line of a BED file, plain or gzip. Comments, blank lines, and `track` and `browser` lines are
/// skipped.
///
/// # Errors
///
/// [`SequenceError::MalformedLine`] with the line number, or a read error of the file.
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
    fn bed_line_score_and_thick_part_are_parsed() {
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
