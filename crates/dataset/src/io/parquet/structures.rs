//! Structures of a parquet file in the Thrift compact protocol: identifiers and types of their fields.
//!
//! # Source
//! <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>

use super::compact::{Fields, Kind};

const EMPTY: Kind = Kind::Struct(&[]);
const TIME: Kind = Kind::Struct(&[(1, Kind::Flag), (2, Kind::Struct(&[(1, EMPTY), (2, EMPTY), (3, EMPTY)]))]);
const LOGICAL_TYPE: Fields = &[
    (1, EMPTY),
    (2, EMPTY),
    (3, EMPTY),
    (4, EMPTY),
    (5, Kind::Struct(&[(1, Kind::Number), (2, Kind::Number)])),
    (6, EMPTY),
    (7, TIME),
    (8, TIME),
    (10, Kind::Struct(&[(1, Kind::Byte), (2, Kind::Flag)])),
    (11, EMPTY),
    (12, EMPTY),
    (13, EMPTY),
    (14, EMPTY),
    (15, EMPTY),
];

pub(super) const TYPE_LENGTH: i16 = 2;
pub(super) const REPETITION: i16 = 3;
const SCHEMA_ELEMENT: Fields = &[
    (1, Kind::Number),
    (TYPE_LENGTH, Kind::Number),
    (REPETITION, Kind::Number),
    (4, Kind::Text),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
    (8, Kind::Number),
    (9, Kind::Number),
    (10, Kind::Struct(LOGICAL_TYPE)),
];
/// Value of [`REPETITION`] of a list.
pub(super) const REPEATED: i64 = 2;

const STATISTICS: Fields = &[
    (1, Kind::Text),
    (2, Kind::Text),
    (3, Kind::Number),
    (4, Kind::Number),
    (5, Kind::Text),
    (6, Kind::Text),
    (7, Kind::Flag),
    (8, Kind::Flag),
];

pub(super) const VALUES: i16 = 5;
pub(super) const UNCOMPRESSED: i16 = 6;
pub(super) const COMPRESSED: i16 = 7;
pub(super) const DATA_PAGE: i16 = 9;
pub(super) const DICTIONARY_PAGE: i16 = 11;
const COLUMN: Fields = &[
    (1, Kind::Number),
    (2, Kind::List(&Kind::Number)),
    (3, Kind::List(&Kind::Text)),
    (4, Kind::Number),
    (VALUES, Kind::Number),
    (UNCOMPRESSED, Kind::Number),
    (COMPRESSED, Kind::Number),
    (DATA_PAGE, Kind::Number),
    (10, Kind::Number),
    (DICTIONARY_PAGE, Kind::Number),
    (12, Kind::Struct(STATISTICS)),
    (14, Kind::Number),
    (15, Kind::Number),
];

pub(super) const COLUMN_METADATA: i16 = 3;
const COLUMN_CHUNK: Fields = &[
    (1, Kind::Text),
    (2, Kind::Number),
    (COLUMN_METADATA, Kind::Struct(COLUMN)),
    (4, Kind::Number),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
];

pub(super) const COLUMN_CHUNKS: i16 = 1;
/// Number of rows of the file and of a row group.
pub(super) const ROWS: i16 = 3;
const ROW_GROUP: Fields = &[
    (COLUMN_CHUNKS, Kind::List(&Kind::Struct(COLUMN_CHUNK))),
    (2, Kind::Number),
    (ROWS, Kind::Number),
    (4, Kind::List(&Kind::Struct(&[(1, Kind::Number), (2, Kind::Flag), (3, Kind::Flag)]))),
    (5, Kind::Number),
    (6, Kind::Number),
    (7, Kind::Number),
];

pub(super) const SCHEMA: i16 = 2;
pub(super) const ROW_GROUPS: i16 = 4;
pub(super) const FILE: Fields = &[
    (1, Kind::Number),
    (SCHEMA, Kind::List(&Kind::Struct(SCHEMA_ELEMENT))),
    (ROWS, Kind::Number),
    (ROW_GROUPS, Kind::List(&Kind::Struct(ROW_GROUP))),
    (5, Kind::List(&Kind::Struct(&[(1, Kind::Text), (2, Kind::Text)]))),
    (6, Kind::Text),
    (7, Kind::List(&Kind::Struct(&[(1, EMPTY), (2, EMPTY)]))),
];

pub(super) const PAGE_UNCOMPRESSED: i16 = 2;
pub(super) const PAGE_COMPRESSED: i16 = 3;
pub(super) const DATA_HEADER: i16 = 5;
pub(super) const DICTIONARY_HEADER: i16 = 7;
pub(super) const DATA_HEADER_V2: i16 = 8;
/// Number of values in any of the three headers.
pub(super) const PAGE_VALUES: i16 = 1;
pub(super) const PAGE: Fields = &[
    (1, Kind::Number),
    (PAGE_UNCOMPRESSED, Kind::Number),
    (PAGE_COMPRESSED, Kind::Number),
    (4, Kind::Number),
    (
        DATA_HEADER,
        Kind::Struct(&[
            (PAGE_VALUES, Kind::Number),
            (2, Kind::Number),
            (3, Kind::Number),
            (4, Kind::Number),
            (5, Kind::Struct(STATISTICS)),
        ]),
    ),
    (6, EMPTY),
    (DICTIONARY_HEADER, Kind::Struct(&[(PAGE_VALUES, Kind::Number), (2, Kind::Number), (3, Kind::Flag)])),
    (
        DATA_HEADER_V2,
        Kind::Struct(&[
            (PAGE_VALUES, Kind::Number),
            (2, Kind::Number),
            (3, Kind::Number),
            (4, Kind::Number),
            (5, Kind::Number),
            (6, Kind::Number),
            (7, Kind::Flag),
            (8, Kind::Struct(STATISTICS)),
        ]),
    ),
];
