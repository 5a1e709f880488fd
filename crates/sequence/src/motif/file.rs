//! Reader of motif files.

mod cis_bp;
mod format;
mod headed_matrix;
mod jaspar;
mod layout;
mod letters;
mod matrix;
mod meme;
mod meme_header;
mod numbered_lines;
mod numbered_rows;
mod position_rows;
mod transfac;
mod uniprobe;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use memchr::memchr_iter;

use self::format::MotifFormat;
use super::{InvalidMotif, PositionWeightMatrix};
use crate::SequenceError;
use crate::file_kind::FileKind;
use crate::text_file::{display_path, open_text_or, read_error};

/// Content of a motif file.
///
/// # Examples
///
/// ```
/// use tatabox_sequence::MotifFile;
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-motif-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("motifs.jaspar");
/// std::fs::write(&path, ">MA0004.1 Arnt\nA [ 4 19 ]\nC [ 16 0 ]\nG [ 0 1 ]\nT [ 0 0 ]\n")?;
/// let file = MotifFile::read(&path)?;
/// assert_eq!(file.find("arnt")?.consensus(), "CA");
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MotifFile {
    /// Motifs in the order of the file, at least one.
    pub motifs: Vec<PositionWeightMatrix>,
    /// Background frequencies of A, C, G and T; `None` if the file gives none.
    pub background: Option<[f64; 4]>,
}

