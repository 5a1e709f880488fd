//! Kinds of files that no reader of text accepts, recognised by their first bytes.

use std::fmt;
use std::path::Path;

/// UTF-8 byte order mark.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Position of the name of the format in the header of a tar archive.
const TAR_MAGIC_AT: usize = 257;

/// One in this many bytes is a control character in text at most.
const BYTES_PER_CONTROL: usize = 20;

/// Kind of a file that is not the text or sequence expected: compressed, packed, binary, or a page in its place.
///
/// # Examples
///
/// ```
/// use std::path::Path;
/// use tatabox_sequence::FileKind;
///
/// let kind = FileKind::of(b"\xfd7zXZ\0\0\x04").expect("the magic number of xz");
/// assert_eq!(kind.to_string(), "compressed with xz");
/// assert_eq!(kind.remedy(Path::new("genes.gtf.xz")), "decompress it with `unxz -k genes.gtf.xz`");
/// assert_eq!(FileKind::of(b"gene_id\tK562\n"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// Gzip, or gzip within gzip where one layer was removed.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// LZMA of the time before xz.
    Lzma,
    /// Zstandard.
    Zstd,
    /// LZ4.
    Lz4,
    /// lzip.
    Lzip,
    /// lzop.
    Lzop,
    /// Framed Snappy.
    Snappy,
    /// Unix `compress` (`.Z`).
    Compress,
    /// Zip archive.
    Zip,
    /// 7z archive.
    SevenZip,
    /// RAR archive.
    Rar,
    /// Tar archive.
    Tar,
    /// Archive of `cpio` or `ar`.
    OtherArchive,
    /// Excel workbook, in either format.
    Excel,
    /// OpenDocument spreadsheet.
    OpenDocument,
    /// Word processor text (RTF).
    RichText,
    /// Pointer that Git LFS leaves in place of a file.
    LfsPointer,
    /// Pointer that git-annex or DataLad leaves in place of a file.
    AnnexPointer,
    /// Web page.
    WebPage,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// PDF or PostScript.
    Pdf,
    /// Image.
    Image,
    /// HDF5, such as AnnData and NetCDF 4.
    Hdf5,
    /// Parquet.
    Parquet,
    /// Arrow or Feather.
    Arrow,
    /// NumPy array.
    Numpy,
    /// Workspace or object of R.
    RData,
    /// SQLite database.
    Sqlite,
    /// Aligned reads (BAM).
    Bam,
    /// Aligned reads (CRAM).
    Cram,
    /// Reads of the Sequence Read Archive.
    Sra,
    /// Variants (BCF).
    Bcf,
    /// Index of another file (`.tbi`, `.csi`, `.bai`, `.crai`).
    Index,
    /// Genome (2bit).
    TwoBit,
    /// Signal (bigWig).
    BigWig,
    /// Intervals (bigBed).
    BigBed,
    /// Encrypted file of PGP.
    Encrypted,
    /// Resource file of macOS (`._NAME`).
    AppleDouble,
    /// UTF-16 or UTF-32 text.
    Utf16,
    /// Text whose lines end in a carriage return alone.
    CarriageReturns,
    /// Other binary content.
    Binary,
}

