//! Class names as small numbers, within one worker.

use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::batch::Names;
use crate::class::{Classes, is_canonical_integer};
use crate::kernel::confusion::Integer;

/// Numbers for class names, in the order in which they are met.
///
/// Classes that were given come first, so their numbers are their indices and
/// any higher number is a name that is not a class.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    names: Vec<String>,
    numbers: HashMap<i64, u32, FixedState>,
    texts: HashMap<Box<[u8]>, u32, FixedState>,
    given: Option<usize>,
    /// Whether class k is named k for all given classes.
    numbered: bool,
    ignored: Vec<bool>,
}

impl Ids {
    pub(super) fn new(given: Option<&Classes>, ignore: &[String]) -> Self {
        let mut ids = Self {
            names: Vec::new(),
            numbers: HashMap::default(),
            texts: HashMap::default(),
            given: given.map(Classes::len),
            numbered: false,
            ignored: Vec::new(),
        };
        let names = given.map_or(&[][..], Classes::names);
        for name in names {
            ids.text(name.as_bytes());
        }
        ids.numbered = names.iter().enumerate().all(|(class, name)| *name == class.to_string());
        for name in ignore {
            let id = ids.text(name.as_bytes()) as usize;
            ids.ignored.resize(ids.ignored.len().max(id + 1), false);
            ids.ignored[id] = true;
        }
        ids
    }

    /// The names by number.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether rows of any label are to be ignored.
    pub(super) fn ignores(&self) -> bool {
        !self.ignored.is_empty()
    }

    /// Whether rows with this label are to be ignored.
    pub(super) fn is_ignored(&self, id: u32) -> bool {
        self.ignored.get(id as usize).copied().unwrap_or(false)
    }

    /// Whether the number is that of a class, not of a name that is none.
    pub(super) fn is_class(&self, id: u32) -> bool {
        self.given.is_none_or(|given| (id as usize) < given)
    }

    /// Writes the number of every name in `rows` into `ids`.
    pub(super) fn of(&mut self, names: &Names, rows: Range<usize>, ids: &mut Vec<u32>) {
        ids.clear();
        match names {
            Names::U8(values) => self.of_numbers(&values[rows], ids),
            Names::U16(values) => self.of_numbers(&values[rows], ids),
            Names::U32(values) => self.of_numbers(&values[rows], ids),
            Names::I32(values) => self.of_numbers(&values[rows], ids),
            Names::I64(values) => self.of_numbers(&values[rows], ids),
            Names::Text(text) => ids.extend(rows.map(|row| self.text(text.get(row)))),
        }
    }

    fn of_numbers<T: Integer>(&mut self, values: &[T], ids: &mut Vec<u32>) {
        if let Some(given) = self.given.filter(|_| self.numbered) {
            // Most often every value is a class, and its own number.
            let is_class = |value: &T| (0..given as i64).contains(&value.wide());
            if values.iter().fold(true, |all, value| all & is_class(value)) {
                #[allow(clippy::cast_possible_truncation, reason = "below the number of classes")]
                #[allow(clippy::cast_sign_loss, reason = "at least 0")]
                ids.extend(values.iter().map(|value| value.wide() as u32));
                return;
            }
        }
        ids.extend(values.iter().map(|value| self.number(value.wide())));
    }

    /// The number of an integer class.
    #[inline]
    pub(super) fn number(&mut self, value: i64) -> u32 {
        if self.numbered
            && let Ok(class) = u32::try_from(value)
            && self.given.is_some_and(|given| (class as usize) < given)
        {
            return class;
        }
        match self.numbers.get(&value) {
            Some(&id) => id,
            None => {
                let id = self.push(value.to_string());
                self.numbers.insert(value, id);
                id
            }
        }
    }

    fn text(&mut self, bytes: &[u8]) -> u32 {
        if let Some(&id) = self.texts.get(bytes) {
            return id;
        }
        let name = String::from_utf8_lossy(bytes);
        let value = name.parse::<i64>().ok().filter(|_| is_canonical_integer(&name));
        let id = match value {
            Some(value) => self.number(value),
            None => self.push(name.into_owned()),
        };
        self.texts.insert(bytes.into(), id);
        id
    }

    fn push(&mut self, name: String) -> u32 {
        self.names.push(name);
        // Names are held in memory; there cannot be 2³² of them.
        u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
    }
}
