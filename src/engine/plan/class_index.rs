//! The index of class names: as small numbers, within one worker.

use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::seen_names::SeenNames;
use super::settled::Plan;
use crate::batch::Names;
use crate::class::{Classes, OUTSIDE, folded, is_canonical_integer};
use crate::kernel::Level;
use crate::kernel::confusion::{self, Integer};

/// Integers that are looked up by place.
const NEAR: usize = 4_096;

/// Numbers for class names, in the order in which they are met.
///
/// Classes that were given come first, so their numbers are their indices and
/// any higher number is a name that is not a class. All workers share these.
#[derive(Clone, Debug)]
pub(crate) struct ClassIndex {
    given: Option<Classes>,
    /// Whether class k is named k for all given classes.
    numbered: bool,
    /// The names after those of the given classes.
    names: Vec<String>,
    numbers: HashMap<i64, u32, RandomState>,
    /// The same of integers from 0 up to [`NEAR`], each 1 more; 0 for none.
    near: Vec<u32>,
    texts: HashMap<Box<[u8]>, u32, RandomState>,
    /// For each number, 1 more than its place among the labels to be ignored; or 0.
    ignored: Vec<usize>,
    /// Where spellings of one class get one number.
    loose: Option<Loose>,
}

/// Names by their folded spelling.
#[derive(Clone, Debug, Default)]
struct Loose {
    numbers: HashMap<String, u32, RandomState>,
    /// Where to note names that were given; nowhere before there are rows.
    seen: Option<Arc<SeenNames>>,
}

impl ClassIndex {
    /// No names but the classes that are `given`, and labels to be ignored.
    pub(crate) fn new(given: Option<&Classes>, plan: &Plan) -> Self {
        let names = given.map_or(&[][..], Classes::names);
        let mut ids = Self {
            given: given.cloned(),
            numbered: names.iter().enumerate().all(|(class, name)| is_numbered(name, class)),
            names: Vec::new(),
            numbers: HashMap::default(),
            near: Vec::new(),
            texts: HashMap::default(),
            ignored: Vec::new(),
            loose: plan.spec.class_options.is_loose().then(Loose::default),
        };
        if let Some(loose) = &mut ids.loose {
            loose
                .numbers
                .extend((0..).zip(names).map(|(id, name)| (folded(name).into_owned(), id)));
        }
        for (name, place) in plan.ignore.iter().zip(1..) {
            let id = ids.text(name.as_bytes()) as usize;
            ids.ignored.resize(ids.ignored.len().max(id + 1), 0);
            ids.ignored[id] = place;
        }
        if let Some(loose) = &mut ids.loose {
            loose.seen = Some(Arc::clone(&plan.seen));
        }
        ids
    }

    /// No names yet, of values that are no classes.
    pub(crate) fn of_names() -> Self {
        Self {
            given: None,
            numbered: false,
            names: Vec::new(),
            numbers: HashMap::default(),
            near: Vec::new(),
            texts: HashMap::default(),
            ignored: Vec::new(),
            loose: None,
        }
    }

    /// How many classes were given.
    fn count_given(&self) -> usize {
        self.given.as_ref().map_or(0, Classes::len)
    }

    /// The number that stands for no class: of classes that were given, theirs.
    pub(crate) fn outside(&mut self) -> u32 {
        match self.given.as_ref().and_then(|given| u32::try_from(given.len()).ok()) {
            Some(given) => given,
            None => self.text(OUTSIDE.as_bytes()),
        }
    }

    /// The names by number, from number `first` on.
    pub(crate) fn names_from(&self, first: usize) -> impl Iterator<Item = &String> {
        let given = self.given.as_ref().map_or(&[][..], Classes::names);
        given.iter().chain(&self.names).skip(first)
    }

    /// The names by number, where no classes were given.
    pub(crate) fn found_names(&self) -> &[String] {
        &self.names
    }

    fn name_of(&self, id: u32) -> &str {
        let given = self.given.as_ref().map_or(&[][..], Classes::names);
        let id = id as usize;
        given.get(id).unwrap_or_else(|| &self.names[id - given.len()])
    }

    /// Whether some label is to be ignored.
    pub(crate) fn ignores(&self) -> bool {
        !self.ignored.is_empty()
    }

    /// Whether rows with this label are to be ignored.
    pub(crate) fn is_ignored(&self, id: u32) -> bool {
        self.ignored.get(id as usize).is_some_and(|place| *place > 0)
    }

