//! The meaning of arrays of several dimensions as labels and predictions.
//!
//! Every element is a row, or each row is one-hot, or they are refused with the
//! line that converts them: a guess here would give a number that is wrong.

use super::array::Checked;
use super::convert::NOT_INTEGER;
use super::lane::{Extent, Lane, Scratch};
use super::one_hot::bit;
use crate::batch::{Batch, Names, Role};
use crate::error::{Error, Result};
use crate::notice::{self, Notice};

/// Values looked at before labels of only 0 and 1 are taken as such: masks often
/// begin with a margin of zeros.
const LOOK_AT: u64 = 1 << 20;

/// Values that are read together while looking.
const LOOK_ROWS: usize = 1 << 14;

/// What labels, and predictions, of several dimensions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LabelsAre {
    /// Every element is a row.
    Rows,
    /// Each row is one-hot: its class is the column of its 1.
    OneHot,
}

impl LabelsAre {
    /// What is spelled so in options.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "rows" => Some(Self::Rows),
            "one-hot" => Some(Self::OneHot),
            _ => None,
        }
    }
}

type Lanes = [Box<dyn Lane>];

/// Settles how arrays of several dimensions are read. `said` is what the user said
/// that labels are. Returns what was decided.
///
/// # Errors
///
/// Arrays that don't fit each other, or of which it is not clear what they mean.
pub(super) fn settle(lanes: &mut Lanes, said: Option<LabelsAre>) -> Result<Vec<Notice>> {
    let wide = wide_lanes(lanes);
    if said == Some(LabelsAre::OneHot) {
        return one_hot(lanes, &wide);
    }
    if wide.is_empty() {
        return Ok(Vec::new());
    }
    let [labels, predictions] = same_shape(lanes, &wide)?;
    for place in [labels, predictions] {
        edit(lanes, place, |checked| checked.array.flatten())?;
    }
    let look = look_at(lanes[labels].as_ref())?;
    refuse_fractions(lanes[labels].as_ref(), &look)?;
    refuse_fractions(lanes[predictions].as_ref(), &look_at(lanes[predictions].as_ref())?)?;
    if said.is_none() && !look.more_than_bits {
        return Err(ambiguous(lanes[labels].as_ref()));
    }
    Ok(vec![element_rows(lanes[labels].as_ref())])
}

/// The arrays of several values per row that are no scores.
fn wide_lanes(lanes: &Lanes) -> Vec<usize> {
    let is_wide = |lane: &dyn Lane| lane.array().is_some_and(Checked::has_wide_names);
    (0..lanes.len()).filter(|&place| is_wide(lanes[place].as_ref())).collect()
}

fn edit(lanes: &mut Lanes, place: usize, edit: impl FnOnce(&mut Checked)) -> Result<()> {
    let checked = lanes[place].array_mut();
    edit(checked.ok_or_else(|| Error::Internal("an array is no array".into()))?);
    Ok(())
}

/// Takes all wide arrays as one-hot.
fn one_hot(lanes: &mut Lanes, wide: &[usize]) -> Result<Vec<Notice>> {
    if wide.is_empty() {
        return Err(Error::Usage(
            "--labels-are one-hot is for arrays of shape (rows, classes) in npy or npz; labels and \
             predictions have one value per row here, so leave it out"
                .into(),
        ));
    }
    let mut notices = Vec::new();
    for &place in wide {
        let mut kept = None;
        edit(lanes, place, |checked| {
            kept = Some(checked.clone());
            checked.array.flatten();
        })?;
        let lane = lanes[place].as_ref();
        let is_matrix = kept.as_ref().is_some_and(|kept| kept.array.dimensions.len() == 2);
        if !is_matrix {
            let problem = format!(
                "holds {} of shape {}; one-hot is understood of two dimensions, so save the \
                 classes: {}",
                lane.roles()[0].name(),
                shape(lane),
                save_argmax(lane)
            );
            return Err(Error::format(lane.path(), problem));
        }
        refuse_fractions(lane, &look_at(lane)?)?;
        notices.push(Notice::new(
            notice::ONE_HOT,
            format!(
                "{}: {} of shape {} are one-hot: the class of a row is the column of its 1",
                lane.path().display(),
                lane.roles()[0].name(),
                shape(lane)
            ),
        ));
        let checked = kept.map(|kept| Checked { one_hot: true, ..kept });
        edit(lanes, place, |place| checked.into_iter().for_each(|checked| *place = checked))?;
    }
    Ok(notices)
}

