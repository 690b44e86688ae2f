//! The options of counting, which two sets of tallies must share, and of showing.

use std::collections::BTreeSet;

use super::aggregate;
use super::class_options::ClassOptions;
use super::order::OrderWish;
use crate::exact::ScoreType;

/// What the rows hold beside their labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A predicted class.
    Predictions,
    /// One score for the positive class; two classes.
    Binary {
        /// Index of the positive class, 0 or 1.
        positive: usize,
    },
    /// A score for each class.
    Matrix,
}

/// What a score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoresAre {
    /// Unnormalised log probabilities.
    Logits,
    /// Probabilities.
    Probabilities,
}

/// Which end of a calibration bin belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinEdges {
    /// `(low, high]`, as in Guo et al. 2017; 0 belongs to the first bin.
    RightClosed,
    /// `[low, high)`; 1 belongs to the last bin.
    LeftClosed,
}

/// Which of two classes with equal scores is ahead of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// The lower index, as in argmax.
    Lowest,
    /// The higher index for ranks, as in scikit-learn's `top_k_accuracy_score`.
    SklearnTopK,
}

/// How rows are put in order by their scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auc {
    /// Not at all.
    #[default]
    None,
    /// By every score; what comes of it does not merge.
    Exact,
    /// By 65,536 bins of scores, which merge.
    Binned,
}

/// Which orders of two score columns are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ordered {
    /// That of each class, by its probability.
    #[default]
    Classes,
    /// That of the positive class, and that of each.
    Both,
    /// That of the positive class alone.
    Positive,
}

/// What is counted of rows with scores. Of others, it is always all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counted {
    /// Everything that scores tell.
    #[default]
    All,
    /// Labels, predictions and the order of binary scores: neither loss nor
    /// calibration.
    Order,
    /// Labels and predictions: neither loss, calibration, ranks nor order.
    Counts,
}

/// What a quotient with denominator 0 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZeroDivision {
    /// Undefined; averages count it as 0 and say so.
    Undefined,
    /// 0.
    Zero,
    /// 1.
    One,
    /// Left out of averages.
    Exclude,
}

/// Which interval a proportion gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalMethod {
    /// Wilson's score interval: covers as often as it says, on average.
    Wilson,
    /// Clopper and Pearson's: never covers less often than it says.
    ClopperPearson,
}

/// Whether spellings of one class, such as `1` and `1.0` or `Cat` and `cat`, are one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Every spelling is a class of its own.
    Exact,
    /// They are counted as one class, which is shown by its folded spelling or, where
    /// classes were given, by the name of the class.
    Loose,
}

/// What becomes of a prediction that is missing or none of the classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outside {
    /// It counts as wrong: as a prediction of no class.
    Wrong,
    /// The row cannot be scored.
    #[default]
    Error,
    /// The row is left out.
    Skip,
}

/// The options of an evaluation.
///
/// Those of the first group change what is counted: two sets of tallies must share them.
/// Those of the second group change what a report shows, and travel with a state; a sum
/// is shown as the first of its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// What the rows hold.
    pub task: Task,
    /// What the scores are; `None` without scores.
    pub scores_are: Option<ScoresAre>,
    /// The type that scores are counted as; `None` without scores.
    pub score_type: Option<ScoreType>,
    /// Of a [`Task::Matrix`] of two classes, the one that metrics of one class are
    /// about; `None` otherwise. It enters the digest only with a threshold.
    pub positive: Option<usize>,
    /// Of such a matrix, which orders are found. It does not enter the digest.
    pub ordered: Ordered,
    /// The least score of a positive prediction, for [`Task::Binary`] and, if it was
    /// given, for a matrix of two classes.
    pub threshold: Option<f64>,
    /// How ranks break ties.
    pub ties: Ties,
    /// Number of calibration bins.
    pub bins: usize,
    /// Which end of a bin belongs to it.
    pub bin_edges: BinEdges,
    /// The aggregates that are counted for having been asked for, by name.
    pub asked: BTreeSet<&'static str>,
    /// How rows are put in order. Only [`Auc::Binned`] enters the digest: the
    /// exact order does not merge.
    pub auc: Auc,
    /// What of the scores is counted.
    pub counted: Counted,

    /// What a quotient with denominator 0 is.
    pub zero_division: ZeroDivision,
    /// The K of each top-K accuracy asked for; empty for the usual ones.
    pub top_k: Vec<usize>,
    /// The β of each F-β asked for.
    pub betas: Vec<f64>,
    /// The metrics asked for by name; empty for the usual ones.
    pub metrics: Vec<String>,
    /// What is asked of the order of rows.
    pub order: OrderWish,
    /// The level of intervals, in (0, 1).
    pub interval: f64,
    /// Which interval a proportion gets.
    pub interval_method: IntervalMethod,
    /// Resamples behind a bootstrap interval; 0 for no such intervals, `None`
    /// for the usual number where that is quick.
    pub replicates: Option<u32>,
    /// What the resamples are drawn with.
    pub seed: u64,
    /// What was asked about classes.
    pub class_options: ClassOptions,
    /// Whether classes that are no numbers have an order all the same. A state does
    /// not keep it: it is for who shows a report to say.
    pub ordinal: bool,
}

