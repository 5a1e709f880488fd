//! Gzip and bgzip (BGZF) streams, with a check that streams are complete.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;

/// Magic number of gzip.
pub(crate) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Size of a gzip header up to the length of its extra field, in bytes.
const HEADER_BYTES: usize = 12;

/// Flag of a gzip header with an extra field.
const HAS_EXTRA_FIELD: u8 = 0b100;

/// Empty block at the end of every complete bgzip file (SAM specification, section 4.1.2).
pub(crate) const END_BLOCK: [u8; 28] = *b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";

/// Reason why a compressed file is incomplete or damaged. It is the inner error of the [`io::Error`] of [`GzipReader`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IncompleteGzip {
    /// Gzip stream that ends within a member.
    #[error("the gzip stream ends early")]
    EndsEarly,
    /// Bgzip stream that ends between two blocks, without the end-of-file block.
    #[error("the end-of-file block of bgzip is missing")]
    NoEndBlock,
    /// Data that are not gzip after the last member.
    #[error("data other than gzip follow the gzip stream")]
    TrailingData,
}

impl IncompleteGzip {
    /// Reason that a read error contains.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref()).copied()
    }
}

impl From<IncompleteGzip> for io::Error {
    fn from(reason: IncompleteGzip) -> Self {
        let kind = match reason {
            IncompleteGzip::EndsEarly | IncompleteGzip::NoEndBlock => io::ErrorKind::UnexpectedEof,
            IncompleteGzip::TrailingData => io::ErrorKind::InvalidData,
        };
        Self::new(kind, reason)
    }
}

/// Decompressed content of a gzip or bgzip stream, with all of its members.
///
/// The last of several successive bgzip blocks must be the end-of-file block; a stream that was cut between two blocks
/// ends in [`IncompleteGzip::NoEndBlock`]. Plain gzip has no such block. Zeros after the last member, with which tapes
/// and some file systems fill their blocks, are ignored, as gzip does.
pub struct GzipReader<R> {
    /// `None` after the end of the stream.
    member: Option<Member<R>>,
    /// Reason that is reported again on further reads.
    incomplete: Option<IncompleteGzip>,
}

struct Member<R> {
    decoder: GzDecoder<R>,
    /// Size of the bgzip block, `None` for plain gzip.
    block_bytes: Option<u64>,
    is_empty: bool,
}

impl<R: BufRead> Member<R> {
    fn new(input: R) -> Self {
        let decoder = GzDecoder::new(input);
        let block_bytes = decoder.header().and_then(|header| header.extra()).and_then(block_bytes);
        Self { decoder, block_bytes, is_empty: true }
    }

    /// Whether the stream is incomplete if no bgzip block follows this member.
    fn lacks_end_block(&self) -> bool {
        self.block_bytes.is_some_and(|bytes| !(self.is_empty && bytes == END_BLOCK.len() as u64))
    }
}

impl<R: BufRead> GzipReader<R> {
    /// Reader of a stream that starts with a gzip header.
    pub fn new(input: R) -> Self {
        Self { member: Some(Member::new(input)), incomplete: None }
    }

    fn read_member(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.decoder.read(buffer).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => IncompleteGzip::EndsEarly.into(),
                _ => error,
            })?;
            if read > 0 {
                member.is_empty = false;
                return Ok(read);
            }
            let lacks_end_block = member.lacks_end_block();
            let following = Following::of(member.decoder.get_mut())?;
            let next = self.member.take().filter(|_| following == Following::Member);
            let next = next.map(|member| Member::new(member.decoder.into_inner()));
            if following == Following::OtherData {
                return Err(IncompleteGzip::TrailingData.into());
            }
            if lacks_end_block && next.as_ref().is_none_or(Member::is_plain) {
                return Err(IncompleteGzip::NoEndBlock.into());
            }
            self.member = next;
        }
        Ok(0)
    }
}

/// Part of a stream after a gzip member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Following {
    /// Another member.
    Member,
    /// The end of the stream, or zeros up to there.
    End,
    /// Data that are not gzip.
    OtherData,
}

impl Following {
    /// Next part of a stream; zeros are consumed.
    fn of(input: &mut impl BufRead) -> io::Result<Self> {
        if input.fill_buf()?.first() == Some(&GZIP_MAGIC[0]) {
            return Ok(Self::Member);
        }
        loop {
            let bytes = input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(Self::End);
            }
            if bytes.iter().any(|&byte| byte != 0) {
                return Ok(Self::OtherData);
            }
            let zeros = bytes.len();
            input.consume(zeros);
        }
    }
}

