//! Layout of the contigs of a FASTA genome, found in one pass over its text.

use std::collections::HashMap;
use std::num::NonZero;
use std::path::Path;

use memchr::memchr;
use noodles::fasta::fai;

use crate::SequenceError;

/// Longest part of a header line that is kept, in bytes. Names are shorter.
const MAX_HEADER_BYTES: usize = 1 << 16;

/// Remedy for lines of unequal length.
const REWRAP: &str = "all lines of a contig but the last must be of one length; rewrap the file, for example with \
                      `seqkit seq -w 60`";

/// Scanner of FASTA text, which it receives in pieces of any size.
///
/// It accepts what `samtools faidx` accepts, with the same index, except for contigs that occur twice, `>` within a
/// line, contigs without a name, and bytes that are not printable. It also skips a byte order mark.
pub(super) struct ContigScanner<'a> {
    path: &'a Path,
    records: Vec<fai::Record>,
    /// Line of the header by name of the contig.
    header_lines: HashMap<String, u64>,
    contig: Option<OpenContig>,
    line: OpenLine,
    /// Number of the current line, counted from 1.
    line_number: u64,
    /// Bytes before the current line.
    offset: u64,
}

/// Contig whose end has not been reached.
struct OpenContig {
    name: String,
    header_line: u64,
    /// Offset of its first base.
    position: u64,
    length: u64,
    line_bases: u64,
    /// Bytes of a line with its line end.
    line_width: u64,
    /// Line after which no bases may follow, with the reason.
    last_line: Option<(u64, &'static str)>,
}

/// Line whose end has not been reached.
#[derive(Default)]
struct OpenLine {
    bytes: u64,
    /// Text of a header line after `>`; `None` for a line of sequence.
    header: Option<Vec<u8>>,
    bases: u64,
    /// White space after the last base.
    blanks: u64,
    has_carriage_return: bool,
}

impl<'a> ContigScanner<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self {
            path,
            records: Vec::new(),
            header_lines: HashMap::new(),
            contig: None,
            line: OpenLine::default(),
            line_number: 1,
            offset: 0,
        }
    }

    /// Skips bytes before the first line, such as a byte order mark.
    pub(super) fn skip(&mut self, bytes: u64) {
        self.offset += bytes;
    }

    /// Reads a piece of text.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedLine`] or [`SequenceError::DuplicateContig`].
    pub(super) fn read(&mut self, mut text: &[u8]) -> Result<(), SequenceError> {
        while let Some(at) = memchr(b'\n', text) {
            self.extend_line(&text[..at])?;
            self.end_line()?;
            text = &text[at + 1..];
        }
        if text.is_empty() { Ok(()) } else { self.extend_line(text) }
    }

    /// Index of all contigs, after the end of the text.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read), and text without contigs or with a last contig that is empty.
    pub(super) fn finish(mut self) -> Result<fai::Index, SequenceError> {
        if self.line.bytes > 0 {
            self.end_line()?;
        }
        if let Some(contig) = self.contig.as_ref().filter(|contig| contig.length == 0) {
            let detail = format!("the last contig '{}' has no sequence, so the file is incomplete", contig.name);
            return Err(self.malformed(contig.header_line, detail));
        }
        self.close_contig();
        if self.records.is_empty() {
            return Err(SequenceError::EmptyFile { path: self.path.to_owned() });
        }
        Ok(fai::Index::from(self.records))
    }

    fn extend_line(&mut self, piece: &[u8]) -> Result<(), SequenceError> {
        let line = &mut self.line;
        let is_first = line.bytes == 0;
        line.bytes += piece.len() as u64;
        if is_first && piece.first() == Some(&b'>') {
            line.header = Some(Vec::new());
        }
        if let Some(header) = &mut line.header {
            let kept = &piece[usize::from(is_first)..];
            header.extend_from_slice(&kept[..kept.len().min(MAX_HEADER_BYTES.saturating_sub(header.len()))]);
            return Ok(());
        }
        let bases = piece.trim_ascii_end();
        if line.blanks == 0 && is_printable_sequence(bases) {
            line.bases += bases.len() as u64;
            line.blanks += (piece.len() - bases.len()) as u64;
            line.has_carriage_return |= piece[bases.len()..].contains(&b'\r');
            return Ok(());
        }
        self.extend_unusual_line(piece)
    }

    /// Part of a line with white space before bases, or with a byte that sequence does not have.
    fn extend_unusual_line(&mut self, piece: &[u8]) -> Result<(), SequenceError> {
        for &byte in piece {
            let line = &mut self.line;
            let problem = match byte {
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                    line.blanks += 1;
                    line.has_carriage_return |= byte == b'\r';
                    continue;
                }
                b'>' => {
                    let bases = line.bases;
                    format!(
                        "'>' after {bases} bases of a line; a header must start a line: add the line break that is \
                         missing before '>', or download the file again"
                    )
                }
                _ if line.blanks > 0 && line.has_carriage_return => {
                    "a carriage return (CR) within the line; lines must end in LF or CR LF, so convert the line ends: \
                     `tr '\\r' '\\n' < OLD > NEW`"
                        .to_owned()
                }
                _ if line.blanks > 0 => {
                    format!("white space before or between bases (after {} of them); remove it", line.bases)
                }
                0x21..=0x7e => {
                    line.bases += 1;
                    continue;
                }
                0 => "a NUL byte, so the file is damaged; download it again".to_owned(),
                _ => format!("'{}' is not a letter of a sequence", byte.escape_ascii()),
            };
            return Err(self.malformed(self.line_number, problem));
        }
        Ok(())
    }

    /// Ends the current line, at its line break or at the end of the text.
    fn end_line(&mut self) -> Result<(), SequenceError> {
        let line = std::mem::take(&mut self.line);
        // As in samtools, a last line without a line break counts as if it had one.
        let width = line.bytes + 1;
        self.offset += width;
        match &line.header {
            Some(header) => self.open_contig(header)?,
            None => self.add_bases(line.bases, width)?,
        }
        self.line_number += 1;
        Ok(())
    }

    fn open_contig(&mut self, header: &[u8]) -> Result<(), SequenceError> {
        self.close_contig();
        let number = self.line_number;
        if header.trim_ascii_end().contains(&b'\r') {
            let detail = "a carriage return (CR) within the header; lines must end in LF or CR LF, so convert the line \
                          ends: `tr '\\r' '\\n' < OLD > NEW`";
            return Err(self.malformed(number, detail.to_owned()));
        }
        let name = header.split(u8::is_ascii_whitespace).find(|word| !word.is_empty());
        let Some(name) = name.map(|name| String::from_utf8_lossy(name).into_owned()) else {
            return Err(self.malformed(number, "no name of a contig after '>'; add one".to_owned()));
        };
        if let Some(first_line) = self.header_lines.insert(name.clone(), number) {
            let path = self.path.to_owned();
            let places = format!("lines {first_line} and {number}");
            return Err(SequenceError::DuplicateContig { path, contig: name, places });
        }
        self.contig = Some(OpenContig {
            name,
            header_line: number,
            position: self.offset,
            length: 0,
            line_bases: 0,
            line_width: 0,
            last_line: None,
        });
        Ok(())
    }

    fn add_bases(&mut self, bases: u64, width: u64) -> Result<(), SequenceError> {
        let number = self.line_number;
        let Some(contig) = &mut self.contig else {
            return match bases {
                0 => Ok(()),
                _ => {
                    Err(self.malformed(number, "expected '>' and the name of a contig before its sequence".to_owned()))
                }
            };
        };
        if bases == 0 {
            contig.last_line.get_or_insert((number, "blank"));
            return Ok(());
        }
        if let Some((last, reason)) = contig.last_line {
            let detail = format!("bases of contig '{}' after line {last}, which is {reason}; {REWRAP}", contig.name);
            return Err(self.malformed(number, detail));
        }
        if contig.line_bases == 0 {
            (contig.line_bases, contig.line_width) = (bases, width);
        } else if bases > contig.line_bases {
            let (name, first) = (&contig.name, contig.line_bases);
            let detail = format!("{bases} bases, but the first line of contig '{name}' has {first}; {REWRAP}");
            return Err(self.malformed(number, detail));
        } else if bases < contig.line_bases {
            contig.last_line = Some((number, "shorter"));
        } else if width != contig.line_width {
            contig.last_line = Some((number, "followed by another number of blanks or line end characters"));
        }
        contig.length += bases;
        Ok(())
    }

    fn close_contig(&mut self) {
        let Some(contig) = self.contig.take() else { return };
        let lines = NonZero::new(contig.line_bases).zip(NonZero::new(contig.line_width));
        let Some((line_bases, line_width)) = lines else {
            let (path, line) = (self.path.display(), contig.header_line);
            tracing::warn!("{path}, line {line}: contig '{}' has no sequence and is ignored", contig.name);
            return;
        };
        self.records.push(fai::Record::new(contig.name, contig.length, contig.position, line_bases, line_width));
    }

    fn malformed(&self, line: u64, detail: String) -> SequenceError {
        SequenceError::MalformedLine { path: self.path.to_owned(), line, detail }
    }
}

