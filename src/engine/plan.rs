//! What to count, decided before the first row is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::batch::{Batch, Role};
use crate::class::{Classes, is_missing};
use crate::error::{Error, Result};
use crate::input::{Dataset, Shape};
use crate::kernel::Level;
use crate::kernel::rows::{self, Decision, Params};
use crate::tally::{
    Aggregate, Auc, BinEdges, Classwise, Counted, Outside, ScoreType, ScoresAre, Spec, Task, Ties,
};

use super::ids::Ids;
use super::met::Met;
use super::part_scores::{self, PartScores};
use super::rescale::{Preparation, Rescale};
use super::two_columns::{self, TwoColumns};
use super::{class_options, guessed, look, memory, one_column, threads, threshold};
use crate::notice::{self, Notice};

/// What to do with a row that cannot be scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "job", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnInvalid {
    /// Stop, and name the first such row.
    #[default]
    Error,
    /// Leave it out, and count it.
    Skip,
}

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Options of counting and showing. `task`, `score_type` and `auc` are not
    /// read; `scores_are` of `None` means to look at the scores; `counted` is held
    /// to what the input has and `auc` asks for.
    pub spec: Spec,
    /// How rows are put in order; of `None`, exactly for binary scores, unless only
    /// counts are made, and not at all for others.
    pub auc: Option<Auc>,
    /// What two score columns are put in order for.
    pub two_columns: TwoColumns,
    /// The options given, by name, that are about the order of one positive class.
    pub of_one_class: Vec<&'static str>,
    /// The classes, if named.
    pub classes: Option<Vec<String>>,
    /// What scores are to be divided by; then `spec.scores_are` says probabilities.
    pub rescale: Option<Rescale>,
    /// The positive class of binary scores or of two score columns, by name.
    pub positive: Option<String>,
    /// Labels whose rows are to be ignored.
    pub ignore: Vec<String>,
    /// What to do with rows that cannot be scored.
    pub on_invalid: OnInvalid,
    /// What becomes of predictions of no class, if it was said.
    pub outside: Option<Outside>,
    /// Number of threads.
    pub threads: usize,
    /// Number of threads that were asked for, where it was more.
    pub threads_asked: Option<usize>,
    /// Rows in a batch, if not for us to choose.
    pub batch_rows: Option<usize>,
    /// Keep the outcome of every row, unless there are more rows than this.
    pub outcomes_up_to: Option<u64>,
}

/// What will be counted.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The options, all settled.
    pub spec: Spec,
    /// The type that scores are stored in; `spec.score_type` is what they count as.
    pub stored_as: Option<ScoreType>,
    /// What is done to the scores first.
    pub preparation: Preparation,
    /// The classes; `None` to discover them.
    pub classes: Option<Classes>,
    /// Labels whose rows are ignored.
    pub ignore: Vec<String>,
    /// What to do with rows that cannot be scored.
    pub on_invalid: OnInvalid,
    /// What becomes of predictions of no class, if it was said.
    pub outside: Option<Outside>,
    /// The scores of each part as they are in its file.
    pub part_scores: Arc<[PartScores]>,
    /// The names of the columns by whose values rows are put into groups.
    pub slices: Vec<String>,
    /// What is met in the rows; each evaluation has its own.
    pub met: Arc<Met>,
    /// Number of threads, at least 1.
    pub threads: usize,
    /// Whether the two classes of binary scores were found in the labels: then a
    /// third one is an error even where invalid rows are skipped, or else which
    /// rows are skipped would depend on their order.
    pub binary_classes_found: bool,
    /// Keep the outcome of every row, unless there are more rows than this.
    pub outcomes_up_to: Option<u64>,
    /// What the user should know about these choices.
    pub notices: Vec<Notice>,
}

impl Plan {
    /// How often the rows are read.
    pub fn passes(&self) -> u64 {
        if self.spec.auc == Auc::Exact && self.spec.has_each_class() { 2 } else { 1 }
    }
}

