//! Key columns: what files of one role each have in common, so that it shows
//! whether their rows belong together.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use super::csv::CsvLane;
use super::disk::Disk;
use super::key_column::{Agreement, Difference, Distinct, KeyColumn};
use super::lane::Lane;
use super::npz::Archive;
use super::open::{self, Format, Part};
use super::roles::{RoleFile, Within};
use super::usual_names::says_id;
use super::{Request, csv_head, csv_header};
use crate::batch::Role;
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// Most columns that are looked at, and most that are compared in every row.
const MOST_LOOKED_AT: usize = 16;
const MOST_COMPARED: usize = 4;

/// Most columns among them of which many rows have the same value: they prove nothing.
const MOST_GROUPS: usize = 2;

/// Two files with columns in common, by which their rows are held together.
#[derive(Debug)]
pub(super) struct Keys {
    /// The columns to be compared, those first that tell most.
    columns: Vec<KeyColumn>,
    /// For each role's file, the columns that are no values of its role.
    set_aside: Vec<(Role, Vec<String>)>,
}

/// A file of one role, with more than one column.
struct File {
    role: Role,
    disk: Arc<Disk>,
    format: Format,
    names: Vec<String>,
    /// The places of names that differ in nothing but blanks and capital letters: the
    /// first of them, and the others.
    places: OnceLock<HashMap<String, (usize, Vec<usize>)>>,
    /// What is named as its values, where that is said.
    within: Option<Within>,
}

/// What the columns that were compared tell together.
#[derive(Default)]
struct Verdict {
    /// Columns that are the same in each row and tell rows apart.
    same: Vec<usize>,
    /// Whether one of them is more than a number of the row.
    proven: bool,
    /// Whether one of them is a number of the row that is called an id.
    likely: bool,
    refused: Option<(usize, Difference)>,
    warned: Vec<(usize, Difference)>,
}

