//! Conversion of weights from the names and shapes of PyTorch.
//!
//! | tatabox | PyTorch |
//! |---|---|
//! | `stages.N.conv.weight`, `.bias` | the same, of `nn.Conv1d` |
//! | `stages.N.norm.gamma`, `.beta` | `stages.N.norm.weight`, `.bias` of `nn.LayerNorm` |
//! | `gru.input_weight` | `gru.weight_ih_l0` and `_reverse`, transposed, side by side |
//! | `gru.hidden_weight` | `gru.weight_hh_l0` and `_reverse`, transposed, stacked |
//! | `gru.input_bias`, `gru.hidden_bias` | `gru.bias_ih_l0`, `gru.bias_hh_l0`, each followed by its `_reverse` |
//! | `head.*.weight`, `assay_heads.*.weight` | the same, of `nn.Linear`, transposed |
//! | `head.*.bias`, `head.distance_slope` | the same |
//!
//! Both order the gates of the GRU as reset, update, new (r, z, n).

use std::collections::BTreeMap;
use std::path::Path;

use super::weight_table::{WeightTable, WeightTensor};
use crate::error::ModelError;

/// Suffixes of the two GRU directions in PyTorch: forward and backward.
const DIRECTIONS: [&str; 2] = ["", "_reverse"];

/// Tensors of a PyTorch state dict that correspond to one tensor of this crate.
#[derive(Debug, PartialEq)]
struct Counterpart {
    /// Names of the PyTorch tensors.
    names: Vec<String>,
    /// Shape of each PyTorch tensor.
    shape: Vec<usize>,
    /// Whether the matrices are transposed.
    transposed: bool,
    joined: Joined,
}

/// Concatenation of the PyTorch tensors of one tensor.
#[derive(Debug, PartialEq)]
enum Joined {
    /// Concatenated along columns.
    SideBySide,
    /// Concatenated along rows.
    Stacked,
}

/// Whether the tensors have PyTorch names.
pub(crate) fn has_torch_names(table: &WeightTable) -> bool {
    table.tensors.keys().any(|name| name.ends_with("norm.weight") || name.starts_with("gru.weight_"))
}

/// Converts a PyTorch state dict to the tensors of this crate, whose names and shapes are `shapes`; `path` is for
/// messages.
///
/// # Errors
/// [`ModelError::InvalidFile`] with every tensor that is missing, unexpected or of another shape.
pub(crate) fn from_torch(
    state: &WeightTable,
    shapes: &BTreeMap<String, Vec<usize>>,
    path: &Path,
) -> Result<WeightTable, ModelError> {
    let counterparts: Vec<_> = shapes.iter().map(|(name, shape)| (name, shape, counterpart(name, shape))).collect();
    let shapes_of = |counterpart: &Counterpart| {
        counterpart.names.iter().map(|name| (name.clone(), counterpart.shape.clone())).collect::<Vec<_>>()
    };
    let expected = counterparts.iter().flat_map(|(_, _, counterpart)| shapes_of(counterpart)).collect();
    state.check(&expected, path)?;
    let mut table = WeightTable::default();
    for (name, shape, counterpart) in counterparts {
        let parts: Vec<Vec<f32>> =
            counterpart.names.iter().map(|name| part(&state.tensors[name], counterpart.transposed)).collect();
        let values = match counterpart.joined {
            Joined::Stacked => parts.concat(),
            Joined::SideBySide => side_by_side(&parts, shape[0]),
        };
        table.tensors.insert(name.clone(), WeightTensor { shape: shape.clone(), values });
    }
    Ok(table)
}

fn counterpart(name: &str, shape: &[usize]) -> Counterpart {
    let of_directions = |stem: &str, shape: Vec<usize>, transposed, joined| Counterpart {
        names: DIRECTIONS.iter().map(|direction| format!("gru.{stem}_l0{direction}")).collect(),
        shape,
        transposed,
        joined,
    };
    match (name, shape) {
        ("gru.input_weight", &[input, gates]) => {
            of_directions("weight_ih", vec![gates / 2, input], true, Joined::SideBySide)
        }
        ("gru.hidden_weight", &[_, hidden, gates]) => {
            of_directions("weight_hh", vec![gates, hidden], true, Joined::Stacked)
        }
        ("gru.input_bias", &[gates]) => of_directions("bias_ih", vec![gates / 2], false, Joined::Stacked),
        ("gru.hidden_bias", &[_, _, gates]) => of_directions("bias_hh", vec![gates], false, Joined::Stacked),
        _ => {
            let of_head = name.starts_with("head.") || name.starts_with("assay_heads.");
            let transposed = of_head && name.ends_with(".weight");
            let mut shape = shape.to_vec();
            if transposed {
                shape.reverse();
            }
            let name = name.replace("norm.gamma", "norm.weight").replace("norm.beta", "norm.bias");
            Counterpart { names: vec![name], shape, transposed, joined: Joined::Stacked }
        }
    }
}

