//! The making of a plan: every option settled for an input.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::classes::{binary_classes, binary_positive, matrix_classes};
use super::options::Options;
use super::preparation::Preparation;
use super::settled::Plan;
use super::{
    class_options, detect_score_kind, order_memory, part_scores, threads, threshold, two_columns,
};
use crate::class::Classes;
use crate::error::{Error, Result};
use crate::input::{Dataset, Shape};
use crate::kernel::rows;
use crate::tally::{Aggregate, Auc, Classwise, Counted, ScoresAre, Spec, Task, Ties};

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
        seen: Arc::default(),
        threads: options.threads.max(1),
        binary_classes_found: false,
        // Of too many rows none are kept: then nothing needs to see them in order.
        correctness_up_to: options
            .correctness_up_to
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
            detect_score_kind::settle_scores(input, &mut plan)?;
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
            detect_score_kind::settle_scores(input, &mut plan)?;
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
    order_memory::check(input, &plan)?;
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
