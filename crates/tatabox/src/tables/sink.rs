//! Output that is complete or absent: standard output, or a file renamed when complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tatabox_dataset::{create_partial, warn_of_abandoned_partials};

use crate::error::{Context, OUTPUT_CLOSED, Result, bail};

/// Standard output or a file; a file that is not [committed](Self::commit) is removed.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use tatabox::tables::Sink;
///
/// let folder = std::env::temp_dir().join(format!("tatabox-sink-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let path = folder.join("table.tsv");
/// let mut sink = Sink::create(Some(&path))?;
/// sink.write_all(b"gene\n")?;
/// assert!(!path.exists());
/// sink.commit()?;
/// assert!(path.exists());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), tatabox::Error>(())
/// ```
pub struct Sink {
    out: BufWriter<Box<dyn Write + Send>>,
    file: Option<UnfinishedFile>,
    /// For messages.
    name: String,
}

struct UnfinishedFile {
    partial: PathBuf,
    target: PathBuf,
}

impl Sink {
    /// Opens `path`, or standard output for `None`.
    ///
    /// # Errors
    /// The path is a folder or cannot be written.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::to(Box::new(io::stdout()), None, "standard output".to_owned()));
        };
        let name = path.display().to_string();
        // A device or a pipe cannot be renamed over, and must not be.
        let is_special = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        if is_special {
            let file = File::options().write(true).open(path).with_context(|| format!("cannot write {name}"))?;
            return Ok(Self::to(Box::new(file), None, name));
        }
        if path.is_dir() {
            bail!("cannot write {name}: it is a folder; name a file in it");
        }
        if let (Some(folder), Some(file)) = (path.parent(), path.file_name()) {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            warn_of_abandoned_partials(folder, &format!("{}.", file.to_string_lossy()));
        }
        let (file, partial) = create_partial(path).with_context(|| format!("cannot write {name}"))?;
        Ok(Self::to(Box::new(file), Some(UnfinishedFile { partial, target: path.to_owned() }), name))
    }

    fn to(out: Box<dyn Write + Send>, file: Option<UnfinishedFile>, name: String) -> Self {
        Self { out: BufWriter::new(out), file, name }
    }

    /// Flushes the output and renames the file.
    ///
    /// # Errors
    /// The output cannot be written or renamed.
    pub fn commit(mut self) -> Result<()> {
        self.flush().context("cannot write")?;
        if let Some(file) = self.file.take() {
            let renamed = fs::rename(&file.partial, &file.target);
            if renamed.is_err() {
                remove(&file.partial);
            }
            renamed.with_context(|| format!("cannot write {}", self.name))?;
        }
        Ok(())
    }

    /// The error with the name of the output, for callers that only know rows.
    fn named(&self, error: &io::Error) -> io::Error {
        let kind = error.kind();
        if kind == io::ErrorKind::BrokenPipe {
            return io::Error::new(kind, OUTPUT_CLOSED);
        }
        io::Error::new(kind, format!("{}: {error}", self.name))
    }

    /// Name of the output, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        written.map_err(|error| self.named(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        flushed.map_err(|error| self.named(&error))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            remove(&file.partial);
        }
    }
}

fn remove(partial: &Path) {
    if let Err(error) = fs::remove_file(partial) {
        tracing::warn!(path = %partial.display(), %error, "cannot remove an unfinished file");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sink_uncommitted_file_is_removed() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.tsv");
        let mut sink = Sink::create(Some(&path)).expect("writable");
        sink.write_all(b"half").expect("writable");
        assert!(!path.exists());
        drop(sink);
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);

        let mut sink = Sink::create(Some(&path)).expect("writable");
        sink.write_all(b"whole").expect("writable");
        sink.commit().expect("renamed");
        assert_eq!(fs::read(&path).expect("there"), b"whole");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    }

    #[test]
    fn sink_of_a_path_that_another_writes_has_its_own_partial_file() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.tsv");
        let mut sinks = [(); 2].map(|()| Sink::create(Some(&path)).expect("writable"));
        for (sink, content) in sinks.iter_mut().zip(["first", "second"]) {
            sink.write_all(content.as_bytes()).expect("writable");
        }
        let [first, second] = sinks;
        second.commit().expect("renamed");
        assert_eq!(fs::read(&path).expect("there"), b"second");
        first.commit().expect("renamed");
        assert_eq!(fs::read(&path).expect("there"), b"first");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    }

    #[test]
    fn sink_unwritable_path_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        let message = |path: &Path| Sink::create(Some(path)).err().expect("refused").to_string();
        assert!(message(folder.path()).contains("it is a folder"));
        assert!(message(&folder.path().join("no/x.tsv")).starts_with("cannot write"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn sink_full_device_is_an_error() {
        let full = Path::new("/dev/full");
        let mut sink = Sink::create(Some(full)).expect("a device");
        sink.write_all(b"x").expect("buffered");
        assert!(sink.commit().is_err());
        assert!(full.exists() && !Path::new("/dev/full.partial").exists());
    }
}