    /// The place of a label among those to be ignored.
    pub(crate) fn ignored(&self, id: u32) -> Option<usize> {
        self.ignored.get(id as usize)?.checked_sub(1)
    }

    /// Whether the number is that of a class, not of a name that is none.
    pub(crate) fn is_class(&self, id: u32) -> bool {
        self.given.as_ref().is_none_or(|given| (id as usize) < given.len())
    }

    /// Writes the number of every name in `rows` into `ids`.
    pub(crate) fn of(&mut self, names: &Names, rows: Range<usize>, ids: &mut Vec<u32>) {
        match names {
            Names::U8(values) => self.of_numbers(&values[rows], ids),
            Names::U16(values) => self.of_numbers(&values[rows], ids),
            Names::U32(values) => self.of_numbers(&values[rows], ids),
            Names::I32(values) => self.of_numbers(&values[rows], ids),
            Names::I64(values) => self.of_numbers(&values[rows], ids),
            Names::Text(text) => {
                ids.clear();
                ids.extend(rows.map(|row| self.text(text.get(row))));
            }
        }
    }

    fn of_numbers<T: Integer>(&mut self, values: &[T], ids: &mut Vec<u32>) {
        let given = self.count_given();
        if self.numbered && given > 0 {
            // Most often every value is a class, and its own number.
            ids.resize(values.len(), 0);
            if confusion::classes(Level::best(), values, 0, ids) < given as u64 {
                return;
            }
        }
        ids.clear();
        ids.extend(values.iter().map(|value| self.number(value.wide())));
    }

    /// The number of an integer class.
    #[inline]
    pub(crate) fn number(&mut self, value: i64) -> u32 {
        if self.numbered
            && let Ok(class) = u32::try_from(value)
            && (class as usize) < self.count_given()
        {
            return class;
        }
        let near = usize::try_from(value).ok().filter(|place| *place < NEAR);
        if let Some(id) = near.and_then(|place| self.near.get(place)?.checked_sub(1)) {
            return id;
        }
        if let Some(&id) = self.numbers.get(&value) {
            return id;
        }
        let id = self.name(value.to_string());
        self.numbers.insert(value, id);
        if let Some(place) = near {
            self.near.resize(NEAR, 0);
            self.near[place] = id + 1;
        }
        id
    }

    /// The number of a name that was not met before in this spelling.
    fn name(&mut self, name: String) -> u32 {
        if let Some(id) = self.given.as_ref().and_then(|given| given.place(name.as_bytes())) {
            return id;
        }
        let Some(loose) = &self.loose else { return self.push(name) };
        let folded = folded(&name).into_owned();
        if let Some(&id) = loose.numbers.get(&folded) {
            if let Some(seen) = loose.seen.as_ref().filter(|_| self.name_of(id) != name) {
                seen.respelled(&name, self.name_of(id));
            }
            return id;
        }
        // What is none of the classes that were given is named as it is.
        let shown = if self.given.is_some() { name.clone() } else { folded.clone() };
        if let Some(seen) = loose.seen.as_ref().filter(|_| shown != name) {
            seen.respelled(&name, &shown);
        }
        let id = match integer(&shown) {
            Some(value) if shown != name => self.number(value),
            _ => self.push(shown),
        };
        if let Some(loose) = &mut self.loose {
            loose.numbers.insert(folded, id);
        }
        id
    }

    fn text(&mut self, bytes: &[u8]) -> u32 {
        if let Some(&id) = self.texts.get(bytes) {
            return id;
        }
        let name = String::from_utf8_lossy(bytes);
        let id = match integer(&name) {
            Some(value) => self.number(value),
            None => self.name(name.into_owned()),
        };
        self.texts.insert(bytes.into(), id);
        id
    }

    fn push(&mut self, name: String) -> u32 {
        self.names.push(name);
        // Names are held in memory; there cannot be 2³² of them.
        u32::try_from(self.count_given() + self.names.len() - 1).unwrap_or(u32::MAX)
    }
}

/// Whether the name of a class is its number.
fn is_numbered(name: &str, class: usize) -> bool {
    is_canonical_integer(name) && name.parse() == Ok(class)
}

/// The integer that `name` spells, if that is the spelling of one.
fn integer(name: &str) -> Option<i64> {
    name.parse::<i64>().ok().filter(|_| is_canonical_integer(name))
}
