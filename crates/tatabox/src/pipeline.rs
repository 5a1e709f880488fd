//! Pipeline of three threads: one reads, the calling thread computes, one writes.

use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Context, Result};

/// Chunks queued between two threads; more of them use memory without a gain in speed.
const QUEUED_CHUNKS: usize = 2;
/// Smallest number of items in a chunk.
const MIN_CHUNK_ITEMS: usize = 64;
/// Items in a chunk per computing thread.
const ITEMS_PER_THREAD: usize = 16;

/// Time spent in a pipeline.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    /// From the first item requested to the last one written.
    pub(crate) total: Duration,
    /// Time spent computing.
    pub(crate) computing: Duration,
}

/// Passes chunks of `items` through `compute` and on to `write`, in order; returns the result of `write`.
///
/// A few chunks are read ahead, and a few results wait to be written; the chunk size depends only on the number of threads, so
/// that memory use is bounded. Results computed before an error are written; then the error is returned and `write` sees the end
/// of its input. Only a successful return means that the output is complete.
///
/// # Errors
///
/// The first error of any of the three.
///
/// # Panics
///
/// If one of the three panics.
pub(crate) fn run<Item, Computed, Written>(
    items: impl Iterator<Item = Result<Item>> + Send + 'static,
    compute: impl FnMut(Vec<Item>) -> Result<Computed>,
    write: impl FnOnce(&mut dyn Iterator<Item = Result<Computed>>) -> Result<Written> + Send + 'static,
) -> Result<(Written, Timing)>
where
    Item: Send + 'static,
    Computed: Send + 'static,
    Written: Send + 'static,
{
    let chunk = MIN_CHUNK_ITEMS.max(ITEMS_PER_THREAD * rayon::current_num_threads());
    run_in_chunks(chunk, items, compute, write)
}

/// As [`run`], with `chunk` items at a time, for items that take long each.
pub(crate) fn run_in_chunks<Item, Computed, Written>(
    chunk: usize,
    items: impl Iterator<Item = Result<Item>> + Send + 'static,
    mut compute: impl FnMut(Vec<Item>) -> Result<Computed>,
    write: impl FnOnce(&mut dyn Iterator<Item = Result<Computed>>) -> Result<Written> + Send + 'static,
) -> Result<(Written, Timing)>
where
    Item: Send + 'static,
    Computed: Send + 'static,
    Written: Send + 'static,
{
    let started = Instant::now();
    let mut computing = Duration::ZERO;
    let (to_compute, read) = sync_channel(QUEUED_CHUNKS);
    let (to_write, computed) = sync_channel(QUEUED_CHUNKS);
    let reader = start("reader", move || send_chunks(items, chunk, &to_compute))?;
    let writer = start("writer", move || write(&mut computed.into_iter()))?;

    let mut writer_listens = true;
    while writer_listens && let Ok(chunk) = read.recv() {
        let begun = Instant::now();
        let result = chunk.and_then(&mut compute);
        computing += begun.elapsed();
        writer_listens = result.is_ok();
        // A writer that stopped listening returns an error below.
        writer_listens &= to_write.send(result).is_ok();
    }
    if writer_listens {
        // After an error the reader may be blocked on input that is no longer needed.
        reader.join().unwrap_or_else(|panic| resume_unwind(panic));
    }
    drop(to_write);
    let written = writer.join().unwrap_or_else(|panic| resume_unwind(panic))?;
    Ok((written, Timing { total: started.elapsed(), computing }))
}

fn start<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<thread::JoinHandle<T>> {
    thread::Builder::new().name(name.to_owned()).spawn(work).context("cannot start a thread")
}

