//! Named score columns put in the order of their classes, the same in all files.

use std::collections::{HashMap, HashSet};

use super::Request;
use super::column_classes::{By, ColumnClasses, Spelling, Unclear};
use super::lane::{Extent, Layout};
use super::open::Part;
use super::score_columns::Named;
use super::stream::Stream;
use crate::batch::{Batch, Role};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// Rows of a part, and parts, whose labels tell which part of a column's name is its
/// class.
const LOOK_AT: usize = 64;
const PARTS: usize = 8;

/// Classes that a notice spells out.
const FEW: usize = 3;

/// Tells the class of every named score column of `parts` and puts the columns in
/// the order of the classes: those that `request` gives, or else those of the first
/// part. What was found is said.
///
/// # Errors
///
/// [`Error::Usage`] if classes were given and nothing tells which column is which;
/// [`Error::Mismatch`] if a part has other classes than the first; those of reading.
pub(super) fn settle(parts: &mut [Part], request: &Request) -> Result<Vec<Notice>> {
    let spelling = if request.loose_classes { Spelling::Loose } else { Spelling::Exact };
    let given = request.classes.as_deref();
    let Some(first) = parts.first().and_then(named).cloned() else { return Ok(Vec::new()) };
    let labels = some_labels(parts)?;
    let tell = |named: &Named, part: &Part| {
        let given = given.filter(|given| given.len() == named.columns.len());
        match given {
            _ if has_no_names(part, request) => Ok(ColumnClasses::placed(named, given)),
            Some(given) => ColumnClasses::given(named, given, spelling)
                .map_err(|why| unclear(named, given, part, &why)),
            None => Ok(ColumnClasses::of(named, &labels, spelling)),
        }
    };
    let classes = tell(&first, &parts[0])?;
    let mut notices = vec![said(&first, &classes)];
    if let Some((column, class)) = classes.against_its_name(&first) {
        let text = format!(
            "score column '{column}' is listed for class '{class}', though another class is named \
             like it"
        );
        notices.push(Notice::new(notice::AGAINST_ITS_NAME, text));
    }
    for place in 0..parts.len() {
        let Some(own) = named(&parts[place]) else { continue };
        let mut order = None;
        if own.columns != first.columns {
            let found = tell(own, &parts[place])?;
            order = Some(same_classes(&classes, &found, &parts[0], &parts[place])?);
            let is_first = !notices.iter().any(|it| it.code == notice::REORDERED_COLUMNS);
            notices.extend(is_first.then(|| reordered(&parts[0], &parts[place])));
        }
        let lane = parts[place].lanes.iter_mut().find(|lane| lane.layout().is_some());
        if let Some(lane) = lane {
            lane.arrange(order.as_ref().unwrap_or(&classes.order), classes.names.clone())?;
        }
    }
    Ok(notices)
}

fn named(part: &Part) -> Option<&Named> {
    part.layout().and_then(|Layout { named, .. }| named.as_ref())
}

/// Whether the columns of a part are called by their places, since a file has no header.
fn has_no_names(part: &Part, request: &Request) -> bool {
    let path = part.path(Role::Scores);
    let file = part.files.iter().find(|file| file.path == path);
    request.csv.header == Some(false) && file.is_some_and(|file| file.format == "csv")
}

/// The labels of the first rows of the first parts.
fn some_labels(parts: &[Part]) -> Result<HashSet<String>> {
    let mut labels = HashSet::new();
    for part in 0..parts.len().min(PARTS) {
        let mut batch = Batch::default();
        let stream = Stream::over(&parts[part..=part], part, Some(LOOK_AT), 1, Extent::Head);
        stream.next_batch(&mut batch)?;
        let is_fault = |row: usize| {
            batch.faults.iter().any(|fault| fault.row == row && fault.role == Role::Labels)
        };
        let rows = (0..batch.rows).filter(|&row| !is_fault(row));
        labels.extend(rows.map(|row| batch.labels.name(row)));
    }
    Ok(labels)
}

/// The columns of another part in the order of the first part's classes.
fn same_classes(
    first: &ColumnClasses,
    other: &ColumnClasses,
    first_part: &Part,
    part: &Part,
) -> Result<Vec<usize>> {
    let names = |classes: &ColumnClasses| match &classes.names {
        Some(names) => names.clone(),
        None => (0..classes.order.len()).map(|class| class.to_string()).collect(),
    };
    let (wanted, found) = (names(first), names(other));
    let places: HashMap<&String, usize> = found.iter().zip(other.order.iter().copied()).collect();
    let order: Option<Vec<usize>> = wanted.iter().map(|name| places.get(name).copied()).collect();
    order.filter(|_| wanted.len() == found.len()).ok_or_else(|| {
        let paths = [first_part, part].map(|part| part.path(Role::Scores).display().to_string());
        let lacks = |a: &[String], b: &[String]| {
            let known: HashSet<&String> = b.iter().collect();
            a.iter().find(|name| !known.contains(name)).cloned()
        };
        let (has, lacking, class) = match lacks(&wanted, &found) {
            Some(class) => (&paths[0], &paths[1], class),
            None => (&paths[1], &paths[0], lacks(&found, &wanted).unwrap_or_default()),
        };
        Error::Mismatch(format!(
            "{has} has a score column for class '{class}', but {lacking} has none; all files must \
             have the same classes"
        ))
    })
}

fn unclear(named: &Named, given: &[String], part: &Part, why: &Unclear) -> Error {
    let path = part.path(Role::Scores).display();
    Error::Usage(match why {
        Unclear::Names => format!(
            "{path}: nothing tells which score column is which class: the columns are named '{}', …, \
             the classes of --classes '{}', …; list the columns in the order of the classes: \
             --scores {},…",
            named.columns[0],
            given[0],
            named.columns[..named.columns.len().min(2)].join(","),
        ),
        Unclear::Order { listed, numbered } => format!(
            "{path}: --scores lists '{listed}' first, for class '{}' of --classes, but by its number \
             '{numbered}' comes first; list the columns in the order of their numbers, or rename them",
            given[0],
        ),
        Unclear::Partly { like, unlike, class } => format!(
            "{path}: score column '{like}' is named like a class of --classes, but '{unlike}' is not, \
             and no column is named like '{class}'; spell them alike, or say --match-classes loose \
             if they differ in nothing but case or blanks"
        ),
    })
}

/// How columns became classes.
fn said(named: &Named, classes: &ColumnClasses) -> Notice {
    let how = match classes.by {
        By::Name => "by their names",
        By::Part => "by the part of their names that varies",
        By::Number => "by the numbers in their names",
        By::List => "in the order in which --scores and --classes list them",
        By::Place => "in their order, since columns without a header have no names",
    };
    let class = |place: usize| match &classes.names {
        Some(names) => names[place].clone(),
        None => place.to_string(),
    };
    let pairs = classes.order.iter().enumerate().take(FEW);
    let pairs = pairs
        .map(|(place, &column)| format!("'{}' is class '{}'", named.columns[column], class(place)));
    let more = if classes.order.len() > FEW { ", …" } else { "" };
    let pairs = pairs.collect::<Vec<_>>().join(", ");
    let count = classes.order.len();
    let text = format!("{count} score columns became classes {how}: {pairs}{more}");
    Notice::new(notice::SCORE_COLUMNS, text)
}

fn reordered(first: &Part, part: &Part) -> Notice {
    let path = |part: &Part| part.path(Role::Scores).display().to_string();
    let text = format!(
        "{} names its score columns otherwise or in another order than {}; they were put together \
         by class",
        path(part),
        path(first)
    );
    Notice::new(notice::REORDERED_COLUMNS, text)
}