impl Eq for Spec {}

impl Default for Spec {
    fn default() -> Self {
        Self {
            task: Task::Predictions,
            scores_are: None,
            score_type: None,
            positive: None,
            ordered: Ordered::Classes,
            threshold: None,
            ties: Ties::Lowest,
            bins: 15,
            bin_edges: BinEdges::RightClosed,
            asked: BTreeSet::new(),
            auc: Auc::None,
            counted: Counted::All,
            zero_division: ZeroDivision::Undefined,
            top_k: Vec::new(),
            betas: Vec::new(),
            metrics: Vec::new(),
            order: OrderWish::default(),
            interval: 0.95,
            interval_method: IntervalMethod::Wilson,
            replicates: None,
            seed: 0,
            class_options: ClassOptions::default(),
            ordinal: false,
        }
    }
}

impl Spec {
    /// Whether everything that scores tell is counted, and there are scores.
    pub fn counts_scores(&self) -> bool {
        self.task != Task::Predictions && self.counted == Counted::All
    }

    /// Whether an aggregate that is counted only when asked for is, by its name.
    pub fn asks_for(&self, aggregate: &str) -> bool {
        self.asked.contains(aggregate)
    }

    /// The class that metrics of one class are about, if there is one.
    pub fn positive_class(&self) -> Option<usize> {
        match self.task {
            Task::Predictions => None,
            Task::Binary { positive } => Some(positive),
            Task::Matrix => self.positive,
        }
    }

    /// The same where the rows were counted with a view to it: of two score columns
    /// not where it is merely the later one.
    pub fn chosen_positive(&self) -> Option<usize> {
        let chosen = |class: &usize| {
            *class == 0
                || self.threshold.is_some()
                || self.ordered == Ordered::Positive
                || !self.order.questions(false).is_empty()
        };
        match self.task {
            Task::Matrix => self.positive.filter(chosen),
            _ => self.positive_class(),
        }
    }

    /// Whether each class has an order of its own, if rows are put in order.
    pub fn has_each_class(&self) -> bool {
        self.task == Task::Matrix && self.ordered != Ordered::Positive
    }

    /// Whether the scores that rows are put in order by are differences of two
    /// logits, which are doubles.
    pub fn orders_differences(&self) -> bool {
        self.task == Task::Matrix && self.scores_are == Some(ScoresAre::Logits)
    }

    /// Whether the scores of the positive class that rows are put in order by are
    /// doubles.
    pub fn orders_doubles(&self) -> bool {
        self.score_type == Some(ScoreType::F64) || self.orders_differences()
    }

