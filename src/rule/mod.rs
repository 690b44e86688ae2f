//! Rules: what must hold of an evaluation, by itself or beside earlier runs.
//!
//! ```text
//! rule       = comparison | within | alarm | distance | drift
//! comparison = subject [ "-" subject ] op bound [ "@" level ]
//! within     = subject "within" number "sigma of last" N
//! alarm      = "worse(" subject "," reference [ "," "by" number ] ")" [ "@" level ]
//! distance   = statistic "(" spread "," reference ")" op number
//! drift      = "drifted(" spread "," reference ")" [ "@" level ]
//!
//! subject    = name [ "(" parameter ")" ] [ "[" class | "*" "]" ] [ "{" slices "}" ]
//! slices     = column "=" value { "," column "=" value }
//! op         = ">=" | "<=" | ">" | "<" | "==" | "!="
//! bound      = number | [ number "*" ] reference [ ( "+" | "-" ) number ]
//! reference  = "previous" | "best" | "mean of last" N | "run" number | "baseline"
//! statistic  = "psi" | "jensen_shannon" | "ks" | "chi_square"
//! spread     = "predictions" | "confidence"
//! level      = number "%"
//! ```
//!
//! A subject is a metric (`accuracy`), a value of a class (`recall[cat]`), of
//! every class of the run (`recall[*]`; then the worst decides), or a figure of
//! the job ([`JobMeasure`]: `seconds`). Names may be double-quoted, with `\"` and
//! `\\` for the two marks themselves; `["*"]` is the class of that name.
//! `{split=train}` selects a split of the dataset.
//!
//! # Comparisons
//!
//! `accuracy >= 0.9`, `f1_macro >= previous - 0.01`, `seconds <= 1.5 * mean of
//! last 7`, `accuracy{split=train} - accuracy{split=validation} <= 0.05`. The f64
//! is compared as it is: no tolerance, no rounding. `previous`, `best` and means
//! know only runs that did not break the rule, or were accepted; `baseline` is
//! what the caller configures, see [`RuleConfig`]. Which way `best` lies is
//! [`Better`](crate::metric::Better)'s to say.
//!
//! # Proofs and alarms
//!
//! Both are about the difference new − baseline beyond chance.
//! `accuracy >= previous - 0.005 @ 95%` is a *proof*: it holds only if a difference of
//! −0.005 or less is refuted, which is false with a chance of 5 % at most. Else it is
//! undecided, never broken: to fail on chance is what alarms are corrected for,
//! and proofs are not. The reason then has the rows with which it would hold four times of
//! five, if the values of both runs stay. Rows that do not vary prove nothing.
//!
//! `worse(accuracy, previous, by 0.005) @ 95%` is an *alarm*: broken only if the p-value of
//! a loss of 0.005 or less is below 5 %. All alarms of a night are corrected together
//! by Holm's method, each class of a `[*]` counting as one: [`judge_all`] leaves
//! them pending and [`apply_holm`] decides.
//!
//! | the metric is | its difference is tested by |
//! |---|---|
//! | accuracy or error rate, and the outcomes of the same rows are at hand | [`share_fall_paired`](crate::stat::share_fall_paired) |
//! | another share of counts, or F1 of a class as its share tp of tp + fp + fn | [`share_fall`](crate::stat::share_fall) |
//! | balanced accuracy, macro recall, precision or specificity | [`difference_of_means`](crate::stat::difference_of_means) of the classes of both |
//! | a mean over rows (log loss, Brier, confidence) | Welch's t; in proofs with room for rows nobody saw |
//! | a binary area | DeLong's or [`area_interval`](crate::stat::area_interval), the wider; in proofs [`widest_area_interval`](crate::stat::widest_area_interval) where few rows are on the wrong side |
//! | another function of counts (macro F1, kappa, Matthews) | resamples of both counts, of the classes of both |
//!
//! Anything else is undefined, with the reason; what rows are too few for, or resamples for
//! the correction, is undecided. Only the first is paired; on the same rows the others err
//! on the side of silence. `mean of last N` stands for the rows of those nights together.
//! The p-value against `best` is multiplied by the number of nights that it is the best of.
//!
//! # Windows
//!
//! `accuracy within 3 sigma of last 30` breaks on both sides, whichever way the
//! metric gets better: a jump is worth a look either way. It takes the mean and
//! the sample deviation of up to 30 nights, and at least five, and predicts the next value
//! with the coverage that so many sigmas of a known normal distribution have. If they are
//! all equal, any difference breaks it.
//!
//! # Distributions
//!
//! `psi(predictions, previous) <= 0.2` compares rows by predicted class, matched
//! by name, and `ks(confidence, previous) <= 0.1` rows by confidence in the bins
//! of the calibration, without any label. `drifted(predictions, previous) @ 99%`
//! (chi-square) and `drifted(confidence, …)` (Kolmogorov–Smirnov) are alarms and
//! corrected with the others.

mod evaluate;
mod statistics;
mod syntax;
mod verdict;

pub use evaluate::judge::{check, judge, judge_all};
pub use evaluate::pending::{Pending, apply_holm};
pub use evaluate::run_history::{Earlier, Evaluated, NoRunHistory, RunHistory, Value};
pub use syntax::bound::Reference;
pub use syntax::job_measure::{JobFigures, JobMeasure};
pub use syntax::quantity::Quantity;
pub use syntax::rule::{Rule, RuleConfig, parse_all};
pub use verdict::{Judgement, Verdict, VerdictOverrides};
