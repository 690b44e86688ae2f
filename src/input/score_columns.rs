//! The columns of a table that hold scores, by the names and globs that the user
//! gave.

use foldhash::fast::RandomState;
use glob::Pattern;
use hashbrown::{HashMap, HashSet};

use super::dtype::{not_scores, percent_sign};
use super::roles::quoted;
use super::select::{Catalog, Column, Kind, has_wildcard};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// The columns that hold scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScoreColumns {
    /// Their places, in the table's order.
    pub(super) places: Vec<usize>,
    /// Whether a row is a row of a matrix.
    pub(super) matrix: bool,
    /// Their names and how they were asked for; `None` of a column of lists.
    pub(super) named: Option<Named>,
    /// What the user should know about these columns.
    pub(super) notices: Vec<Notice>,
}

/// Columns with names, from which classes can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The names, in the table's order.
    pub(super) columns: Vec<String>,
    /// What every name begins and ends with, if one glob says so.
    pub(super) literal: [String; 2],
    /// The order in which the user listed them, as indices of `columns`; `None` if a
    /// glob was given.
    pub(super) listed: Option<Vec<usize>>,
}

/// The place of each column by its name; `None` of a name that several have.
struct Places<'a>(HashMap<&'a str, Option<usize>, RandomState>);

impl<'a> Places<'a> {
    fn of(columns: &'a [Column]) -> Self {
        let mut places = HashMap::with_capacity_and_hasher(columns.len(), RandomState::default());
        for (place, column) in columns.iter().enumerate() {
            let known = places.entry(column.name.as_str());
            known.and_modify(|known| *known = None).or_insert(Some(place));
        }
        Self(places)
    }
}

