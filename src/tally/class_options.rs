//! Options about classes: how names are matched, which predictions are of no class,
//! and which classes averages are over.
//!
//! None of this enters the digest: the names and counts that come of it do. In a state
//! they are a section of their own, which is left out where all is as usual.

use std::collections::HashSet;

use super::codec::{Reader, Writer};
use super::spec::Matching;
use crate::class::{Classes, nearest};
use crate::error::{Error, Result};

/// What was asked about classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassOptions {
    /// Whether spellings of one class are counted together; `None` if nobody said, so
    /// that several are worth a warning.
    pub matching: Option<Matching>,
    /// Whether predictions of no class count, as wrong. Where classes were found in the
    /// rows, they are those of the labels.
    pub outside_is_wrong: bool,
    /// The classes that averages are over, if not over all.
    pub average_over: Option<AverageOver>,
}

/// Classes that averages are over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AverageOver {
    /// Their names, or those of all others.
    pub names: Vec<String>,
    /// Whether it is all but these.
    pub all_but: bool,
}

impl AverageOver {
    /// From arguments as they are given; `!A` is all classes but A. Each is a class, or
    /// several with commas between them: [`resolve`](Self::resolve) tells.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a name is empty or given twice, or if some are to be taken and
    /// others left out.
    pub fn parse(given: &[String]) -> Result<Option<Self>> {
        let Some(first) = given.first() else { return Ok(None) };
        let all_but = first.starts_with('!');
        let (mut names, mut known) = (Vec::new(), HashSet::new());
        for text in given {
            let name = text.strip_prefix('!').unwrap_or(text);
            if text.starts_with('!') != all_but {
                return Err(mixed(first, text));
            }
            if name.is_empty() || !known.insert(name) {
                return Err(repeated(text, name));
            }
            names.push(name.to_owned());
        }
        Ok(Some(Self { names, all_but }))
    }

    /// The same with the name of one class each. What is a class as it stands is that
    /// one; anything else is split at its commas.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] as of [`parse`](Self::parse).
    pub fn resolve(&self, classes: &Classes, matching: Option<Matching>) -> Result<Self> {
        let is_class = |name: &str| classes.has(name, matching == Some(Matching::Loose));
        let (mut names, mut known) = (Vec::new(), HashSet::new());
        for name in &self.names {
            if is_class(name) {
                known.insert(name.as_str());
                names.push(name.clone());
                continue;
            }
            for (at, part) in name.split(',').enumerate() {
                let marked = part.strip_prefix('!').filter(|_| !is_class(part));
                if at > 0 && marked.is_some() != self.all_but {
                    let mark = if self.all_but { "!" } else { "" };
                    let first = self.names[0].split(',').next().unwrap_or_default();
                    return Err(mixed(&format!("{mark}{first}"), part));
                }
                let name = marked.unwrap_or(part);
                if name.is_empty() || !known.insert(name) {
                    return Err(repeated(part, name));
                }
                names.push(name.to_owned());
            }
        }
        Ok(Self { names, all_but: self.all_but })
    }

    /// Which of `classes` it selects, `[C]`; never those that are no class.
    pub fn selected(&self, classes: &Classes, matching: Option<Matching>) -> Vec<bool> {
        let mut selected = vec![self.all_but; classes.len()];
        for name in &self.names {
            if let Some(class) = classes.find(name, matching == Some(Matching::Loose)) {
                selected[class] = !self.all_but;
            }
        }
        if let Some(outside) = classes.outside() {
            selected[outside] = false;
        }
        selected
    }

    /// Whether its names are classes and some class is left.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], with the nearest name, if not.
    pub fn check(&self, classes: &Classes, matching: Option<Matching>) -> Result<()> {
        let loose = matching == Some(Matching::Loose);
        let names = || classes.proper_names().iter().map(String::as_str);
        if let Some(name) = self.names.iter().find(|name| !classes.has(name, loose)) {
            let near = classes.respelled(name).or_else(|| nearest(name, names()));
            let hint = match near {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("there are {}", first_few(classes.proper_names())),
            };
            return Err(Error::Usage(format!(
                "--average-over: there is no class '{name}'; {hint}"
            )));
        }
        match self.selected(classes, matching).contains(&true) {
            true => Ok(()),
            false => Err(Error::Usage("--average-over leaves out every class".into())),
        }
    }

    /// As it was given: "A, B", "!A".
    pub fn spelling(&self) -> String {
        let mark = if self.all_but { "!" } else { "" };
        self.names.iter().map(|name| format!("{mark}{name}")).collect::<Vec<_>>().join(", ")
    }
}

/// Of a text whose name is empty or was there before.
fn repeated(text: &str, name: &str) -> Error {
    let what = if name.is_empty() { "no name" } else { "a name given twice" };
    Error::Usage(format!("--average-over: '{text}' is {what}"))
}

fn mixed(first: &str, other: &str) -> Error {
    Error::Usage(format!(
        "--average-over takes the classes to average over or, each with '!', those to leave out; \
         found '{first}' and '{other}'"
    ))
}

fn first_few(names: &[String]) -> String {
    const FEW: usize = 5;
    let shown = names[..names.len().min(FEW)].join(", ");
    if names.len() > FEW { format!("{} classes: {shown}, …", names.len()) } else { shown }
}

impl ClassOptions {
    /// Whether spellings of one class are counted together.
    pub fn is_loose(&self) -> bool {
        self.matching == Some(Matching::Loose)
    }

    /// Whether the classes that are named are among `classes`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if not.
    pub fn check(&self, classes: &Classes) -> Result<()> {
        self.average_over.as_ref().map_or(Ok(()), |over| over.check(classes, self.matching))
    }

    /// Settles which classes are named, once `classes` are known.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if some are not among them.
    pub fn settle(&mut self, classes: &Classes) -> Result<()> {
        let Some(over) = &mut self.average_over else { return Ok(()) };
        *over = over.resolve(classes, self.matching)?;
        self.check(classes)
    }

    pub(super) fn write(&self, to: &mut Writer) {
        to.u8(match self.matching {
            None => 0,
            Some(Matching::Exact) => 1,
            Some(Matching::Loose) => 2,
        });
        to.u8(u8::from(self.outside_is_wrong));
        let Some(AverageOver { names, all_but }) = &self.average_over else { return to.u8(0) };
        to.u8(if *all_but { 2 } else { 1 });
        to.len(names.len());
        names.iter().for_each(|name| to.text(name));
    }

    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let matching = match from.u8()? {
            0 => None,
            1 => Some(Matching::Exact),
            2 => Some(Matching::Loose),
            _ => return None,
        };
        let outside_is_wrong = from.flag()?;
        let average_over = match from.u8()? {
            0 => None,
            kind @ (1 | 2) => {
                let names = from.list(8, Reader::text)?;
                Some(AverageOver { names, all_but: kind == 2 })
            }
            _ => return None,
        };
        Some(Self { matching, outside_is_wrong, average_over })
    }
}
