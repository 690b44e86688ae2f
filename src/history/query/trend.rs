//! A quantity over time: its windows, its past, its changes of level.

use jiff::Timestamp;
use jiff::civil::Date;

use super::series::Series;
use super::window::{Span, Window};
use crate::error::{Error, Result};
use crate::history::store::database::History;
use crate::history::store::filter::Filter;
use crate::history::store::identity::{Identity, RunId};
use crate::history::store::metric_value::Value;
use crate::history::store::run::Run;
use crate::metric::Better;
use crate::rule::Quantity;
use crate::stat::{self, Past};

/// How a trend is made.
#[derive(Clone, Debug)]
pub struct TrendOptions {
    /// Also the quantity of several nights together.
    pub window: Option<Span>,
    /// Nights that mean, deviation and z-score look back on.
    pub look_back: usize,
    /// Every run of a repeated night, not the last alone.
    pub all: bool,
    /// Show the last so many nights of every series. Windows, means and levels
    /// know those before as well.
    pub last: Option<usize>,
    /// Show nights from this one on, likewise.
    pub since: Option<Date>,
}

impl Default for TrendOptions {
    fn default() -> Self {
        Self { window: None, look_back: 30, all: false, last: None, since: None }
    }
}

/// A quantity of one series over time.
#[derive(Clone, Debug)]
pub struct Trend {
    /// What it is of.
    pub identity: Identity,
    /// What the windows of the points hold, if there are any.
    pub window: Option<Span>,
    /// Every night, oldest first.
    pub points: Vec<Point>,
    /// Nights between the first and the last that have no run.
    pub missing: Vec<Date>,
    /// Days from one night to the next, as it usually is.
    pub step: i64,
    /// Where the level changes, oldest first.
    pub changes: Vec<Change>,
    /// Since when it is worse than at its best, if it is.
    pub decline: Option<Decline>,
}

/// One night of a trend.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its run.
    pub run: RunId,
    /// The date.
    pub night: Date,
    /// When the run was recorded.
    pub time: Timestamp,
    /// The value.
    pub value: Value,
    /// Other runs of the night that are not shown.
    pub hidden: usize,
    /// The quantity of the window that ends here.
    pub window: Option<Window>,
    /// What the nights before say about it.
    pub past: Option<Past>,
    /// Rules that did not hold.
    pub broken: u64,
    /// Whether the run was accepted in spite of them.
    pub accepted: bool,
}

/// A change of level.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The first run on the new level.
    pub run: RunId,
    /// Its night.
    pub night: Date,
    /// The mean of the level before.
    pub before: f64,
    /// The mean of the level that begins.
    pub after: f64,
}

/// The level is worse than it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Decline {
    /// The first bad night: that after the best level.
    pub night: Date,
    /// Its run.
    pub run: RunId,
    /// The mean of the best level.
    pub best: f64,
    /// The mean of the level now.
    pub now: f64,
}

/// Nights among which changes are looked for: time grows with their square.
pub const MOST_NIGHTS: usize = 1_000;

impl History {
    /// The trend of `quantity` in every series that `filter` matches.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a window of a figure of the job; and as
    /// [`History::tallies`].
    pub fn trends(
        &self,
        filter: &Filter,
        quantity: &Quantity,
        options: &TrendOptions,
    ) -> Result<Vec<Trend>> {
        if let (Some(_), Quantity::Job(figure)) = (options.window, quantity) {
            return Err(Error::Usage(format!(
                "a window adds up tallies, and {} is none; leave out --window",
                figure.name
            )));
        }
        let _moment = self.snapshot()?;
        let values = self.values(filter, quantity)?;
        let series = Series::split(values, options.all);
        let trends = series.into_iter().map(|series| self.trend(series, quantity, options));
        let shown = trends.filter(|trend| trend.as_ref().map_or(true, |it| !it.points.is_empty()));
        shown.collect()
    }

    fn trend(&self, series: Series, quantity: &Quantity, options: &TrendOptions) -> Result<Trend> {
        let Series { identity, runs, hidden, step, missing } = series;
        let (runs, values): (Vec<Run>, Vec<Value>) = runs.into_iter().unzip();
        let windows = match options.window {
            Some(span) => self.windows(&runs, quantity, span)?.into_iter().map(Some).collect(),
            None => vec![None; runs.len()],
        };
        let places: Vec<usize> = (0..values.len()).filter(|at| values[*at].value.is_ok()).collect();
        let known: Vec<f64> =
            values.iter().filter_map(|value| value.value.as_ref().ok()).copied().collect();
        let mut pasts = vec![None; values.len()];
        for (&place, past) in places.iter().zip(stat::moving(&known, options.look_back)) {
            pasts[place] = past;
        }
        let levels = Levels::of(&known, &places);
        let changes = levels.changes(&runs);
        let decline = levels.decline(&runs, quantity.better());
        let parts = runs.iter().zip(values).zip(hidden).zip(windows).zip(pasts);
        let points = parts
            .map(|((((run, value), hidden), window), past)| Point {
                run: run.id,
                night: run.night,
                time: run.time,
                value,
                hidden,
                window,
                past,
                broken: run.rules.failing,
                accepted: run.accepted.is_some(),
            })
            .collect();
        let window = options.window;
        let mut trend = Trend { identity, window, points, missing, step, changes, decline };
        trend.cut(options);
        Ok(trend)
    }
}

impl Trend {
    /// Leaves out the nights that are not to be shown.
    fn cut(&mut self, options: &TrendOptions) {
        let excess = options.last.map_or(0, |most| self.points.len().saturating_sub(most));
        self.points.drain(..excess);
        if let Some(since) = options.since {
            self.points.retain(|point| point.night >= since);
        }
        let first = self.points.first().map_or(Date::MAX, |point| point.night);
        self.missing.retain(|night| *night > first);
        self.changes.retain(|change| change.night >= first);
    }
}

/// The levels of a series.
struct Levels {
    /// Where each but the first begins, as an index of a run.
    starts: Vec<usize>,
    means: Vec<f64>,
}

impl Levels {
    /// Of `values`, which are those of the runs at `places`.
    fn of(values: &[f64], places: &[usize]) -> Self {
        let skipped = values.len().saturating_sub(MOST_NIGHTS);
        let values = &values[skipped..];
        let changes = stat::change_points(values);
        let means = stat::segment_means(values, &changes);
        Self { starts: changes.iter().map(|at| places[skipped + at]).collect(), means }
    }

    fn changes(&self, runs: &[Run]) -> Vec<Change> {
        let pairs = self.starts.iter().zip(self.means.windows(2));
        pairs
            .map(|(at, means)| Change {
                run: runs[*at].id,
                night: runs[*at].night,
                before: means[0],
                after: means[1],
            })
            .collect()
    }

    /// The last level against the best one before: the latest of equal ones.
    fn decline(&self, runs: &[Run], better: Better) -> Option<Decline> {
        let (now, before) = self.means.split_last()?;
        let mut best = 0;
        for (at, mean) in before.iter().enumerate() {
            if !better.is_worse(*mean, before[best]) {
                best = at;
            }
        }
        let best_mean = *before.get(best)?;
        let first = &runs[*self.starts.get(best)?];
        better.is_worse(*now, best_mean).then_some(Decline {
            night: first.night,
            run: first.id,
            best: best_mean,
            now: *now,
        })
    }
}
