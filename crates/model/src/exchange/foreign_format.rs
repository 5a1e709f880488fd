//! Formats of weights and models that are not read, recognised by their first bytes.

use std::path::Path;

/// Bytes of the end of a zip archive that are searched for the names of its members.
const ZIP_END_BYTES: usize = 64 * 1024;
/// Offsets at which the signature of an HDF5 file may be.
const HDF5_OFFSETS: [usize; 5] = [0, 512, 1024, 2048, 4096];
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
const ZIP: &[u8] = b"PK\x03\x04";

/// File format other than safetensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ForeignFormat {
    /// Pickle or zip archive of `torch.save`.
    Torch,
    /// Any other format, in words.
    Other(&'static str),
}

impl ForeignFormat {
    /// Format of the bytes of a file; `None` for bytes without a known signature.
    pub(super) fn of(bytes: &[u8], path: &Path) -> Option<Self> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        let extension = extension.as_deref().unwrap_or_default();
        let begins = |signature: &[u8]| bytes.starts_with(signature);
        if begins(ZIP) {
            return Some(of_zip(bytes));
        }
        // Pickle protocols 2 to 5.
        if matches!(bytes, [0x80, 2..=5, ..]) {
            return Some(Self::Torch);
        }
        if HDF5_OFFSETS.iter().any(|&offset| bytes.get(offset..).is_some_and(|rest| rest.starts_with(HDF5))) {
            return Some(Self::Other("an HDF5 file, as Keras and TensorFlow write (.h5, .hdf5)"));
        }
        let name = match bytes {
            [] => "an empty file",
            [0x1f, 0x8b, ..] => "compressed with gzip",
            [b'B', b'Z', b'h', ..] => "compressed with bzip2",
            [0x28, 0xb5, 0x2f, 0xfd, ..] => "compressed with zstd",
            _ if begins(b"\xfd7zXZ\0") => "compressed with xz",
            _ if begins(b"\x93NUMPY") => "a NumPy array (.npy)",
            _ if begins(b"GGUF") => "a GGUF file",
            _ if bytes.get(4..8) == Some(b"TFL3") => "a TensorFlow Lite model (.tflite)",
            _ if begins(b"version https://git-lfs") => {
                "the pointer that Git LFS leaves in place of a file; fetch the file with `git lfs pull`"
            }
            _ if begins(b"<!DOCTYPE") || begins(b"<html") || begins(b"<!doctype") => "a web page",
            _ if is_json(bytes) => "a JSON file, which describes a model and has no weights",
            _ if extension == "onnx" || is_onnx(bytes) => "an ONNX model (.onnx)",
            _ if ["pt", "pth", "pkl", "pickle"].contains(&extension) => return Some(Self::Torch),
            _ if extension == "pb" => "a TensorFlow graph (.pb)",
            _ if extension == "ckpt" || extension == "index" || extension.starts_with("data-") => {
                "a part of a TensorFlow checkpoint"
            }
            _ => return None,
        };
        Some(Self::Other(name))
    }

    /// Kind of a folder that was named in place of a file of weights.
    pub(super) fn of_folder(folder: &Path) -> &'static str {
        let has = |name: &str| folder.join(name).exists();
        if has("saved_model.pb") || has("keras_metadata.pb") {
            "a TensorFlow SavedModel, which is a folder"
        } else if has("weights.safetensors") || has("ensemble.json") {
            "the folder of a model, which needs no import; for its weights alone name its weights.safetensors"
        } else {
            "a folder"
        }
    }
}

/// Format of a zip archive, by the names of its members, which are listed at its end.
fn of_zip(bytes: &[u8]) -> ForeignFormat {
    let end = &bytes[bytes.len().saturating_sub(ZIP_END_BYTES)..];
    let start = &bytes[..bytes.len().min(ZIP_END_BYTES)];
    let has = |name: &[u8]| [start, end].iter().any(|part| part.windows(name.len()).any(|found| found == name));
    if has(b"data.pkl") {
        ForeignFormat::Torch
    } else if has(b"model.weights.h5") || has(b"metadata.json") {
        ForeignFormat::Other("a Keras archive (.keras)")
    } else if has(b".npy") {
        ForeignFormat::Other("a NumPy archive (.npz)")
    } else {
        ForeignFormat::Other("a zip archive")
    }
}

/// Whether the bytes are a JSON object; a safetensors file begins with the length of its header instead.
fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.first() == Some(&b'{') && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// Whether the bytes are a protobuf message that begins as a model of ONNX: its version and the name of its producer.
fn is_onnx(bytes: &[u8]) -> bool {
    let [0x08, version, 0x12, length, rest @ ..] = bytes else { return false };
    let is_name = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    *version < 0x20 && *length > 0 && rest.get(..usize::from(*length)).is_some_and(|name| name.iter().all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(bytes: &[u8], path: &str) -> &'static str {
        match ForeignFormat::of(bytes, Path::new(path)) {
            Some(ForeignFormat::Torch) => "torch",
            Some(ForeignFormat::Other(name)) => name,
            None => "unknown",
        }
    }

    #[test]
    fn foreign_formats_are_recognised_by_their_bytes() {
        let hdf5_with_user_block = [vec![0; 512], HDF5.to_vec()].concat();
        assert!(named(HDF5, "x").contains("Keras") && named(&hdf5_with_user_block, "x").contains("HDF5"));
        assert_eq!(named(b"PK\x03\x04....net/data.pkl", "x"), "torch");
        assert_eq!(named(b"\x80\x04\x95", "x"), "torch");
        assert_eq!(named(b"(dp0\n", "old.pkl"), "torch");
        assert!(named(b"PK\x03\x04....metadata.json...model.weights.h5", "x").contains(".keras"));
        assert!(named(b"PK\x03\x04....conv.npy", "x").contains(".npz"));
        assert!(named(b"\x08\x08\x12\x07pytorch\x1a", "x").contains("ONNX"));
        assert!(named(b"\x93NUMPY", "x").contains(".npy") && named(b"", "x").contains("empty"));
        assert!(named(b"\x1f\x8b\x08", "x").contains("gzip"));
        assert!(named(b"{\"class_name\": \"Model\"}", "x").contains("JSON"));
        assert!(named(b"....TFL3", "x").contains("Lite") && named(b"\x0a\x05", "graph.pb").contains("TensorFlow"));
    }

    #[test]
    fn foreign_format_of_safetensors_is_unknown() {
        let header = b"{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
        let bytes = [&(header.len() as u64).to_le_bytes()[..], header].concat();
        assert_eq!(ForeignFormat::of(&bytes, Path::new("w.safetensors")), None);
    }

    #[test]
    fn foreign_format_of_a_folder_is_a_saved_model() {
        let folder = tempfile::tempdir().expect("temporary folder");
        assert_eq!(ForeignFormat::of_folder(folder.path()), "a folder");
        std::fs::write(folder.path().join("saved_model.pb"), "").expect("written");
        assert!(ForeignFormat::of_folder(folder.path()).contains("SavedModel"));
    }
}
