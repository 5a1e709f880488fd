//! Reader that decompresses on a separate thread.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use crate::gzip::IncompleteGzip;

/// Buffers that wait to be read.
const QUEUED_BUFFERS: usize = 32;

/// Content of a reader, which a separate thread reads ahead.
pub(super) struct ReadAhead {
    buffers: Receiver<io::Result<Vec<u8>>>,
    current: Vec<u8>,
    /// Position in the current buffer.
    position: usize,
    /// Error that is reported again on further reads.
    failure: Option<(io::ErrorKind, Failure)>,
}

#[derive(Clone)]
enum Failure {
    Incomplete(IncompleteGzip),
    Other(String),
}

impl ReadAhead {
    /// Starts to read.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub(super) fn new(mut reader: Box<dyn BufRead + Send>) -> io::Result<Self> {
        let (sender, buffers) = sync_channel(QUEUED_BUFFERS);
        let read = move || {
            loop {
                let buffer = reader.fill_buf().map(<[u8]>::to_vec);
                let length = buffer.as_ref().map_or(0, Vec::len);
                reader.consume(length);
                // The other side is gone if the file is not read to its end.
                if sender.send(buffer).is_err() || length == 0 {
                    return;
                }
            }
        };
        thread::Builder::new().name("decompression".to_owned()).spawn(read)?;
        Ok(Self { buffers, current: Vec::new(), position: 0, failure: None })
    }

    fn next_buffer(&mut self) -> io::Result<()> {
        if let Some((kind, failure)) = &self.failure {
            return Err(match failure {
                Failure::Incomplete(reason) => (*reason).into(),
                Failure::Other(text) => io::Error::new(*kind, text.clone()),
            });
        }
        // The thread ends after an empty buffer, and after an error.
        let buffer = self.buffers.recv().unwrap_or_else(|_| Ok(Vec::new()));
        self.current = buffer.inspect_err(|error| {
            let failure =
                IncompleteGzip::of(error).map_or_else(|| Failure::Other(error.to_string()), Failure::Incomplete);
            self.failure = Some((error.kind(), failure));
        })?;
        self.position = 0;
        Ok(())
    }
}

impl Read for ReadAhead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for ReadAhead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position == self.current.len() {
            self.next_buffer()?;
        }
        Ok(&self.current[self.position..])
    }

    fn consume(&mut self, length: usize) {
        self.position = self.current.len().min(self.position + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gzip::GzipReader;
    use crate::text_file::tests::bgzip;

    #[test]
    fn read_ahead_content_is_that_of_the_reader() {
        let text = "a line\n".repeat(100_000);
        let mut reader = ReadAhead::new(Box::new(io::Cursor::new(text.clone()))).unwrap();
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!((read, reader.read(&mut [0]).unwrap()), (text, 0));
    }

    #[test]
    fn read_ahead_error_is_repeated() {
        let mut content = bgzip(b"first\nsecond\n");
        content.truncate(content.len() - 40);
        let gzip = GzipReader::new(io::Cursor::new(content));
        let mut reader = ReadAhead::new(Box::new(io::BufReader::new(gzip))).unwrap();
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        for error in [error, reader.read(&mut [0]).unwrap_err()] {
            assert_eq!(IncompleteGzip::of(&error), Some(IncompleteGzip::EndsEarly));
        }
    }
}