impl Catalog<'_> {
    /// The columns that `names` stand for: names, globs, or lists of them separated
    /// by commas. Those in `taken` have another role.
    pub(super) fn scores(&self, names: &[String], taken: &[usize]) -> Result<ScoreColumns> {
        let is_list = names.len() > 1 || names.iter().any(|name| name.contains(','));
        let known = Places::of(if is_list { self.columns } else { &[] });
        let names = self.split_lists(names, &known)?;
        if let [only] = names.as_slice()
            && let Some(place) = self.find(only)?
        {
            let notices = self.found_by(only, place).into_iter().collect();
            return Ok(ScoreColumns { notices, ..self.score_column(place)? });
        }
        let (mut listed, mut notices) = (Vec::new(), Vec::new());
        for name in &names {
            match self.find_among(name, &known)? {
                Some(place) => {
                    notices.extend(self.found_by(name, place));
                    listed.push(self.listed_column(place, taken)?);
                }
                None if has_wildcard(name) => {
                    listed.extend(self.glob_columns(name, taken, &mut notices)?);
                }
                None => return Err(self.unknown(name)),
            }
        }
        let mut places = listed.clone();
        places.sort_unstable();
        if let Some(pair) = places.windows(2).find(|pair| pair[0] == pair[1]) {
            let name = &self.columns[pair[0]].name;
            return Err(Error::Usage(format!("--scores names column '{name}' twice")));
        }
        let has_glob = names.iter().any(|name| has_wildcard(name));
        let listed = (!has_glob).then(|| indices(&places, &listed));
        let literal = match names.as_slice() {
            [glob] => literal_ends(glob),
            _ => Default::default(),
        };
        let named = Named { listed, literal, ..Named::default() };
        Ok(ScoreColumns { notices, ..self.of_places(places, named)? })
    }

    fn of_places(&self, places: Vec<usize>, named: Named) -> Result<ScoreColumns> {
        if let [only] = places.as_slice() {
            return self.score_column(*only);
        }
        let columns = places.iter().map(|&place| self.columns[place].name.clone()).collect();
        let named = Some(Named { columns, ..named });
        Ok(ScoreColumns { places, matrix: true, named, notices: Vec::new() })
    }

    /// The same as [`find`](Self::find), for one of many names.
    fn find_among(&self, name: &str, known: &Places<'_>) -> Result<Option<usize>> {
        match known.0.get(name) {
            Some(Some(place)) => Ok(Some(*place)),
            // One that is there more than once, or not as it is written.
            _ => self.find(name),
        }
    }

    /// Lists taken apart, unless a column has a comma in its name.
    fn split_lists(&self, names: &[String], known: &Places<'_>) -> Result<Vec<String>> {
        let mut split = Vec::new();
        for name in names {
            match self.find_among(name, known)? {
                Some(_) => split.push(name.clone()),
                None => split
                    .extend(name.split(',').map(|part| self.as_written(part, known).to_owned())),
            }
        }
        match split.iter().all(String::is_empty) {
            true => Err(Error::Usage("--scores names no column".into())),
            false => Ok(split.into_iter().filter(|name| !name.is_empty()).collect()),
        }
    }

    /// A part of a list without the blanks around it, unless they are in names.
    fn as_written<'a>(&self, part: &'a str, known: &Places<'_>) -> &'a str {
        let is_name = |part: &str| known.0.contains_key(part);
        let pattern = Pattern::new(part).ok().filter(|_| part.trim() != part && has_wildcard(part));
        let matches = |pattern: &Pattern| self.columns.iter().any(|it| pattern.matches(&it.name));
        match is_name(part) || pattern.as_ref().is_some_and(matches) {
            true => part,
            false => part.trim(),
        }
    }

    pub(super) fn score_column(&self, place: usize) -> Result<ScoreColumns> {
        let matrix = self.columns[place].kind == Kind::FloatList;
        if !matrix {
            self.check_number(place)?;
        }
        Ok(ScoreColumns { places: vec![place], matrix, named: None, notices: Vec::new() })
    }

    fn listed_column(&self, place: usize, taken: &[usize]) -> Result<usize> {
        let name = &self.columns[place].name;
        if taken.contains(&place) {
            let problem = format!("--scores names column '{name}', which has another role already");
            return Err(Error::format(self.path, problem));
        }
        self.check_number(place).map(|()| place)
    }

    /// The columns that a glob matches. Every match must hold numbers; a column that
    /// has another role, or that only numbers the rows, is none.
    fn glob_columns(
        &self,
        glob: &str,
        taken: &[usize],
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<usize>> {
        let pattern = Pattern::new(glob)
            .map_err(|error| Error::Usage(format!("--scores '{glob}' is not a glob: {error}")))?;
        let mut places = Vec::new();
        let exact = self.columns.iter().any(|column| pattern.matches(&column.name));
        for (place, column) in self.columns.iter().enumerate() {
            let name = if exact { column.name.as_str() } else { column.name.trim() };
            if taken.contains(&place) || !pattern.matches(name) {
                continue;
            }
            if column.kind == Kind::Index || column.name == PANDAS_INDEX {
                notices.push(self.index_left_out(&column.name));
                continue;
            }
            places.push(place);
        }
        notices.extend(
            places
                .iter()
                .filter(|_| !exact)
                .filter_map(|&place| self.found_by(self.columns[place].name.trim(), place)),
        );
        let places = self.only_numbered(glob, places, notices);
        places.iter().try_for_each(|&place| self.check_match(glob, place))?;
        self.check_distinct(&places)?;
        if places.is_empty() {
            let problem =
                format!("no column of numbers matches --scores '{glob}'; it has: {}", self.list());
            return Err(Error::format(self.path, problem));
        }
        self.check_identifiers(glob, &places)?;
        Ok(places)
    }

    /// Refuses a match that cannot be read as a score.
    fn check_match(&self, glob: &str, place: usize) -> Result<()> {
        self.check_number(place).map_err(|_| {
            let column = &self.columns[place];
            let found = match &column.kind {
                Kind::Text => "text",
                Kind::Class(found) | Kind::Unusable(found) => found.as_str(),
                _ => "a list in each row",
            };
            if let Some(problem) = percent_sign(found) {
                return Error::format(self.path, format!("column '{}': {problem}", column.name));
            }
            let others = match self.numbers_of(glob, true) {
                Some(others) => format!(", and if not, name the others: --scores {others}"),
                None => "; no other match holds numbers".into(),
            };
            let problem = format!(
                "column '{}' matches --scores '{glob}' but holds {found}; if it is a score, save \
                 it as numbers{others}",
                column.name,
            );
            Error::format(self.path, problem)
        })
    }

    /// The columns that a glob matches and that hold numbers, `whole` ones too, as a
    /// list to be typed; none if there are none.
    fn numbers_of(&self, glob: &str, whole: bool) -> Option<String> {
        let pattern = Pattern::new(glob).ok();
        let matches = |name: &str| pattern.as_ref().is_some_and(|pattern| pattern.matches(name));
        let numbers = self
            .columns
            .iter()
            .filter(|it| it.kind == Kind::Float || whole && it.kind == Kind::Integer);
        let names = numbers.map(|column| column.name.as_str());
        let mut names: Vec<&str> =
            names.filter(|name| !name.trim().is_empty() && matches(name)).collect();
        if names.len() > FEW {
            names.truncate(FEW);
            names.push("…");
        }
        (!names.is_empty()).then(|| quoted(&names.join(",")))
    }

    /// Among columns that are numbered, one that is not is most likely no score, such
    /// as `prediction` among `p0` to `p9`: it is left out, and that is said.
    fn only_numbered(
        &self,
        glob: &str,
        places: Vec<usize>,
        notices: &mut Vec<Notice>,
    ) -> Vec<usize> {
        let ends = literal_ends(glob);
        let name = |place: &usize| self.columns[*place].name.as_str();
        let (numbered, others): (Vec<usize>, Vec<usize>) =
            places.iter().partition(|place| is_numbered(name(place), &ends));
        let ([first, second, ..], [_, ..]) = (numbered.as_slice(), others.as_slice()) else {
            return places;
        };
        let text = format!(
            "{}: {} not numbered like '{}' and '{}', though --scores '{glob}' matches: left out",
            self.path.display(),
            are("column", &others.iter().map(name).collect::<Vec<_>>()),
            name(first),
            name(second),
        );
        let hint = format!(
            "narrow the glob, as in --scores '{}[0-9]*{}', or list the columns if these are scores",
            ends[0], ends[1]
        );
        notices.push(Notice::new(notice::NOT_NUMBERED, text).hint(hint));
        numbered
    }

    /// A glob without a literal part takes columns of every name: whole numbers among
    /// decimals are most likely an identifier or a count there.
    fn check_identifiers(&self, glob: &str, places: &[usize]) -> Result<()> {
        if literal_ends(glob).iter().any(|end| !end.is_empty()) {
            return Ok(());
        }
        let of = |kind: Kind| {
            let mut places = places.iter().map(|&place| &self.columns[place]);
            places.find(|column| column.kind == kind).map(|column| column.name.as_str())
        };
        let (Some(float), Some(integer)) = (of(Kind::Float), of(Kind::Integer)) else {
            return Ok(());
        };
        if is_numbered(float, &literal_ends(glob)) && is_numbered(integer, &literal_ends(glob)) {
            return Ok(());
        }
        let problem = format!(
            "--scores '{glob}' matches decimals such as '{float}' and whole numbers such as \
             '{integer}', which may be no score; list the score columns: --scores {}",
            self.numbers_of(glob, false).unwrap_or_default()
        );
        Err(Error::format(self.path, problem))
    }

    /// Two columns of one name would be one class.
    fn check_distinct(&self, places: &[usize]) -> Result<()> {
        let mut names = places.iter().map(|&place| self.columns[place].name.as_str());
        let mut known = HashSet::with_capacity_and_hasher(places.len(), RandomState::default());
        match names.find(|name| !known.insert(*name)) {
            Some(name) => self.find(name).map(|_| ()),
            None => Ok(()),
        }
    }

    fn check_number(&self, place: usize) -> Result<()> {
        let column = &self.columns[place];
        let name = column.name.as_str();
        match &column.kind {
            Kind::Integer | Kind::Float | Kind::Index => Ok(()),
            Kind::FloatList => {
                Err(self.unfit(name, "a list in each row; name it alone, as the one score column"))
            }
            Kind::Text => Err(self.unfit(name, NO_NUMBERS)),
            Kind::Class(found) => {
                let problem = format!("column '{name}': {}", not_scores(found));
                Err(Error::format(self.path, problem))
            }
            Kind::Unusable(why) => Err(self.unfit(name, why)),
        }
    }
}