impl Keys {
    /// Finds the columns that two files with a role each have in common. `None` if
    /// there are none, or if it cannot be told which columns are the values.
    pub(super) fn find(named: &[RoleFile<'_>], request: &Request) -> Result<Option<Self>> {
        let mut files = Vec::new();
        for file in named {
            files.extend(File::open(file, request)?);
        }
        let [first, other] = files.as_slice() else { return Ok(None) };
        if is_one_file(first, other) {
            return Ok(None);
        }
        let shared = shared(first, other);
        let look = |names: &[String; 2], is_value: bool| {
            let parts = [first.part(&names[0], request)?, other.part(&names[1], request)?];
            KeyColumn::look(names.clone(), parts, is_value)
        };
        let mut columns: Vec<KeyColumn> =
            shared.iter().take(MOST_LOOKED_AT).filter_map(|it| look(it, false)).collect();
        let set_aside = [first, other].into_iter().enumerate().map(|(at, file)| {
            let of_file = |keep: &dyn Fn(&KeyColumn) -> bool| -> Vec<&str> {
                columns.iter().filter(|it| keep(it)).map(|it| it.names[at].as_str()).collect()
            };
            let shared: Vec<&str> = shared.iter().map(|names| names[at].as_str()).collect();
            let keys = of_file(&|column| column.distinct() == Distinct::All);
            file.set_aside(&shared, &keys).map(|names| (file.role, names))
        });
        let Some(set_aside) = set_aside.collect::<Option<Vec<_>>>() else { return Ok(None) };
        for ((at, file), (_, aside)) in files.iter().enumerate().zip(&set_aside) {
            columns.retain(|it| file.within.is_some() || aside.contains(&it.names[at]));
        }
        columns.sort_by_key(|it| std::cmp::Reverse((it.distinct(), it.counts(), it.values())));
        let keys = columns.iter().filter(|it| it.distinct() > Distinct::Some).count();
        columns.truncate(MOST_COMPARED.min(keys + MOST_GROUPS));
        columns.extend(values_of_one(first, other).and_then(|names| look(&names, true)));
        Ok((!columns.is_empty()).then_some(Self { columns, set_aside }))
    }

    /// The columns of a role's file that are not its values.
    pub(super) fn set_aside(&self, role: Role) -> &[String] {
        let found = self.set_aside.iter().find(|(other, _)| *other == role);
        found.map_or(&[], |(_, names)| names)
    }

    /// Checks that rows belong together, and what the user should know of that.
    ///
    /// # Errors
    ///
    /// [`Error::Mismatch`] if they do not; [`Error::Interrupted`]; whatever makes a file
    /// unreadable.
    pub(super) fn check(&self, stop: &AtomicBool) -> Result<Option<Notice>> {
        let mut verdict = Verdict::default();
        for (at, column) in self.columns.iter().enumerate() {
            verdict.add(at, column, stop)?;
            if verdict.proven {
                break;
            }
        }
        if !verdict.proven
            && let Some((column, difference)) = &verdict.refused
        {
            return Err(self.do_not_belong(&self.columns[*column], difference));
        }
        Ok(match verdict.warned.split_first() {
            Some(((column, first), more)) if !verdict.proven => {
                Some(self.may_not_belong(&self.columns[*column], first, more.len()))
            }
            _ => (!verdict.same.is_empty()).then(|| self.belong(&verdict.same)),
        })
    }

    fn paths(&self) -> [String; 2] {
        self.columns[0].parts.each_ref().map(|part| path(part).display().to_string())
    }

    /// That rows are matched by columns.
    fn belong(&self, same: &[usize]) -> Notice {
        let names: Vec<&str> = same.iter().map(|&it| self.columns[it].names[0].trim()).collect();
        let text = format!(
            "rows of {} belong together by column '{}', which is the same in each",
            self.paths().join(" and "),
            names.join("' and '")
        );
        Notice::new(notice::KEY_COLUMNS, text)
    }

    fn do_not_belong(&self, column: &KeyColumn, difference: &Difference) -> Error {
        let [first, other] = self.paths();
        Error::Mismatch(format!(
            "rows of {first} and {other} do not belong together: {}; sort both by '{}', or write \
             one table",
            differ(column, difference),
            column.names[0].trim()
        ))
    }

    fn may_not_belong(&self, column: &KeyColumn, first: &Difference, more: usize) -> Notice {
        let [path, other] = self.paths();
        let more = match more {
            0 => String::new(),
            1 => " (and another column differs, too)".to_owned(),
            _ => format!(" (and {more} more columns differ, too)"),
        };
        let text = format!(
            "rows of {path} and {other} may not belong together: {}{more}",
            differ(column, first)
        );
        Notice::new(notice::KEYS_DIFFER, text)
            .hint("give both files a column that names each row, or write one table")
    }
}

impl Verdict {
    /// Compares one more column, unless others have told enough.
    fn add(&mut self, at: usize, column: &KeyColumn, stop: &AtomicBool) -> Result<()> {
        if column.is_value {
            // Predictions may be called as labels are, but are seldom as many of each.
            if let Agreement::Differs(difference) = column.compare(false, stop)?
                && difference.permuted
            {
                self.warned.push((at, difference));
            }
            return Ok(());
        }
        let distinct = column.distinct();
        let tells_apart = distinct >= Distinct::Most;
        // One file may have a new index, and the rows their order all the same.
        let is_index = column.is_counted_anew();
        let is_key = distinct == Distinct::All && !column.is_measure() && !is_index;
        let difference = match column.compare(is_key && !self.likely, stop)? {
            Agreement::Same if tells_apart => {
                self.same.push(at);
                self.proven |= !column.counts();
                self.likely |= column.counts() && says_id(&column.names[0]);
                return Ok(());
            }
            Agreement::Same => return Ok(()),
            Agreement::Differs(difference) => difference,
        };
        let moved = if is_index { difference.permuted } else { difference.moved };
        if is_key && !self.likely || tells_apart && moved {
            self.refused.get_or_insert((at, difference));
            return Ok(());
        }
        let is_told = match (column.is_measure(), tells_apart) {
            (true, _) => moved,
            (false, true) => true,
            (false, false) => difference.comparable || difference.permuted,
        };
        if is_told {
            self.warned.push((at, difference));
        }
        Ok(())
    }
}

impl File {
    /// Opens a file if it is a table that can have key columns.
    fn open(file: &RoleFile<'_>, request: &Request) -> Result<Option<Self>> {
        let disk = Disk::open(file.path)?;
        let format = Format::of(&disk)?;
        let names = match format {
            Format::Csv => csv_head::column_names(&disk, &request.csv)?,
            Format::Parquet => open::parquet_column_names(&disk)?,
            Format::Npz => Archive::open(disk.clone())?.vectors(),
            Format::Npy => return Ok(None),
        };
        let within = file.within.map(|within| Within::new(within, &names));
        Ok(Some(Self { role: file.role, disk, format, names, places: OnceLock::new(), within }))
    }

