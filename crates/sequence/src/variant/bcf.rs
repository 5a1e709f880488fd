//! BCF version 2: records as bytes, and their conversion from and to VCF lines.
//!
//! Only the columns that are read are decoded. A record that goes from BCF to BCF keeps the bytes of its samples and of
//! all INFO fields except the added one.

mod dictionary;
mod from_line;
mod genotype;
mod header_text;
mod info;
mod number;
mod reader;
mod record;
mod samples;
mod to_line;
mod typed;

pub(super) use dictionary::{BcfNames, FieldType};
pub(super) use from_line::LineEncoder;
pub(super) use reader::BcfReader;
pub(super) use record::BcfRecord;
pub(super) use to_line::write_line;

/// Magic number of BCF version 2, without the minor version.
pub(super) const MAGIC: &[u8] = b"BCF\x02";

/// Magic number with the minor version of written files.
pub(super) const WRITTEN_MAGIC: &[u8] = b"BCF\x02\x02";
