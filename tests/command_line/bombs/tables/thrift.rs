//! Thrift's compact protocol, as much as files of Parquet need.
//!
//! Source: `thrift-compact-protocol.md` of Apache Thrift.

const INT: u8 = 6;
const TEXT: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// Seven bits to a byte, the least first.
pub(super) fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// The fields of a struct, in the order of their numbers.
#[derive(Clone, Default)]
pub(super) struct Struct {
    bytes: Vec<u8>,
    last: u8,
}

impl Struct {
    fn field(&mut self, at: u8, kind: u8) -> &mut Self {
        self.bytes.push((at - self.last) << 4 | kind);
        self.last = at;
        self
    }

    fn list(&mut self, at: u8, kind: u8, length: usize) {
        self.field(at, LIST);
        self.bytes.push(0xf0 | kind);
        self.bytes.extend(varint(length as u64));
    }

    fn put_int(&mut self, value: i64) {
        self.bytes.extend(varint((value << 1 ^ value >> 63) as u64));
    }

    fn put_text(&mut self, text: &str) {
        self.bytes.extend(varint(text.len() as u64));
        self.bytes.extend(text.bytes());
    }

    pub(super) fn int(&mut self, at: u8, value: i64) -> &mut Self {
        self.field(at, INT).put_int(value);
        self
    }

    pub(super) fn text(&mut self, at: u8, text: &str) -> &mut Self {
        self.field(at, TEXT).put_text(text);
        self
    }

    pub(super) fn put(&mut self, at: u8, other: &Self) -> &mut Self {
        self.field(at, STRUCT).bytes.extend(other.end());
        self
    }

    pub(super) fn ints(&mut self, at: u8, values: &[i64]) -> &mut Self {
        self.list(at, 5, values.len());
        values.iter().for_each(|&value| self.put_int(value));
        self
    }

    pub(super) fn texts(&mut self, at: u8, texts: &[&str]) -> &mut Self {
        self.list(at, TEXT, texts.len());
        texts.iter().for_each(|text| self.put_text(text));
        self
    }

    pub(super) fn structs(&mut self, at: u8, structs: &[Self]) -> &mut Self {
        self.list(at, STRUCT, structs.len());
        structs.iter().for_each(|it| self.bytes.extend(it.end()));
        self
    }

    /// A value of any type as it is written.
    pub(super) fn raw(&mut self, at: u8, kind: u8, value: &[u8]) -> &mut Self {
        self.field(at, kind).bytes.extend(value);
        self
    }

    /// All of it, with its end.
    pub(super) fn end(&self) -> Vec<u8> {
        [&self.bytes[..], &[0]].concat()
    }
}