    /// Whether a column is its values, or one of them: one that is named, or the only one.
    fn is_value(&self, name: &str) -> bool {
        self.names.len() < 2 || self.within.as_ref().is_some_and(|within| within.includes(name))
    }

    /// Whether a column is not its values.
    fn may_be_key(&self, name: &str) -> bool {
        !name.trim().is_empty() && !self.is_value(name)
    }

    /// The one column that is called so, or else but for blanks and capital letters.
    fn column(&self, name: &str) -> Option<&String> {
        let (first, others) = self.places.get_or_init(|| self.places()).get(&folded(name))?;
        let mut exact = others.iter().chain([first]).filter(|place| self.names[**place] == name);
        let place = match (exact.next(), exact.next()) {
            (Some(only), None) => *only,
            _ if others.is_empty() => *first,
            _ => return None,
        };
        Some(&self.names[place])
    }

    fn places(&self) -> HashMap<String, (usize, Vec<usize>)> {
        let mut places: HashMap<String, (usize, Vec<usize>)> = HashMap::new();
        for (place, name) in self.names.iter().enumerate() {
            let known = places.entry(folded(name));
            known.and_modify(|(_, others)| others.push(place)).or_insert((place, Vec::new()));
        }
        places
    }

    /// One column, to be read on its own; `None` if it cannot be.
    fn part(&self, name: &str, request: &Request) -> Option<Part> {
        let request = Request {
            labels: name.to_owned(),
            predictions: None,
            scores: Vec::new(),
            ..request.clone()
        };
        let lane: Box<dyn Lane> = match self.format {
            Format::Csv => Box::new(CsvLane::open(&self.disk, &request, None).ok()?),
            Format::Parquet => open::open_parquet_key(&self.disk, name).ok()?,
            Format::Npy | Format::Npz => {
                let archive = Archive::open(self.disk.clone()).ok()?;
                archive.lane(Some(name), Role::Labels, None).ok()?
            }
        };
        Some(Part { lanes: vec![lane], files: vec![], notices: vec![], widened_to: None })
    }

