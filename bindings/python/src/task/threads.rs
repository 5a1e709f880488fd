//! Pools of threads that survive a fork of the process.

use std::collections::HashMap;
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{raised, request_error};

/// Largest number of threads; more is a mistake.
const MOST_THREADS: usize = 4_096;

/// Pools by process and number of threads (0: one per core).
type Pools = HashMap<(u32, usize), Arc<ThreadPool>>;

/// The pools. Threads do not survive a fork, so a child process has pools of its
/// own; those of its parent are kept, since dropping them would wait for threads that do not exist.
static POOLS: Mutex<Option<Pools>> = Mutex::new(None);

/// The pool of this process with `threads` threads.
pub(super) fn pool(py: Python<'_>, threads: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    let threads = match threads {
        Some(threads) if !(1..=MOST_THREADS).contains(&threads) => {
            return Err(request_error(py, "threads", format!("{threads}; expected 1 to {MOST_THREADS}")));
        }
        threads => threads.unwrap_or(0),
    };
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let pools = pools.get_or_insert_default();
    if let Some(pool) = pools.get(&(process::id(), threads)) {
        return Ok(Arc::clone(pool));
    }
    let built = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = built.map_err(|error| raised(py, "TataboxError", &format!("cannot start threads: {error}"), None))?;
    let pool = Arc::new(pool);
    pools.insert((process::id(), threads), Arc::clone(&pool));
    Ok(pool)
}
