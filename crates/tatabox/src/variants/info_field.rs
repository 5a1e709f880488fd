//! INFO field with effects.

use std::fmt::Write;

use tatabox_sequence::InfoField;

use super::batch::{Outcome, ReadRecord};
use super::effect::Effect;
use super::effect_table::EffectTable;
use crate::tables::rounded;

/// Name of the field.
pub(super) const ID: &str = "TATABOX";

/// Definition of the field, without and with the rank of the effect among random SNVs.
pub(super) fn definition(has_rank: bool) -> InfoField<'static> {
    const DESCRIPTION: &str = "Effect on promoters predicted by tatabox, log2(TPM + 1) with the allele minus without it, in \
                               the cell type with the largest effect: allele|gene_id|gene_name|distance_to_tss|cell_type|\
                               effect|effect_shift_corrected|effect_sd_shifts|sign_stable";
    const WITH_RANK: &str = "Effect on promoters predicted by tatabox, log2(TPM + 1) with the allele minus without it, in \
                             the cell type with the largest effect, and its rank among random SNVs: allele|gene_id|\
                             gene_name|distance_to_tss|cell_type|effect|effect_shift_corrected|effect_sd_shifts|\
                             sign_stable|percentile|z";
    InfoField { id: ID, description: if has_rank { WITH_RANK } else { DESCRIPTION } }
}

/// Value for a record, given the effects of its batch; `None` where no allele is in a window.
pub(super) fn value(record: &ReadRecord, effects: &[Vec<Effect>], table: &EffectTable) -> Option<String> {
    let mut entries = Vec::new();
    for allele in &record.alleles {
        let Outcome::Placed { promoters, .. } = &allele.outcome else { continue };
        for promoter in promoters {
            let of_each = effects[promoter.allele].iter().zip(&table.cell_types).enumerate();
            // The first of equal effects, so that every run gives the same result.
            let strongest = of_each
                .reduce(|largest, next| if next.1.0.mean.abs() > largest.1.0.mean.abs() { next } else { largest });
            let Some((index, (effect, cell_type))) = strongest else { continue };
            let site = &promoter.site;
            let mut entry = format!(
                "{}|{}|{}|{}|{}|{}|{}|{}|{}",
                allele.alternate,
                plain(&site.gene_id),
                plain(site.gene_name.as_deref().unwrap_or_default()),
                promoter.distance_to_tss,
                plain(cell_type),
                rounded(effect.mean),
                rounded(effect.shift_corrected()),
                effect.sd_shifts.map(|sd| rounded(sd).to_string()).unwrap_or_default(),
                u8::from(effect.sign_stable),
            );
            if let Some(rank) = table.rank(promoter.distance_to_tss, index, effect) {
                let z = rank.z.map(|z| rounded(z).to_string()).unwrap_or_default();
                // Writing into a String cannot fail.
                let _ = write!(entry, "|{}|{z}", rounded(rank.percentile));
            }
            entries.push(entry);
        }
    }
    (!entries.is_empty()).then(|| entries.join(","))
}

/// A name in which characters with a meaning in VCF or in this field are replaced.
fn plain(name: &str) -> String {
    let has_meaning = |letter: char| letter.is_whitespace() || letter.is_control() || ",;=|%&:".contains(letter);
    name.chars().map(|letter| if has_meaning(letter) { '_' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_field_reserved_characters_are_replaced() {
        assert_eq!(plain("HLA-A;x=1|b, c%2"), "HLA-A_x_1_b__c_2");
        assert_eq!(plain("ENSG00000102145"), "ENSG00000102145");
    }
}
