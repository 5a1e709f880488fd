//! BED lines with a strand, which need at least six columns.

use std::io::BufRead;
use std::ops::Range;
use std::path::Path;

use crate::SequenceError;
use crate::coord::{Strand, Tss};
use crate::genome::{is_bigbed, is_bigwig};
use crate::text_file::{display_path, open_text, read_error};

/// 0-based index of the strand column.
const STRAND_COLUMN: usize = 5;
/// Number of columns of narrowPeak, whose columns 7 and 8 are a signal and a p-value.
const NARROW_PEAK_COLUMNS: usize = 10;

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
        let columns: Vec<&str> = if line.contains('\t') {
            line.split('\t').map(str::trim).collect()
        } else {
            line.split_ascii_whitespace().collect()
        };
        if let Some((number, text)) = (1..).zip(&columns).take(3).find(|(_, text)| text.contains(char::is_whitespace)) {
            return Err(format!(
                "column {number} is '{text}', which contains a space, while other columns are separated by tabs; \
                 separate all columns by tabs"
            ));
        }
        if columns.len() <= STRAND_COLUMN {
            let of_spaces = line.split_ascii_whitespace().count();
            let hint = if line.contains('\t') && of_spaces > STRAND_COLUMN {
                "; some columns are separated by spaces: separate all of them by tabs"
            } else {
                "; without a strand the direction of transcription is unknown"
            };
            return Err(format!(
                "expected 6 columns (chrom, start, end, {name}, score, strand), found {}{hint}",
                columns.len()
            ));
        }
        if columns[1..3].iter().all(|text| !text.contains(|letter: char| letter.is_ascii_digit())) {
            return Err(format!(
                "start '{}' and end '{}' are not numbers; if this line is a header, remove it or start it with '#'",
                columns[1], columns[2]
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

    /// Location as text, such as `chr1:10-20(+)`, 0-based and half-open.
    pub(crate) fn location(&self) -> String {
        format!("{}:{}-{}({})", self.columns[0], self.extent.start, self.extent.end, self.strand)
    }

    /// Thick part, columns 7 and 8; `None` if they are absent, dots or empty.
    pub(crate) fn thick(&self) -> Result<Option<Range<u64>>, String> {
        if self.columns.len() <= 7 || (self.columns[6] == "." && self.columns[7] == ".") {
            return Ok(None);
        }
        if self.columns.len() == NARROW_PEAK_COLUMNS {
            return Err("10 columns, as narrowPeak has; expected BED with 6 or 9 columns: keep the first six, as \
                        `cut -f1-6` does"
                .to_owned());
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
    let hint = if text.contains(',') { "; write it without separators of thousands" } else { "" };
    text.parse().map_err(|_| format!("{name} '{text}' is not a whole number of 0 or more{hint}"))
}

/// Calls `take` for each line of a BED file, plain or gzip. Comments, blank lines, and `track` and `browser` lines are
/// skipped.
///
/// # Errors
///
/// [`SequenceError::MalformedLine`] with the line number, [`SequenceError::BinaryFile`] for bigBed and bigWig, or a read
/// error of the file.
pub(crate) fn for_each_bed_line(
    path: &Path,
    name: &str,
    mut take: impl FnMut(&BedLine<'_>) -> Result<(), String>,
) -> Result<(), SequenceError> {
    let mut reader = open_text(path)?;
    refuse_binary(reader.fill_buf().map_err(|error| read_error(path, error))?, path)?;
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(|error| read_error(path, error))? == 0 {
            break;
        }
        if bytes.starts_with(b"#") {
            continue;
        }
        let parsed = match std::str::from_utf8(&bytes).map(str::trim_end) {
            Ok(line) if is_skipped(line) => Ok(()),
            Ok(line) if line.contains('\r') => {
                Err("line ends are carriage returns; convert them with `tr '\\r' '\\n'`".to_owned())
            }
            Ok(line) => BedLine::parse(line, name).and_then(|line| take(&line)),
            Err(_) => Err("not UTF-8 text; save the file as UTF-8".to_owned()),
        };
        parsed.map_err(|detail| SequenceError::MalformedLine { path: display_path(path), line: number, detail })?;
    }
    Ok(())
}

fn refuse_binary(start: &[u8], path: &Path) -> Result<(), SequenceError> {
    let found = if is_bigbed(start) {
        "bigBed; convert it to BED with bigBedToBed"
    } else if is_bigwig(start) {
        "bigWig; expected BED, which lists positions with their strand"
    } else {
        return Ok(());
    };
    Err(SequenceError::BinaryFile { path: display_path(path), found: found.to_owned() })
}

fn is_skipped(line: &str) -> bool {
    let first = line.split_ascii_whitespace().next().unwrap_or("#");
    let is_display_line =
        |word: &str| line.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    first.starts_with('#') || is_display_line("track") || is_display_line("browser")
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

    #[test]
    fn bed_line_malformed_columns_are_explained() {
        for (line, expected) in [
            ("chr1 10\t20\tA\t0\t+", "column 1 is 'chr1 10', which contains a space"),
            ("chr1\t10 20\tA\t0\t+", "column 2 is '10 20', which contains a space"),
            ("chr1\t10\t20\tA\t0 +", "some columns are separated by spaces"),
            ("chr1\t1,010\t1,020\tA\t0\t+", "without separators of thousands"),
            ("chr1\t10.0\t20.0\tA\t0\t+", "start '10.0' is not a whole number"),
            ("chrom\tstart\tend\tname\tscore\tstrand", "if this line is a header"),
            ("chr1\t10\t20\t5.5", "found 4; without a strand"),
            ("chr1\t20\t10\tA\t0\t+", "end 10 is not past start 20"),
            ("chr1\t10\t20\tA\t0\t*", "column 6: strand '*'"),
        ] {
            let message = BedLine::parse(line, "name").err().unwrap();
            assert!(message.contains(expected), "{message}");
        }
        let padded = BedLine::parse("chr1 \t 10\t20\tA B\t0\t+ ", "name").unwrap();
        assert_eq!((padded.location().as_str(), padded.name()), ("chr1:10-20(+)", "A B"));
        let peak = BedLine::parse("chr1\t10\t20\tp\t0\t+\t12\t15\t-1\t3", "name").unwrap();
        assert!(peak.thick().unwrap_err().contains("narrowPeak"));
    }

    #[test]
    fn for_each_bed_line_other_files_are_refused() {
        use crate::text_file::tests::file_of;
        let message = |content: &[u8]| {
            let (_folder, path) = file_of("x.bed", content);
            for_each_bed_line(&path, "name", |_| Ok(())).unwrap_err().to_string()
        };
        assert!(message(b"\xeb\xf2\x89\x87\x04\x00").contains("bigBedToBed"));
        assert!(message(b"\x26\xfc\x8f\x88").contains("bigWig"));
        assert!(message(b"# a\nchr1\t1\t2\t\xe9\t0\t+\n").contains("line 2: not UTF-8 text"));
        assert!(message(b"chr1\t1\t2\ta\t0\t+\rchr1\t1\t2\ta\t0\t+\r").to_lowercase().contains("carriage return"));
        let (_folder, path) = file_of(
            "x.bed",
            b"\xef\xbb\xbftrack name=x\tdescription=y\nbrowser position chr1:1-9\n\
            track\t1\t2\ta\t0\t+\r\n# \xe9\n\n",
        );
        let mut contigs = Vec::new();
        for_each_bed_line(&path, "name", |line| {
            contigs.push(line.tss().chrom);
            Ok(())
        })
        .unwrap();
        assert_eq!(contigs, ["track"]);
    }
}
