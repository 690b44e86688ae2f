//! JSON laid out for `diff`: one key, element or entry per line.

use serde::Serialize;

/// The text under construction: an object with one key per line.
pub(super) struct Document {
    text: Vec<u8>,
}

impl Document {
    pub(super) fn new() -> Self {
        Self { text: b"{".to_vec() }
    }

    pub(super) fn key(&mut self, key: &str) {
        self.push(if self.text.len() == 1 { "\n  " } else { ",\n  " });
        self.compact(key);
        self.push(":");
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// A value on one line, in the place reached.
    pub(super) fn compact(&mut self, value: &(impl Serialize + ?Sized)) {
        serde_json::to_writer(&mut self.text, value)
            .unwrap_or_else(|_| unreachable!("strings, numbers and lists always have a JSON form"));
    }

    /// A key with a value on one line.
    pub(super) fn value(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.key(key);
        self.compact(value);
    }

    /// A key with a list of one element per line.
    pub(super) fn list(&mut self, key: &str, elements: impl IntoIterator<Item = impl Serialize>) {
        self.key(key);
        self.elements(elements);
    }

    /// A list of one element per line, in the place reached.
    pub(super) fn elements(&mut self, elements: impl IntoIterator<Item = impl Serialize>) {
        self.lines(["[", "]"], elements, |out, element| out.compact(&element));
    }

    /// A key with an object of one entry per line.
    pub(super) fn map<'k, V: Serialize>(
        &mut self,
        key: &str,
        entries: impl Iterator<Item = (&'k str, V)>,
    ) {
        self.key(key);
        self.lines(["{", "}"], entries, |out, (name, value)| {
            out.compact(name);
            out.push(":");
            out.compact(&value);
        });
    }

    /// A list of `count` triples of counts, one per line, in the place reached:
    /// many of them, so they are written without the serializer. `indices` spells
    /// the numbers that the first two of a triple may be.
    pub(super) fn triples(
        &mut self,
        indices: &[String],
        count: usize,
        triples: impl Iterator<Item = (usize, usize, u64)>,
    ) {
        const USUAL_BYTES: usize = 20;
        self.text.reserve(count * USUAL_BYTES);
        let mut digits = itoa::Buffer::new();
        self.lines(["[", "]"], triples, |out, (first, second, count)| {
            out.text.push(b'[');
            out.push(&indices[first]);
            out.text.push(b',');
            out.push(&indices[second]);
            out.text.push(b',');
            out.push(digits.format(count));
            out.text.push(b']');
        });
    }

    fn lines<T>(
        &mut self,
        [open, close]: [&str; 2],
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.push(open);
        let empty = self.text.len();
        for item in items {
            self.push(if self.text.len() == empty { "\n    " } else { ",\n    " });
            write(self, item);
        }
        if self.text.len() > empty {
            self.push("\n  ");
        }
        self.push(close);
    }

    pub(super) fn finish(mut self) -> String {
        self.push("\n}\n");
        String::from_utf8(self.text)
            .unwrap_or_else(|_| unreachable!("JSON of strings is UTF-8 as they are"))
    }
}