/// Sends `items` in chunks; the last one, also before an error, may be smaller.
fn send_chunks<Item>(
    mut items: impl Iterator<Item = Result<Item>>,
    size: usize,
    to_compute: &SyncSender<Result<Vec<Item>>>,
) {
    let mut is_last = false;
    while !is_last {
        let mut failure = None;
        let mut good = |item: Result<Item>| item.map_err(|error| failure = Some(error)).ok();
        let chunk: Vec<Item> = items.by_ref().take(size).map_while(&mut good).collect();
        is_last = chunk.len() < size;
        let chunks = (!chunk.is_empty()).then_some(Ok(chunk)).into_iter().chain(failure.map(Err));
        for chunk in chunks {
            // The receiver is gone after an error of its own.
            is_last |= to_compute.send(chunk).is_err();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::error::{Error, bail, ensure};

    use super::*;

    /// Collects the items of all chunks before the first error.
    fn collect(chunks: &mut dyn Iterator<Item = Result<Vec<usize>>>) -> Result<Vec<usize>> {
        let mut all = Vec::new();
        for chunk in chunks {
            all.extend(chunk?);
        }
        Ok(all)
    }

    fn doubled(chunk: Vec<usize>) -> Vec<usize> {
        chunk.into_iter().map(|item| 2 * item).collect()
    }

    #[test]
    fn pipeline_items_arrive_once_and_in_order() {
        for count in [0, 1, MIN_CHUNK_ITEMS - 1, MIN_CHUNK_ITEMS, MIN_CHUNK_ITEMS + 1, 5_000] {
            let (written, timing) = run((0..count).map(Ok), |chunk| Ok(doubled(chunk)), collect).expect("no error");
            assert_eq!(written, (0..count).map(|item| 2 * item).collect::<Vec<_>>());
            assert!(timing.computing <= timing.total);
        }
    }

    #[test]
    fn pipeline_items_before_an_error_are_computed() {
        let items = (0..5_000)
            .map(|item| if item == 3_001 { Err(Error::input(format!("item {item} is bad"))) } else { Ok(item) });
        let (mut computed, mut chunks) = (0, 0);
        let count = |chunk: Vec<usize>| {
            computed += chunk.len();
            chunks += 1;
            Ok(doubled(chunk))
        };
        let error = run(items, count, collect).expect_err("a bad item").to_string();
        assert_eq!((error.as_str(), computed), ("item 3001 is bad", 3_001));
        assert!(chunks > 1);
    }

    #[test]
    fn pipeline_compute_or_write_error_stops_endless_input() {
        let mut left = 3;
        let fails = |chunk| {
            left -= 1;
            ensure!(left > 0, "interrupted");
            Ok(doubled(chunk))
        };
        let error = run((0..).map(Ok), fails, collect).expect_err("endless");
        assert_eq!(error.to_string(), "interrupted");
        let full = |chunks: &mut dyn Iterator<Item = Result<Vec<usize>>>| -> Result<()> {
            chunks.next().transpose()?;
            bail!("the disk is full")
        };
        let error = run((0..).map(Ok), |chunk| Ok(doubled(chunk)), full).expect_err("endless");
        assert_eq!(error.to_string(), "the disk is full");
    }

    #[test]
    fn pipeline_reader_is_bounded() {
        let read = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&read);
        let items = (0..100_000).map(move |item| Ok(counter.fetch_add(1, Ordering::Relaxed) + item));
        let mut computed = 0;
        let mut furthest = 0;
        let measure = |chunk: Vec<usize>| {
            furthest = furthest.max(read.load(Ordering::Relaxed) - computed);
            computed += chunk.len();
            Ok(chunk)
        };
        run(items, measure, collect).expect("no error");
        let chunk = MIN_CHUNK_ITEMS.max(ITEMS_PER_THREAD * rayon::current_num_threads());
        // The queued chunks, one in each of the two threads, and the item being read.
        assert!(furthest <= (QUEUED_CHUNKS + 2) * chunk + 1, "{furthest} items of chunks of {chunk}");
    }

    #[test]
    #[should_panic(expected = "a defect of the reader")]
    fn pipeline_reader_panic_is_propagated() {
        let items = (0..200).map(|item| if item == 150 { panic!("a defect of the reader") } else { Ok(item) });
        let _ = run(items, |chunk| Ok(doubled(chunk)), collect);
    }
}
