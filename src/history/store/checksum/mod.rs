//! Checksums of rows, by which it is known what changed since it was written.
//!
//! A row's checksum is 16 bytes of blake3 over its table and all its columns. Those of
//! the rows that belong together (the metrics of a run) stand in one row of the table
//! `checksum`, in the order of their keys, so that one that is missing is found, too.
//! The last row of that table is the sum of all others.
//!
//! They find what a disk, a cable or a hasty hand did to the file, and no forger, who
//! can compute them as well.

mod covered;
mod hasher;

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, Statement, params};

use self::covered::NUMBERS;
pub(in crate::history) use self::covered::{
    ALL, BLOB, Covered, FAILURE, NOTICE, OF_RUN, RUN, VERDICT,
};
pub(in crate::history) use self::hasher::LENGTH;
use self::hasher::{Checksum, Hasher};

/// The row that holds the sum of all others.
const SUM: &str = "checksum";

/// What is stored for the rows of one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::history) struct Stored {
    /// Whether the rows were there before they had checksums.
    pub(in crate::history) is_late: bool,
    /// One after the other.
    pub(in crate::history) sums: Vec<u8>,
}

impl Stored {
    fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self { is_late: row.get(first)?, sums: row.get(first + 1)? })
    }

    /// Its part of the sum of all.
    fn part(&self, table: &str, owner: i64) -> Checksum {
        let mut hasher = Hasher::new(SUM);
        hasher.value(ValueRef::Text(table.as_bytes()));
        hasher.value(ValueRef::Integer(owner));
        hasher.value(ValueRef::Integer(self.is_late.into()));
        hasher.value(ValueRef::Blob(&self.sums));
        hasher.finish()
    }
}

/// The checksums of the rows of an owner, as they are now, and their keys.
pub(in crate::history) struct Reader<'c> {
    covered: &'c Covered,
    statement: Statement<'c>,
}

impl<'c> Reader<'c> {
    pub(in crate::history) fn new(
        connection: &'c Connection,
        covered: &'c Covered,
    ) -> rusqlite::Result<Self> {
        Ok(Self { covered, statement: connection.prepare(covered.rows)? })
    }

    /// One after the other.
    pub(in crate::history) fn sums(&mut self, owner: i64) -> rusqlite::Result<Vec<u8>> {
        let columns = self.statement.column_count();
        let mut rows = self.statement.query([owner])?;
        let mut sums = Vec::new();
        while let Some(row) = rows.next()? {
            let mut hasher = Hasher::new(self.covered.table);
            for column in 0..columns {
                hasher.value(row.get_ref(column)?);
            }
            sums.extend(hasher.finish());
        }
        Ok(sums)
    }

    /// The key of the row at `place`, in words.
    pub(in crate::history) fn key(
        &mut self,
        owner: i64,
        place: usize,
    ) -> rusqlite::Result<Option<String>> {
        let Some(column) = self.covered.key else { return Ok(None) };
        let mut rows = self.statement.query([owner])?;
        let mut at = 0;
        while let Some(row) = rows.next()? {
            if at == place {
                let key = row.get_ref(column)?.as_bytes().unwrap_or_default();
                return Ok(Some(String::from_utf8_lossy(key).into_owned()));
            }
            at += 1;
        }
        Ok(None)
    }
}

/// What is stored for the rows of `owner`, if there are any.
fn stored(
    connection: &Connection,
    covered: &Covered,
    owner: i64,
) -> rusqlite::Result<Option<Stored>> {
    let select = "SELECT late, sums FROM checksum WHERE of_table = ?1 AND owner = ?2";
    connection
        .query_row(select, params![covered.table, owner], |row| Stored::read(row, 0))
        .optional()
}

/// What is stored for every owner of rows of a table.
pub(in crate::history) fn all_stored(
    connection: &Connection,
    table: &str,
) -> rusqlite::Result<BTreeMap<i64, Stored>> {
    let select = "SELECT owner, late, sums FROM checksum WHERE of_table = ?1 ORDER BY owner";
    let mut statement = connection.prepare(select)?;
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, Stored::read(row, 1)?)))?;
    rows.collect()
}

/// Owners whose rows have no checksums.
pub(in crate::history) fn uncovered(
    connection: &Connection,
    covered: &Covered,
) -> rusqlite::Result<Vec<i64>> {
    let select =
        format!("{} EXCEPT SELECT owner FROM checksum WHERE of_table = ?1", covered.owners);
    let mut statement = connection.prepare(&select)?;
    let owners = statement.query_map([covered.table], |row| row.get(0))?;
    owners.collect()
}

/// Whether the rows of `owner` are those that were written.
pub(in crate::history) fn holds(
    connection: &Connection,
    covered: &Covered,
    owner: i64,
) -> rusqlite::Result<bool> {
    let sums = Reader::new(connection, covered)?.sums(owner)?;
    Ok(stored(connection, covered, owner)?.map_or(sums.is_empty(), |stored| stored.sums == sums))
}