/// Settles every option for `input`.
///
/// # Errors
///
/// [`Error::Usage`] if options do not fit the input; [`Error::Mismatch`] if its
/// parts do not fit one another; and what reading it may give.
pub fn plan(input: &dyn Dataset, options: &Options, stop: &AtomicBool) -> Result<Plan> {
    let mut plan = Plan {
        spec: options.spec.clone(),
        stored_as: None,
        preparation: Preparation { rescale: options.rescale, sum_tolerance: None },
        classes: None,
        part_scores: part_scores::of(input),
        slices: input.slices().to_vec(),
        ignore: options.ignore.clone(),
        on_invalid: options.on_invalid,
        outside: options.outside,
        met: Arc::default(),
        threads: options.threads.max(1),
        binary_classes_found: false,
        // Of too many rows none are kept: then nothing needs to see them in order.
        outcomes_up_to: options
            .outcomes_up_to
            .filter(|most| input.rows().is_none_or(|rows| rows <= *most)),
        notices: Vec::new(),
    };
    let asked = options.threads_asked.unwrap_or(plan.threads);
    plan.notices.extend(threads::notice(asked, plan.threads));
    check_bins(plan.spec.bins)?;
    plan.notices.extend(input.check_keys(stop)?);
    class_options::settle(input, options, &mut plan)?;
    let binary = *input.shape() == Shape::Binary;
    let counts = plan.spec.counted == Counted::Counts;
    plan.spec.auc = options.auc.unwrap_or(if binary && !counts { Auc::Exact } else { Auc::None });
    plan.spec.counted = match plan.spec.counted {
        // A confidence is one of the things that are left out.
        Counted::Order if !binary || plan.spec.order.confidence => Counted::All,
        Counted::Counts if plan.spec.auc != Auc::None => Counted::All,
        counted => counted,
    };
    match input.shape() {
        Shape::Predictions => {
            refuse_score_options(options)?;
            forget_score_options(&mut plan.spec);
            plan.classes = options.classes.clone().map(Classes::given).transpose()?;
        }
        Shape::Matrix { columns, names } => {
            if *columns != 2 {
                refuse_binary_options(options, Some(*columns))?;
            }
            check_size(*columns, &plan)?;
            plan.spec.task = Task::Matrix;
            let classes = matrix_classes(*columns, names.as_deref(), options)?;
            plan.classes = Some(classes.clone());
            look::settle_scores(input, &mut plan)?;
            if *columns == 2 {
                two_columns::settle(&mut plan, options, &classes)?;
            }
        }
        Shape::Binary => {
            refuse_ties(options)?;
            plan.binary_classes_found = options.classes.is_none();
            let (classes, named) = binary_classes(input, options, &plan, stop)?;
            plan.notices.extend(named);
            let positive = binary_positive(input, &classes, options, &mut plan.notices)?;
            plan.spec.task = Task::Binary { positive };
            plan.classes = Some(classes);
            look::settle_scores(input, &mut plan)?;
            let usual = match plan.spec.scores_are {
                Some(ScoresAre::Probabilities) => 0.5,
                _ => 0.0,
            };
            plan.spec.threshold.get_or_insert(usual);
        }
    }
    refuse_order_of_groups(&plan)?;
    threshold::refuse_in_several_types(input, &plan)?;
    plan.notices.extend(threshold::beyond(&plan));
    class_options::check(&mut plan)?;
    memory::check(input, &plan)?;
    Ok(plan)
}

/// The exact order of each class takes a second pass over the rows.
fn refuse_order_of_groups(plan: &Plan) -> Result<()> {
    match plan.passes() > 1 && !plan.slices.is_empty() {
        true => Err(Error::Usage(
            "--auc exact of a score for each class cannot be had for slices; use --auc binned, or \
             leave out --slice"
                .into(),
        )),
        false => Ok(()),
    }
}

fn check_bins(bins: usize) -> Result<()> {
    if (1..=rows::MAX_BINS).contains(&bins) {
        return Ok(());
    }
    Err(Error::Usage(format!("--bins must be 1 to {}, found {bins}", rows::MAX_BINS)))
}

/// The most cells of class-wise calibration over all threads: 512 MiB of them.
const MOST_CLASSWISE_CELLS: usize = 1 << 24;

fn check_size(columns: usize, plan: &Plan) -> Result<()> {
    if columns > rows::MAX_CLASSES {
        let most = rows::MAX_CLASSES;
        return Err(Error::Usage(format!(
            "there are {columns} score columns; at most {most} can be summed exactly"
        )));
    }
    let cells = columns.saturating_mul(plan.spec.bins).saturating_mul(plan.threads);
    if plan.spec.asks_for(Classwise::NAME) && cells > MOST_CLASSWISE_CELLS {
        return Err(Error::Usage(format!(
            "classwise_ece needs {columns} classes x {} bins on each of {} threads, over \
             {MOST_CLASSWISE_CELLS} cells; use fewer --bins or --threads",
            plan.spec.bins, plan.threads
        )));
    }
    Ok(())
}

/// Options that count nothing here must not tell apart what was counted alike.
fn forget_score_options(spec: &mut Spec) {
    let usual = Spec::default();
    spec.ties = usual.ties;
    spec.bins = usual.bins;
    spec.bin_edges = usual.bin_edges;
    spec.asked = usual.asked;
    spec.auc = usual.auc;
    spec.order = usual.order;
    spec.counted = usual.counted;
}

