//! The schemas `tallyho.history.compare/1` and `tallyho.history.verify/1`.

use serde::Serialize;

use super::document::{RunJson, ValueJson, document};
use crate::engine::Agreement;
use crate::history::compare::two_runs::Comparison;
use crate::history::compare::verification::Verification;
use crate::history::store::identity::RunId;
use crate::stat::mcnemar;

/// Two runs side by side.
pub fn compare_json(compared: &Comparison) -> String {
    #[derive(Serialize)]
    struct Compared<'a> {
        first: RunJson<'a>,
        second: RunJson<'a>,
        same_digest: bool,
        metrics: Vec<Pair<'a>>,
        classes: Vec<ClassPair<'a>>,
        one_sided_classes: &'a [String],
        rows: Option<RowsJson>,
    }
    #[derive(Serialize)]
    struct Pair<'a> {
        name: &'a str,
        first: Option<ValueJson<'a>>,
        second: Option<ValueJson<'a>>,
    }
    #[derive(Serialize)]
    struct ClassPair<'a> {
        class: &'a str,
        first_f1: f64,
        second_f1: f64,
    }
    #[derive(Serialize)]
    struct RowsJson {
        both_right: u64,
        only_first_right: u64,
        only_second_right: u64,
        neither_right: u64,
        mcnemar_p: f64,
    }
    let metrics = compared.metrics.iter().map(|(name, first, second)| Pair {
        name,
        first: first.as_ref().map(Into::into),
        second: second.as_ref().map(Into::into),
    });
    let classes = compared.classes.iter().map(|it| ClassPair {
        class: &it.class,
        first_f1: it.first,
        second_f1: it.second,
    });
    let rows = |it: Agreement| RowsJson {
        both_right: it.both,
        only_first_right: it.only_first,
        only_second_right: it.only_second,
        neither_right: it.neither,
        mcnemar_p: mcnemar(it.only_first, it.only_second),
    };
    let contents = Compared {
        first: (&compared.first.run).into(),
        second: (&compared.second.run).into(),
        same_digest: compared.same_digest,
        metrics: metrics.collect(),
        classes: classes.collect(),
        one_sided_classes: &compared.one_sided,
        rows: compared.agreement.map(rows),
    };
    document("tallyho.history.compare/1", contents)
}

/// What verifying found.
pub fn verification_json(found: &Verification) -> String {
    #[derive(Serialize)]
    struct Verified<'a> {
        sound: bool,
        runs: usize,
        values: usize,
        values_not_stored: usize,
        values_not_known: usize,
        rows: usize,
        runs_older_than_checksums: usize,
        damage: &'a [String],
        changed: Vec<ChangedJson<'a>>,
        differences: Vec<Differs<'a>>,
    }
    #[derive(Serialize)]
    struct ChangedJson<'a> {
        run: Option<RunId>,
        table: &'a str,
        row: Option<&'a str>,
        problem: &'a str,
    }
    #[derive(Serialize)]
    struct Differs<'a> {
        run: RunId,
        what: &'a str,
        stored: &'a str,
        computed: &'a str,
    }
    let differences = found.differences.iter().map(|it| Differs {
        run: it.run,
        what: &it.what,
        stored: &it.stored,
        computed: &it.computed,
    });
    let changed = found.changed.iter().map(|it| ChangedJson {
        run: it.run,
        table: it.table,
        row: it.row.as_deref(),
        problem: &it.problem,
    });
    let contents = Verified {
        sound: found.is_sound(),
        runs: found.runs,
        values: found.metrics,
        values_not_stored: found.new_metrics,
        values_not_known: found.unknown_metrics,
        rows: found.rows,
        runs_older_than_checksums: found.late_runs,
        damage: &found.damage,
        changed: changed.collect(),
        differences: differences.collect(),
    };
    document("tallyho.history.verify/1", contents)
}
