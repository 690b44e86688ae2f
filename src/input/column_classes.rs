//! The classes that score columns stand for, told from the columns' names.
//!
//! The part of the names that varies is the class. Where whole names are the
//! labels' names, or where a longer part is (`class_0` of `p_class_0`), that part
//! is. Numbers are classes by their value, never by their place.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::score_columns::Named;
use crate::class::folded;

/// Which class each column stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnClasses {
    /// The classes in the order of reports; `None` if they are 0, 1, 2, ….
    pub(super) names: Option<Vec<String>>,
    /// The column of each class.
    pub(super) order: Vec<usize>,
    /// What told them.
    pub(super) by: By,
}

/// What told the classes of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Names that are classes as they are.
    Name,
    /// The part of the names that varies.
    Part,
    /// The numbers in the names.
    Number,
    /// The order in which they were listed.
    List,
    /// The order of columns without names.
    Place,
}

/// How names are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As they are.
    Exact,
    /// But for case, blanks around them and the like.
    Loose,
}

impl Spelling {
    fn of(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Exact => Cow::Borrowed(name),
            Self::Loose => folded(name),
        }
    }
}

/// Why it cannot be told which column is which of the classes given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unclear {
    /// No column is named like a class.
    Names,
    /// They are listed in another order than that of their numbers.
    Order {
        /// The column that is listed first.
        listed: String,
        /// The one with the first number.
        numbered: String,
    },
    /// Some are, and one is not.
    Partly {
        /// A column that is named like a class.
        like: String,
        /// One that is not.
        unlike: String,
        /// A class that no column is named like.
        class: String,
    },
}

impl ColumnClasses {
    /// The classes of columns, given some labels; no order of the columns matters.
    pub(super) fn of(named: &Named, labels: &HashSet<String>, spelling: Spelling) -> Self {
        let mut candidates = candidates(named);
        let labels: HashSet<Cow<'_, str>> = labels.iter().map(|it| spelling.of(it)).collect();
        let met = |candidate: &Candidate| {
            let texts = candidate.texts.iter();
            texts.filter(|text| labels.contains(&spelling.of(text))).count()
        };
        let scored = candidates.iter().map(met).enumerate();
        // Of equally good ones, the first: the longest names.
        let best = scored.rev().max_by_key(|(_, met)| *met).filter(|(_, met)| *met > 0);
        let chosen = best.map(|(place, _)| place);
        let chosen = chosen.or_else(|| candidates.iter().position(|it| it.is_usual)).unwrap_or(0);
        match chosen < candidates.len() {
            true => candidates.swap_remove(chosen).into_classes(),
            false => Candidate::whole(named).into_classes(),
        }
    }

    /// The columns of the classes that the user named in order.
    ///
    /// # Errors
    ///
    /// [`Unclear`] if neither names nor numbers nor a list tell which is which.
    pub(super) fn given(
        named: &Named,
        classes: &[String],
        spelling: Spelling,
    ) -> Result<Self, Unclear> {
        let candidates = candidates(named);
        for spelling in [Spelling::Exact, spelling] {
            let found = candidates.iter().find_map(|it| Some((it, it.places(classes, spelling)?)));
            if let Some((candidate, found)) = found {
                return Ok(Self { by: candidate.by(), ..Self::ordered(classes, &found) });
            }
        }
        // Where some columns are named like classes, another order would be against them;
        // but what is numbered from 1 may be listed for classes from 0.
        let binds = |it: &&Candidate| !it.is_numbers || named.listed.is_none();
        let mut binding = candidates.iter().filter(binds);
        let partly = binding.find_map(|candidate| candidate.odd_one(named, classes));
        if let Some(unclear) = partly {
            return Err(unclear);
        }
        let numbers = candidates.iter().find(|it| it.is_usual && it.is_numbers);
        let classes_of = |texts: &[String]| -> Option<Vec<usize>> {
            let numbers = texts.iter().map(|text| text.parse().ok());
            let numbers: Vec<usize> = numbers.collect::<Option<_>>()?;
            numbers.iter().all(|&number| number < classes.len()).then_some(numbers)
        };
        if let Some(found) = numbers.and_then(|it| classes_of(&it.texts)) {
            let by_number = Self { by: By::Number, ..Self::ordered(classes, &found) };
            return match &named.listed {
                Some(listed) if *listed != by_number.order => Err(Unclear::Order {
                    listed: named.columns[listed[0]].clone(),
                    numbered: named.columns[by_number.order[0]].clone(),
                }),
                _ => Ok(by_number),
            };
        }
        let listed = named.listed.as_ref().ok_or(Unclear::Names)?;
        let names = Some(classes.to_vec());
        Ok(Self { names, order: listed.clone(), by: By::List })
    }

