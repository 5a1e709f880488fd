//! Kernel methods: support vector regression with a Gaussian kernel.

mod rbf;
mod smo;
pub(crate) mod svr;
