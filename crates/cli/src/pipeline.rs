//! Three threads, so that the network never waits for a file: one reads, this one computes, one writes.

use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Chunks that wait between two threads; with more, memory grows and nothing is faster.
const WAITING: usize = 2;
/// Fewest items in a chunk.
const FEWEST: usize = 64;
/// Items in a chunk for each thread that computes.
const ITEMS_A_THREAD: usize = 16;

/// Where the time went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    /// From the first item asked for to the last one written.
    pub(crate) total: Duration,
    /// Of it, time spent computing.
    pub(crate) computing: Duration,
}

/// Takes chunks of `items` through `compute` and on to `write`, in their order; returns what `write` does.
///
/// Items are read ahead, and results wait to be written, by a few chunks of a size that depends on the number of threads
/// alone, so that memory does not grow. What can be computed before an error is written; then the error comes back and
/// `write` is told that there is no more. So only what comes back from here as whole may be given its name.
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
    let chunk = FEWEST.max(ITEMS_A_THREAD * rayon::current_num_threads());
    run_in_chunks(chunk, items, compute, write)
}

/// As [`run`], with `chunk` items at a time, for items that are much work each.
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
    let (to_compute, read) = sync_channel(WAITING);
    let (to_write, computed) = sync_channel(WAITING);
    let reader = start("reader", move || send_chunks(items, chunk, &to_compute))?;
    let writer = start("writer", move || write(&mut computed.into_iter()))?;

    let mut hears_on = true;
    while hears_on && let Ok(chunk) = read.recv() {
        let begun = Instant::now();
        let result = chunk.and_then(&mut compute);
        computing += begun.elapsed();
        hears_on = result.is_ok();
        // A writer that hears no more has an error to tell.
        hears_on &= to_write.send(result).is_ok();
    }
    if hears_on {
        // Else it may wait for input that nobody needs any more.
        reader.join().unwrap_or_else(|panic| resume_unwind(panic));
    }
    drop(to_write);
    let written = writer.join().unwrap_or_else(|panic| resume_unwind(panic))?;
    Ok((written, Timing { total: started.elapsed(), computing }))
}

fn start<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<thread::JoinHandle<T>> {
    thread::Builder::new().name(name.to_owned()).spawn(work).context("cannot start a thread")
}

/// Sends `items` in chunks; the last, before an error too, may be a smaller one.
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
            // Nobody hears on after an error of their own.
            is_last |= to_compute.send(chunk).is_err();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use anyhow::{anyhow, bail, ensure};

    use super::*;

    /// Collects what comes to be written, as far as it comes.
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
    fn every_item_comes_through_once_and_in_order() {
        for count in [0, 1, FEWEST - 1, FEWEST, FEWEST + 1, 5_000] {
            let (written, timing) = run((0..count).map(Ok), |chunk| Ok(doubled(chunk)), collect).expect("no error");
            assert_eq!(written, (0..count).map(|item| 2 * item).collect::<Vec<_>>());
            assert!(timing.computing <= timing.total);
        }
    }

    #[test]
    fn what_stands_before_a_bad_item_is_computed_and_the_error_comes_back() {
        let items = (0..5_000).map(|item| if item == 3_001 { Err(anyhow!("item {item} is bad")) } else { Ok(item) });
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
    fn an_error_of_computing_or_writing_ends_the_reading_of_an_endless_input() {
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
    fn reading_runs_ahead_by_a_few_chunks_only() {
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
        let chunk = FEWEST.max(ITEMS_A_THREAD * rayon::current_num_threads());
        // The chunks that wait, one in the hands of each of the two threads, and the item being read.
        assert!(furthest <= (WAITING + 2) * chunk + 1, "{furthest} items of chunks of {chunk}");
    }

    #[test]
    #[should_panic(expected = "a defect of the reader")]
    fn a_panic_of_the_reader_is_not_taken_for_the_end() {
        let items = (0..200).map(|item| if item == 150 { panic!("a defect of the reader") } else { Ok(item) });
        let _ = run(items, |chunk| Ok(doubled(chunk)), collect);
    }
}
