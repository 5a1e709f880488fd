//! Pooling heads: from encoded positions to one output per cell type.

mod attention_head;
mod dense_layers;
mod mean_head;
mod pooling_head;

pub(crate) use attention_head::MASKED_LOGIT;
pub use attention_head::{AttentionHead, AttentionHeadConfig};
pub(crate) use dense_layers::regress;
pub use mean_head::{MeanHead, MeanHeadConfig};
pub(crate) use pooling_head::HeadInput;
pub use pooling_head::PoolingHead;