    /// The first option by which two specs do not count alike: its name and both values.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let (name, a, b) = first_differing(self.counting(), other.counting())?;
        Some(format!("{name} is {a} against {b}"))
    }

    /// The first option in which what reports show of two that count alike differs.
    pub fn shown_difference(&self, other: &Self) -> Option<String> {
        let (name, a, b) = first_differing(self.showing(), other.showing())?;
        Some(format!("{name} is {a} against {b}"))
    }

    /// The name of the option by which they do not count alike, as a user knows it.
    pub(super) fn differs_in(&self, other: &Self) -> Option<&'static str> {
        first_differing(self.counting(), other.counting()).map(|(name, _, _)| name)
    }

    /// Every option that says what is counted, in words.
    fn counting(&self) -> Entries {
        let or_none = |text: Option<&str>| text.unwrap_or("none").to_owned();
        let task = match self.task {
            Task::Predictions => "predictions".to_owned(),
            Task::Binary { positive } => format!("one score for class {positive}"),
            Task::Matrix => "a score for each class".to_owned(),
        };
        let counted = |name| if self.asks_for(name) { "counted" } else { "not counted" };
        let asked = aggregate::ALL
            .iter()
            .filter_map(|it| Some((it.on_request?.metric, counted(it.name).into())));
        let mut entries = vec![
            ("the kind of input", task),
            ("scores-are", or_none(self.scores_are.map(ScoresAre::name))),
            ("the type of the scores", or_none(self.score_type.map(ScoreType::name))),
            ("the positive class", self.positive.map_or("none".into(), |class| class.to_string())),
            ("threshold", self.threshold.map_or("none".into(), |threshold| threshold.to_string())),
            ("ties", self.ties.name().into()),
            ("bins", self.bins.to_string()),
            ("bin-edges", self.bin_edges.name().into()),
        ];
        entries.extend(asked);
        entries.extend([
            ("auc", self.auc.name().into()),
            ("what is counted", self.counted.name().into()),
            // Nothing said and `exact` count alike.
            (
                "match-classes",
                (if self.class_options.is_loose() { "loose" } else { "exact" }).into(),
            ),
            (
                "outside",
                (if self.class_options.outside_is_wrong { "wrong" } else { "not wrong" }).into(),
            ),
        ]);
        entries
    }

    /// Every option that says what a report shows of what was counted, in words.
    fn showing(&self) -> Entries {
        vec![
            ("zero-division", self.zero_division.name().into()),
            ("top-k", format!("{:?}", self.top_k)),
            ("beta", format!("{:?}", self.betas)),
            ("metrics", format!("{:?}", self.metrics)),
            ("the level of intervals", self.interval.to_string()),
            ("interval-method", self.interval_method.name().into()),
            ("replicates", self.replicates.map_or("automatic".into(), |it| it.to_string())),
            ("seed", self.seed.to_string()),
            (
                "average-over",
                self.class_options
                    .average_over
                    .as_ref()
                    .map_or("all classes".into(), |over| over.spelling()),
            ),
        ]
    }
}

/// Options by the names a user knows them by.
type Entries = Vec<(&'static str, String)>;

fn first_differing(own: Entries, other: Entries) -> Option<(&'static str, String, String)> {
    let pairs = own.into_iter().zip(other);
    pairs.map(|((name, a), (_, b))| (name, a, b)).find(|(_, a, b)| a != b)
}

/// Gives each enum of options its one spelling, for options, reports and messages.
macro_rules! spelled {
    ($type:ty { $($variant:ident = $name:literal),+ }) => {
        impl $type {
            /// Every value, in the order of the help text.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The spelling in options and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The value with that spelling.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let name = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                Self::from_name(&name).ok_or_else(|| {
                    serde::de::Error::unknown_variant(&name, &[$($name),+])
                })
            }
        }

        #[cfg(feature = "job")]
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "enum": [$($name),+] })
            }
        }
    };
}

spelled!(Matching { Exact = "exact", Loose = "loose" });
spelled!(Outside { Wrong = "wrong", Error = "error", Skip = "skip" });
spelled!(ScoresAre { Logits = "logits", Probabilities = "probabilities" });
spelled!(BinEdges { RightClosed = "right-closed", LeftClosed = "left-closed" });
spelled!(Auc { None = "none", Exact = "exact", Binned = "binned" });
spelled!(Counted { All = "all", Order = "order", Counts = "counts" });
spelled!(Ties { Lowest = "lowest", SklearnTopK = "sklearn-top-k" });
spelled!(IntervalMethod { Wilson = "wilson", ClopperPearson = "clopper-pearson" });
spelled!(ZeroDivision { Undefined = "undefined", Zero = "0", One = "1", Exclude = "exclude" });
