//! Inputs and outputs of a task, compared by their real paths before anything is read or written.

use std::fs;
use std::path::{Path, PathBuf};

#[cfg(feature = "train")]
use tatabox_dataset::ExpressionConfig;
use tatabox_dataset::PreparedDataset;
use tatabox_model::first_member;

use crate::error::{Error, Result};
use crate::inputs::{AuxiliarySources, GenomeSource, PromoterSource};
use crate::model_store::Model;
use crate::output_folder::FileList;
use crate::tables::Destination;
use crate::variants::TssSource;

/// Argument that stands for standard input.
const STDIN: &str = "-";
/// Symbolic links followed before a path is taken as it is.
const MAX_LINKS: usize = 40;

/// Paths that a task reads and writes.
///
/// An output that is an input, or a second output to one file, is an error of the request.
#[derive(Debug, Default)]
pub(crate) struct OutputPaths {
    inputs: Vec<NamedPath>,
    /// Folders of models and data sets.
    input_folders: Vec<NamedPath>,
    outputs: Vec<NamedPath>,
    output_folder: Option<OutputFolderPaths>,
}

/// A path, what it is, and the file or folder that it refers to.
#[derive(Clone, Debug)]
struct NamedPath {
    /// Role of an input, or field of the request for an output.
    name: &'static str,
    /// The path as given, for messages.
    given: String,
    resolved: PathBuf,
}

/// Folder of results, and its files and subfolders that a task replaces.
#[derive(Debug)]
struct OutputFolderPaths {
    folder: NamedPath,
    contents: Vec<PathBuf>,
}

impl OutputPaths {
    /// Paths of a task of a model, whose folder is an input.
    pub(crate) fn of_model(model: &Model) -> Self {
        let mut paths = Self::default();
        paths.model(model);
        paths
    }

    /// Adds the folder of a model and of its members.
    pub(crate) fn model(&mut self, model: &Model) {
        if let Some(folder) = model.folder() {
            self.input_folder("model", folder);
            // The folders of the members of an ensemble.
            let members = first_member(folder).and_then(|first| fs::read_dir(first.parent()?).ok());
            for member in members.into_iter().flatten().flatten() {
                self.input_folder("member of the model", &member.path());
            }
        }
    }

    /// Adds an input file; `-` is standard input.
    pub(crate) fn input(&mut self, role: &'static str, path: &Path) {
        let named = if path == Path::new(STDIN) {
            NamedPath::of_stream(role, "standard input", "/dev/stdin")
        } else {
            NamedPath::of_file(role, path)
        };
        self.inputs.extend(named);
    }

    /// Adds the folder of a model or data set.
    pub(crate) fn input_folder(&mut self, role: &'static str, folder: &Path) {
        self.input_folders.extend(NamedPath::of_file(role, folder));
    }

    /// Adds a data set.
    pub(crate) fn dataset(&mut self, dataset: &PreparedDataset) {
        self.input_folder("data set", dataset.directory());
    }

    /// Adds a genome and its index.
    pub(crate) fn genome(&mut self, genome: &GenomeSource) {
        self.input("genome", &genome.path);
        for extension in ["fai", "gzi"] {
            self.input("index of the genome", &genome.path.with_added_extension(extension));
        }
    }

    /// Adds expression tables and their annotation.
    #[cfg(feature = "train")]
    pub(crate) fn tables(&mut self, role: &'static str, tables: &ExpressionConfig) {
        for path in tables.paths() {
            self.input(role, path);
        }
        if let Some(annotation) = &tables.annotation {
            self.input("annotation", annotation);
        }
    }

    /// Adds the source of TSSs.
    pub(crate) fn sites(&mut self, sites: &TssSource) {
        match sites {
            TssSource::Annotation(path, _) => self.input("annotation", path),
            TssSource::Bed(path) => self.input("TSSs", path),
        }
    }

    /// Adds the source of promoters.
    pub(crate) fn promoters(&mut self, promoters: &PromoterSource) {
        match promoters {
            PromoterSource::Fasta { path, .. } => self.input("promoters", path),
            PromoterSource::Bed { path, genome } => {
                self.input("TSSs", path);
                self.genome(genome);
            }
            PromoterSource::Genes { dataset, .. } => self.dataset(dataset),
        }
    }

