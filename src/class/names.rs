//! A list of different names, and the place of each.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// Different names in order.
pub(super) struct Names {
    list: Vec<String>,
    /// The place of each by the hash of its name, once one was asked for.
    places: OnceLock<HashTable<u32>>,
    /// Random in each process: who makes names knows nothing of their hashes.
    hasher: RandomState,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Eq for Names {}

/// The names alone: how they are found is another in each process.
impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.list).finish()
    }
}

impl Names {
    pub(super) fn new(list: Vec<String>) -> Self {
        Self { list, places: OnceLock::new(), hasher: RandomState::default() }
    }

    pub(super) fn list(&self) -> &[String] {
        &self.list
    }

    /// The place of a name.
    pub(super) fn place(&self, name: &[u8]) -> Option<u32> {
        let is_it = |place: &u32| self.list[*place as usize].as_bytes() == name;
        self.places.get_or_init(|| self.places()).find(self.hasher.hash_one(name), is_it).copied()
    }

    /// A name that is there twice, as none may be.
    pub(super) fn repeated(&self) -> Option<&str> {
        let is_elsewhere = |place: u32, name: &str| self.place(name.as_bytes()) != Some(place);
        let mut names = (0..).zip(&self.list);
        names.find(|(place, name)| is_elsewhere(*place, name)).map(|(_, name)| name.as_str())
    }

    fn places(&self) -> HashTable<u32> {
        let mut places = HashTable::with_capacity(self.list.len());
        let name_of = |place: &u32| self.list[*place as usize].as_bytes();
        let hash = |name: &[u8]| self.hasher.hash_one(name);
        for (place, name) in (0..).zip(&self.list) {
            let is_it = |known: &u32| name_of(known) == name.as_bytes();
            places
                .entry(hash(name.as_bytes()), is_it, |known| hash(name_of(known)))
                .or_insert(place);
        }
        places
    }
}

/// Sorts names bytewise. Most are told apart by their first bytes, which lie together.
pub(super) fn sort_by_bytes(names: &mut Vec<(String, u32)>) {
    sort_by(names, |name| {
        let mut first = [0; 8];
        let length = name.len().min(first.len());
        first[..length].copy_from_slice(&name.as_bytes()[..length]);
        u64::from_be_bytes(first)
    });
}

/// Sorts by a key, and names of one key bytewise.
pub(super) fn sort_by<K: Ord>(names: &mut Vec<(String, u32)>, key: impl Fn(&str) -> K) {
    let mut keyed: Vec<(K, String, u32)> =
        names.drain(..).map(|(name, number)| (key(&name), name, number)).collect();
    // Stable, because it is fast where sorted runs follow one another.
    keyed.sort();
    names.extend(keyed.into_iter().map(|(_, name, number)| (name, number)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_place_that_they_stand_at() {
        let list: Vec<String> = (0..1_000).map(|place| format!("name {place}")).collect();
        let names = Names::new(list.clone());
        for (place, name) in (0..).zip(&list) {
            assert_eq!(names.place(name.as_bytes()), Some(place));
        }
        assert_eq!(names.repeated(), None);
        let repeated = [list.clone(), list[7..8].to_vec()].concat();
        assert_eq!(Names::new(repeated).repeated(), Some("name 7"));
        assert_eq!(names.place(b"name"), None);
        assert_eq!(names.place(b"\xff"), None);
    }

    #[test]
    fn names_that_are_made_to_have_one_hash_have_several() {
        let made = ["MsaaaaaaaarUlc", "coFaaaaaaaarUlc", "usaaaaaaaarUlc"];
        let made = made.map(|middle| format!("xuDcqUlEaaaaaaaa2xHQB*J<{middle:a>24}PTUGaaaaaaaa"));
        let different = |hash: &dyn Fn(&str) -> u64| {
            let mut hashes = made.each_ref().map(|name| hash(name)).to_vec();
            hashes.sort_unstable();
            hashes.dedup();
            hashes.len()
        };
        // They are made for what the library has as its constant.
        let known = foldhash::fast::FixedState::default();
        assert_eq!(different(&|name| known.hash_one(name.as_bytes())), 1);
        let names = Names::new(made.to_vec());
        assert!(different(&|name| names.hasher.hash_one(name.as_bytes())) > 1);
    }

    #[test]
    fn names_are_shown_alike_whatever_was_looked_up() {
        let names = || Names::new(vec!["cat".to_owned(), "dog".to_owned()]);
        let looked_up = names();
        assert_eq!(looked_up.place(b"dog"), Some(1));
        assert_eq!(format!("{looked_up:?}"), format!("{:?}", names()));
    }

    #[test]
    fn names_are_sorted_as_bytes_are() {
        let texts = ["", "\0", "\0\0", "a", "a\0", "abcdefgh", "abcdefgh\0", "abcdefghi", "b", "ä"];
        let sorted = texts.map(str::to_owned);
        let mut names: Vec<(String, u32)> = sorted.iter().rev().cloned().zip(0..).collect();
        names.swap(2, 7);
        sort_by_bytes(&mut names);
        let (names, numbers): (Vec<String>, Vec<u32>) = names.into_iter().unzip();
        assert_eq!(names, sorted);
        assert_eq!(numbers, (0..10).rev().collect::<Vec<u32>>());
    }
}