fn refuse_score_options(options: &Options) -> Result<()> {
    refuse_binary_options(options, None)?;
    let refused = [
        (options.spec.scores_are.is_some(), "--scores-are"),
        (!options.spec.top_k.is_empty(), "--top-k"),
        (options.auc.is_some_and(|auc| auc != Auc::None), "--auc"),
    ];
    match refused.iter().find(|(given, _)| *given) {
        Some((_, option)) => Err(Error::Usage(format!(
            "{option} needs scores; these rows have only predictions (use --scores)"
        ))),
        None => Ok(()),
    }
}

/// Options about one positive class, of rows with as many score columns, or with
/// predictions.
fn refuse_binary_options(options: &Options, columns: Option<usize>) -> Result<()> {
    let given = [
        options.spec.threshold.map(|_| "--threshold"),
        options.positive.as_ref().map(|_| "--positive"),
    ];
    let mut given = given.into_iter().flatten().chain(options.of_one_class.iter().copied());
    let Some(option) = given.next() else { return Ok(()) };
    let problem = match columns {
        None => {
            format!("{option} needs scores; these rows have only predictions (use --scores)")
        }
        Some(columns) => format!(
            "{option} is for one positive class, and these rows have a score for each of \
             {columns}; for one class, give its column as --scores and labels of two classes, or \
             leave it out{}",
            instead(option)
        ),
    };
    Err(Error::Usage(problem))
}

/// What can be asked of many classes in place of an option about one.
fn instead(option: &str) -> &'static str {
    match option {
        "--max-fpr" => " (--metrics roc_auc_ovr_macro is the mean of all)",
        "--positive" => " (the report has precision, recall and f1 of each)",
        _ => "",
    }
}

/// Of one score per row, no class is tied with another.
fn refuse_ties(options: &Options) -> Result<()> {
    match options.spec.ties {
        Ties::Lowest => Ok(()),
        ties => Err(Error::Usage(format!(
            "--ties {} is for a score for each class; with one score per row, --threshold says \
             which class is ahead",
            ties.name()
        ))),
    }
}

fn matrix_classes(columns: usize, names: Option<&[String]>, options: &Options) -> Result<Classes> {
    match (&options.classes, names) {
        (Some(given), _) if given.len() != columns => Err(Error::Mismatch(format!(
            "--classes names {} classes, but there are {columns} score columns; name one for each",
            given.len()
        ))),
        (Some(given), _) => Classes::given(given.clone()),
        (None, Some(names)) => Classes::given(names.to_vec()),
        (None, None) => Ok(Classes::numbered(columns)),
    }
}

/// The two classes of binary scores: {0, 1} when the labels are among them,
/// else the two labels seen; of the positive class alone, that and the rest.
/// Reads labels until two are seen.
fn binary_classes(
    input: &dyn Dataset,
    options: &Options,
    plan: &Plan,
    stop: &AtomicBool,
) -> Result<(Classes, Option<Notice>)> {
    if let Some(given) = &options.classes {
        let classes = Classes::given(given.clone())?;
        return match classes.len() {
            2 => Ok((classes, None)),
            count => Err(Error::Usage(format!(
                "--classes names {count} classes; one score per row needs two"
            ))),
        };
    }
    let mut names = first_two_labels(input, plan, stop)?;
    match (names.as_slice(), &options.positive) {
        ([one], _) if one == "1" => Ok((Classes::numbered(2), Some(one_is_all()))),
        (names, _) if names.iter().all(|name| name == "0" || name == "1") => {
            Ok((Classes::numbered(2), None))
        }
        ([_, _], _) => {
            crate::class::sort(&mut names);
            let notice = names.iter().find(|name| is_missing(name)).map(|name| missing_label(name));
            Ok((Classes::given(names)?, notice))
        }
        ([only], Some(positive)) if only == positive => {
            // All labels were read, so none of them is called so.
            let rest = format!("not {only}");
            let notice = named_rest(only, &rest);
            Ok((Classes::given(vec![rest, names.remove(0)])?, Some(notice)))
        }
        _ => Err(one_class(input, &names.join(""), options)),
    }
}

fn named_rest(only: &str, rest: &str) -> Notice {
    let text = format!("every label is '{only}', so the other class is called '{rest}' here");
    Notice::new(notice::NAMED_REST, text)
        .hint("to merge these rows with others, name both classes with --classes in all of them")
}

/// The classes of rows of {1, 2} look like this, too.
fn one_is_all() -> Notice {
    Notice::new(notice::ONE_IS_ALL, "every label is '1': the classes were taken for 0 and 1")
        .hint("if they are others, such as 1 and 2, name both with --classes")
}

/// A label that many files have where there is no value.
fn missing_label(name: &str) -> Notice {
    let text =
        format!("'{name}', which many files have for a missing value, is one of the classes");
    Notice::new(notice::MISSING_NAMES, text).hint(format!(
        "--ignore-label '{name}' leaves such labels out; if it is a class, name both with --classes"
    ))
}

