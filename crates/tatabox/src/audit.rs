//! Leaks between train, validation and test.

mod leak_audit;
mod summary;

pub use leak_audit::leak_audit;
pub use summary::AuditSummary;