fn part(tensor: &WeightTensor, transposed: bool) -> Vec<f32> {
    match tensor.shape[..] {
        [rows, columns] if transposed => {
            (0..columns).flat_map(|column| (0..rows).map(move |row| tensor.values[row * columns + column])).collect()
        }
        _ => tensor.values.clone(),
    }
}

fn side_by_side(parts: &[Vec<f32>], rows: usize) -> Vec<f32> {
    let row_of = |part: &Vec<f32>, row: usize| {
        let columns = part.len() / rows;
        part[row * columns..(row + 1) * columns].to_vec()
    };
    (0..rows).flat_map(|row| parts.iter().flat_map(move |part| row_of(part, row))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(shape: &[usize], values: &[f32]) -> WeightTensor {
        WeightTensor { shape: shape.to_vec(), values: values.to_vec() }
    }

    fn table(tensors: Vec<(&str, WeightTensor)>) -> WeightTable {
        WeightTable { tensors: tensors.into_iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect() }
    }

    /// GRU with two inputs and one hidden unit: PyTorch stores one row per gate and one matrix per direction.
    #[test]
    fn from_torch_gru_directions_are_concatenated() {
        let state = table(vec![
            ("gru.weight_ih_l0", tensor(&[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
            ("gru.weight_ih_l0_reverse", tensor(&[3, 2], &[-1.0, -2.0, -3.0, -4.0, -5.0, -6.0])),
            ("gru.weight_hh_l0", tensor(&[3, 1], &[0.1, 0.2, 0.3])),
            ("gru.weight_hh_l0_reverse", tensor(&[3, 1], &[-0.1, -0.2, -0.3])),
            ("gru.bias_ih_l0", tensor(&[3], &[7.0, 8.0, 9.0])),
            ("gru.bias_ih_l0_reverse", tensor(&[3], &[-7.0, -8.0, -9.0])),
            ("gru.bias_hh_l0", tensor(&[3], &[0.7, 0.8, 0.9])),
            ("gru.bias_hh_l0_reverse", tensor(&[3], &[-0.7, -0.8, -0.9])),
        ]);
        let ours = table(vec![
            ("gru.input_weight", tensor(&[2, 6], &[1.0, 3.0, 5.0, -1.0, -3.0, -5.0, 2.0, 4.0, 6.0, -2.0, -4.0, -6.0])),
            ("gru.hidden_weight", tensor(&[2, 1, 3], &[0.1, 0.2, 0.3, -0.1, -0.2, -0.3])),
            ("gru.input_bias", tensor(&[6], &[7.0, 8.0, 9.0, -7.0, -8.0, -9.0])),
            ("gru.hidden_bias", tensor(&[2, 1, 3], &[0.7, 0.8, 0.9, -0.7, -0.8, -0.9])),
        ]);
        assert!(has_torch_names(&state) && !has_torch_names(&ours));
        assert_eq!(from_torch(&state, &ours.shapes(), Path::new("s")).expect("fits"), ours);
    }

    #[test]
    fn from_torch_dense_layers_are_transposed_and_norms_renamed() {
        let state = table(vec![
            ("head.output.weight", tensor(&[2, 2], &[1.0, 2.0, 3.0, 4.0])),
            ("stages.0.conv.weight", tensor(&[1, 1, 3], &[1.0, 2.0, 3.0])),
            ("stages.0.norm.weight", tensor(&[1], &[4.0])),
        ]);
        let ours = table(vec![
            ("head.output.weight", tensor(&[2, 2], &[1.0, 3.0, 2.0, 4.0])),
            ("stages.0.conv.weight", tensor(&[1, 1, 3], &[1.0, 2.0, 3.0])),
            ("stages.0.norm.gamma", tensor(&[1], &[4.0])),
        ]);
        assert_eq!(from_torch(&state, &ours.shapes(), Path::new("s")).expect("fits"), ours);
    }

    #[test]
    fn from_torch_missing_tensors_are_listed_by_pytorch_name() {
        let ours = BTreeMap::from([("gru.input_weight".to_owned(), vec![70, 192])]);
        let state = table(vec![("gru.weight_ih_l0", tensor(&[1, 1], &[0.0]))]);
        let message = from_torch(&state, &ours, Path::new("s.safetensors")).expect_err("does not fit").to_string();
        for part in ["gru.weight_ih_l0 is [1, 1], expected [96, 70]", "gru.weight_ih_l0_reverse [96, 70] is missing"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