impl<R> Member<R> {
    /// Whether the member is plain gzip with a complete header.
    fn is_plain(&self) -> bool {
        self.decoder.header().is_some() && self.block_bytes.is_none()
    }
}

impl GzipReader<BufReader<File>> {
    /// Reader of a file that starts with a gzip header. The end of a regular file is checked before its content is read.
    ///
    /// # Errors
    ///
    /// [`IncompleteGzip`] for a bgzip file that was cut, and read errors.
    pub fn open(mut file: BufReader<File>) -> io::Result<Self> {
        if file.get_ref().metadata()?.is_file() {
            match BgzipEnd::of(&mut file)? {
                BgzipEnd::NoEndBlock => return Err(IncompleteGzip::NoEndBlock.into()),
                BgzipEnd::CutBlock => return Err(IncompleteGzip::EndsEarly.into()),
                BgzipEnd::EndBlock | BgzipEnd::PlainGzip | BgzipEnd::OtherData => {}
            }
            file.seek(SeekFrom::Start(0))?;
        }
        Ok(Self::new(file))
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Some(reason) = self.incomplete {
            return Err(reason.into());
        }
        self.read_member(buffer).inspect_err(|error| self.incomplete = IncompleteGzip::of(error))
    }
}

/// End of a bgzip file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BgzipEnd {
    /// The file ends in the end-of-file block.
    EndBlock,
    /// All blocks are complete, but the end-of-file block is missing.
    NoEndBlock,
    /// The file ends within a block.
    CutBlock,
    /// A plain gzip member is in place of a block.
    PlainGzip,
    /// Data other than gzip are in place of a block.
    OtherData,
}

impl BgzipEnd {
    /// End of a file, from its last bytes; without the end-of-file block, from the headers of all blocks.
    pub(crate) fn of(file: &mut BufReader<File>) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        if let Some(start) = length.checked_sub(END_BLOCK.len() as u64) {
            let mut last = [0; END_BLOCK.len()];
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut last)?;
            if last == END_BLOCK {
                return Ok(Self::EndBlock);
            }
        }
        Self::after_blocks(file)
    }

    /// What follows the last complete bgzip block, without a look at the content of the blocks.
    pub(crate) fn after_blocks(file: &mut BufReader<File>) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut position = 0;
        let mut header = Vec::new();
        while position < length {
            header.clear();
            file.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut header)?;
            if !header.iter().zip(GZIP_MAGIC).all(|(&byte, magic)| byte == magic) {
                return Ok(Self::OtherData);
            }
            if header.get(3).is_some_and(|flags| flags & HAS_EXTRA_FIELD == 0) {
                return Ok(Self::PlainGzip);
            }
            let Some(&extra_bytes) = header.get(HEADER_BYTES - 2..).and_then(<[u8]>::first_chunk) else {
                return Ok(Self::CutBlock);
            };
            let extra_bytes = u64::from(u16::from_le_bytes(extra_bytes));
            header.clear();
            if (file.by_ref().take(extra_bytes).read_to_end(&mut header)? as u64) < extra_bytes {
                return Ok(Self::CutBlock);
            }
            let Some(bytes) = block_bytes(&header) else { return Ok(Self::PlainGzip) };
            let Some(rest) = bytes.checked_sub(HEADER_BYTES as u64 + extra_bytes) else { return Ok(Self::OtherData) };
            position += bytes;
            file.seek_relative(rest.cast_signed())?;
        }
        Ok(if position > length { Self::CutBlock } else { Self::NoEndBlock })
    }
}

/// Size of a bgzip block from its first bytes; `None` for plain gzip, also with another extra field, and other data.
pub(crate) fn bgzip_block_bytes(start: &[u8]) -> Option<u64> {
    let has_extra_field = start.get(3).is_some_and(|flags| flags & HAS_EXTRA_FIELD != 0);
    if !start.starts_with(&GZIP_MAGIC) || !has_extra_field {
        return None;
    }
    let extra_bytes = usize::from(u16::from_le_bytes(*start.get(HEADER_BYTES - 2..)?.first_chunk()?));
    let extra = start.get(HEADER_BYTES..)?;
    block_bytes(&extra[..extra_bytes.min(extra.len())])
}