impl MotifFile {
    /// Reads a motif file, plain or gzip; `-` is standard input. The format is recognised by content:
    ///
    /// * MEME: minimal format or the text output of MEME, DREME and STREME, with letter-probability matrices.
    /// * JASPAR: `>` headers with four rows of counts, with or without letters and brackets.
    /// * HOMER: `>` headers with consensus, name and threshold, and one row of probabilities per position.
    /// * gimme, Cluster-Buster and HOCOMOCO: `>` headers and one row of four numbers per position.
    /// * TRANSFAC, also as JASPAR, STAMP, RSAT and SwissRegulon write it.
    /// * CIS-BP: tables with the columns Pos, A, C, G and T.
    /// * UniPROBE: rows `A:`, `C:`, `G:` and `T:` of probabilities.
    ///
    /// U is read as T, with a warning. Probabilities have to sum to 1 within the rounding of their decimals.
    /// Motifs of one name are read, with a warning.
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedMotif`] with line and motif, [`SequenceError::UnknownMotifFormat`],
    /// [`SequenceError::NoMotifs`], or a read error of the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        let lines = read_lines(path)?;
        let format = MotifFormat::of(&lines)
            .map_err(|found| SequenceError::UnknownMotifFormat { path: display_path(path), found })?;
        let parsed = match format {
            MotifFormat::Meme => meme::parse(&lines),
            MotifFormat::Headed => layout::parse(&lines),
            MotifFormat::Transfac => transfac::parse(&lines),
            MotifFormat::CisBp => cis_bp::parse(&lines, &stem(path)),
            MotifFormat::Uniprobe => uniprobe::parse(&lines, &stem(path)),
        };
        let parsed = parsed.map_err(|malformed| SequenceError::MalformedMotif {
            path: display_path(path),
            line: malformed.line as u64,
            motif: malformed.motif.unwrap_or_else(|| "before the first motif".to_owned()),
            detail: malformed.detail,
        })?;
        parsed.warn(path);
        if parsed.motifs.is_empty() {
            return Err(SequenceError::NoMotifs { path: display_path(path) });
        }
        Ok(Self { motifs: parsed.motifs, background: parsed.background })
    }

    /// The only motif with this name, alternative name, name without its version (`NAME.VERSION`), or first part of a
    /// HOMER name (`NAME(family)/...`), in either case.
    ///
    /// # Errors
    ///
    /// [`InvalidMotif`] if no motif or several motifs have the name.
    pub fn find(&self, name: &str) -> Result<&PositionWeightMatrix, InvalidMotif> {
        let is_named = |known: &str| known.eq_ignore_ascii_case(name);
        let without_version = |known: &str| known.rsplit_once('.').is_some_and(|(stem, _)| is_named(stem));
        let by_name: Vec<_> = self.motifs.iter().filter(|motif| is_named(motif.name())).collect();
        let by_alternative = || -> Vec<_> {
            let has_name = |motif: &&PositionWeightMatrix| {
                let first_part = motif.name().split(['(', '/']).next().unwrap_or_default();
                motif.alternative_name().is_some_and(is_named) || without_version(motif.name()) || is_named(first_part)
            };
            self.motifs.iter().filter(has_name).collect()
        };
        let found = if by_name.is_empty() { by_alternative() } else { by_name };
        match found[..] {
            [motif] => Ok(motif),
            [] => {
                Err(InvalidMotif::new(format!("no motif is named {name}; the file has {} motifs", self.motifs.len())))
            }
            _ => {
                let names: Vec<&str> = found.iter().map(|motif| motif.name()).collect();
                Err(InvalidMotif::new(format!("{} motifs are named {name}: {}", names.len(), names.join(", "))))
            }
        }
    }
}

/// Motifs and background of a file, and findings that warrant a warning.
#[derive(Debug, Default)]
struct ParsedMotifs {
    motifs: Vec<PositionWeightMatrix>,
    background: Option<[f64; 4]>,
    /// Lines of backgrounds that differ from the first.
    other_backgrounds: Vec<usize>,
    /// Whether U was read as T.
    is_rna: bool,
}

impl ParsedMotifs {
    /// Adds the background of a MEME file. Joined files have several, the first of which is used.
    fn add_background(&mut self, line: usize, background: [f64; 4]) {
        let first = *self.background.get_or_insert(background);
        if first.iter().zip(background).any(|(first, other)| (first - other).abs() > 1e-6) {
            self.other_backgrounds.push(line);
        }
    }

    fn warn(&self, path: &Path) {
        let path = display_path(path);
        let path = path.display();
        if self.is_rna {
            tracing::warn!("{path}: RNA motifs; U is read as T, and sites are located on both strands");
        }
        if let Some(line) = self.other_backgrounds.first() {
            tracing::warn!(
                "{path}, line {line}: background frequencies that differ from those before; the first are used for all motifs"
            );
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for motif in &self.motifs {
            *counts.entry(motif.name()).or_default() += 1;
        }
        let repeated: Vec<&str> = counts.into_iter().filter(|&(_, count)| count > 1).map(|(name, _)| name).collect();
        if let Some(first) = repeated.first() {
            tracing::warn!(
                "{path}: {} names occur more than once, such as {first}; their results have the same name",
                repeated.len()
            );
        }
    }
}

/// Lines of a text file without line ends.
fn read_lines(path: &Path) -> Result<Vec<String>, SequenceError> {
    let mut bytes = Vec::new();
    // Motif programs write these as well, and the error says which of their files to use.
    let mut text = open_text_or(path, &[FileKind::Xml, FileKind::WebPage, FileKind::Json])?;
    text.read_to_end(&mut bytes).map_err(|error| read_error(path, error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + memchr_iter(b'\n', valid).count() as u64;
            let detail = "not UTF-8 text; expected a motif file as text, plain or gzip".to_owned();
            Err(SequenceError::MalformedLine { path: display_path(path), line, detail })
        }
    }
}

/// Name of a motif that has none in the file: that of the file without extensions.
fn stem(path: &Path) -> String {
    const EXTENSIONS: [&str; 6] = [".gz", ".txt", ".pwm", ".pfm", ".tsv", ".motif"];
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut stem = name.as_str();
    while let Some(shorter) = EXTENSIONS.iter().find_map(|extension| stem.strip_suffix(extension)) {
        stem = shorter;
    }
    if stem.is_empty() || stem == "-" { "motif".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    pub(in crate::motif) fn read(content: &[u8]) -> Result<MotifFile, SequenceError> {
        read_named("m.txt", content)
    }

    pub(in crate::motif) fn read_named(name: &str, content: &[u8]) -> Result<MotifFile, SequenceError> {
        let (_folder, path) = file_of(name, content);
        MotifFile::read(path)
    }

    #[test]
    fn motif_file_read_accepts_gzip_byte_order_mark_and_crlf() {
        let meme = b"\nMEME version 4\nMOTIF a\nletter-probability matrix: w= 1\n1 0 0 0\n";
        let jaspar = b"\xef\xbb\xbf>a\r\n1\r\n0\r\n0\r\n0\r\n";
        for content in [&meme[..], &gzip(meme), jaspar] {
            assert_eq!(read(content).unwrap().motifs[0].consensus(), "A");
        }
        let message = read(b"TF Unknown\n").unwrap_err().to_string();
        assert!(message.contains("m.txt: ") && message.contains("'TF Unknown'"), "{message}");
        assert!(matches!(read(b"MEME version 4\n"), Err(SequenceError::NoMotifs { .. })));
        let message = read(b">a\n1\n\xff\n").unwrap_err().to_string();
        assert!(message.contains("m.txt, line 3: not UTF-8"), "{message}");
    }

    #[test]
    fn motif_file_find_accepts_name_version_and_alternative_name() {
        let file = read(b">MA0004.1 Arnt\n1\n0\n0\n0\n>MA0006.1 Ahr\n0\n1\n0\n0\n>MA0006.2 Ahr\n0\n1\n0\n0\n").unwrap();
        for name in ["MA0004.1", "ma0004", "arnt"] {
            assert_eq!(file.find(name).unwrap().name(), "MA0004.1");
        }
        assert_eq!(file.find("MA0006.2").unwrap().name(), "MA0006.2");
        let message = file.find("Ahr").unwrap_err().to_string();
        assert_eq!(message, "2 motifs are named Ahr: MA0006.1, MA0006.2");
        assert_eq!(file.find("Gata1").unwrap_err().to_string(), "no motif is named Gata1; the file has 3 motifs");
    }
}
