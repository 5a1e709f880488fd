//! Graph of an ensemble: the mean of the graphs of its members.

use super::messages::{GraphProto, NodeProto};
use super::{GENE_FEATURES, INPUT, TRACKS};

/// Graph in which all members read the same inputs, and each output is the mean of the outputs of the members. Names
/// within a member have its number as prefix.
pub(super) fn mean_of_members(members: Vec<GraphProto>) -> GraphProto {
    let mut ensemble = GraphProto::default();
    let count = members.len();
    for (number, member) in (1..).zip(members) {
        (ensemble.name, ensemble.input, ensemble.output) = (member.name, member.input, member.output);
        ensemble.initializer.extend(member.initializer.into_iter().map(|mut constant| {
            constant.name = within(number, &constant.name);
            constant
        }));
        ensemble.node.extend(member.node.into_iter().map(|mut node| {
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
    let means: Vec<NodeProto> = ensemble.output.iter().map(|output| mean(&output.name)).collect();
    ensemble.node.extend(means);
    ensemble
}

/// Name within a member. Graph inputs are shared, and omitted optional inputs of operators have an empty name.
fn within(number: usize, name: &str) -> String {
    if ["", INPUT, TRACKS, GENE_FEATURES].contains(&name) {
        name.to_owned()
    } else {
        format!("members.{number}.{name}")
    }
}
