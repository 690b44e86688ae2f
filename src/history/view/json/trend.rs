//! The schema `tallyho.history.trend/1`.

use serde::Serialize;

use super::document::{ValueJson, document};
use crate::history::query::trend::Trend;
use crate::history::store::identity::{Identity, RunId};

#[derive(Serialize)]
struct TrendJson<'a> {
    #[serde(flatten)]
    identity: &'a Identity,
    step_days: i64,
    points: Vec<PointJson<'a>>,
    missing: Vec<String>,
    changes: Vec<ChangeJson>,
    decline: Option<DeclineJson>,
}

#[derive(Serialize)]
struct PointJson<'a> {
    run: RunId,
    night: String,
    time: String,
    #[serde(flatten)]
    value: ValueJson<'a>,
    other_runs: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<WindowJson<'a>>,
    before: Option<PastJson>,
    rules_failing: u64,
    accepted: bool,
}

#[derive(Serialize)]
struct WindowJson<'a> {
    #[serde(flatten)]
    value: ValueJson<'a>,
    runs: usize,
    from: String,
}

#[derive(Serialize)]
struct PastJson {
    nights: usize,
    mean: f64,
    standard_deviation: Option<f64>,
    z: Option<f64>,
}

#[derive(Serialize)]
struct ChangeJson {
    run: RunId,
    night: String,
    before: f64,
    after: f64,
}

#[derive(Serialize)]
struct DeclineJson {
    run: RunId,
    first_bad_night: String,
    best: f64,
    now: f64,
}

impl<'a> From<&'a Trend> for TrendJson<'a> {
    fn from(trend: &'a Trend) -> Self {
        let points = trend.points.iter().map(|point| PointJson {
            run: point.run,
            night: point.night.to_string(),
            time: point.time.to_string(),
            value: (&point.value).into(),
            other_runs: point.hidden,
            window: point.window.as_ref().map(|window| WindowJson {
                value: (&window.value).into(),
                runs: window.runs,
                from: window.from.to_string(),
            }),
            before: point.past.as_ref().map(|past| PastJson {
                nights: past.values,
                mean: past.mean,
                standard_deviation: past.deviation,
                z: past.z,
            }),
            rules_failing: point.broken,
            accepted: point.accepted,
        });
        let changes = trend.changes.iter().map(|change| ChangeJson {
            run: change.run,
            night: change.night.to_string(),
            before: change.before,
            after: change.after,
        });
        Self {
            identity: &trend.identity,
            step_days: trend.step,
            points: points.collect(),
            missing: trend.missing.iter().map(ToString::to_string).collect(),
            changes: changes.collect(),
            decline: trend.decline.as_ref().map(|decline| DeclineJson {
                run: decline.run,
                first_bad_night: decline.night.to_string(),
                best: decline.best,
                now: decline.now,
            }),
        }
    }
}

/// Trends of one metric.
pub fn trends_json(trends: &[Trend], metric: &str) -> String {
    #[derive(Serialize)]
    struct Trends<'a> {
        metric: &'a str,
        series: Vec<TrendJson<'a>>,
    }
    let series = trends.iter().map(TrendJson::from).collect();
    document("tallyho.history.trend/1", Trends { metric, series })
}
