//! Configs of a job.

use tallyho::job::Job;

use super::file;
use super::table::said;

pub const WORDS: &[&str] = &[
    "[[dataset]]\n",
    "[[model]]\n",
    "[[rule]]\n",
    "[[dataset.split]]\n",
    "[options]\n",
    "[judging]\n",
    "[output]\n",
    "[[notify]]\n",
    "[output.mlflow]\n",
    "[output.pushgateway]\n",
    "[model.on.d]\n",
    "name = \"d\"\n",
    "labels = \"y\"\n",
    "predictions = \"p\"\n",
    "scores = \"s_*\"\n",
    "files = [\"t.csv\"]\n",
    "require = \"accuracy >= 0.9\"\n",
    "{date}",
    "{dataset}",
    "{split}",
    "${HOME}",
    "webhook = \"http://h/\"\n",
    "command = [\"a\"]\n",
    "baseline = \"best\"\n",
    "min_rows = 3\n",
    "threads = 2\n",
    "classes = \"c.txt\"\n",
    "=",
    "\"",
    "'''",
    "\\u0000",
    "-1",
    "1e400",
    "true",
    "[]",
    "{}",
    "bins = 10\n",
    "interval = 0.9\n",
];

/// A config is read or refused; one that is read says what the engine is to do.
pub fn run(data: &[u8]) {
    let path = file::with("night.toml", data);
    let night = "2026-10-01".parse().expect("a date");
    // A message names every mistake, a line each.
    let Ok(job) = Job::read(&path, night).map_err(|error| {
        assert!(!matches!(error, tallyho::error::Error::Internal(_)), "{error}");
    }) else {
        return;
    };
    for work in &job.evaluations {
        drop(said(job.options(work)));
    }
    drop(said(tallyho::rule::parse_all(
        &job.rules.iter().map(|rule| rule.rule.to_string()).collect::<Vec<_>>(),
    )));
}
