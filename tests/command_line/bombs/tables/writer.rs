//! Files of Parquet in which any number may lie.

use super::super::{huge, pick};
use super::thrift::Struct;
use crate::common::Rng;

/// Codes of `parquet.thrift` of the format.
pub(super) mod code {
    pub(in super::super) const I32: i64 = 1;
    pub(in super::super) const I64: i64 = 2;
    pub(in super::super) const F32: i64 = 4;
    pub(in super::super) const BYTES: i64 = 6;
    pub(in super::super) const FIXED: i64 = 7;
    pub(in super::super) const PLAIN: i64 = 0;
    pub(in super::super) const RLE: i64 = 3;
    pub(in super::super) const DICTIONARY: i64 = 8;
    pub(in super::super) const UTF8: i64 = 0;
    pub(in super::super) const LIST: i64 = 3;
}

/// Says numbers as they are, or, one in as many, too large or small ones.
pub(super) struct Liar<'a> {
    pub(super) rng: &'a mut Rng,
    pub(super) one_in: u32,
}

impl Liar<'_> {
    pub(super) fn say(&mut self, honest: usize) -> i64 {
        let honest = i64::try_from(honest).unwrap();
        if self.one_in == 0 || self.rng.below(self.one_in) > 0 {
            return honest;
        }
        let large = huge(self.rng) as i64;
        let int = i64::from(i32::MAX);
        pick(self.rng, &[large, int, int - 7, 1 << 30, honest + 1, -1, 0, honest * 1_000])
    }
}

/// A column of one chunk.
#[derive(Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) physical: i64,
    pub(super) codec: i64,
    /// 0 for values that must be there, 1 for those that need not, 2 for lists.
    pub(super) repetition: i64,
    pub(super) dictionary: Option<Page>,
    pub(super) dictionary_values: usize,
    pub(super) page: Page,
    pub(super) values: usize,
}

/// A page as it is in the file, and what it should become.
#[derive(Clone, Default)]
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    pub(super) plain: usize,
    pub(super) encoding: i64,
    pub(super) is_v2: bool,
    pub(super) has_checksum: bool,
    /// A field of its header that nobody knows: its type and its value.
    pub(super) unknown: Option<(u8, Vec<u8>)>,
}

impl Page {
    pub(super) fn plain(bytes: Vec<u8>) -> Self {
        Self { plain: bytes.len(), bytes, ..Self::default() }
    }

    pub(super) fn header(
        &self,
        values: usize,
        is_dictionary: bool,
        liar: &mut Liar<'_>,
    ) -> Vec<u8> {
        let mut own = Struct::default();
        own.int(1, liar.say(values));
        let (kind, at) = match (is_dictionary, self.is_v2) {
            (true, _) => {
                own.int(2, code::PLAIN);
                (2, 7)
            }
            (false, false) => {
                own.int(2, self.encoding).int(3, code::RLE).int(4, code::RLE);
                (0, 5)
            }
            (false, true) => {
                own.int(2, liar.say(0)).int(3, liar.say(values)).int(4, self.encoding);
                own.int(5, liar.say(0)).int(6, liar.say(0));
                (3, 8)
            }
        };
        let mut header = Struct::default();
        header.int(1, kind).int(2, liar.say(self.plain)).int(3, liar.say(self.bytes.len()));
        if self.has_checksum {
            let checksum = crc32fast::hash(&self.bytes).cast_signed();
            header.int(4, checksum.into());
        }
        header.put(at, &own);
        if let Some((kind, value)) = &self.unknown {
            header.raw(10, *kind, value);
        }
        header.end()
    }
}

/// Numbers of 4 rows as they are stored.
pub(super) fn required(name: &str, physical: i64) -> Column {
    let bytes = match physical {
        code::I32 | code::F32 => {
            [0, 1, 0, 1].iter().flat_map(|it: &i32| it.to_le_bytes()).collect()
        }
        code::BYTES => [1, 0, 0, 0, b'a'].repeat(4),
        code::FIXED => vec![0; 64],
        _ => [0, 1, 0, 1].iter().flat_map(|it: &i64| it.to_le_bytes()).collect(),
    };
    let page = Page::plain(bytes);
    Column {
        name: name.into(),
        physical,
        codec: 0,
        repetition: 0,
        dictionary: None,
        dictionary_values: 1,
        page,
        values: 4,
    }
}

