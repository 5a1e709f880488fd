//! Text without NUL bytes, which a crash or a full disk leaves in files.

use std::io::{self, BufRead, Read};

use memchr::{memchr, memchr_iter};

/// Reader of text that reports the first NUL byte as an error with its line, after the text before it.
///
/// # Examples
///
/// ```
/// use std::io::BufRead;
/// use tatabox_sequence::TextReader;
///
/// let mut lines = TextReader::new(&b"gene\tK562\nG1\t\0\0\n"[..]).lines();
/// assert_eq!(lines.next().expect("a line")?, "gene\tK562");
/// let message = lines.next().expect("an error").expect_err("NUL").to_string();
/// assert_eq!(message, "line 2 contains a NUL byte, so the file is damaged; copy or download it again");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TextReader<R> {
    input: R,
    /// Bytes at the start of the input's buffer that are known to be text.
    checked: usize,
    /// Number of lines before the next byte.
    lines: u64,
}

impl<R: BufRead> TextReader<R> {
    /// Reader of the text of `input`.
    pub fn new(input: R) -> Self {
        Self { input, checked: 0, lines: 0 }
    }
}

impl<R: BufRead> BufRead for TextReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.input.fill_buf()?;
        if self.checked == 0 {
            self.checked = memchr(0, bytes).unwrap_or(bytes.len());
        }
        if self.checked == 0 && !bytes.is_empty() {
            let line = self.lines + 1;
            let problem = format!("line {line} contains a NUL byte, so the file is damaged; copy or download it again");
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        Ok(&bytes[..self.checked])
    }

    fn consume(&mut self, amount: usize) {
        // The buffer is not empty, so that this reads nothing.
        if let Ok(bytes) = self.input.fill_buf() {
            self.lines += memchr_iter(b'\n', &bytes[..amount.min(bytes.len())]).count() as u64;
        }
        self.checked = self.checked.saturating_sub(amount);
        self.input.consume(amount);
    }
}

impl<R: BufRead> Read for TextReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn text_reader_text_is_unchanged() {
        let text = "first\nsecond\r\n\nlast".repeat(100);
        for capacity in [1, 7, 4096] {
            let mut read = String::new();
            let input = BufReader::with_capacity(capacity, text.as_bytes());
            TextReader::new(input).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
            let lines: Vec<_> = TextReader::new(text.as_bytes()).lines().map(Result::unwrap).collect();
            assert_eq!(lines, text.lines().collect::<Vec<_>>());
        }
    }

    #[test]
    fn text_reader_nul_byte_is_an_error_with_its_line() {
        for (text, line) in [(&b"\0"[..], 1), (b"a\nb\0\n", 2), (b"a\nb\n\0", 3)] {
            for capacity in [1, 2, 4096] {
                let mut read = Vec::new();
                let mut reader = TextReader::new(BufReader::with_capacity(capacity, text));
                let message = reader.read_to_end(&mut read).unwrap_err().to_string();
                assert!(message.starts_with(&format!("line {line} contains a NUL byte")), "{message}");
                assert_eq!(read, &text[..text.iter().position(|&byte| byte == 0).unwrap()]);
                // A further read gives the same error and never the end of the text.
                assert_eq!(reader.read(&mut [0]).unwrap_err().to_string(), message);
            }
        }
    }
}