    /// Adds files with auxiliary inputs.
    pub(crate) fn auxiliary(&mut self, auxiliary: &AuxiliarySources) {
        if let Some(path) = &auxiliary.gene_features {
            self.input("gene features", path);
        }
        for track in &auxiliary.tracks {
            self.input("signal track", &track.path);
        }
    }

    /// Adds an output file.
    pub(crate) fn output(&mut self, field: &'static str, path: &Path) {
        self.outputs.extend(NamedPath::of_file(field, path));
    }

    /// Adds an output file or standard output.
    pub(crate) fn destination(&mut self, field: &'static str, destination: &Destination) {
        match destination {
            Destination::File(path) => self.output(field, path),
            Destination::Stdout => {
                self.outputs.extend(NamedPath::of_stream(field, "standard output", "/dev/stdout"));
            }
        }
    }

    /// Sets the folder of results, and the names in it of files and subfolders that the task replaces.
    pub(crate) fn output_folder(&mut self, field: &'static str, folder: &Path, contents: &[impl AsRef<Path>]) {
        // Results of an earlier run are replaced as well. A list that cannot be read is refused when the folder is opened.
        let earlier = FileList::read(folder).unwrap_or_default();
        let names = contents.iter().map(AsRef::<Path>::as_ref).chain(earlier.names().map(Path::new));
        self.output_folder = NamedPath::of_file(field, folder).map(|folder| OutputFolderPaths {
            contents: names.map(|name| resolve(&folder.resolved.join(name), MAX_LINKS)).collect(),
            folder,
        });
    }

    /// Checks that no output replaces an input or another output.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] names the field of the output and both paths.
    pub(crate) fn check(&self) -> Result<()> {
        for (index, output) in self.outputs.iter().enumerate() {
            self.check_file(output)?;
            if let Some(other) = self.outputs[..index].iter().find(|other| other.resolved == output.resolved) {
                let problem = format!(
                    "{} is the same file as {}, the path of another output ({}); choose a separate file for each",
                    output.given, other.given, other.name
                );
                return Err(Error::request(output.name, problem));
            }
        }
        self.output_folder.as_ref().map_or(Ok(()), |folder| self.check_folder(folder))
    }

    fn check_file(&self, output: &NamedPath) -> Result<()> {
        if let Some(input) = self.inputs.iter().find(|input| input.resolved == output.resolved) {
            return Err(replaces(output, input, "choose another file"));
        }
        let is_in = |folder: &&NamedPath| output.resolved.parent() == Some(&*folder.resolved);
        match self.input_folders.iter().find(is_in) {
            Some(folder) => {
                let problem = format!(
                    "{} is in {}, the folder of an input ({}); choose a file in another folder",
                    output.given, folder.given, folder.name
                );
                Err(Error::request(output.name, problem))
            }
            None => Ok(()),
        }
    }

    fn check_folder(&self, output: &OutputFolderPaths) -> Result<()> {
        let OutputFolderPaths { folder, contents } = output;
        let mut inputs = self.inputs.iter().chain(&self.input_folders);
        let is_replaced = |input: &&NamedPath| {
            input.resolved == folder.resolved || contents.iter().any(|own| input.resolved.starts_with(own))
        };
        inputs.find(is_replaced).map_or(Ok(()), |input| Err(replaces(folder, input, "choose another folder")))
    }
}

fn replaces(output: &NamedPath, input: &NamedPath, remedy: &str) -> Error {
    let problem = format!("{} would replace {}, an input ({}); {remedy}", output.given, input.given, input.name);
    Error::request(output.name, problem)
}

impl NamedPath {
    /// A file or folder, which may not exist yet; `None` for a device or pipe, which nothing replaces.
    fn of_file(name: &'static str, path: &Path) -> Option<Self> {
        let is_special = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        let named = || Self { name, given: path.display().to_string(), resolved: resolve(path, MAX_LINKS) };
        (!is_special).then(named)
    }

    /// The file that a standard stream is redirected from or to; `None` where it is no file.
    fn of_stream(name: &'static str, title: &str, device: &str) -> Option<Self> {
        let device = Path::new(device);
        let resolved = fs::metadata(device).is_ok_and(|metadata| metadata.is_file()).then(|| fs::canonicalize(device));
        let resolved = resolved?.ok()?;
        Some(Self { name, given: format!("{title} ({})", resolved.display()), resolved })
    }
}