/// The places of labels and predictions of one shape and order, which `wide` ones
/// must be.
fn same_shape(lanes: &Lanes, wide: &[usize]) -> Result<[usize; 2]> {
    let role_of = |place: &usize| lanes[*place].roles()[0];
    if let [labels, predictions] = *wide {
        let arrays = [labels, predictions].map(|place| lanes[place].array().map(|it| &it.array));
        if let [Some(one), Some(other)] = arrays
            && one.dimensions == other.dimensions
        {
            if one.is_reordered() == other.is_reordered() {
                return Ok([labels, predictions]);
            }
            let paths = [labels, predictions].map(|place| lanes[place].path().display());
            let [c, fortran] = if one.fortran { [1, 0] } else { [0, 1] };
            let name = letter(lanes[[labels, predictions][fortran]].as_ref());
            return Err(Error::Mismatch(format!(
                "{} is in C order, but {} in Fortran order, so their elements do not follow each \
                 other alike; save the second anew: np.save('{name}.npy', np.ascontiguousarray({name}))",
                paths[c], paths[fortran]
            )));
        }
    }
    // Predictions tell more about what is the matter.
    let place = wide.iter().copied().max_by_key(role_of).unwrap_or(0);
    let others = lanes.iter().enumerate().filter(|(other, _)| *other != place);
    let other = others.map(|(_, lane)| lane.as_ref()).next();
    Err(shapes_differ(lanes[place].as_ref(), other))
}

/// The error of an array of several dimensions beside something of another shape.
fn shapes_differ(wide: &dyn Lane, other: Option<&dyn Lane>) -> Error {
    let Some((checked, other)) = wide.array().zip(other) else {
        return Error::Internal("an array of several dimensions stands alone".into());
    };
    let words = |lane: &dyn Lane| {
        let roles: Vec<&str> = lane.roles().iter().map(|role| role.name()).collect();
        let (path, roles) = (lane.path().display(), roles.join(" and "));
        match lane.array() {
            Some(_) => format!("{path} has {roles} of shape {}", shape(lane)),
            None => format!("{path} has one value of {roles} per row"),
        }
    };
    let (dimensions, name) = (&checked.array.dimensions, letter(wide));
    let rows = other.rows();
    let argmax = save_argmax(wide);
    let is_float = checked.array.dtype.score_type().is_some() && !checked.array.dtype.is_whole();
    let other_is_wide = other.array().is_some_and(Checked::has_wide_names);
    let advice = if dimensions.len() == 2 && rows == Some(dimensions[0]) && !other_is_wide {
        let scores = "if a row has a score for each class, name it with --scores";
        let one_hot = "if each row is one-hot, say --labels-are one-hot";
        match (wide.roles()[0], is_float) {
            (Role::Predictions, true) => format!("{scores}; for predicted classes alone, {argmax}"),
            (Role::Predictions, false) => format!("{one_hot}; {scores}; else {argmax}"),
            _ => format!("{one_hot}, or save the classes: {argmax}"),
        }
    } else if other_is_wide {
        "expected one shape: transpose or cut one of them until its elements follow those of the \
         other, or save both with ravel()"
            .to_owned()
    } else {
        format!("expected one value per row: np.save('{name}.npy', {name}.ravel())")
    };
    Error::Mismatch(format!("{}, but {}; {advice}", words(wide), words(other)))
}

/// What the first values of an array are.
#[derive(Debug, Default)]
struct Look {
    /// Whether one is neither 0 nor 1.
    more_than_bits: bool,
    /// The first that has a fraction, in words.
    fraction: Option<String>,
}

