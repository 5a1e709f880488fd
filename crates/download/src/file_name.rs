//! Names of the files in a download folder.

/// Name of the download record.
pub(crate) const RECORD_FILE: &str = "downloads.json";

/// Suffix of the name of a file that is not complete.
pub(crate) const PARTIAL_SUFFIX: &str = ".partial";

/// Suffix of the name of the file that describes a partial file.
pub(crate) const PARTIAL_STATE_SUFFIX: &str = ".partial.json";

/// Whether a name is a valid file name within the download folder: without separators, not hidden and not reserved.
pub(crate) fn is_file_name(name: &str) -> bool {
    let plain = |c: char| !c.is_control() && !matches!(c, '/' | '\\' | ':');
    let is_reserved = name == RECORD_FILE || name.ends_with(PARTIAL_SUFFIX) || name.ends_with(PARTIAL_STATE_SUFFIX);
    !is_reserved && !name.is_empty() && !name.starts_with('.') && name.chars().all(plain)
}
