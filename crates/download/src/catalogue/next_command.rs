//! Command that follows the download of a set.

use std::path::Path;

use super::SourceSet;
use crate::PlannedFile;

impl SourceSet {
    /// Next command of the set, as one line; `written` writes a path as a word of that line. `None` if the set has no next
    /// command or if a file that it reads is not planned.
    pub fn next_command(
        &self,
        plan: &[PlannedFile],
        folder: &Path,
        written: impl Fn(&Path) -> String,
    ) -> Option<String> {
        self.filled(self.next.as_deref()?, plan, folder, &written)
    }

    /// Next command of the set, as separate words that need no quotes.
    pub fn next_words(&self, plan: &[PlannedFile], folder: &Path) -> Option<Vec<String>> {
        let written = |path: &Path| path.display().to_string();
        self.next.as_deref()?.split_whitespace().map(|word| self.filled(word, plan, folder, &written)).collect()
    }

    /// `text` with paths in place of placeholders.
    fn filled(
        &self,
        text: &str,
        plan: &[PlannedFile],
        folder: &Path,
        written: &impl Fn(&Path) -> String,
    ) -> Option<String> {
        let mut text = text.replace("{DEST}", &written(folder));
        for name in &self.sources {
            let placeholder = format!("{{{name}}}");
            if text.contains(&placeholder) {
                let file = plan.iter().find(|file| file.source.name == *name)?;
                text = text.replace(&placeholder, &written(&file.path));
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, DownloadRecord};

    #[test]
    fn next_command_contains_the_paths_of_the_files() {
        let catalogue = Catalogue::parse(include_str!("../../../../data/sources.toml"), "sources.toml").unwrap();
        let (folder, record) = (Path::new("my data"), DownloadRecord::default());
        let (set, sources) = catalogue.select("hg38", &[]).unwrap();
        let plan: Vec<_> = sources.into_iter().map(|source| PlannedFile::new(source, folder, &record)).collect();
        let quoted = |path: &Path| format!("'{}'", path.display());
        let command = set.next_command(&plan, folder, quoted).unwrap();
        assert!(
            command.starts_with("tatabox prepare --genome 'my data/hg38.2bit' --annotation 'my data/"),
            "{command}"
        );
        assert!(!command.contains('{'), "{command}");
        let words = set.next_words(&plan, folder).unwrap();
        assert_eq!(words[..4], ["tatabox", "prepare", "--genome", "my data/hg38.2bit"]);
        assert_eq!(set.next_words(&plan[1..], folder), None, "the genome is not planned");
    }
}