/// Looks at a flattened array until it is clear what it is.
fn look_at(lane: &dyn Lane) -> Result<Look> {
    let mut look = Look::default();
    let (mut scratch, mut batch) = (Scratch::default(), Batch::default());
    let reader = lane.reader(1, Extent::Head)?;
    let mut first = 0;
    while first < LOOK_AT && !look.more_than_bits {
        let rows = reader.claim(first, LOOK_ROWS, &mut scratch)?;
        if rows == 0 {
            break;
        }
        batch.faults.clear();
        reader.fill(first, rows, &mut scratch, &mut batch)?;
        let names: &Names = match lane.roles()[0] {
            Role::Labels | Role::Slices => &batch.labels,
            Role::Predictions | Role::Scores => &batch.predictions,
        };
        let faults = batch.faults.iter().map(|fault| &fault.problem);
        look.fraction = faults.clone().find(|it| it.contains(NOT_INTEGER)).cloned();
        look.more_than_bits =
            look.fraction.is_some() || (0..names.len()).any(|at| bit(names, at).is_none());
        first += rows as u64;
    }
    Ok(look)
}

/// Refuses probabilities where classes are expected.
fn refuse_fractions(lane: &dyn Lane, look: &Look) -> Result<()> {
    let Some(fraction) = &look.fraction else { return Ok(()) };
    let role = lane.roles()[0];
    let advice = match role {
        Role::Labels => {
            format!("labels are classes, so of soft ones save the likeliest: {}", save_argmax(lane))
        }
        Role::Predictions | Role::Scores | Role::Slices => {
            "if they are scores for each class, name them with --scores".to_owned()
        }
    };
    let problem = format!("holds {} of shape {}: {fraction}; {advice}", role.name(), shape(lane));
    Err(Error::format(lane.path(), problem))
}

/// The refusal of labels of only 0 and 1, which may mean three things.
fn ambiguous(lane: &dyn Lane) -> Error {
    let Some(array) = lane.array().map(|checked| &checked.array) else {
        return Error::Internal("labels of several dimensions are no array".into());
    };
    let values = array.rows;
    let of =
        if values > LOOK_AT { format!(" (the first {LOOK_AT} of them)") } else { String::new() };
    let (shape, name) = (array.shape(), letter(lane));
    let other = match array.dimensions.as_slice() {
        [rows, columns] => format!(
            "if each row is one-hot, say --labels-are one-hot ({rows} rows of {columns} classes)"
        ),
        _ => format!("if the last axis is one-hot, {}", save_argmax(lane)),
    };
    let problem = format!(
        "holds labels of shape {shape} whose values are only 0 and 1{of}: if every element is a \
         row, as in a mask, say --labels-are rows ({values} rows of two classes); {other}; if a row \
         has several labels, save one column at a time: {name}[:, 0]"
    );
    Error::format(lane.path(), problem)
}

fn element_rows(lane: &dyn Lane) -> Notice {
    let shape = shape(lane);
    let order = match lane.array() {
        Some(checked) if checked.array.is_reordered() => ", order='F'",
        _ => "",
    };
    let text = format!(
        "{}: labels and predictions of shape {shape}: every element is a row, {} rows; row r is \
         element np.unravel_index(r, {shape}{order})",
        lane.path().display(),
        lane.rows().unwrap_or_default()
    );
    Notice::new(notice::ELEMENT_ROWS, text)
}

/// What was read as rows of scores though it is whole numbers.
pub(super) fn whole_scores(lanes: &Lanes) -> Vec<Notice> {
    let notice = |lane: &dyn Lane| {
        let dtype = lane.array().filter(|_| lane.layout().is_some())?.array.dtype;
        dtype.is_whole().then(|| whole_numbers(lane.path(), &dtype.name()))
    };
    lanes.iter().filter_map(|lane| notice(lane.as_ref())).collect()
}

/// The notice of rows of scores that are whole numbers.
pub(super) fn whole_numbers(path: &std::path::Path, dtype: &str) -> Notice {
    let text = format!("{}: scores of whole numbers ({dtype}) are read as f64", path.display());
    Notice::new(notice::WHOLE_SCORES, text)
}

fn shape(lane: &dyn Lane) -> String {
    lane.array().map_or_else(String::new, |checked| checked.array.shape())
}

/// The line of Python that saves the class of each row of columns.
fn save_argmax(lane: &dyn Lane) -> String {
    let dimensions = lane.array().map_or(2, |checked| checked.array.dimensions.len());
    let (name, axis) = (letter(lane), if dimensions == 2 { "1" } else { "-1" });
    format!("np.save('{name}.npy', {name}.argmax({axis}))")
}

/// What an array is called in a line of Python.
fn letter(lane: &dyn Lane) -> &'static str {
    match lane.roles() {
        [Role::Labels, ..] => "y",
        _ => "p",
    }
}
