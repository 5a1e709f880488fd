//! Formats of written variant files.

use std::path::Path;

/// Output format of a variant file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariantFormat {
    /// VCF, not compressed.
    Vcf,
    /// VCF compressed with bgzip.
    VcfBgzip,
    /// BCF.
    Bcf,
}

impl VariantFormat {
    /// Format by file name: `.vcf`, `.vcf.gz`, `.vcf.bgz` or `.bcf`, in either case. `None` for other names.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::path::Path;
    /// use tatabox_sequence::VariantFormat;
    ///
    /// assert_eq!(VariantFormat::from_path(Path::new("scored.vcf.gz")), Some(VariantFormat::VcfBgzip));
    /// assert_eq!(VariantFormat::from_path(Path::new("scored.tsv")), None);
    /// ```
    pub fn from_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let extensions =
            [(".vcf", Self::Vcf), (".vcf.gz", Self::VcfBgzip), (".vcf.bgz", Self::VcfBgzip), (".bcf", Self::Bcf)];
        extensions.into_iter().find(|(extension, _)| name.ends_with(extension)).map(|(_, format)| format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_format_follows_file_name() {
        assert_eq!(VariantFormat::from_path(Path::new("y.bcf")), Some(VariantFormat::Bcf));
        assert_eq!(VariantFormat::from_path(Path::new("a.b.VCF.gz")), Some(VariantFormat::VcfBgzip));
        assert_eq!(VariantFormat::from_path(Path::new("x.tsv")), None);
    }
}