/// Magic numbers at the start of a file.
const MAGIC_NUMBERS: &[(&[u8], FileKind)] = &[
    (b"\x1f\x8b", FileKind::Gzip),
    (b"\xfd7zXZ\0", FileKind::Xz),
    (b"\x5d\0\0\x80\0", FileKind::Lzma),
    (b"\x5d\0\0\0\x04", FileKind::Lzma),
    (b"\x28\xb5\x2f\xfd", FileKind::Zstd),
    (b"\x04\x22\x4d\x18", FileKind::Lz4),
    (b"LZIP\x01", FileKind::Lzip),
    (b"\x89LZO\0\r\n\x1a\n", FileKind::Lzop),
    (b"\xff\x06\0\0sNaPpY", FileKind::Snappy),
    (b"\x1f\x9d", FileKind::Compress),
    (b"\x1f\xa0", FileKind::Compress),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"7z\xbc\xaf\x27\x1c", FileKind::SevenZip),
    (b"Rar!\x1a\x07", FileKind::Rar),
    (b"!<arch>\n", FileKind::OtherArchive),
    (b"\xc7\x71", FileKind::OtherArchive),
    // Compound files of Microsoft, used by workbooks before 2007.
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Excel),
    (b"\x09\x08\x10\0\0\x06\x05\0", FileKind::Excel),
    (b"{\\rtf", FileKind::RichText),
    (b"version https://git-lfs.github.com/spec/", FileKind::LfsPointer),
    (b"version https://hawser.github.com/spec/", FileKind::LfsPointer),
    (b"/annex/objects/", FileKind::AnnexPointer),
    (b"%PDF-", FileKind::Pdf),
    (b"%!PS", FileKind::Pdf),
    (b"\x89PNG\r\n\x1a\n", FileKind::Image),
    (b"\xff\xd8\xff", FileKind::Image),
    (b"GIF87a", FileKind::Image),
    (b"GIF89a", FileKind::Image),
    (b"II*\0", FileKind::Image),
    (b"MM\0*", FileKind::Image),
    (b"\x89HDF\r\n\x1a\n", FileKind::Hdf5),
    (b"CDF\x01", FileKind::Hdf5),
    (b"CDF\x02", FileKind::Hdf5),
    (b"PAR1\x15", FileKind::Parquet),
    (b"ARROW1\0\0", FileKind::Arrow),
    (b"FEA1\0\0", FileKind::Arrow),
    (b"\x93NUMPY", FileKind::Numpy),
    (b"X\n\0\0\0", FileKind::RData),
    (b"RDX2\n", FileKind::RData),
    (b"RDX3\n", FileKind::RData),
    (b"RDA2\n", FileKind::RData),
    (b"RDA3\n", FileKind::RData),
    (b"SQLite format 3\0", FileKind::Sqlite),
    (b"BAM\x01", FileKind::Bam),
    (b"CRAM\x02", FileKind::Cram),
    (b"CRAM\x03", FileKind::Cram),
    (b"CRAM\x04", FileKind::Cram),
    (b"NCBI.sra", FileKind::Sra),
    (b"BCF\x02", FileKind::Bcf),
    (b"TBI\x01", FileKind::Index),
    (b"CSI\x01", FileKind::Index),
    (b"BAI\x01", FileKind::Index),
    (b"\x43\x27\x41\x1a", FileKind::TwoBit),
    (b"\x1a\x41\x27\x43", FileKind::TwoBit),
    (b"\x26\xfc\x8f\x88", FileKind::BigWig),
    (b"\x88\x8f\xfc\x26", FileKind::BigWig),
    (b"\xeb\xf2\x89\x87", FileKind::BigBed),
    (b"\x87\x89\xf2\xeb", FileKind::BigBed),
    (b"-----BEGIN PGP", FileKind::Encrypted),
    (b"age-encryption.org/", FileKind::Encrypted),
    (b"\0\x05\x16\x07", FileKind::AppleDouble),
    (b"\xff\xfe", FileKind::Utf16),
    (b"\xfe\xff", FileKind::Utf16),
    (b"\0\0\xfe\xff", FileKind::Utf16),
];

/// Magic numbers of a bzip2 block and of the end of an empty bzip2 file; they follow `BZh` and a digit.
const BZIP2_BLOCKS: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];

/// Beginnings of the first name in the zip archives that spreadsheet programs write.
const EXCEL_PARTS: [&[u8]; 6] = [b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"word/", b"customXml/"];

impl FileKind {
    /// Number of bytes at the start of a file that [`of`](Self::of) examines.
    pub const START_BYTES: u64 = 8192;

