//! The columns that have checksums: every one of every table, but for packed bytes.

/// Rows that have their checksums in one place: of a run, or a single one.
#[derive(Debug)]
pub(in crate::history) struct Covered {
    /// The table.
    pub(in crate::history) table: &'static str,
    /// The rows that belong to `?1`, in the order of their keys.
    pub(in crate::history) rows: &'static str,
    /// To what rows belong, each once.
    pub(in crate::history) owners: &'static str,
    /// The column that tells the rows of one owner apart, if there are several.
    pub(in crate::history) key: Option<usize>,
}

pub(in crate::history) const RUN: Covered = Covered {
    table: "run",
    rows: "SELECT * FROM run WHERE id = ?1",
    owners: "SELECT id FROM run",
    key: None,
};
const INPUT: Covered = Covered {
    table: "input",
    rows: "SELECT * FROM input WHERE run = ?1 ORDER BY place",
    owners: "SELECT DISTINCT run FROM input",
    key: Some(3),
};
const METRIC: Covered = Covered {
    table: "metric",
    rows: "SELECT * FROM metric WHERE run = ?1 ORDER BY name",
    owners: "SELECT DISTINCT run FROM metric",
    key: Some(0),
};
pub(in crate::history) const VERDICT: Covered = Covered {
    table: "verdict",
    rows: "SELECT * FROM verdict WHERE run = ?1 ORDER BY rule",
    owners: "SELECT DISTINCT run FROM verdict",
    key: Some(1),
};
/// The packed bytes have a hash of their own, of what they unpack to.
pub(in crate::history) const BLOB: Covered = Covered {
    table: "blob",
    rows: "SELECT id, hash, packing, length FROM blob WHERE id = ?1",
    owners: "SELECT id FROM blob",
    key: None,
};
pub(in crate::history) const FAILURE: Covered = Covered {
    table: "failure",
    rows: "SELECT * FROM failure WHERE id = ?1",
    owners: "SELECT id FROM failure",
    key: None,
};
pub(in crate::history) const NOTICE: Covered = Covered {
    table: "notice",
    rows: "SELECT * FROM notice WHERE id = ?1",
    owners: "SELECT id FROM notice",
    key: None,
};
/// The numbers that were given out last, by table.
pub(in crate::history) const NUMBERS: Covered = Covered {
    table: "sqlite_sequence",
    rows: "SELECT name, seq FROM sqlite_sequence WHERE ?1 = 0 ORDER BY name",
    owners: "SELECT 0 WHERE EXISTS (SELECT 1 FROM sqlite_sequence)",
    key: Some(0),
};

/// Every table but `checksum` itself.
pub(in crate::history) const ALL: [Covered; 8] =
    [RUN, INPUT, METRIC, VERDICT, BLOB, FAILURE, NOTICE, NUMBERS];

/// All that belongs to a run.
pub(in crate::history) const OF_RUN: [Covered; 4] = [RUN, INPUT, METRIC, VERDICT];
