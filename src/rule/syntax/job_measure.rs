//! The figures of the job itself: rows, time, memory.

use crate::metric::Better;

/// What an evaluation took, beside what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JobFigures {
    /// Rows in the input.
    pub rows: u64,
    /// Rows that count.
    pub rows_scored: u64,
    /// Rows whose label is to be ignored.
    pub rows_ignored: u64,
    /// Rows that cannot be scored.
    pub rows_invalid: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
    /// Rows read per second.
    pub rows_per_second: f64,
    /// Bytes read per second.
    pub bytes_per_second: f64,
    /// The largest resident size, where the system tells it.
    pub peak_memory_bytes: Option<u64>,
}

/// A figure of the job itself: an entry of [`JobMeasure::ALL`].
#[derive(Debug)]
pub struct JobMeasure {
    /// Its name.
    pub name: &'static str,
    /// Which way it gets better.
    pub better: Better,
    read: fn(&JobFigures) -> Option<f64>,
}

impl JobMeasure {
    /// Every figure of a job.
    pub const ALL: &[Self] = &[
        figure("rows", Better::Neither, |of| Some(of.rows as f64)),
        figure("rows_scored", Better::Neither, |of| Some(of.rows_scored as f64)),
        figure("rows_ignored", Better::Neither, |of| Some(of.rows_ignored as f64)),
        figure("rows_invalid", Better::Lower, |of| Some(of.rows_invalid as f64)),
        figure("seconds", Better::Lower, |of| Some(of.seconds)),
        figure("rows_per_second", Better::Higher, |of| Some(of.rows_per_second)),
        figure("bytes_per_second", Better::Higher, |of| Some(of.bytes_per_second)),
        figure("peak_memory_bytes", Better::Lower, |of| of.peak_memory_bytes.map(|it| it as f64)),
    ];

    /// The entry of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|figure| figure.name == name)
    }

    /// Its value.
    ///
    /// # Errors
    ///
    /// Why there is none, in words.
    pub fn of(&self, figures: &JobFigures) -> Result<f64, String> {
        (self.read)(figures).ok_or_else(|| "the system did not tell".to_owned())
    }
}

const fn figure(
    name: &'static str,
    better: Better,
    read: fn(&JobFigures) -> Option<f64>,
) -> JobMeasure {
    JobMeasure { name, better, read }
}
