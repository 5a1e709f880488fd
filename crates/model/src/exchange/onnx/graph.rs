//! Builder of ONNX graphs.

use super::messages::{
    AttributeProto, AttributeType, DataType, Dimension, DimensionProto, GraphProto, NodeProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};

/// Name of the axis of variable length.
const BATCH: &str = "batch";

/// Builder of a graph of nodes and constants. The output of a node has the name of the node.
#[derive(Default)]
pub(super) struct GraphBuilder {
    graph: GraphProto,
}

impl GraphBuilder {
    /// Adds an operator and returns the name of its output.
    pub fn node(&mut self, operator: &str, name: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> String {
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![name.to_owned()],
            name: name.to_owned(),
            op_type: operator.to_owned(),
            attribute: attributes,
        });
        name.to_owned()
    }

    /// Adds a constant tensor and returns its name.
    pub fn constant(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, DataType::Float, shape, bytes)
    }

    /// Adds a constant list of integers, such as a shape, and returns its name.
    pub fn integers(&mut self, name: &str, values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, DataType::Int64, &[values.len()], bytes)
    }

    fn tensor(&mut self, name: &str, data_type: DataType, shape: &[usize], raw_data: Vec<u8>) -> String {
        let dims = shape.iter().map(|&length| length as i64).collect();
        self.graph.initializer.push(TensorProto { dims, data_type: data_type.into(), name: name.to_owned(), raw_data });
        name.to_owned()
    }

    /// Adds a permutation of axes.
    pub fn transpose(&mut self, name: &str, input: &str, axes: &[i64]) -> String {
        self.node("Transpose", name, &[input], vec![integer_list("perm", axes)])
    }

    /// Adds a dense layer over the last axis, with an optional bias.
    pub fn dense(&mut self, name: &str, input: &str, weight: &str, bias: Option<&str>) -> String {
        let Some(bias) = bias else {
            return self.node("MatMul", name, &[input, weight], Vec::new());
        };
        let product = self.node("MatMul", &format!("{name}.product"), &[input, weight], Vec::new());
        self.node("Add", name, &[&product, bias], Vec::new())
    }

    /// Declares an input `[batch, shape..]`.
    pub fn input(&mut self, name: &str, shape: &[usize], doc: &str) {
        self.graph.input.push(value(name, shape, doc));
    }

    /// Declares an output `[batch, shape..]`; a node must have this name.
    pub fn output(&mut self, name: &str, shape: &[usize], doc: &str) {
        self.graph.output.push(value(name, shape, doc));
    }

    /// Finished graph.
    pub fn finish(mut self, name: &str) -> GraphProto {
        name.clone_into(&mut self.graph.name);
        self.graph
    }
}

fn value(name: &str, shape: &[usize], doc: &str) -> ValueInfoProto {
    let batch = Dimension::Named(BATCH.to_owned());
    let lengths = shape.iter().map(|&length| Dimension::Length(length as i64));
    let dim = std::iter::once(batch).chain(lengths).map(|value| DimensionProto { value: Some(value) }).collect();
    let tensor_type = TensorTypeProto { elem_type: DataType::Float.into(), shape: Some(TensorShapeProto { dim }) };
    let r#type = Some(TypeProto { tensor_type: Some(tensor_type) });
    ValueInfoProto { name: name.to_owned(), r#type, doc_string: doc.to_owned() }
}

fn attribute(name: &str, r#type: AttributeType) -> AttributeProto {
    AttributeProto { name: name.to_owned(), r#type: r#type.into(), ..AttributeProto::default() }
}

/// Integer attribute.
pub(super) fn integer(name: &str, value: i64) -> AttributeProto {
    AttributeProto { i: Some(value), ..attribute(name, AttributeType::Int) }
}

/// Attribute with a list of integers.
pub(super) fn integer_list(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto { ints: values.to_vec(), ..attribute(name, AttributeType::Ints) }
}

/// Floating-point attribute.
pub(super) fn real(name: &str, value: f32) -> AttributeProto {
    AttributeProto { f: Some(value), ..attribute(name, AttributeType::Float) }
}

/// String attribute.
pub(super) fn string(name: &str, value: &str) -> AttributeProto {
    AttributeProto { s: Some(value.as_bytes().to_vec()), ..attribute(name, AttributeType::String) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_is_matmul_and_add() {
        let mut builder = GraphBuilder::default();
        let weight = builder.constant("w", &[2, 1], &[1.0, -2.0]);
        let bias = builder.constant("b", &[1], &[0.5]);
        assert_eq!(builder.dense("y", "x", &weight, Some(&bias)), "y");
        assert_eq!(builder.dense("z", "y", &weight, None), "z");
        builder.output("z", &[1], "");
        let graph = builder.finish("dense");
        let operators: Vec<_> = graph.node.iter().map(|node| (node.op_type.as_str(), node.input.join(" "))).collect();
        let expected = [("MatMul", "x w"), ("Add", "y.product b"), ("MatMul", "y w")];
        assert_eq!(operators, expected.map(|(operator, inputs)| (operator, inputs.to_owned())));
        assert_eq!((graph.initializer[0].dims.as_slice(), graph.initializer[0].raw_data.len()), (&[2, 1][..], 8));
    }
}
