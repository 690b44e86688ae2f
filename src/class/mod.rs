//! The class space: names, their order, union.
//!
//! A class *is* its name. Integers, integral floats and bools are spelled in
//! decimal, so `'1'` in a CSV and `1` in an array are one class.

mod missing;
mod names;
mod spelling;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use self::names::Names;
pub use missing::is_missing;
pub use spelling::{alike, apart, folded};

use crate::error::{Error, Result};

/// Where the classes of a set came from, which decides how two sets merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Named by the user, or fixed by the score columns: merging needs equality.
    Given,
    /// Found in the rows: sets merge by union.
    Discovered,
}

/// The name that stands for no class at all, in place of predictions that are missing
/// or none of the classes. No text that was read for a name begins like this.
pub const OUTSIDE: &str = "\0outside";

/// The classes of an evaluation, in report order. Where predictions of no class are
/// counted as wrong, the last may be [`OUTSIDE`], which no label is. A clone shares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classes {
    names: Arc<Names>,
    origin: Origin,
}

impl Classes {
    /// Classes named by the user, in the user's order.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if there are none or one is named twice.
    pub fn given(names: Vec<String>) -> Result<Self> {
        if names.is_empty() {
            return Err(Error::Usage("the list of classes is empty; name at least one".into()));
        }
        let classes = Self::of(names, Origin::Given);
        match classes.names.repeated() {
            None => Ok(classes),
            Some(name) => {
                Err(Error::Usage(format!("class '{name}' is named twice; name each class once")))
            }
        }
    }

    /// The classes `0..count` of unnamed score columns.
    pub fn numbered(count: usize) -> Self {
        Self::of((0..count).map(|class| class.to_string()).collect(), Origin::Given)
    }

    /// Classes found in rows, in any order and without repetition; they are put
    /// into canonical order.
    pub fn discovered(names: Vec<String>) -> Self {
        Self::discovered_as((0..).zip(names).map(|(number, name)| (name, number)).collect()).0
    }

    /// The same of different names with numbers of their own; and these numbers in the order
    /// of the classes.
    pub fn discovered_as(mut numbered: Vec<(String, u32)>) -> (Self, Vec<u32>) {
        let outside = numbered.iter().position(|(name, _)| name == OUTSIDE);
        let outside = outside.map(|at| numbered.swap_remove(at));
        sort_numbered(&mut numbered);
        numbered.extend(outside);
        let (names, numbers) = numbered.into_iter().unzip();
        (Self::of(names, Origin::Discovered), numbers)
    }

    /// The place of each class among those of `whole`; `None` if one is none of them.
    pub fn places_in(&self, whole: &Self) -> Option<Vec<u32>> {
        // As a rule both are in one order: a walk finds all without looking one up.
        let mut rest = (0..).zip(whole.names());
        let walked: Option<Vec<u32>> = (self.names().iter())
            .map(|name| rest.find(|(_, other)| *other == name).map(|(place, _)| place))
            .collect();
        walked.or_else(|| self.names().iter().map(|name| whole.place(name.as_bytes())).collect())
    }

    fn of(names: Vec<String>, origin: Origin) -> Self {
        Self { names: Arc::new(Names::new(names)), origin }
    }

    /// The same classes and, after them, [`OUTSIDE`].
    #[must_use]
    pub fn and_outside(&self) -> Self {
        let outside = self.outside().is_none().then(|| OUTSIDE.to_owned());
        Self::of(self.names().iter().cloned().chain(outside).collect(), self.origin)
    }

    /// The index of [`OUTSIDE`], if it is there.
    pub fn outside(&self) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        (self.names()[last] == OUTSIDE).then_some(last)
    }

    /// The names without [`OUTSIDE`].
    pub fn proper_names(&self) -> &[String] {
        &self.names()[..self.outside().unwrap_or(self.len())]
    }

    /// Number of classes, C.
    pub fn len(&self) -> usize {
        self.names().len()
    }

    /// Whether there is no class at all.
    pub fn is_empty(&self) -> bool {
        self.names().is_empty()
    }

    /// The names, in report order.
    pub fn names(&self) -> &[String] {
        self.names.list()
    }

    /// Where they came from.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The index of every class, by name.
    pub fn places(&self) -> HashMap<&str, u32> {
        self.names().iter().map(String::as_str).zip(0..).collect()
    }

    /// The index of one class, by name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.place(name.as_bytes()).map(|place| place as usize)
    }

    /// The same, by bytes that need not be UTF-8.
    pub(crate) fn place(&self, name: &[u8]) -> Option<u32> {
        self.names.place(name)
    }

    /// The index of the one class called `name`, if need be by another spelling of it
    /// where `loose`.
    pub fn find(&self, name: &str, loose: bool) -> Option<usize> {
        let spelled = || {
            let wanted = folded(name);
            self.names().iter().position(|known| folded(known) == wanted)
        };
        self.index_of(name).or_else(|| if loose { spelled() } else { None })
    }

    /// Whether there is a class called `name`, or by another spelling of it where `loose`.
    pub fn has(&self, name: &str, loose: bool) -> bool {
        self.find(name, loose).is_some()
    }

    /// The names of those that are chosen, `[C]`, in report order.
    pub fn names_of(&self, chosen: &[bool]) -> Vec<String> {
        let names = self.names().iter().zip(chosen).filter(|(_, chosen)| **chosen);
        names.map(|(name, _)| name.clone()).collect()
    }

    /// A class that `name` is another spelling of.
    pub fn respelled(&self, name: &str) -> Option<&str> {
        self.find(name, true).map(|at| self.names()[at].as_str()).filter(|found| *found != name)
    }

    /// The classes of two discovered sets together.
    pub fn union(&self, other: &Self) -> Self {
        let more = other.names().iter().filter(|name| self.place(name.as_bytes()).is_none());
        let more: Vec<String> = more.cloned().collect();
        if more.is_empty() {
            return self.clone();
        }
        let names = [self.names(), &more].concat();
        Self::discovered(names)
    }
}

/// Whether `name` is an integer spelled the one way we spell it: no leading
/// zeros, no plus sign, no `-0`.
pub fn is_canonical_integer(name: &str) -> bool {
    let digits = name.strip_prefix('-').unwrap_or(name);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain && (!digits.starts_with('0') || name == "0")
}

/// Puts names into canonical order: by value if every name is a canonical
/// integer, else bytewise.
pub fn sort(names: &mut [String]) {
    let mut numbered: Vec<(String, u32)> =
        names.iter_mut().map(|name| (std::mem::take(name), 0)).collect();
    sort_numbered(&mut numbered);
    names.iter_mut().zip(numbered).for_each(|(name, (sorted, _))| *name = sorted);
}

fn sort_numbered(names: &mut Vec<(String, u32)>) {
    if !names.iter().all(|(name, _)| is_canonical_integer(name)) {
        names::sort_by_bytes(names);
    } else if names.iter().all(|(name, _)| name.parse::<i64>().is_ok()) {
        names::sort_by(names, |name| name.parse::<i64>().ok());
    } else {
        names.sort_unstable_by(|(a, _), (b, _)| compare_integers(a, b));
    }
}

/// Compares canonical integers of any length by value.
fn compare_integers(a: &str, b: &str) -> Ordering {
    let magnitude = |a: &str, b: &str| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => magnitude(a, b),
        (Some(a), Some(b)) => magnitude(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

/// The known name most like `name`, if one is near enough to be a slip.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let score =
        |candidate: &str| strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase());
    known
        .into_iter()
        .map(|candidate| (score(candidate), candidate))
        .filter(|(score, _)| *score > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