    /// The classes of columns without names, which are called by their places: the
    /// first listed is the first class, whatever else the file holds beside it.
    pub(super) fn placed(named: &Named, classes: Option<&[String]>) -> Self {
        let order = named.listed.clone().unwrap_or_else(|| (0..named.columns.len()).collect());
        Self { names: classes.map(<[String]>::to_vec), order, by: By::Place }
    }

    /// A column that is listed for another class than the one it is named like.
    pub(super) fn against_its_name(&self, named: &Named) -> Option<(String, String)> {
        let names = self.names.as_ref().filter(|_| self.by == By::List)?;
        let candidates = candidates(named);
        let known: HashSet<&String> = names.iter().collect();
        let mut classes = self.order.iter().zip(names);
        classes.find_map(|(&column, class)| {
            let other =
                |it: &Candidate| it.texts[column] != *class && known.contains(&it.texts[column]);
            let is_against = candidates.iter().any(other);
            is_against.then(|| (named.columns[column].clone(), class.clone()))
        })
    }

    /// Column i stands for class `found[i]`; no two for the same.
    fn ordered(classes: &[String], found: &[usize]) -> Self {
        let mut order = vec![0; classes.len()];
        found.iter().enumerate().for_each(|(column, &class)| order[class] = column);
        Self { names: Some(classes.to_vec()), order, by: By::Name }
    }
}

/// One way to cut classes out of the names of columns.
#[derive(Clone, Debug)]
struct Candidate {
    /// The class of each column, each another.
    texts: Vec<String>,
    /// Whether these are the whole names.
    is_whole: bool,
    /// Whether these are integers.
    is_numbers: bool,
    /// Whether it is the one to take where no label tells.
    is_usual: bool,
}

impl Candidate {
    fn whole(named: &Named) -> Self {
        let texts = named.columns.clone();
        Self { texts, is_whole: true, is_numbers: false, is_usual: false }
    }

    /// The place of each column's class among those given, if each has one.
    fn places(&self, classes: &[String], spelling: Spelling) -> Option<Vec<usize>> {
        let places: HashMap<Cow<'_, str>, usize> =
            classes.iter().enumerate().map(|(place, name)| (spelling.of(name), place)).collect();
        let all = places.len() == classes.len();
        let place = |text: &String| places.get(&spelling.of(text)).copied();
        let found: Vec<usize> = self.texts.iter().map(place).collect::<Option<_>>()?;
        let mut is_found = vec![false; classes.len()];
        found.iter().for_each(|&place| is_found[place] = true);
        (all && !is_found.contains(&false)).then_some(found)
    }

    /// A column that is named like no class, if others are named like some.
    fn odd_one(&self, named: &Named, classes: &[String]) -> Option<Unclear> {
        let known: HashSet<Cow<'_, str>> = classes.iter().map(|name| folded(name)).collect();
        let exact: HashSet<&str> = classes.iter().map(String::as_str).collect();
        let column = |is: &dyn Fn(&String) -> bool| {
            let place = self.texts.iter().position(is)?;
            Some(named.columns[place].clone())
        };
        let like = column(&|text| known.contains(&folded(text)))?;
        let unlike = column(&|text| !exact.contains(text.as_str()))?;
        let taken: HashSet<&str> = self.texts.iter().map(String::as_str).collect();
        let class = classes.iter().find(|name| !taken.contains(name.as_str()))?.clone();
        Some(Unclear::Partly { like, unlike, class })
    }

    fn by(&self) -> By {
        match (self.is_numbers, self.is_whole) {
            (true, _) => By::Number,
            (false, true) => By::Name,
            (false, false) => By::Part,
        }
    }

    fn into_classes(self) -> ColumnClasses {
        let by = self.by();
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        if !self.is_numbers {
            return ColumnClasses { names: Some(self.texts), order, by };
        }
        // Canonical digits: shorter is less.
        let key = |&column: &usize| (self.texts[column].len(), self.texts[column].as_str());
        order.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        let is_plain = order
            .iter()
            .enumerate()
            .all(|(place, &column)| self.texts[column].parse() == Ok(place));
        let names = || order.iter().map(|&column| self.texts[column].clone()).collect();
        ColumnClasses { names: (!is_plain).then(names), order, by }
    }
}