/// The index that pandas writes to parquet when it has no name.
pub(super) const PANDAS_INDEX: &str = "__index_level_0__";

/// Names that are spelled out in a line to be typed.
const FEW: usize = 6;

const NO_NUMBERS: &str = "text; scores are numbers (for predicted classes use --predictions)";

/// What every name that a glob matches begins and ends with.
fn literal_ends(glob: &str) -> [String; 2] {
    let wildcard = ['*', '?', '[', ']'];
    let start = glob.find(wildcard).unwrap_or(glob.len());
    let end = glob.rfind(wildcard).map_or(0, |at| at + 1);
    [glob[..start].to_owned(), glob[end..].to_owned()]
}

/// "column 'a' is", "columns 'a', 'b' are"; of many, the first.
fn are(noun: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(FEW).map(|name| format!("'{name}'")).collect();
    let more = if names.len() > FEW { ", …" } else { "" };
    match names.len() {
        1 => format!("{noun} {} is", quoted[0]),
        _ => format!("{noun}s {}{more} are", quoted.join(", ")),
    }
}

/// Whether there is nothing but digits between the ends of a name.
fn is_numbered(name: &str, ends: &[String; 2]) -> bool {
    let inner = name.strip_prefix(ends[0].as_str());
    let inner = inner.and_then(|inner| inner.strip_suffix(ends[1].as_str()));
    let digits = inner.map(|it| it.strip_prefix('-').unwrap_or(it));
    digits.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Where each of `listed` is in the sorted `places`.
fn indices(places: &[usize], listed: &[usize]) -> Vec<usize> {
    listed.iter().map(|place| places.binary_search(place).unwrap_or_default()).collect()
}
