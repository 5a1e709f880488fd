//! Matrix products and vector arithmetic on plain arrays.

mod matrix;
mod strip;
#[expect(clippy::inline_always, reason = "a function that is not inlined is not compiled for wide vectors")]
mod vector;

pub(crate) use matrix::{Existing, Matrix, multiply};
pub(crate) use strip::{Strip, reset};
pub(crate) use vector::{
    add_scaled, add_small_product, dot, exp, keep_highest, sigmoid, sum, tanh, vectorised, widest,
};