/// Every way to cut classes out of the names: the longest first.
fn candidates(named: &Named) -> Vec<Candidate> {
    let names = &named.columns;
    let [before, after] = common_ends(names);
    let starts = starts(names, before, &named.literal[0]);
    let ends = ends(names, after, &named.literal[1]);
    // Where no label tells: the part that varies; with its ending, if that is only a
    // fraction such as `.5`.
    let start = starts.last().copied().unwrap_or(0);
    let is_word = |end: usize| {
        let name = names.first().map_or("", String::as_str);
        name.get(name.len() - end..).is_some_and(|end| end.contains(char::is_alphabetic))
    };
    let end = ends.iter().rev().copied().find(|&end| end == 0 || is_word(end)).unwrap_or(0);
    let usual = (start, end);
    let mut found = Vec::new();
    for &start in &starts {
        for &end in &ends {
            let whole = cut(names, start, end);
            found.extend(whole.as_ref().and_then(|whole| padded(names, start, end, whole)));
            let is_usual = (start, end) == usual;
            found.extend(whole.map(|whole| Candidate { is_usual, ..whole }));
        }
    }
    found
}

/// The same as `whole` with digits as they are written, if that is another way: labels
/// may be padded, too.
fn padded(names: &[String], start: usize, end: usize, whole: &Candidate) -> Option<Candidate> {
    let parts: Vec<&str> = parts(names, start, end)?;
    let is_other = whole.is_numbers && parts.iter().zip(&whole.texts).any(|(a, b)| *a != b);
    is_other.then(|| Candidate {
        texts: parts.iter().map(|part| (*part).to_owned()).collect(),
        is_whole: whole.is_whole,
        is_numbers: false,
        is_usual: false,
    })
}

/// The names without their ends, if all are as long.
fn parts(names: &[String], start: usize, end: usize) -> Option<Vec<&str>> {
    names.iter().map(|name| name.get(start..name.len().checked_sub(end)?)).collect()
}

/// The names without their ends, if these are different and not empty. Digits are
/// integers, however they are padded: `class_01` is class 1.
fn cut(names: &[String], start: usize, end: usize) -> Option<Candidate> {
    let parts = parts(names, start, end)?;
    let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_numbers = parts.iter().all(is_number);
    let texts: Vec<String> = parts
        .iter()
        .map(|part| if is_numbers { canonical(part) } else { (*part).to_owned() })
        .collect();
    let sound = parts.iter().all(|part| !part.is_empty()) && are_distinct(&texts);
    let is_whole = start == 0 && end == 0;
    sound.then_some(Candidate { texts, is_whole, is_numbers, is_usual: false })
}

fn are_distinct(texts: &[String]) -> bool {
    let mut known =
        hashbrown::HashSet::with_capacity_and_hasher(texts.len(), RandomState::default());
    texts.iter().all(|text| known.insert(text.as_str()))
}

/// How many bytes all names begin and end with.
fn common_ends(names: &[String]) -> [usize; 2] {
    let Some(first) = names.first() else { return [0; 2] };
    let common = |a: &mut dyn Iterator<Item = u8>, b: &mut dyn Iterator<Item = u8>| {
        a.zip(b).take_while(|(a, b)| a == b).count()
    };
    names.iter().fold([first.len(); 2], |[before, after], name| {
        [
            before.min(common(&mut first.bytes(), &mut name.bytes())),
            after.min(common(&mut first.bytes().rev(), &mut name.bytes().rev())),
        ]
    })
}

/// Where classes may begin: at the start, after a separator, before digits, and
/// after what the glob says.
fn starts(names: &[String], common: usize, literal: &str) -> Vec<usize> {
    let Some(first) = names.first() else { return vec![0] };
    let bytes = first.as_bytes();
    let begins = |at: usize| {
        let digits = |name: &String| name.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        at == 0
            || at == literal.len()
            || is_separator(bytes[at - 1])
            || (!bytes[at - 1].is_ascii_digit() && names.iter().all(digits))
    };
    (0..=common).filter(|&at| first.is_char_boundary(at) && begins(at)).collect()
}

/// How many bytes may be left out at the end: none, from a separator on, after
/// digits, and what the glob says.
fn ends(names: &[String], common: usize, literal: &str) -> Vec<usize> {
    let Some(first) = names.first() else { return vec![0] };
    let before =
        |name: &String, end: usize| name.len().checked_sub(end + 1).map(|at| name.as_bytes()[at]);
    let ends = |end: usize| {
        let Some(at) = first.len().checked_sub(end) else { return false };
        let digits = |name: &String| before(name, end).is_some_and(|byte| byte.is_ascii_digit());
        let next = first.as_bytes().get(at).copied();
        first.is_char_boundary(at)
            && (end == 0
                || end == literal.len()
                || next.is_some_and(is_separator)
                || (next.is_some_and(|byte| !byte.is_ascii_digit()) && names.iter().all(digits)))
    };
    (0..=common).filter(|&end| ends(end)).collect()
}