pub(super) fn element(name: &str, children: Option<i64>) -> Struct {
    let mut element = Struct::default();
    element.text(4, name);
    if let Some(children) = children {
        element.int(5, children);
    }
    element
}

/// What the footer says of a chunk at some place, which is appended.
pub(super) fn chunk(file: &mut Vec<u8>, column: &Column, liar: &mut Liar<'_>) -> Struct {
    let start = file.len();
    if let Some(dictionary) = &column.dictionary {
        file.extend(dictionary.header(column.dictionary_values, true, liar));
        file.extend(&dictionary.bytes);
    }
    let data = file.len();
    file.extend(column.page.header(column.values, false, liar));
    file.extend(&column.page.bytes);
    let mut own = Struct::default();
    own.int(1, column.physical).ints(2, &[code::PLAIN, code::RLE, column.page.encoding]);
    match column.repetition {
        2 => own.texts(3, &[&column.name, "list", "element"]),
        _ => own.texts(3, &[&column.name]),
    };
    own.int(4, column.codec).int(5, liar.say(column.values));
    own.int(6, liar.say(file.len() - start)).int(7, liar.say(file.len() - start));
    own.int(9, liar.say(data));
    if column.dictionary.is_some() {
        own.int(11, liar.say(start));
    }
    let mut chunk = Struct::default();
    chunk.int(2, liar.say(0)).put(3, &own);
    chunk
}

pub(super) fn leaf(column: &Column, liar: &mut Liar<'_>) -> Struct {
    let mut leaf = Struct::default();
    leaf.int(1, column.physical);
    if column.physical == code::FIXED {
        leaf.int(2, liar.say(16));
    }
    leaf.int(3, column.repetition).text(4, &column.name);
    if column.physical == code::BYTES {
        leaf.int(6, code::UTF8);
    }
    leaf
}

/// A column in the schema, with what is around the values of a list.
fn tree(column: &Column, liar: &mut Liar<'_>) -> Vec<Struct> {
    if column.repetition < 2 {
        return vec![leaf(column, liar)];
    }
    let around = |name: &str, repetition: i64, is_list: bool| {
        let mut group = Struct::default();
        group.int(3, repetition).text(4, name).int(5, 1);
        if is_list {
            group.int(6, code::LIST);
        }
        group
    };
    let own = Column { name: "element".into(), repetition: 0, ..column.clone() };
    vec![around(&column.name, 0, true), around("list", 2, false), leaf(&own, liar)]
}

/// A file of columns in one row group.
pub(super) fn table(columns: &[Column], rows: usize, liar: &mut Liar<'_>) -> Vec<u8> {
    table_with(columns, rows, liar, None)
}

/// The same, with a field in the footer that nobody knows: its type and its value.
pub(super) fn table_with(
    columns: &[Column],
    rows: usize,
    liar: &mut Liar<'_>,
    unknown: Option<&(u8, Vec<u8>)>,
) -> Vec<u8> {
    let mut file = b"PAR1".to_vec();
    let chunks: Vec<Struct> = columns.iter().map(|it| chunk(&mut file, it, liar)).collect();
    let mut group = Struct::default();
    group.structs(1, &chunks).int(2, liar.say(file.len())).int(3, liar.say(rows));
    let root = element("t", Some(liar.say(columns.len())));
    let columns = columns.iter().flat_map(|column| tree(column, liar));
    let schema: Vec<Struct> = [root].into_iter().chain(columns).collect();
    let mut footer = Struct::default();
    footer.int(1, 1).structs(2, &schema).int(3, liar.say(rows)).structs(4, &[group]);
    if let Some((kind, value)) = unknown {
        footer.raw(12, *kind, value);
    }
    finish(file, footer.end())
}

pub(super) fn finish(mut file: Vec<u8>, footer: Vec<u8>) -> Vec<u8> {
    file.extend(&footer);
    file.extend(u32::try_from(footer.len()).unwrap().to_le_bytes());
    file.extend(b"PAR1");
    file
}
