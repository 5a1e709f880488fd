//! NumPy archives of per-base values.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::{Context, Error, Result};

/// Channels: A, C, G, T.
const CHANNELS: usize = 4;

/// Archive member of the array; `arr_0` is the name that NumPy gives to an unnamed array.
const ARRAY_FILE: &str = "arr_0.npy";
/// Magic string and format version 1.0.
const NPY_PREFIX: &[u8] = b"\x93NUMPY\x01\x00";
/// The values start at a multiple of this number of bytes.
const NPY_ALIGNMENT: usize = 64;

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
    let partial = path.with_added_extension("partial");
    let write = || -> Result<()> {
        let mut archive = ZipWriter::new(BufWriter::new(File::create(&partial)?));
        // As numpy.savez: not compressed, and arrays may exceed 4 GB.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        archive.start_file(ARRAY_FILE, options).map_err(std::io::Error::from)?;
        let shape = match axes {
            ArrayAxes::Nlc => [rows.len(), bases, CHANNELS],
            ArrayAxes::Ncl => [rows.len(), CHANNELS, bases],
        };
        archive.write_all(&npy_header(shape))?;
        let mut bytes = Vec::with_capacity(bases * CHANNELS * size_of::<f32>());
        for row in rows {
            bytes.clear();
            match axes {
                ArrayAxes::Nlc => row.iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes())),
                ArrayAxes::Ncl => (0..CHANNELS)
                    .for_each(|channel| row.iter().for_each(|base| bytes.extend(base[channel].to_le_bytes()))),
            }
            archive.write_all(&bytes)?;
        }
        archive.finish().map_err(std::io::Error::from)?.flush()?;
        Ok(())
    };
    let written = write().and_then(|()| fs::rename(&partial, path).map_err(Error::from));
    if written.is_err() {
        // The file may not exist yet.
        let _ = fs::remove_file(&partial);
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// Header of a little-endian f32 array in C order, padded with spaces.
///
/// # Source
/// NPY format 1.0, <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
fn npy_header(shape: [usize; 3]) -> Vec<u8> {
    let [first, second, third] = shape;
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({first}, {second}, {third}), }}");
    let unpadded = NPY_PREFIX.len() + size_of::<u16>() + text.len() + 1;
    text.extend(std::iter::repeat_n(' ', unpadded.next_multiple_of(NPY_ALIGNMENT) - unpadded));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("three numbers are short");
    [NPY_PREFIX, &length.to_le_bytes(), text.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    /// The bytes that `numpy.save` of NumPy 2.4 writes for `numpy.zeros((1, 2, 4), '<f4')`, without the values.
    const HEADER: &[u8] = b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 4), }                                                       \n";

    #[test]
    fn npy_header_equals_that_of_numpy() {
        assert_eq!((npy_header([1, 2, 4]).as_slice(), HEADER.len()), (HEADER, 128));
    }

    #[test]
    fn npz_axes_follow_the_request() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.npz");
        let rows = vec![vec![[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]];
        let read = |axes| {
            write_npz(&path, &rows, axes).expect("written");
            let mut archive = zip::ZipArchive::new(File::open(&path).expect("there")).expect("an archive");
            let mut bytes = Vec::new();
            archive.by_name(ARRAY_FILE).expect("there").read_to_end(&mut bytes).expect("readable");
            let (header, values) = bytes.split_at(HEADER.len());
            let values = values.chunks_exact(4).map(|value| f32::from_le_bytes(value.try_into().expect("four bytes")));
            (String::from_utf8_lossy(&header[10..]).trim_end().to_owned(), values.collect::<Vec<_>>())
        };
        let header = |shape| format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
        let expected = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        assert_eq!(read(ArrayAxes::Nlc), (header("(1, 2, 4)"), expected));
        let expected = vec![1.0, 5.0, 2.0, 6.0, 3.0, 7.0, 4.0, 8.0];
        assert_eq!(read(ArrayAxes::Ncl), (header("(1, 4, 2)"), expected));
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
    }
}
