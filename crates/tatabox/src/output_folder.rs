//! Output folder of a task: its files appear together once the task completes, and replace no file of other origin.

mod file_list;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tatabox_dataset::{create_partial_folder, warn_of_abandoned_partials};

use crate::error::{Error, Result};
use crate::remedy::Remedy;

pub(crate) use file_list::FileList;

/// Name of the file with the origin of the results of a task: versions, command, model, options.
pub(crate) const RUN_RECORD: &str = "run.json";

/// Folder of the results of a task.
///
/// A task writes its files below [`path`](Self::path), an unfinished folder within the output folder. [`keep`](Self::keep) moves
/// them to their place and lists them in `files.txt`; otherwise they are removed when the value is dropped. A folder that is not
/// empty is refused, unless its results may be replaced: the files that an earlier task listed are then removed, and no others.
///
/// # Examples
///
/// ```
/// use tatabox::OutputFolder;
///
/// let path = std::env::temp_dir().join(format!("tatabox-output-{}", std::process::id()));
/// let folder = OutputFolder::create(&path, false)?;
/// std::fs::write(folder.path().join("results.tsv"), "")?;
/// assert!(!path.join("results.tsv").exists());
/// folder.keep()?;
/// assert!(path.join("results.tsv").is_file());
/// assert!(OutputFolder::create(&path, false).is_err());
/// # std::fs::remove_dir_all(&path)?;
/// # Ok::<(), tatabox::Error>(())
/// ```
#[derive(Debug)]
pub struct OutputFolder {
    target: PathBuf,
    /// Folder of the unfinished files.
    partial: PathBuf,
    is_new: bool,
    earlier: EarlierFiles,
}

/// Files of an earlier task in the folder.
#[derive(Debug)]
enum EarlierFiles {
    /// The folder has to be empty.
    Refused,
    /// All of them are removed.
    Replaced,
    /// Those for which the function is true are removed, and the others remain.
    Updated(fn(&str) -> bool),
}

impl OutputFolder {
    /// Creates the folder where there is none, so that an unwritable path is reported before a long computation. With
    /// `overwrite`, the results of an earlier task in it are replaced when this one completes.
    ///
    /// # Errors
    /// The folder is not empty and `overwrite` is not set, or it cannot be created.
    pub fn create(path: &Path, overwrite: bool) -> Result<Self> {
        Self::create_with(path, overwrite, &[""; 0])
    }

    /// As [`create`](Self::create); files of these names that are not results of an earlier task are refused at once.
    pub(crate) fn create_with(path: &Path, overwrite: bool, names: &[impl AsRef<str>]) -> Result<Self> {
        if path.is_dir() {
            if !overwrite {
                check_empty(path)?;
            }
            let earlier = FileList::read(path)?;
            if let Some(name) = names.iter().map(AsRef::as_ref).find(|name| is_foreign(path, name, &earlier)) {
                return Err(foreign(path, name));
            }
        }
        Self::open(path, if overwrite { EarlierFiles::Replaced } else { EarlierFiles::Refused })
    }

