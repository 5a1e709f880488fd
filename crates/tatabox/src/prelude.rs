//! Items that most programs use: `use tatabox::prelude::*;`.
//!
//! ```
//! use tatabox::prelude::*;
//!
//! let model = Model::bundled()?;
//! assert!(model.cell_types().contains(&"K562".to_owned()));
//! # Ok::<(), Error>(())
//! ```

pub use crate::error::{Error, ErrorKind, Result};
pub use crate::inputs::{GenomeSource, Promoter, PromoterSource, TssRange};
pub use crate::model_store::Model;
pub use crate::observer::{Observer, Silent};
pub use crate::tables::{Destination, TableFormat, TableOutput};