    /// Kind of a file from its first bytes, of which [`START_BYTES`](Self::START_BYTES) are examined; `None` for text.
    pub fn of(start: &[u8]) -> Option<Self> {
        let start = &start[..start.len().min(Self::START_BYTES as usize)];
        let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
        let by_magic = MAGIC_NUMBERS.iter().find(|(magic, _)| text.starts_with(magic)).map(|&(_, kind)| kind);
        match by_magic {
            Some(Self::Zip) => Some(kind_of_zip(text)),
            Some(kind) => Some(kind),
            None if is_bzip2(text) => Some(Self::Bzip2),
            // A skippable frame, as parallel zstd and the seekable format write them.
            None if matches!(text, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]) => Some(Self::Zstd),
            None if text.get(TAR_MAGIC_AT..).is_some_and(|rest| rest.starts_with(b"ustar")) => Some(Self::Tar),
            None => kind_of_markup(text).or_else(|| kind_of_characters(text)),
        }
    }

    /// Remedy for a file of this kind, as a clause; `path` is the file.
    pub fn remedy(self, path: &Path) -> String {
        let file = shell_word(path);
        let decompress = |command: &str| format!("decompress it with `{command} {file}`");
        match self {
            Self::Gzip => format!("remove one layer with `gunzip -c {file} > once.gz`"),
            Self::Bzip2 => decompress("bunzip2 -k"),
            Self::Xz => decompress("unxz -k"),
            Self::Lzma => decompress("unlzma -k"),
            Self::Zstd => decompress("unzstd"),
            Self::Lz4 => decompress("unlz4"),
            Self::Lzip => decompress("lzip -dk"),
            Self::Lzop => decompress("lzop -d"),
            Self::Snappy => decompress("snzip -dk"),
            Self::Compress => decompress("uncompress"),
            Self::Zip => format!("extract its file with `unzip {file}`"),
            Self::SevenZip => format!("extract its file with `7z x {file}`"),
            Self::Rar => format!("extract its file with `unrar x {file}`"),
            Self::Tar => format!("extract its files with `tar -xf {file}`"),
            Self::OtherArchive => format!("extract its files with `bsdtar -xf {file}`"),
            Self::Excel | Self::OpenDocument => {
                "save the sheet as tab-separated text (UTF-8) and use that file".to_owned()
            }
            Self::RichText => "save it as plain text (UTF-8) and use that file".to_owned(),
            Self::LfsPointer => "run `git lfs pull` in its repository, or download the file itself".to_owned(),
            Self::AnnexPointer => format!("run `git annex get {file}` or `datalad get {file}`"),
            Self::WebPage | Self::Xml | Self::Json => {
                "check the address it came from, and download the data as text".to_owned()
            }
            Self::Pdf | Self::Image => "use the data as text".to_owned(),
            Self::Hdf5 | Self::Parquet | Self::Arrow | Self::Numpy | Self::RData | Self::Sqlite => {
                "export the data as tab-separated text (UTF-8)".to_owned()
            }
            Self::Bam | Self::Cram => "it contains reads; for a consensus sequence see `samtools consensus`".to_owned(),
            Self::Sra => format!("it contains reads; `fasterq-dump {file}` extracts them"),
            Self::Bcf => format!("`bcftools view {file}` converts it to VCF"),
            Self::Index => "it is the index of another file; use that file".to_owned(),
            Self::TwoBit => format!("`twoBitToFa {file} genome.fa` converts it to FASTA"),
            Self::BigWig => format!("`bigWigToBedGraph {file} signal.bedGraph` converts it to text"),
            Self::BigBed => format!("`bigBedToBed {file} intervals.bed` converts it to text"),
            Self::Encrypted => format!("decrypt it with `gpg -d {file}`"),
            Self::AppleDouble => "use the file of the same name without `._`".to_owned(),
            Self::Utf16 => {
                format!("convert it to UTF-8, for example with `iconv -f UTF-16 -t UTF-8 {file} > utf8.txt`")
            }
            Self::CarriageReturns => format!("convert its line ends with `tr '\\r' '\\n' < {file} > unix.txt`"),
            Self::Binary => "check that it is the right file, and download it again".to_owned(),
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Gzip => "compressed with gzip twice",
            Self::Bzip2 => "compressed with bzip2",
            Self::Xz => "compressed with xz",
            Self::Lzma => "compressed with lzma",
            Self::Zstd => "compressed with zstd",
            Self::Lz4 => "compressed with lz4",
            Self::Lzip => "compressed with lzip",
            Self::Lzop => "compressed with lzop",
            Self::Snappy => "compressed with snappy",
            Self::Compress => "compressed with Unix compress (.Z)",
            Self::Zip => "a zip archive",
            Self::SevenZip => "a 7z archive",
            Self::Rar => "a RAR archive",
            Self::Tar => "a tar archive",
            Self::OtherArchive => "a cpio or ar archive",
            Self::Excel => "an Excel workbook or another Office document",
            Self::OpenDocument => "an OpenDocument spreadsheet",
            Self::RichText => "a word processor document (RTF)",
            Self::LfsPointer => "the pointer that Git LFS leaves in place of the file, not the file itself",
            Self::AnnexPointer => "the pointer that git-annex leaves in place of the file, not the file itself",
            Self::WebPage => "a web page (HTML), such as a login or error page",
            Self::Xml => "XML, such as the error message of a server",
            Self::Json => "JSON, such as the error message of a server",
            Self::Pdf => "a PDF or PostScript document",
            Self::Image => "an image",
            Self::Hdf5 => "HDF5 or NetCDF (such as .h5, .h5ad and .loom)",
            Self::Parquet => "a parquet file",
            Self::Arrow => "an Arrow or Feather file",
            Self::Numpy => "a NumPy array",
            Self::RData => "an object or workspace of R (.rds, .RData)",
            Self::Sqlite => "an SQLite database",
            Self::Bam => "BAM (sequencing reads)",
            Self::Cram => "CRAM (sequencing reads)",
            Self::Sra => "an archive of sequencing reads (SRA)",
            Self::Bcf => "BCF (binary variants)",
            Self::Index => "an index (such as .tbi, .csi and .bai)",
            Self::TwoBit => "a 2bit genome",
            Self::BigWig => "a bigWig signal",
            Self::BigBed => "bigBed",
            Self::Encrypted => "encrypted",
            Self::AppleDouble => "a resource file of macOS (its name begins with ._)",
            Self::Utf16 => "UTF-16 or UTF-32 text",
            Self::CarriageReturns => "text whose lines end in a carriage return (CR) alone, as on old Macs",
            Self::Binary => "binary data of an unknown kind",
        })
    }
}

