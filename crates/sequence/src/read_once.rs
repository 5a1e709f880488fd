//! Inputs that can be read only once: pipes, named pipes and standard input.

mod input_copy;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
#[cfg(unix)]
use std::time::SystemTime;

use crate::SequenceError;
use input_copy::InputCopy;

/// Path that denotes standard input.
pub(crate) const STDIN: &str = "-";

/// Device behind [`STDIN`].
const STDIN_DEVICE: &str = "/dev/stdin";

/// Copies and pipes of this process.
static STREAMS: Mutex<Streams> = Mutex::new(Streams { copies: BTreeMap::new(), consumed: BTreeSet::new() });

struct Streams {
    copies: BTreeMap<StreamId, InputCopy>,
    /// Streams that a reader has opened without a copy.
    consumed: BTreeSet<StreamId>,
}

impl Streams {
    fn lock() -> MutexGuard<'static, Self> {
        STREAMS.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Identity of a stream, whatever path leads to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum StreamId {
    /// Device, inode and time of creation, where known: inodes of removed pipes are used again.
    #[cfg(unix)]
    Inode(u64, u64, Option<SystemTime>),
    Path(PathBuf),
}

impl StreamId {
    /// Identity of an input that can be read only once; `None` for other inputs.
    fn of(path: &Path) -> Option<Self> {
        let is_stdin = path.as_os_str() == STDIN;
        let metadata = fs::metadata(if is_stdin { Path::new(STDIN_DEVICE) } else { path });
        match metadata {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Some(Self::of_stream(path, &metadata)),
            _ => is_stdin.then(|| Self::Path(path.to_owned())),
        }
    }

    #[cfg(unix)]
    fn of_stream(_: &Path, metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self::Inode(metadata.dev(), metadata.ino(), metadata.created().ok())
    }

    #[cfg(not(unix))]
    fn of_stream(path: &Path, _: &Metadata) -> Self {
        Self::Path(path.to_owned())
    }
}

/// Copies of inputs that can be read only once, so that every reader of the process sees the whole content.
///
/// Readers of this crate and [`open_input`] use a copy as long as the value exists. The copies are temporary files in
/// the folder for temporary files (`TMPDIR`).
///
/// # Examples
///
/// ```
/// use tatabox_sequence::InputCopies;
///
/// # let folder = std::env::temp_dir().join(format!("tatabox-copies-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("promoters.fa");
/// std::fs::write(&path, ">GATA1\nTATAAAGG\n")?;
/// // A regular file needs no copy; `/dev/fd/63`, a named pipe or `-` would get one.
/// let copies = InputCopies::of([("promoters", path.as_path())])?;
/// assert!(copies.is_empty());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct InputCopies {
    streams: Vec<StreamId>,
}

impl InputCopies {
    /// Copies those of `inputs` that can be read only once; each input has a role for messages. Streams are copied at
    /// the same time, because one process may write them in turns.
    ///
    /// # Errors
    ///
    /// [`SequenceError::SameStream`] for one stream given for two inputs, [`SequenceError::InputCopy`] for a copy that
    /// cannot be written, or a read error of the stream.
    pub fn of<'r, 'p>(inputs: impl IntoIterator<Item = (&'r str, &'p Path)>) -> Result<Self, SequenceError> {
        let mut streams: Vec<(StreamId, &str, &Path)> = Vec::new();
        for (role, path) in inputs {
            let Some(stream) = StreamId::of(path) else { continue };
            if let Some((_, other_role, other)) = streams.iter().find(|(other, ..)| *other == stream) {
                return Err(SequenceError::SameStream {
                    path: display_path(path),
                    role: role.to_owned(),
                    other: display_path(other),
                    other_role: (*other_role).to_owned(),
                });
            }
            streams.push((stream, role, path));
        }
        {
            let known = Streams::lock();
            streams.retain(|(stream, ..)| !known.copies.contains_key(stream));
            if let Some((.., path)) = streams.iter().find(|(stream, ..)| known.consumed.contains(stream)) {
                return Err(SequenceError::Io { path: display_path(path), source: read_before() });
            }
        }
        let mut copies = Self { streams: Vec::new() };
        let copied: Vec<Result<InputCopy, SequenceError>> = thread::scope(|scope| {
            let threads: Vec<_> = streams.iter().map(|(.., path)| scope.spawn(|| InputCopy::of(path))).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().map(join).collect()
        });
        for ((stream, role, path), copy) in streams.into_iter().zip(copied) {
            let copy = copy?;
            tracing::info!(role, path = %path.display(), "copied an input that can be read only once");
            Streams::lock().copies.insert(stream.clone(), copy);
            copies.streams.push(stream);
        }
        Ok(copies)
    }

    /// Whether no input needed a copy.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }
}

impl Drop for InputCopies {
    fn drop(&mut self) {
        let mut known = Streams::lock();
        for stream in &self.streams {
            known.copies.remove(stream);
            known.consumed.insert(stream.clone());
        }
    }
}

