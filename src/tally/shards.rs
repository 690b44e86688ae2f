//! The names of the shards that tallies are the sum of.

use std::collections::BTreeSet;

use super::codec::{Reader, Writer};
use crate::error::{Error, Result};

/// The most bytes of a name.
const MOST_BYTES: usize = 200;
/// The most names that a state keeps.
const MOST_NAMES: usize = 1 << 16;

/// Names that were given to states, each once. They travel with a state and are not in
/// the digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shards {
    names: BTreeSet<String>,
}

impl Shards {
    /// The one shard of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if it is empty, longer than 200 bytes, or has control characters.
    pub fn named(name: &str) -> Result<Self> {
        if !is_name(name) {
            return Err(Error::Usage(format!(
                "the name of a shard has 1 to {MOST_BYTES} bytes and no control characters, \
                 found '{}'",
                name.escape_debug()
            )));
        }
        Ok(Self { names: [name.to_owned()].into() })
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The first name that both have.
    pub fn in_common<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        self.names.intersection(&other.names).next().map(String::as_str)
    }

    /// Takes in the names of another part.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if there are more than 65,536 of them then.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.names.extend(other.names.iter().cloned());
        match self.names.len() {
            0..=MOST_NAMES => Ok(()),
            found => Err(Error::Mismatch(format!(
                "a state keeps the names of at most {MOST_NAMES} shards, found {found}; \
                 name fewer, larger ones"
            ))),
        }
    }

    pub(super) fn write(&self, to: &mut Writer) {
        to.len(self.names.len());
        self.names.iter().for_each(|name| to.text(name));
    }

    /// Reads what [`write`](Self::write) wrote of some names.
    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let names = from.list(8, Reader::text)?;
        let is_sound = (1..=MOST_NAMES).contains(&names.len())
            && names.iter().all(|name| is_name(name))
            && names.is_sorted_by(|a, b| a < b);
        is_sound.then(|| Self { names: names.into_iter().collect() })
    }
}

fn is_name(name: &str) -> bool {
    (1..=MOST_BYTES).contains(&name.len()) && !name.contains(char::is_control)
}