    /// The columns that are not its values, if the others can be; what both files have
    /// tells that only where there are `keys`.
    fn set_aside(&self, shared: &[&str], keys: &[&str]) -> Option<Vec<String>> {
        if self.within.is_some() || self.names.len() < 2 {
            return Some(Vec::new());
        }
        let shared: HashSet<&str> = shared.iter().copied().collect();
        let own = |name: &&String| !shared.contains(name.as_str());
        let values: Vec<&String> = match (self.role, self.names.iter().filter(own).count()) {
            _ if keys.is_empty() => return None,
            (Role::Scores, 1..) | (_, 1) => self.names.iter().filter(own).collect(),
            // Both files may call their value the same, though it is no key.
            (Role::Labels | Role::Predictions, 0) => {
                self.names.iter().filter(|name| !keys.contains(&name.as_str())).collect()
            }
            _ => return None,
        };
        let fits = values.len() == 1 || self.role == Role::Scores;
        let values: HashSet<&String> = values.into_iter().collect();
        let others = self.names.iter().filter(|name| !values.contains(name)).cloned();
        fits.then(|| others.collect())
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The columns that both files have and that are values of neither, by their names in
/// each; those first that are called as what names a row is.
fn shared(first: &File, other: &File) -> Vec<[String; 2]> {
    let mut shared: Vec<[String; 2]> = Vec::new();
    let mut known: HashSet<&String> = HashSet::new();
    for name in &first.names {
        let Some(name) = first.column(name).filter(|it| *it == name) else { continue };
        let Some(found) = other.column(name) else { continue };
        let may_be = !known.contains(found) && first.may_be_key(name) && other.may_be_key(found);
        if may_be {
            known.insert(found);
            shared.push([name.clone(), found.clone()]);
        }
    }
    shared.sort_by_key(|[name, _]| !says_id(name));
    shared
}

/// A column that both files have and that is the values of one alone: labels beside
/// predictions, which are also in a file of their own.
fn values_of_one(first: &File, other: &File) -> Option<[String; 2]> {
    let names = first.names.iter().filter_map(|name| {
        let found = other.column(name)?;
        (first.column(name)? == name).then(|| [name.clone(), found.clone()])
    });
    let of_one = |values: &File, name: &str, beside: &File, found: &str| {
        values.is_value(name) && beside.within.is_some() && beside.may_be_key(found)
    };
    let mut names = names.filter(|[name, found]| {
        of_one(first, name, other, found) || of_one(other, found, first, name)
    });
    names.next()
}

/// Whether two files are one of which both roles name columns.
fn is_one_file(first: &File, other: &File) -> bool {
    let named = first.within.is_some() && other.within.is_some();
    let path = |file: &File| std::fs::canonicalize(file.disk.path()).ok();
    named && path(first).is_some_and(|it| path(other) == Some(it))
}

fn path(part: &Part) -> &Path {
    part.path(Role::Labels)
}

/// Where two files differ in a column, in words.
fn differ(column: &KeyColumn, Difference { row, values, .. }: &Difference) -> String {
    let name = column.names[0].trim();
    let [a, b] = values.each_ref().map(|value| csv_header::excerpt(value.as_bytes()));
    format!("in row {row}, column '{name}' of the one is '{a}', of the other '{b}'")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    fn file(role: Role, names: Vec<String>, within: Option<&str>) -> File {
        let disk = Disk::open(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")));
        let within = within.map(|within| Within::new(within, &names));
        let places = OnceLock::new();
        File { role, disk: disk.unwrap(), format: Format::Csv, names, places, within }
    }

    /// Compared in pairs, so many would take minutes.
    #[test]
    fn columns_that_two_wide_files_share_are_found_by_name() {
        const COLUMNS: usize = 100_000;
        let names = |from: usize| (from..from + COLUMNS).map(|it| format!("c{it}")).collect();
        let listed: Vec<String> = (0..COLUMNS / 2).map(|it| format!("c{it}")).collect();
        let first = file(Role::Labels, names(0), Some(&listed.join(",")));
        let other = file(Role::Scores, names(10), None);
        let shared = shared(&first, &other);
        assert_eq!(shared.len(), COLUMNS / 2);
        let known: Vec<&str> = shared.iter().map(|[_, name]| name.as_str()).collect();
        assert_eq!(other.set_aside(&known, &known[..1]).unwrap().len(), known.len());
        assert_eq!(values_of_one(&first, &other), None);
    }

    #[test]
    fn a_column_is_found_as_it_is_written_or_else_but_for_blanks_and_capitals() {
        let names = ["Id", "id", " x", "y", "Y ", "z", "z"].map(str::to_owned);
        let file = file(Role::Labels, names.to_vec(), None);
        for (name, found) in [
            ("Id", Some("Id")),
            ("id", Some("id")),
            ("ID", None),
            ("X", Some(" x")),
            ("y", Some("y")),
            ("Y", None),
            ("z", None),
            ("none", None),
        ] {
            assert_eq!(file.column(name).map(String::as_str), found, "{name}");
        }
    }
}
