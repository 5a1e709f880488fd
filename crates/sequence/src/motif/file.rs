//! Reader of motif files: MEME and JASPAR.

use std::io::BufRead;
use std::path::Path;

use super::{InvalidMotif, PositionWeightMatrix, jaspar, meme};
use crate::SequenceError;
use crate::text_file::{display_path, open_text, read_error};

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
    /// Reads a motif file, plain or gzip; `-` is standard input. Formats, recognised by the first line: MEME (minimal
    /// or complete, version 3 and later, with letter-probability matrices) and JASPAR (`>` headers with four rows of
    /// counts, with or without letters and brackets: `.jaspar`, `.pfm`).
    ///
    /// # Errors
    ///
    /// [`SequenceError::MalformedMotif`] with line and motif, [`SequenceError::UnknownMotifFormat`],
    /// [`SequenceError::NoMotifs`], or a read error of the file.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SequenceError> {
        let path = path.as_ref();
        let lines = open_text(path)?.lines();
        let lines: Vec<String> = lines.collect::<Result<_, _>>().map_err(|error| read_error(path, error))?;
        let parsed = match lines.iter().map(|line| line.trim()).find(|line| !line.is_empty()) {
            Some(first) if first.starts_with("MEME version") => meme::parse(&lines),
            Some(first) if first.starts_with('>') => jaspar::parse(&lines),
            first => {
                let found = first.map_or("only blank lines".to_owned(), |line| {
                    format!("'{}'", line.chars().take(40).collect::<String>())
                });
                return Err(SequenceError::UnknownMotifFormat { path: display_path(path), found });
            }
        };
        let file = parsed.map_err(|malformed| SequenceError::MalformedMotif {
            path: display_path(path),
            line: malformed.line as u64,
            motif: malformed.motif.unwrap_or_else(|| "before the first motif".to_owned()),
            detail: malformed.detail,
        })?;
        if file.motifs.is_empty() { Err(SequenceError::NoMotifs { path: display_path(path) }) } else { Ok(file) }
    }

    /// The only motif with this name, alternative name, or name without its version (`NAME.VERSION`), in either case.
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
                motif.alternative_name().is_some_and(is_named) || without_version(motif.name())
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::text_file::tests::{file_of, gzip};

    pub(in crate::motif) fn read(content: &[u8]) -> Result<MotifFile, SequenceError> {
        let (_folder, path) = file_of("m.meme", content);
        MotifFile::read(path)
    }

    #[test]
    fn motif_file_read_recognises_format_by_first_line() {
        let meme = b"\nMEME version 4\nMOTIF a\nletter-probability matrix: w= 1\n1 0 0 0\n";
        let jaspar = b">a\n1\n0\n0\n0\n";
        for content in [&meme[..], &gzip(meme), jaspar] {
            assert_eq!(read(content).unwrap().motifs[0].consensus(), "A");
        }
        let message = read(b"TF Unknown\n").unwrap_err().to_string();
        assert!(message.contains("m.meme: ") && message.contains("'TF Unknown'"), "{message}");
        assert!(matches!(read(b"MEME version 4\n"), Err(SequenceError::NoMotifs { .. })));
        assert!(read(b"\n\n").unwrap_err().to_string().contains("only blank lines"));
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