/// Size of a bgzip block from the extra field of its header: the subfield `BC` contains the size less 1.
fn block_bytes(mut extra: &[u8]) -> Option<u64> {
    while let [first, second, low, high, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        if let (b"BC", [low, high, ..], 2) = (&[*first, *second], rest, length) {
            return Some(u64::from(u16::from_le_bytes([*low, *high])) + 1);
        }
        extra = rest.get(length..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text_file::tests::{bgzip, file_of, gzip};

    const TEXT: &[u8] = b"first\nsecond\n";

    /// Text or the reason why it is incomplete, from a stream and from a file.
    fn read(content: &[u8]) -> Result<String, IncompleteGzip> {
        let text_of = |mut reader: Box<dyn Read>| {
            let mut text = String::new();
            let read = reader.read_to_string(&mut text).map_err(|error| IncompleteGzip::of(&error).unwrap());
            // A further read gives the same error and never the end of the stream.
            assert_eq!(reader.read(&mut [0]).map_err(|error| IncompleteGzip::of(&error).unwrap()), read.map(|_| 0));
            read.map(|_| text)
        };
        let stream = text_of(Box::new(GzipReader::new(content)));
        let (_folder, path) = file_of("x.gz", content);
        let file = match GzipReader::open(BufReader::new(File::open(path).unwrap())) {
            Ok(reader) => text_of(Box::new(reader)),
            Err(error) => Err(IncompleteGzip::of(&error).unwrap()),
        };
        assert_eq!(stream, file);
        stream
    }

    fn without_end_block(text: &[u8]) -> Vec<u8> {
        bgzip(text).strip_suffix(&END_BLOCK).unwrap().to_vec()
    }

    #[test]
    fn gzip_reader_complete_streams_are_read() {
        let twice = [TEXT, TEXT].concat();
        let (plain, blocks) = (gzip(TEXT), bgzip(TEXT));
        for content in [
            [&*plain, &plain].concat(),
            [&*blocks, &blocks].concat(),
            // Joined by a tool that drops the first end-of-file block, and with empty blocks in the middle.
            [&*without_end_block(TEXT), &blocks].concat(),
            [&*without_end_block(TEXT), &END_BLOCK, &END_BLOCK, &blocks, &END_BLOCK].concat(),
            [&*plain, &blocks].concat(),
            [&*blocks, &plain].concat(),
        ] {
            assert_eq!(read(&content).unwrap().as_bytes(), twice);
        }
        for content in [&plain, &blocks] {
            let padded = [content, &[0; 1_000][..]].concat();
            assert_eq!(read(&padded).unwrap().as_bytes(), TEXT, "zeros after the end are ignored, as gzip does");
        }
        assert_eq!(read(&END_BLOCK).unwrap(), "");
        assert_eq!(read(&gzip(b"")).unwrap(), "");
    }

    #[test]
    fn gzip_reader_missing_end_block_is_an_error() {
        let cut = without_end_block(TEXT);
        for content in [cut.clone(), [gzip(TEXT), cut.clone()].concat(), [cut.clone(), gzip(TEXT)].concat()] {
            assert_eq!(read(&content), Err(IncompleteGzip::NoEndBlock));
        }
    }

    #[test]
    fn gzip_reader_other_data_after_the_end_are_an_error() {
        for start in [gzip(TEXT), bgzip(TEXT), without_end_block(TEXT)] {
            for rest in [&b"third\n"[..], b"\0\0third\n", b"PK\x03\x04"] {
                assert_eq!(read(&[&start, rest].concat()), Err(IncompleteGzip::TrailingData));
            }
        }
    }

    #[test]
    fn gzip_reader_cut_member_ends_early() {
        let (plain, blocks) = (gzip(TEXT), bgzip(TEXT));
        let block_starts: Vec<usize> =
            (0..blocks.len()).filter(|&at| blocks[at..].starts_with(b"\x1f\x8b\x08\x04")).collect();
        for kept in (1..blocks.len()).filter(|kept| !block_starts.contains(kept)) {
            assert_eq!(read(&blocks[..kept]), Err(IncompleteGzip::EndsEarly), "{kept}");
        }
        for kept in 1..plain.len() {
            assert_eq!(read(&plain[..kept]), Err(IncompleteGzip::EndsEarly), "{kept}");
        }
    }

    #[test]
    fn bgzip_end_is_recognised() {
        let end = |content: &[u8]| {
            let (_folder, path) = file_of("x.gz", content);
            BgzipEnd::of(&mut BufReader::new(File::open(path).unwrap())).unwrap()
        };
        let (blocks, cut) = (bgzip(TEXT), without_end_block(TEXT));
        assert_eq!(end(&blocks), BgzipEnd::EndBlock);
        assert_eq!(end(&cut), BgzipEnd::NoEndBlock);
        assert_eq!(end(&cut[..cut.len() - 1]), BgzipEnd::CutBlock);
        assert_eq!(end(&[blocks.clone(), gzip(TEXT)].concat()), BgzipEnd::PlainGzip);
        assert_eq!(end(&[blocks, b"text".to_vec()].concat()), BgzipEnd::OtherData);
    }
}