/// Does `write`, which gives out numbers, and renews their checksums. Numbers that were
/// damaged before are not called sound by that.
pub(in crate::history) fn numbering<T>(
    connection: &Connection,
    write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let is_sound = holds(connection, &NUMBERS, 0)?;
    let written = write(connection)?;
    if is_sound {
        renew(connection, &NUMBERS, 0)?;
    }
    Ok(written)
}

/// Stores the checksums of the rows of `owner` as they are now, within the transaction
/// that changed them; of rows that are gone, none.
pub(in crate::history) fn renew(
    connection: &Connection,
    covered: &Covered,
    owner: i64,
) -> rusqlite::Result<()> {
    let old = stored(connection, covered, owner)?;
    let is_late = old.as_ref().is_some_and(|old| old.is_late);
    let new = Stored { is_late, sums: Reader::new(connection, covered)?.sums(owner)? };
    let mut change = Checksum::default();
    if let Some(old) = old {
        add(&mut change, &old.part(covered.table, owner));
    }
    if new.sums.is_empty() {
        let delete = "DELETE FROM checksum WHERE of_table = ?1 AND owner = ?2";
        connection.execute(delete, params![covered.table, owner])?;
    } else {
        add(&mut change, &new.part(covered.table, owner));
        insert(connection)?.execute(params![covered.table, owner, is_late, new.sums])?;
    }
    let mut sum: Vec<u8> = stored_sum(connection)?.unwrap_or_default();
    add(&mut sum, &change);
    insert(connection)?.execute(params![SUM, 0, false, sum]).map(drop)
}

/// Stores the checksums of all rows that are there, within a migration.
pub(in crate::history) fn cover(connection: &Connection) -> rusqlite::Result<()> {
    let mut insert = insert(connection)?;
    let mut sum = Checksum::default();
    for covered in &ALL {
        let mut reader = Reader::new(connection, covered)?;
        for owner in uncovered(connection, covered)? {
            let stored = Stored { is_late: true, sums: reader.sums(owner)? };
            add(&mut sum, &stored.part(covered.table, owner));
            insert.execute(params![covered.table, owner, stored.is_late, stored.sums])?;
        }
    }
    insert.execute(params![SUM, 0, false, sum.as_slice()]).map(drop)
}

fn insert(connection: &Connection) -> rusqlite::Result<Statement<'_>> {
    connection.prepare(
        "INSERT OR REPLACE INTO checksum (of_table, owner, late, sums) VALUES (?1, ?2, ?3, ?4)",
    )
}

fn stored_sum(connection: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
    let select = "SELECT sums FROM checksum WHERE of_table = ?1 AND owner = 0 AND late = 0";
    connection.query_row(select, [SUM], |row| row.get(0)).optional()
}

/// Whether the checksums of all tables are those that were written.
pub(in crate::history) fn sum_holds(connection: &Connection) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare("SELECT of_table, owner, late, sums FROM checksum")?;
    let mut rows = statement.query([])?;
    let (mut sum, mut others) = (Checksum::default(), 0);
    while let Some(row) = rows.next()? {
        let (table, owner): (String, i64) = (row.get(0)?, row.get(1)?);
        match table == SUM {
            true => others += 1,
            false => add(&mut sum, &Stored::read(row, 2)?.part(&table, owner)),
        }
    }
    Ok(others == 1 && stored_sum(connection)?.as_deref() == Some(&sum))
}

/// Adds bit by bit: what was added twice is gone.
fn add(sum: &mut [u8], part: &Checksum) {
    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum ^= part);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn the_sum_follows_what_is_renewed_and_finds_what_is_not() {
        let connection = Connection::open_in_memory().unwrap();
        crate::history::store::schema::migrate(&connection, 0).unwrap();
        let failure = "INSERT INTO failure (job, dataset, model, split, night, time, reason) \
                       VALUES ('a', 'b', 'c', '', '2026-10-01', 't', ?1)";
        for (reason, id) in [("one", 1), ("two", 2)] {
            connection.execute(failure, [reason]).unwrap();
            assert!(!holds(&connection, &FAILURE, id).unwrap());
            renew(&connection, &FAILURE, id).unwrap();
            assert!(holds(&connection, &FAILURE, id).unwrap());
            assert!(sum_holds(&connection).unwrap());
        }
        connection.execute("DELETE FROM failure WHERE id = 1", []).unwrap();
        assert!(!holds(&connection, &FAILURE, 1).unwrap());
        renew(&connection, &FAILURE, 1).unwrap();
        assert!(sum_holds(&connection).unwrap());
        connection.execute("DELETE FROM failure", []).unwrap();
        connection.execute("DELETE FROM checksum WHERE of_table = 'failure'", []).unwrap();
        assert!(!sum_holds(&connection).unwrap());
    }
}