    /// Opens a folder to which the results of a task belong, such as that of a data set or an evaluation. Files of earlier tasks
    /// for which `is_replaced` is true are removed when this one completes.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn update(path: &Path, is_replaced: fn(&str) -> bool) -> Result<Self> {
        Self::open(path, EarlierFiles::Updated(is_replaced))
    }

    fn open(path: &Path, earlier: EarlierFiles) -> Result<Self> {
        let cannot_create = |source| Error::Io { action: "create", path: path.to_owned(), source };
        let is_new = !path.exists();
        fs::create_dir_all(path).map_err(cannot_create)?;
        warn_of_abandoned_partials(path, "");
        let partial = create_partial_folder(path).map_err(|source| {
            if is_new {
                // The error of the unfinished folder is reported rather than this one.
                let _ = fs::remove_dir(path);
            }
            cannot_create(source)
        })?;
        Ok(Self { target: path.to_owned(), partial, is_new, earlier })
    }

    /// Folder of the unfinished files.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Folder of the finished files.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Moves the files to their place: they are complete. Listed files of an earlier task are removed.
    ///
    /// # Errors
    /// Another task has filled the folder meanwhile, a file of other origin has the name of a result, or a file cannot be
    /// moved.
    pub fn keep(self) -> Result<()> {
        let target = &self.target;
        let written = files_below(&self.partial)?;
        let earlier = FileList::read(target)?;
        let is_replaced: fn(&str) -> bool = match self.earlier {
            EarlierFiles::Refused if !is_empty(target)? => {
                let message = format!("{} was filled by another run meanwhile", target.display());
                return Err(Error::input_with(Remedy::ReplaceResults, message));
            }
            EarlierFiles::Refused | EarlierFiles::Replaced => {
                if let Some(name) = written.iter().find(|name| is_foreign(target, name, &earlier)) {
                    return Err(foreign(target, name));
                }
                |_: &str| true
            }
            EarlierFiles::Updated(is_replaced) => is_replaced,
        };
        let is_stale = |name: &&String| is_replaced(name) && !written.contains(*name) && *name != FileList::FILE;
        let (stale, kept): (Vec<&String>, Vec<&String>) = earlier.0.iter().partition(is_stale);
        let list = |names: Vec<&String>| {
            let own = FileList::FILE.to_owned();
            FileList(written.iter().chain(names).cloned().chain([own]).collect())
        };
        // The list is complete at every moment, so that a killed process leaves no file that nothing lists.
        list(earlier.0.iter().collect()).write(target)?;
        for name in &stale {
            remove_file(&target.join(name))?;
        }
        for name in &written {
            let (from, to) = (self.partial.join(name), target.join(name));
            let moved = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::rename(&from, &to));
            moved.map_err(|source| Error::Io { action: "write", path: to, source })?;
        }
        for name in &stale {
            remove_empty_folders(target, name);
        }
        list(kept).write(target)
    }
}

/// Removes the files that tasks listed in a folder, and no others.
///
/// # Errors
/// A file cannot be removed.
#[cfg(feature = "train")]
pub(crate) fn remove_results(folder: &Path) -> Result<()> {
    for name in FileList::read(folder)?.names() {
        remove_file(&folder.join(name))?;
        remove_empty_folders(folder, name);
    }
    Ok(())
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.partial) {
            tracing::warn!(path = %self.partial.display(), %error, "cannot remove an unfinished folder");
        }
        if self.is_new {
            // Succeeds only for an empty folder, which nothing was moved to.
            let _ = fs::remove_dir(&self.target);
        }
    }
}

/// Checks that a folder has no files that results would be mixed with.
pub(crate) fn check_empty(folder: &Path) -> Result<()> {
    if is_empty(folder)? {
        return Ok(());
    }
    let message = format!("{} is not empty, and its files would be mixed with these results", folder.display());
    Err(Error::input_with(Remedy::ReplaceResults, message))
}

