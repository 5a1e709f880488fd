//! The command to go on with.

use std::path::Path;

use tatabox_download::{PlannedFile, SourceSet};

/// The set's next command with the paths of its files; none where a file that it needs was not asked for.
pub(super) fn command(set: &SourceSet, plan: &[PlannedFile], folder: &Path) -> Option<String> {
    let mut command = set.next.clone()?.replace("{DEST}", &quoted(folder));
    for name in &set.sources {
        let placeholder = format!("{{{name}}}");
        if command.contains(&placeholder) {
            let file = plan.iter().find(|file| file.source.name == *name)?;
            command = command.replace(&placeholder, &quoted(&file.path));
        }
    }
    Some(command)
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use tatabox_download::{Catalogue, DownloadRecord};

    use super::*;
    use crate::commands::download::{SHIPPED_NAME, SHIPPED_SOURCES};

    #[test]
    fn paths_take_their_places() {
        let catalogue = Catalogue::parse(SHIPPED_SOURCES, SHIPPED_NAME).expect("valid");
        let next = |only: &[String], folder: &str| {
            let (set, sources) = catalogue.select("hg38", only).expect("there");
            let (folder, record) = (Path::new(folder), DownloadRecord::default());
            let plan: Vec<_> = sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect();
            command(set, &plan, folder)
        };
        let whole = next(&[], "my data").expect("every file is asked for");
        assert!(whole.starts_with("tatabox prepare --genome 'my data/hg38.2bit' --annotation 'my data/"), "{whole}");
        assert!(!whole.contains('{'), "{whole}");
        assert_eq!(next(&["gencode".to_owned()], "d"), None);
    }

    #[test]
    fn only_what_needs_quotes_has_them() {
        assert_eq!(quoted(Path::new("data/x-1.fa.gz")), "data/x-1.fa.gz");
        assert_eq!(quoted(Path::new("it's")), r"'it'\''s'");
    }
}
