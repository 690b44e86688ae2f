//! The verdict on a rule, and what it counts as.

/// What came of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The rule in its canonical spelling.
    pub rule: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// The value that was judged, of several that of the worst; `None` if it is
    /// undefined.
    pub value: Option<f64>,
    /// The number of the run that it was compared with, if there is one.
    pub baseline: Option<i64>,
    /// The verdict in a sentence, with the numbers.
    pub reason: String,
}

/// Whether a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not.
    Broken,
    /// Its metric has no value, which is as bad as broken.
    Undefined,
    /// The rows are too few to prove it either way.
    Undecided,
    /// There is no earlier run to compare with.
    NoBaseline,
    /// There are fewer rows than the rule is to be judged on.
    TooFewRows,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 6] = [
        Self::Holds,
        Self::Broken,
        Self::Undefined,
        Self::Undecided,
        Self::NoBaseline,
        Self::TooFewRows,
    ];

    /// Whether it makes a run fail, with status 1: a rule that is broken or
    /// undefined does. The others are shown and wake nobody.
    pub fn fails(self) -> bool {
        matches!(self, Self::Broken | Self::Undefined)
    }

    /// The word for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Undefined => "undefined",
            Self::Undecided => "undecided",
            Self::NoBaseline => "no baseline",
            Self::TooFewRows => "too few rows",
        }
    }

    /// The verdict with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// Of several classes the verdict of the worst is that of the rule.
    pub(crate) fn severity(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::TooFewRows => 1,
            Self::NoBaseline => 2,
            Self::Undecided => 3,
            Self::Undefined => 4,
            Self::Broken => 5,
        }
    }
}

/// What is made of outcomes that are neither holding nor broken; of each that is
/// `None`, what it is. The reason keeps the outcome in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerdictOverrides {
    /// Of a metric without a value.
    pub undefined: Option<Verdict>,
    /// Of a rule without an earlier run.
    pub no_baseline: Option<Verdict>,
    /// Of fewer rows than the rule is judged on.
    pub too_few_rows: Option<Verdict>,
    /// Of a proof that did not succeed.
    pub undecided: Option<Verdict>,
}

impl VerdictOverrides {
    /// What `verdict` counts as, if that is something else.
    fn other(self, verdict: Verdict) -> Option<Verdict> {
        let other = match verdict {
            Verdict::Holds | Verdict::Broken => None,
            Verdict::Undefined => self.undefined,
            Verdict::NoBaseline => self.no_baseline,
            Verdict::TooFewRows => self.too_few_rows,
            Verdict::Undecided => self.undecided,
        };
        other.filter(|other| *other != verdict)
    }

    /// Verdict and reason as they count.
    pub(crate) fn counted(self, verdict: Verdict, reason: String) -> (Verdict, String) {
        match self.other(verdict) {
            Some(other) => (
                other,
                format!("{}, which counts here as {}: {reason}", verdict.name(), other.name()),
            ),
            None => (verdict, reason),
        }
    }
}