/// Absolute path without symbolic links, `.` and `..`, also of a file that does not exist.
fn resolve(path: &Path, links: usize) -> PathBuf {
    if let Ok(resolved) = fs::canonicalize(path) {
        return resolved;
    }
    let folder = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return path.to_owned(),
    };
    // A link to a file that does not exist.
    if let (Ok(target), true) = (fs::read_link(path), links > 0) {
        return resolve(&folder.join(target), links - 1);
    }
    match path.file_name() {
        Some(name) => resolve(folder, links).join(name),
        // The path ends in `..` below a folder that does not exist.
        None => resolve(folder, links).parent().map_or_else(|| path.to_owned(), Path::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("folder");
        for name in names {
            fs::write(folder.path().join(name), "").expect("written");
        }
        folder
    }

    fn refused(paths: &OutputPaths) -> String {
        let error = paths.check().expect_err("refused");
        assert_eq!(error.kind(), crate::ErrorKind::Request);
        error.to_string()
    }

    #[test]
    fn output_that_is_an_input_is_refused_and_names_both() {
        let folder = folder_with(&["in.vcf"]);
        let mut paths = OutputPaths::default();
        paths.input("variants", &folder.path().join("in.vcf"));
        paths.output("output", &folder.path().join("out.vcf"));
        assert!(paths.check().is_ok());
        paths.output("report", &folder.path().join("no/../.").join("in.vcf"));
        assert!(refused(&paths).starts_with("report: "), "{paths:?}");

        let mut paths = OutputPaths::default();
        paths.genome(&GenomeSource::new(folder.path().join("in.vcf")));
        paths.output("output", &folder.path().join("in.vcf.fai"));
        let message = refused(&paths);
        assert!(message.contains("in.vcf.fai would replace") && message.contains("(index of the genome)"), "{message}");
    }

    #[test]
    fn outputs_of_one_file_are_refused_however_written() {
        let folder = folder_with(&[]);
        let path = folder.path().join("y.tsv");
        let mut paths = OutputPaths::default();
        paths.output("output", &path);
        paths.output("report", &folder.path().join("./y.tsv"));
        let message = refused(&paths);
        assert!(message.starts_with("report: ") && message.contains("another output (output)"), "{message}");
    }

    #[cfg(unix)]
    #[test]
    fn outputs_behind_symbolic_links_are_refused() {
        let folder = folder_with(&["in.fa"]);
        let at = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("in.fa", at("link.fa")).expect("a link");
        std::os::unix::fs::symlink("later.tsv", at("dangling.tsv")).expect("a link");
        std::os::unix::fs::symlink(folder.path(), at("here")).expect("a link");
        let mut paths = OutputPaths::default();
        paths.input("promoters", &at("in.fa"));
        paths.output("output", &at("link.fa"));
        assert!(refused(&paths).contains("link.fa would replace "));

        for (one, other) in [("dangling.tsv", "later.tsv"), ("here/new.tsv", "new.tsv")] {
            let mut paths = OutputPaths::default();
            paths.output("output", &at(one));
            paths.output("report", &at(other));
            assert!(refused(&paths).contains("same file"), "{one}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn outputs_to_a_device_may_be_several() {
        let mut paths = OutputPaths::default();
        paths.input("promoters", Path::new("/dev/null"));
        paths.output("output", Path::new("/dev/null"));
        paths.output("report", Path::new("/dev/null"));
        assert!(paths.check().is_ok());
    }

    #[test]
    fn output_in_the_folder_of_a_model_is_refused() {
        let folder = folder_with(&["weights.safetensors"]);
        let mut paths = OutputPaths::default();
        paths.input_folder("model", folder.path());
        paths.output("output", &folder.path().join("evaluation-test/mine.tsv"));
        assert!(paths.check().is_ok());
        paths.output("output", &folder.path().join("weights.safetensors"));
        assert!(refused(&paths).contains("the folder of an input (model)"));
    }

    #[test]
    fn output_folder_is_refused_where_it_holds_an_input_under_an_own_name() {
        let folder = folder_with(&["motifs.meme", "known.meme"]);
        let paths = |input: &str| {
            let mut paths = OutputPaths::default();
            paths.input("motifs", &folder.path().join(input));
            paths.output_folder("out", folder.path(), &["motifs.meme"]);
            paths
        };
        assert!(paths("known.meme").check().is_ok());
        assert!(refused(&paths("motifs.meme")).starts_with("out: "));
        assert!(refused(&paths(".")).ends_with("choose another folder"));
    }
}