fn one_class(input: &dyn Dataset, only: &str, options: &Options) -> Error {
    let named = "one score per row needs two classes, name them with --classes";
    let problem = match &options.positive {
        Some(positive) => format!(
            "all labels are '{only}' and none is '{positive}', which --positive names; {named}"
        ),
        None => format!(
            "all labels are '{only}'; {named}, or say --positive '{only}' if that is the positive \
             class"
        ),
    };
    Error::format(input.path(0, Role::Labels), problem)
}

fn first_two_labels(input: &dyn Dataset, plan: &Plan, stop: &AtomicBool) -> Result<Vec<String>> {
    let mut ids = Ids::new(None, plan);
    let mut found: Vec<u32> = Vec::new();
    let (mut batch, mut numbers) = (Batch::default(), Vec::new());
    let stream = input.pass()?;
    while found.len() < 2 && stream.next(&mut batch)? {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        ids.of(&batch.labels, 0..batch.rows, &mut numbers);
        for fault in &batch.faults {
            numbers[fault.row] = u32::MAX;
        }
        for &id in numbers.iter().filter(|&&id| id != u32::MAX && !ids.is_ignored(id)) {
            if found.len() < 2 && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found.into_iter().map(|id| ids.found_names()[id as usize].clone()).collect())
}

pub(super) fn positive(classes: &Classes, options: &Options) -> Result<usize> {
    let Some(name) = &options.positive else { return Ok(1) };
    classes.find(name, options.spec.class_options.is_loose()).ok_or_else(|| {
        Error::Usage(format!(
            "--positive '{name}' is not a class; the classes are '{}'",
            classes.names().join("' and '")
        ))
    })
}

/// The class that one score per row is for: the one that was named, or that its
/// column's name tells, or else the later one.
fn binary_positive(
    input: &dyn Dataset,
    classes: &Classes,
    options: &Options,
    notices: &mut Vec<Notice>,
) -> Result<usize> {
    let usual = positive(classes, options)?;
    if options.positive.is_some() {
        return Ok(usual);
    }
    if let Some((told, notice)) = one_column::positive(input.one_column(), classes, usual)? {
        notices.extend(notice);
        return Ok(told);
    }
    if options.classes.is_none() {
        notices.extend(guessed::notice(classes, usual));
    }
    Ok(usual)
}

/// The row kernel's parameters for a plan.
pub(super) fn params(plan: &Plan) -> Params {
    let stored_as = plan.stored_as.unwrap_or(ScoreType::F32);
    let columns = plan.classes.as_ref().map_or(0, Classes::len);
    let reading = reading(&plan.spec, stored_as);
    Params {
        sum_tolerance: match counts_highest(&plan.spec) {
            true => rows::ANY_SUM,
            false => plan.sum_tolerance(columns, plan.preparation.sum_tolerance),
        },
        ..reading
    }
}

/// How predictions are found.
pub(super) fn decision(plan: &Plan) -> Decision {
    let threshold = plan.threshold();
    match (plan.spec.task, plan.spec.positive.zip(threshold)) {
        (Task::Binary { positive }, _) => {
            Decision::OneScore { positive, threshold: threshold.unwrap_or(0.0) }
        }
        (_, Some((positive, threshold))) => Decision::TwoScores { positive, threshold },
        _ => Decision::Highest,
    }
}

/// Whether it is to be seen if every row could be one of probabilities.
pub(super) fn may_all_pass(spec: &Spec) -> bool {
    spec.scores_are == Some(ScoresAre::Logits) && spec.task == Task::Matrix && !counts_highest(spec)
}

/// Whether of each row only the class of its highest score is counted: then it does
/// not matter what scores sum to.
pub(super) fn counts_highest(spec: &Spec) -> bool {
    spec.task == Task::Matrix && spec.counted == Counted::Counts && spec.threshold.is_none()
}

/// The row kernel's parameters for scores of a type.
pub(super) fn reading(spec: &Spec, stored_as: ScoreType) -> Params {
    Params {
        probabilities: spec.scores_are == Some(ScoresAre::Probabilities),
        higher_first: spec.ties == Ties::SklearnTopK,
        epsilon: match stored_as.counted_as() {
            ScoreType::F16 => f64::from(half::f16::EPSILON),
            ScoreType::F64 => f64::EPSILON,
            ScoreType::F32 | ScoreType::Bf16 => f64::from(f32::EPSILON),
        },
        sum_tolerance: rows::sum_tolerance(stored_as),
        edges: rows::edges(spec.bins),
        right_closed: spec.bin_edges == BinEdges::RightClosed,
        level: Level::best(),
    }
}