/// Whether all bytes are printable and none is `>`. There is no early exit, which allows vectorisation.
fn is_printable_sequence(bytes: &[u8]) -> bool {
    bytes.iter().fold(0u8, |other, &byte| other | u8::from(byte.wrapping_sub(0x21) > 0x5d) | u8::from(byte == b'>'))
        == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::fmt::Write as _;

    use super::*;

    /// Index in the format of `.fai`, or the message; the text is read in pieces of `piece` bytes.
    fn scan_in_pieces(text: &[u8], piece: usize) -> Result<String, String> {
        let mut scanner = ContigScanner::new(Path::new("x.fa"));
        let read = text.chunks(piece).try_for_each(|piece| scanner.read(piece));
        let index = read.and_then(|()| scanner.finish()).map_err(|error| error.to_string())?;
        let mut written = Vec::new();
        fai::io::Writer::new(&mut written).write_index(&index).unwrap();
        Ok(String::from_utf8(written).unwrap())
    }

    fn scan(text: &[u8]) -> Result<String, String> {
        let whole = scan_in_pieces(text, usize::MAX);
        for piece in [1, 3] {
            assert_eq!(scan_in_pieces(text, piece), whole, "{}", text.escape_ascii());
        }
        whole
    }

    #[test]
    fn scan_layouts_that_samtools_accepts_give_its_index() {
        // Indexes of samtools 1.24.
        for (text, index) in [
            (&b">  chr1 x\nACGT\n"[..], "chr1\t4\t10\t4\t5\n"),
            (b">\tchr1\tx\nAC\n", "chr1\t2\t9\t2\t3\n"),
            (b"\n\r\n>a\nACGT\n", "a\t4\t6\t4\t5\n"),
            (b">a\nACGT\n>e\n>b\nAC\n", "a\t4\t3\t4\t5\nb\t2\t14\t2\t3\n"),
            (b">a\nACGT \nACGT \nAC \n>b\nAC\n", "a\t10\t3\t4\t6\nb\t2\t22\t2\t3\n"),
            (b">a\r\nACGT\r\nACGT\n>b\nAC\n", "a\t8\t4\t4\t6\nb\t2\t18\t2\t3\n"),
            (b">a\nACGT\n  \n>b\nAC\n\n\n", "a\t4\t3\t4\t5\nb\t2\t14\t2\t3\n"),
            (b">a\nACGT\x0c\nACGT\x0c\n", "a\t8\t3\t4\t6\n"),
            (b">a\r\r\nACGT\r\r\nAC\r\r\n", "a\t6\t5\t4\t7\n"),
            (b">a\nAC*-\nACGT\n", "a\t8\t3\t4\t5\n"),
            (b">a\nACGT\nAC", "a\t6\t3\t4\t5\n"),
            (b">a\nACGT", "a\t4\t3\t4\t5\n"),
        ] {
            assert_eq!(scan(text).as_deref(), Ok(index), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn scan_other_layouts_name_the_line() {
        for (text, line, reason) in [
            (&b">a\nACGT\nAC>b\nAC\n"[..], 3, "'>' after 2 bases"),
            (b">a\nACGT\n>b\nACGTAC>c d\n", 4, "'>' after 6 bases"),
            (b">a\nACGT\n >b\nACGT\n", 3, "'>' after 0 bases"),
            (b">a\nACGT\n\nACGT\n>b\nAC\n", 4, "bases of contig 'a' after line 3, which is blank"),
            (b">a\nACGT\nAC\nACGT\n", 4, "after line 3, which is shorter"),
            (b">a\nACGT\nACGT\r\nACGT\n", 4, "after line 3, which is followed by another number of blanks"),
            (b">a\nACGT\nACGTA\n", 3, "5 bases, but the first line of contig 'a' has 4"),
            (b">a\rACGT\rAC\r>b\rAC\r", 1, "carriage return"),
            (b">a\nACGT\rAC\n", 2, "carriage return"),
            (b">a\nAC GT\n", 2, "white space before or between bases (after 2"),
            (b">a\nAC\0T\n", 2, "NUL"),
            (b">a\nAC\x01T\n", 2, "'\\x01' is not a letter"),
            (b">a\nAC\n>\nAC\n", 3, "no name"),
            (b">a\nAC\n> \nAC\n", 3, "no name"),
            (b"\nACGT\n>a\nAC\n", 2, "expected '>'"),
            (b">a\nAC\n>e\n\n", 3, "the last contig 'e' has no sequence"),
            (b">e", 1, "the last contig 'e' has no sequence"),
        ] {
            let message = scan(text).expect_err("not accepted");
            assert!(message.starts_with(&format!("x.fa, line {line}: ")), "{message}");
            assert!(message.contains(reason), "{message}");
            assert!(!message.contains(|letter: char| letter.is_control()), "{message}");
        }
        assert_eq!(scan(b"\n\n").unwrap_err(), "x.fa: the file is empty");
    }

    #[test]
    fn scan_contig_twice_names_both_lines() {
        let message = scan(b">chr2 a\nACGT\n>chr1\nAC\n>chr2 b\nGG\n").expect_err("duplicate");
        assert!(message.starts_with("x.fa: contig 'chr2' occurs twice (lines 1 and 5)"), "{message}");
        assert!(scan(b">a\n>a\nGG\n").is_err());
    }

    proptest! {
        /// The index of noodles for the layouts that it accepts.
        #[test]
        fn scan_matches_indexer_of_noodles(
            contigs in prop::collection::vec(("[ACGTN]{1,60}", 1usize..12), 1..5),
            crlf in any::<bool>(),
        ) {
            let end = if crlf { "\r\n" } else { "\n" };
            let mut text = String::new();
            for (number, (bases, line)) in contigs.iter().enumerate() {
                write!(text, ">c{number} description{end}").unwrap();
                for line in bases.as_bytes().chunks(*line) {
                    text.push_str(std::str::from_utf8(line).unwrap());
                    text.push_str(end);
                }
            }
            let mut indexer = noodles::fasta::io::Indexer::new(text.as_bytes());
            let mut expected = Vec::new();
            while let Some(record) = indexer.index_record().unwrap() {
                expected.push(record);
            }
            let mut written = Vec::new();
            fai::io::Writer::new(&mut written).write_index(&fai::Index::from(expected)).unwrap();
            prop_assert_eq!(scan(text.as_bytes()), Ok(String::from_utf8(written).unwrap()));
        }
    }
}