fn is_bzip2(start: &[u8]) -> bool {
    let blocks = start.strip_prefix(b"BZh").and_then(|digit_and_blocks| digit_and_blocks.get(1..));
    blocks.is_some_and(|blocks| BZIP2_BLOCKS.iter().any(|magic| blocks.starts_with(magic)))
}

/// Kind of a zip archive by the name of its first file, which follows 30 bytes of header.
fn kind_of_zip(start: &[u8]) -> FileKind {
    let name = start.get(30..).unwrap_or_default();
    if name.starts_with(b"mimetypeapplication/vnd.oasis.opendocument") {
        FileKind::OpenDocument
    } else if EXCEL_PARTS.iter().any(|part| name.starts_with(part)) {
        FileKind::Excel
    } else {
        FileKind::Zip
    }
}

/// HTML, XML, JSON and the path that git-annex leaves on systems without symbolic links.
fn kind_of_markup(start: &[u8]) -> Option<FileKind> {
    let start = start.trim_ascii_start();
    let begins = |word: &str| start.get(..word.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(word.as_bytes()));
    if ["<!doctype html", "<html", "<head", "<body", "<script", "<!-- "].into_iter().any(begins) {
        return Some(FileKind::WebPage);
    }
    let is_path_only = start.starts_with(b".git/annex/") || start.starts_with(b"../");
    let first_line = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if is_path_only && contains(first_line, b".git/annex/objects/") {
        return Some(FileKind::AnnexPointer);
    }
    let inner = start.get(1..).unwrap_or_default().trim_ascii_start().first().copied();
    match (start.first(), inner) {
        (Some(b'<'), Some(b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z')) => Some(FileKind::Xml),
        (Some(b'{'), Some(b'"')) | (Some(b'['), Some(b'{')) => Some(FileKind::Json),
        _ => None,
    }
}

/// Text in other encodings and with other line ends, and binary data. Single control characters are left to the
/// readers, which name their place.
fn kind_of_characters(start: &[u8]) -> Option<FileKind> {
    let nuls_at = |parity: usize| start.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (nuls_at(0), nuls_at(1));
    // Letters of ASCII have one NUL in each pair of bytes, at the same place of the pair.
    if even.min(odd) == 0 && even.max(odd) * 3 >= start.len() && start.len() >= 4 {
        return Some(FileKind::Utf16);
    }
    let controls = start.iter().filter(|&&byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
    if controls * BYTES_PER_CONTROL > start.len() {
        return Some(FileKind::Binary);
    }
    // The last byte may be the first half of a line end.
    let before_last = start.split_last().map_or(start, |(_, rest)| rest);
    let has_lone_cr = before_last.contains(&b'\r') && !start.contains(&b'\n');
    has_lone_cr.then_some(FileKind::CarriageReturns)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Path as a word of a shell command.
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+=:,@%".contains(letter);
    match text.as_str() {
        "-" | "standard input" => "FILE".to_owned(),
        text if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        text => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_text_formats_is_none() {
        for text in [
            &b">chr1\nACGT\n"[..],
            b"\xef\xbb\xbf>chr1\r\nACGT\r\n",
            b"@read\nACGT\n+\nIIII\n",
            b"gene_id\tK562\nG1\t3.5\n",
            b"\"gene\",\"K562\"\r\n\"G1\",3\r\n",
            b"##gff-version 3\n",
            b"chr1\t10\t11\tG\xe4\t0\t+\n",
            b"BZh9 is a name\n",
            b"PARP1\t3\n",
            b"MEME version 4\n",
            b"A  [ 1 2 ]\n",
            b"X\n1\n",
            b"first cell\r",
            b">chr1\nACGTACGTACGT\0ACGTACGTACGTACGT\n",
            b"a\tb\r\n",
            b"[brackets]\t3\n",
            b"",
        ] {
            assert_eq!(FileKind::of(text), None, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn of_magic_numbers_is_recognised() {
        let mut tar = vec![0; 512];
        tar[..5].copy_from_slice(b"e.tsv");
        tar[TAR_MAGIC_AT..][..5].copy_from_slice(b"ustar");
        let zip = |name: &[u8]| [b"PK\x03\x04".as_slice(), &[0; 26], name].concat();
        let utf16: Vec<u8> = "gene\tK562\n".bytes().flat_map(|byte| [byte, 0]).collect();
        for (start, kind) in [
            (tar, FileKind::Tar),
            (zip(b"q.fa"), FileKind::Zip),
            (zip(b"docProps/app.xml"), FileKind::Excel),
            (zip(b"[Content_Types].xml"), FileKind::Excel),
            (zip(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), FileKind::OpenDocument),
            (b"BZh91AY&SY\x01".to_vec(), FileKind::Bzip2),
            (b"\x51\x2a\x4d\x18\x04\0\0\0".to_vec(), FileKind::Zstd),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n".to_vec(), FileKind::LfsPointer),
            (b"../.git/annex/objects/xx/yy/SHA256E-s1--2.fa\n".to_vec(), FileKind::AnnexPointer),
            (b"\n <!DOCTYPE HTML><html>".to_vec(), FileKind::WebPage),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>".to_vec(), FileKind::Xml),
            (b"{\n  \"error\": 404}".to_vec(), FileKind::Json),
            (b"\xff\xfeg\0e\0".to_vec(), FileKind::Utf16),
            (utf16, FileKind::Utf16),
            (b">chr1\rACGT\r>chr2\rAC\r".to_vec(), FileKind::CarriageReturns),
            (b">chr1\nAC\0\0\0\0".to_vec(), FileKind::Binary),
            (b"\x01\x02\x03 and more".to_vec(), FileKind::Binary),
        ] {
            assert_eq!(FileKind::of(&start), Some(kind), "{}", start.escape_ascii());
        }
    }

    #[test]
    fn remedy_quotes_unusual_paths() {
        assert_eq!(FileKind::Zip.remedy(Path::new("my genes.zip")), "extract its file with `unzip 'my genes.zip'`");
        assert_eq!(FileKind::Zip.remedy(Path::new("it's.zip")), r"extract its file with `unzip 'it'\''s.zip'`");
        assert_eq!(FileKind::Zip.remedy(Path::new("-")), "extract its file with `unzip FILE`");
    }
}