fn is_separator(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// Digits without leading zeros.
fn canonical(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { "0".into() } else { trimmed.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn named(columns: &[&str], glob: [&str; 2]) -> Named {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Named { columns, literal: glob.map(str::to_owned), ..Named::default() }
    }

    /// The classes and the order of columns for some labels, "0 1 2 : 2 0 1".
    fn told(columns: &[&str], glob: [&str; 2], labels: &[&str]) -> String {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        let classes = ColumnClasses::of(&named(columns, glob), &labels, Spelling::Exact);
        let plain = || (0..columns.len()).map(|class| class.to_string()).collect();
        let names: Vec<String> = classes.names.unwrap_or_else(plain);
        let order: Vec<String> = classes.order.iter().map(ToString::to_string).collect();
        format!("{} : {} {:?}", names.join(" "), order.join(" "), classes.by)
    }

    #[test]
    fn the_part_that_varies_is_the_class_for_every_glob() {
        for glob in [["p_", ""], ["p", ""], ["", ""]] {
            assert_eq!(told(&["p_1", "p_0"], glob, &["0", "1"]), "0 1 : 1 0 Number");
            assert_eq!(told(&["p_cat", "p_car"], glob, &[]), "cat car : 0 1 Part");
            assert_eq!(told(&["p_10", "p_11"], glob, &[]), "10 11 : 0 1 Number");
        }
        assert_eq!(told(&["p10", "p11", "p9"], ["p", ""], &[]), "9 10 11 : 2 0 1 Number");
        assert_eq!(told(&["pcat", "pcar"], ["p", ""], &["cat"]), "cat car : 0 1 Part");
        assert_eq!(told(&["cat_prob", "dog_prob"], ["", "_prob"], &[]), "cat dog : 0 1 Part");
        assert_eq!(told(&["s1.5", "s2.5"], ["s", ""], &[]), "1.5 2.5 : 0 1 Part");
        assert_eq!(told(&["p_01", "p_00"], ["p_", ""], &[]), "0 1 : 1 0 Number");
    }

    #[test]
    fn digits_are_classes_as_the_labels_pad_them() {
        assert_eq!(told(&["p_01", "p_00"], ["p_", ""], &["00"]), "01 00 : 0 1 Part");
        assert_eq!(told(&["p_01", "p_00"], ["p_", ""], &["0"]), "0 1 : 1 0 Number");
        assert_eq!(told(&["007", "042"], ["", ""], &["042"]), "007 042 : 0 1 Name");
    }

    #[test]
    fn labels_tell_how_much_of_a_name_is_the_class() {
        let columns = ["class_1", "class_0"];
        assert_eq!(told(&columns, ["class_", ""], &["class_0"]), "class_1 class_0 : 0 1 Name");
        assert_eq!(told(&columns, ["class_", ""], &["1"]), "0 1 : 1 0 Number");
        let columns = ["p_class_0", "p_class_1"];
        assert_eq!(told(&columns, ["p_", ""], &["class_1"]), "class_0 class_1 : 0 1 Part");
        assert_eq!(
            told(&["malignant", "benign"], ["", ""], &["benign"]),
            "malignant benign : 0 1 Name"
        );
    }

    #[test]
    fn classes_that_were_named_find_their_columns_by_name_number_or_list() {
        let classes = ["dog".to_owned(), "cat".to_owned()];
        let given = |columns: &[&str], listed: Option<Vec<usize>>| {
            let named = Named { listed, ..named(columns, ["", ""]) };
            ColumnClasses::given(&named, &classes, Spelling::Exact).map(|it| (it.order, it.by))
        };
        assert_eq!(given(&["p_cat", "p_dog"], None), Ok((vec![1, 0], By::Part)));
        assert_eq!(given(&["p_1", "p_0"], None), Ok((vec![1, 0], By::Number)));
        assert_eq!(given(&["p_1", "p_0"], Some(vec![1, 0])), Ok((vec![1, 0], By::Number)));
        // Neither the numbers nor the list are taken where they disagree.
        let order = Unclear::Order { listed: "p_1".into(), numbered: "p_0".into() };
        assert_eq!(given(&["p_1", "p_0"], Some(vec![0, 1])), Err(order));
        assert_eq!(given(&["x", "y"], None), Err(Unclear::Names));
        assert_eq!(given(&["x", "y"], Some(vec![1, 0])), Ok((vec![1, 0], By::List)));
        // A list is no way around names that say otherwise.
        let partly =
            Unclear::Partly { like: "p_cat".into(), unlike: "p_Dog".into(), class: "dog".into() };
        assert_eq!(given(&["p_cat", "p_Dog"], Some(vec![0, 1])), Err(partly));
        let named = named(&["p_cat", "p_Dog"], ["", ""]);
        let loose = ColumnClasses::given(&named, &classes, Spelling::Loose).unwrap();
        assert_eq!((loose.order, loose.by), (vec![1, 0], By::Part));
    }
}