/// Whether a folder has no files but hidden and unfinished ones.
pub(crate) fn is_empty(folder: &Path) -> Result<bool> {
    let unreadable = |source| Error::Io { action: "read", path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with('.') && !name.ends_with(".partial") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a file exists and no earlier task lists it.
fn is_foreign(folder: &Path, name: &str, earlier: &FileList) -> bool {
    !earlier.contains(name) && folder.join(name).symlink_metadata().is_ok_and(|metadata| !metadata.is_dir())
}

fn foreign(folder: &Path, name: &str) -> Error {
    let message = format!(
        "{} would be replaced, and {} does not list it as a result of an earlier run; move it to another folder",
        folder.join(name).display(),
        FileList::FILE
    );
    Error::input_with(Remedy::ChooseOutputFolder, message)
}

/// Files below a folder, by their paths below it.
fn files_below(folder: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(subfolder) = folders.pop() {
        let path = folder.join(&subfolder);
        let unreadable = |source| Error::Io { action: "read", path: path.clone(), source };
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = format!("{subfolder}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(unreadable)?.is_dir() {
                folders.push(name + "/");
            } else {
                files.insert(name);
            }
        }
    }
    Ok(files)
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Io { action: "remove", path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Removes the folders of a removed file that are empty.
fn remove_empty_folders(folder: &Path, name: &str) {
    let ancestors = Path::new(name).ancestors().skip(1).filter(|ancestor| !ancestor.as_os_str().is_empty());
    for ancestor in ancestors {
        // Fails for a folder with other files, which remains.
        if fs::remove_dir(folder.join(ancestor)).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task that writes these files.
    fn run(path: &Path, overwrite: bool, names: &[&str]) -> Result<()> {
        fill(OutputFolder::create(path, overwrite)?, names)
    }

    fn fill(folder: OutputFolder, names: &[&str]) -> Result<()> {
        for name in names {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("created");
            fs::write(file, "result").expect("written");
        }
        folder.keep()
    }

    fn listing(path: &Path) -> Vec<String> {
        files_below(path).expect("readable").into_iter().collect()
    }

    #[test]
    fn output_folder_is_removed_unless_kept() {
        let parent = tempfile::tempdir().expect("folder");
        let path = parent.path().join("evaluation");
        drop(OutputFolder::create(&path, false).expect("created"));
        assert!(!path.exists());
        run(&path, false, &["a.tsv", "figures/x.svg"]).expect("kept");
        assert_eq!(listing(&path), ["a.tsv", "figures/x.svg", "files.txt"]);
        drop(OutputFolder::create(&path, true).expect("opened"));
        assert_eq!(listing(&path).len(), 3, "the results of the earlier task remain until the later one completes");
    }

    #[test]
    fn output_folder_with_files_is_refused_with_a_remedy() {
        let parent = tempfile::tempdir().expect("folder");
        fs::write(parent.path().join("notes.txt"), "mine").expect("written");
        let error = OutputFolder::create(parent.path(), false).expect_err("not empty");
        assert_eq!(error.remedy(), Some(Remedy::ReplaceResults));
        assert!(error.to_string().contains("is not empty"), "{error}");
    }

    #[test]
    fn output_folder_replaces_listed_files_and_no_others() {
        let parent = tempfile::tempdir().expect("folder");
        let path = parent.path();
        run(path, false, &["a.tsv", "figures/old.svg", "tracks/t.bw"]).expect("kept");
        fs::write(path.join("notes.txt"), "mine").expect("written");
        fs::write(path.join("figures/mine.svg"), "mine").expect("written");
        run(path, true, &["a.tsv", "figures/new.svg"]).expect("replaced");
        assert_eq!(listing(path), ["a.tsv", "figures/mine.svg", "figures/new.svg", "files.txt", "notes.txt"]);
        assert!(!path.join("tracks").exists(), "an empty folder is removed");
    }

    #[test]
    fn output_folder_refuses_to_replace_a_file_of_the_user() {
        let parent = tempfile::tempdir().expect("folder");
        let path = parent.path();
        fs::write(path.join("a.tsv"), "mine").expect("written");
        let refused = run(path, true, &["a.tsv", "b.tsv"]).expect_err("of the user").to_string();
        assert!(refused.contains("a.tsv would be replaced"), "{refused}");
        assert_eq!(listing(path), ["a.tsv"]);
        assert_eq!(fs::read_to_string(path.join("a.tsv")).expect("there"), "mine");
        assert!(OutputFolder::create_with(path, true, &["a.tsv"]).is_err(), "refused before the task begins");
    }

    #[test]
    fn output_folder_filled_meanwhile_is_refused() {
        let parent = tempfile::tempdir().expect("folder");
        let path = parent.path().join("out");
        let [one, other] = [(); 2].map(|()| OutputFolder::create(&path, false).expect("created"));
        fill(one, &["a.tsv"]).expect("kept");
        let message = fill(other, &["b.tsv"]).expect_err("filled").to_string();
        assert!(message.contains("by another run meanwhile"), "{message}");
        assert_eq!(listing(&path), ["a.tsv", "files.txt"]);
    }

    #[test]
    fn output_folder_update_keeps_what_it_does_not_replace() {
        let parent = tempfile::tempdir().expect("folder");
        run(parent.path(), false, &["table.tsv", "fig1.svg", "fig2.svg"]).expect("kept");
        let folder = OutputFolder::update(parent.path(), |name| name.starts_with("fig")).expect("opened");
        fill(folder, &["fig1.svg"]).expect("kept");
        assert_eq!(listing(parent.path()), ["fig1.svg", "files.txt", "table.tsv"]);
    }

    #[test]
    fn output_folder_unwritable_path_is_named_with_a_remedy() {
        let parent = tempfile::tempdir().expect("folder");
        let file = parent.path().join("file");
        fs::write(&file, "").expect("written");
        let error = OutputFolder::create(&file.join("folder"), false).expect_err("below a file");
        assert!(error.to_string().starts_with("cannot create "), "{error}");
        assert_eq!(error.remedy(), Some(Remedy::ChooseOutputFolder));
    }
}
