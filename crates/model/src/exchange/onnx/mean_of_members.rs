//! The graphs of the members of an ensemble as one.

use super::messages::{GraphProto, NodeProto};
use super::{GENE_FEATURES, INPUT, TRACKS};

/// All members read the same input, and each output is the mean of theirs. Names within a member begin with its number.
pub(super) fn mean_of_members(members: Vec<GraphProto>) -> GraphProto {
    let mut whole = GraphProto::default();
    let count = members.len();
    for (number, member) in (1..).zip(members) {
        (whole.name, whole.input, whole.output) = (member.name, member.input, member.output);
        whole.initializer.extend(member.initializer.into_iter().map(|mut constant| {
            constant.name = within(number, &constant.name);
            constant
        }));
        whole.node.extend(member.node.into_iter().map(|mut node| {
            node.name = within(number, &node.name);
            for name in node.input.iter_mut().chain(&mut node.output) {
                *name = within(number, name);
            }
            node
        }));
    }
    let mean = |name: &str| NodeProto {
        input: (1..=count).map(|number| within(number, name)).collect(),
        output: vec![name.to_owned()],
        name: name.to_owned(),
        op_type: "Mean".to_owned(),
        attribute: Vec::new(),
    };
    let means: Vec<NodeProto> = whole.output.iter().map(|output| mean(&output.name)).collect();
    whole.node.extend(means);
    whole
}

/// The name in a member. Inputs belong to all, and an operator's optional input that is left out has no name.
fn within(number: usize, name: &str) -> String {
    if ["", INPUT, TRACKS, GENE_FEATURES].contains(&name) {
        name.to_owned()
    } else {
        format!("members.{number}.{name}")
    }
}
