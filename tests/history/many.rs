//! Ten thousand runs.

use std::time::Instant;

use super::{history, nights};
use crate::common::files::Folder;

/// A history of ten thousand nights, copied from one in one transaction.
pub fn ten_thousand(folder: &Folder) {
    drop(nights(&folder.path("tallyho.db"), &[("01-01", 900)]));
    copies(folder, 10_000);
}

/// Copies the first run of a history until it has so many, and leaves the history as a
/// version did that knew no checksums.
pub fn copies(folder: &Folder, runs: usize) {
    let database = rusqlite::Connection::open(folder.path("tallyho.db")).unwrap();
    let columns = |table: &str, but: &[&str]| -> String {
        let mut statement =
            database.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let names: Vec<String> =
            names.map(Result::unwrap).filter(|name| !but.contains(&&**name)).collect();
        names.join(", ")
    };
    let (run, metric) = (columns("run", &["id", "night"]), columns("metric", &["run", "value"]));
    database
        .execute_batch(&format!(
            "BEGIN;
             CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS
                 (SELECT (SELECT max(id) + 1 FROM run) UNION ALL SELECT i + 1 FROM n WHERE i < {runs})
                 SELECT i FROM n;
             INSERT INTO run (id, night, {run})
                 SELECT i, date('2026-01-01', '+' || i || ' days'), {run} FROM run, n WHERE id = 1;
             INSERT INTO metric (run, value, {metric})
                 SELECT i, value - (i * 7919 % 101) * 1e-5, {metric} FROM metric, n WHERE run = 1;
             DROP TABLE checksum;
             PRAGMA user_version = 3;
             COMMIT;"
        ))
        .unwrap();
}

/// The bounds are for a build without optimisation on a busy machine; an
/// optimised one takes a tenth of them or less.
#[test]
fn ten_thousand_runs_are_listed_and_drawn_at_once() {
    let folder = Folder::new();
    ten_thousand(&folder);
    for line in ["list", "trend accuracy", "list --json", "check --max-age 100000d"] {
        let started = Instant::now();
        let ran = history(&folder, line).expect(0);
        let elapsed = started.elapsed();
        assert!(elapsed.as_secs_f64() < 6.0, "{line}: {elapsed:?}");
        assert!(ran.stdout.len() > 30);
    }
    let found = history(&folder, "trend accuracy --json").expect(0).json();
    assert_eq!(found["series"][0]["points"].as_array().unwrap().len(), 10_000);
}
