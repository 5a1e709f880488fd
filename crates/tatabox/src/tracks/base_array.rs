//! NumPy archives of per-base values.

use std::fs;
use std::path::Path;

use crate::error::{Context, Error, Result};
use npyz::WriterBuilder;
use npyz::npz::NpzWriter;

/// Channels: A, C, G, T.
const CHANNELS: usize = 4;

/// Name that NumPy gives to an unnamed array.
const ARRAY: &str = "arr_0";

/// Order of the axes of an array: N promoters, L bases, C channels (A, C, G, T).
///
/// ```
/// use tatabox::tracks::ArrayAxes;
///
/// assert_eq!(ArrayAxes::default(), ArrayAxes::Nlc);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArrayAxes {
    /// `(N, L, 4)`, as NumPy users and TF-MoDISco's Python interface expect.
    #[default]
    Nlc,
    /// `(N, 4, L)`, as PyTorch and the command `modisco motifs` expect.
    Ncl,
}

/// Writes an .npz file with one array of f32.
///
/// # Shapes
/// `rows` holds one `[L, 4]` array per promoter, all of the same length; the file holds `(N, L, 4)` or `(N, 4, L)`.
///
/// # Errors
/// The file cannot be written.
pub fn write_npz(path: &Path, rows: &[Vec<[f32; CHANNELS]>], axes: ArrayAxes) -> Result<()> {
    let bases = rows.first().map_or(0, Vec::len);
    let (promoters, bases_u64) = (rows.len() as u64, bases as u64);
    let partial = path.with_added_extension("partial");
    let write = || -> Result<()> {
        let mut npz = NpzWriter::create(&partial)?;
        #[expect(clippy::default_trait_access, reason = "the type is of a crate that npyz does not hand on")]
        let array = npz.array::<f32>(ARRAY, Default::default())?.default_dtype();
        match axes {
            ArrayAxes::Nlc => {
                let mut array = array.shape(&[promoters, bases_u64, CHANNELS as u64]).begin_nd()?;
                array.extend(rows.iter().flatten().flatten().copied())?;
                array.finish()?;
            }
            ArrayAxes::Ncl => {
                let mut array = array.shape(&[promoters, CHANNELS as u64, bases_u64]).begin_nd()?;
                for row in rows {
                    (0..CHANNELS).try_for_each(|channel| array.extend(row.iter().map(|base| base[channel])))?;
                }
                array.finish()?;
            }
        }
        Ok(())
    };
    let written = write().and_then(|()| fs::rename(&partial, path).map_err(Error::from));
    if written.is_err() {
        // The file may not exist yet.
        let _ = fs::remove_file(&partial);
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use npyz::npz::NpzArchive;

    use super::*;

    #[test]
    fn npz_axes_follow_the_request() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.npz");
        let rows = vec![vec![[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]];
        let read = |axes| {
            write_npz(&path, &rows, axes).expect("written");
            let mut archive = NpzArchive::open(&path).expect("npz");
            let array = archive.by_name(ARRAY).expect("readable").expect("there");
            (array.shape().to_vec(), array.into_vec::<f32>().expect("f32"))
        };
        assert_eq!(read(ArrayAxes::Nlc), (vec![1, 2, 4], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]));
        assert_eq!(read(ArrayAxes::Ncl), (vec![1, 4, 2], vec![1.0, 5.0, 2.0, 6.0, 3.0, 7.0, 4.0, 8.0]));
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    }
}
