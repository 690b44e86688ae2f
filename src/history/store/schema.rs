//! The tables, and the steps from each version of them to the next.

use rusqlite::Connection;

use super::checksum;

/// The version of the tables that this tool writes, in `PRAGMA user_version`.
pub const VERSION: u32 = 4;

/// `PRAGMA application_id`: "TLYH".
pub(in crate::history) const APPLICATION: u32 = 0x544c_5948;

/// `MIGRATIONS[v]` leads from version v to v + 1. Those that were released are
/// never changed.
const MIGRATIONS: [&str; VERSION as usize] = [RUNS, NIGHTS, JOBS, CHECKSUMS];

/// Version 1: runs, their values and their verdicts.
const RUNS: &str = "
-- Contents by their hash, each stored once: tallies of unchanged models on
-- unchanged rows are the same bytes every night.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,          -- blake3 of the unpacked bytes
    packing TEXT NOT NULL,              -- 'zstd', or 'planes16+zstd'
    length INTEGER NOT NULL,            -- of the unpacked bytes
    packed BLOB NOT NULL
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    dataset TEXT NOT NULL,
    model TEXT NOT NULL,
    split TEXT NOT NULL,                -- '' if not named
    night TEXT NOT NULL,                -- YYYY-MM-DD, the date it stands for
    time TEXT NOT NULL,                 -- RFC 3339, UTC, when it was recorded
    host TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    device_kind TEXT NOT NULL,
    device TEXT NOT NULL,
    backend TEXT,
    threads INTEGER NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_scored INTEGER NOT NULL,
    rows_ignored INTEGER NOT NULL,
    rows_invalid INTEGER NOT NULL,
    classes INTEGER NOT NULL,
    seconds REAL NOT NULL,
    rows_per_second REAL NOT NULL,
    bytes_per_second REAL NOT NULL,
    peak_memory_bytes INTEGER,
    digest TEXT NOT NULL,               -- of the tallies, as in the report
    tallies INTEGER NOT NULL REFERENCES blob (id)
) STRICT;
CREATE INDEX run_of_series ON run (job, dataset, model, split, night, id);
CREATE INDEX run_by_night ON run (night, id);
CREATE INDEX run_by_tallies ON run (tallies);

CREATE TABLE input (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,             -- in the order of the report, from 0
    role TEXT,
    path TEXT NOT NULL,
    format TEXT NOT NULL,
    dtype TEXT NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    fingerprint TEXT,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

-- By name first: a trend reads one name of many runs.
CREATE TABLE metric (
    name TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    value REAL,                         -- NULL if undefined
    undefined TEXT,                     -- why
    numerator INTEGER,
    denominator INTEGER,
    low REAL,                           -- of the interval
    high REAL,
    level REAL,
    method TEXT,
    note TEXT,
    PRIMARY KEY (name, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_of_run ON metric (run);

CREATE TABLE verdict (
    run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    verdict TEXT NOT NULL,              -- 'holds', 'broken', 'undefined', …
    value REAL,
    baseline INTEGER,                   -- a run, which may be gone by now
    reason TEXT NOT NULL,
    PRIMARY KEY (run, rule)
) STRICT, WITHOUT ROWID;
";

/// Version 2: what nights in a row need: outcomes of rows for paired tests,
/// acceptance, evaluations that failed, and what was told to whom.
const NIGHTS: &str = "
ALTER TABLE run ADD COLUMN labels TEXT;                            -- fingerprint, in order
ALTER TABLE run ADD COLUMN scored INTEGER REFERENCES blob (id);    -- a bit a row
ALTER TABLE run ADD COLUMN hits INTEGER REFERENCES blob (id);      -- a bit a row
ALTER TABLE run ADD COLUMN accepted TEXT;                          -- RFC 3339, UTC
ALTER TABLE run ADD COLUMN accepted_because TEXT;
ALTER TABLE verdict ADD COLUMN accepted TEXT;                      -- RFC 3339, UTC
CREATE INDEX run_by_scored ON run (scored) WHERE scored IS NOT NULL;
CREATE INDEX run_by_hits ON run (hits) WHERE hits IS NOT NULL;

CREATE TABLE failure (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    dataset TEXT NOT NULL,
    model TEXT NOT NULL,
    split TEXT NOT NULL,
    night TEXT NOT NULL,
    time TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX failure_of_series ON failure (job, dataset, model, split, night);

CREATE TABLE notice (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    dataset TEXT NOT NULL,
    model TEXT NOT NULL,
    split TEXT NOT NULL,
    rule TEXT NOT NULL,                 -- '' if it is not about a rule
    night TEXT NOT NULL,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- 'broken', 'recovered', 'reminder', …
    channel TEXT NOT NULL,              -- the notification's name in the config
    attempts INTEGER NOT NULL,
    delivered INTEGER NOT NULL,         -- 0 or 1
    answer TEXT NOT NULL,               -- what the other side said, or the error
    run INTEGER,                        -- a run, which may be gone by now
    baseline INTEGER
) STRICT;
CREATE INDEX notice_of_series ON notice (job, dataset, model, split, rule, id);
";

/// Version 3: what a job needs to do only what is missing.
const JOBS: &str = "
ALTER TABLE run ADD COLUMN asked TEXT;      -- hash of what was asked for, by a job
ALTER TABLE run ADD COLUMN judged INTEGER NOT NULL DEFAULT 1;      -- 0 until its night is
CREATE INDEX run_unjudged ON run (id) WHERE judged = 0;
";

/// Version 4: by which what changed since it was written is known.
const CHECKSUMS: &str = "
CREATE TABLE checksum (
    of_table TEXT NOT NULL,
    owner INTEGER NOT NULL,             -- a run, or the row itself
    late INTEGER NOT NULL,              -- 1 if the rows are older than their checksums
    sums BLOB NOT NULL,                 -- 16 bytes a row, in the order of their keys
    PRIMARY KEY (of_table, owner)
) STRICT, WITHOUT ROWID;
";

/// The first version whose rows have checksums. A later step that changes a table
/// renews them, and shows before that they hold.
const CHECKED: u32 = 4;

/// Brings the tables from `version` to [`VERSION`], within a transaction of the
/// caller.
pub(in crate::history) fn migrate(connection: &Connection, version: u32) -> rusqlite::Result<()> {
    for step in &MIGRATIONS[(version as usize).min(MIGRATIONS.len())..] {
        connection.execute_batch(step)?;
    }
    if version < CHECKED {
        checksum::cover(connection)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// What SQLite knows of the tables and indices of [`VERSION`]: type, name, table, text.
pub(in crate::history) type Definition = (String, String, String, Option<String>);

/// The tables and indices in a database.
pub(in crate::history) fn definitions(
    connection: &Connection,
) -> rusqlite::Result<Vec<Definition>> {
    let select = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name";
    let mut statement = connection.prepare(select)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    statement.query_map([], read)?.collect()
}

/// The tables and indices that there should be.
pub(in crate::history) fn expected() -> rusqlite::Result<Vec<Definition>> {
    let empty = Connection::open_in_memory()?;
    migrate(&empty, 0)?;
    definitions(&empty)
}