/// Opens an input: a file, the copy of a stream ([`InputCopies`]), or a stream itself, which cannot be opened again.
///
/// # Errors
///
/// The errors of opening the file, a stream that has been read before, and a device without an end.
pub fn open_input(path: &Path) -> io::Result<File> {
    if let Some(copy) = copy_or_consume(path)? {
        return Ok(copy);
    }
    let file = File::open(path)?;
    check_device(&file)?;
    Ok(file)
}

/// Whether an input can be read only once: `-`, a pipe, or another file that is neither regular nor a folder.
pub fn is_read_once(path: &Path) -> bool {
    StreamId::of(path).is_some()
}

/// The copy of a stream. Without a copy, the stream is marked as read.
pub(crate) fn copy_or_consume(path: &Path) -> io::Result<Option<File>> {
    let Some(stream) = StreamId::of(path) else { return Ok(None) };
    let mut known = Streams::lock();
    if let Some(copy) = known.copies.get(&stream) {
        return copy.reopen().map(Some);
    }
    if known.consumed.insert(stream) { Ok(None) } else { Err(read_before()) }
}

/// Checks that an input can be read at any position.
///
/// # Errors
///
/// [`SequenceError::NotRegularFile`] for a pipe, a device or standard input.
pub fn require_regular_file(path: &Path) -> Result<(), SequenceError> {
    if StreamId::of(path).is_some() {
        return Err(SequenceError::NotRegularFile { path: display_path(path) });
    }
    Ok(())
}

/// Path of an input as shown in messages.
pub(crate) fn display_path(path: &Path) -> PathBuf {
    if path.as_os_str() == STDIN { PathBuf::from("standard input") } else { path.to_owned() }
}

fn read_before() -> io::Error {
    io::Error::other("a pipe can be read only once, and it has been read already; save it to a file and give that file")
}

/// Refuses devices such as `/dev/zero` that never end; terminals and `/dev/null` are accepted.
fn check_device(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};
        let metadata = file.metadata()?;
        let is_null = || fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev());
        let is_device = metadata.file_type().is_char_device() || metadata.file_type().is_block_device();
        if is_device && !file.is_terminal() && !is_null() {
            return Err(io::Error::other("is a device; expected a file or a pipe"));
        }
    }
    #[cfg(not(unix))]
    let _ = file.is_terminal();
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Read, Write};
    use std::process::Command;

    use super::*;

    /// Named pipe into which a thread writes `content` once.
    fn pipe(folder: &Path, name: &str, content: &str) -> PathBuf {
        let path = folder.join(name);
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        let (writer, content) = (path.clone(), content.to_owned());
        thread::spawn(move || {
            let mut file = fs::OpenOptions::new().write(true).open(writer).expect("a pipe");
            file.write_all(content.as_bytes()).expect("written");
        });
        path
    }

    fn text(path: &Path) -> io::Result<String> {
        let mut text = String::new();
        open_input(path)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn input_copies_give_every_reader_the_whole_stream() {
        let folder = tempfile::tempdir().expect("folder");
        let long = "a line\n".repeat(40_000);
        let (one, two) = (pipe(folder.path(), "one", &long), pipe(folder.path(), "two", "short"));
        let copies = InputCopies::of([("one", one.as_path()), ("two", two.as_path())]).expect("copied");
        assert!(!copies.is_empty());
        let mut first = open_input(&one).expect("a copy");
        let mut start = [0; 6];
        first.read_exact(&mut start).expect("read");
        assert_eq!((text(&one).expect("whole"), &start), (long, b"a line"));
        // A second set of copies does not read the stream again, nor does it end the first.
        drop(InputCopies::of([("two", two.as_path())]).expect("known"));
        assert_eq!(text(&two).expect("whole"), "short");
        drop(copies);
        assert!(text(&two).expect_err("read").to_string().contains("read only once"));
    }

    #[test]
    fn input_copies_of_one_stream_for_two_inputs_are_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        let error = InputCopies::of([("promoters", path.as_path()), ("expression", link.as_path())]);
        let message = error.expect_err("one pipe").to_string();
        assert!(message.contains("promoters") && message.contains("expression"), "{message}");
    }

    #[test]
    fn open_input_stream_without_copy_is_read_once() {
        let folder = tempfile::tempdir().expect("folder");
        let path = pipe(folder.path(), "pipe", "text");
        assert_eq!(text(&path).expect("first"), "text");
        assert!(text(&path).expect_err("second").to_string().contains("read only once"));
        assert!(require_regular_file(&path).is_err() && is_read_once(Path::new("-")));
    }

    #[test]
    fn open_input_device_without_end_is_refused() {
        assert!(text(Path::new("/dev/zero")).expect_err("no end").to_string().contains("is a device"));
    }
}
