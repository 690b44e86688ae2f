//! A moment of the history, at which several statements look.

use rusqlite::{Transaction, TransactionBehavior};

use super::database::History;
use crate::error::{Error, Result};
use std::sync::atomic::Ordering;

/// While it lives, everything that is read is of one moment, whatever others write.
#[derive(Debug)]
#[must_use = "a moment ends when this is dropped"]
pub struct Snapshot<'a> {
    _transaction: Option<Transaction<'a>>,
}

impl History {
    /// Has everything read at the moment of the first statement, until what is returned
    /// is dropped. Within it, nothing can be written through this history.
    ///
    /// # Errors
    ///
    /// [`Error::History`] if the file cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot<'_>> {
        let begin = || Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred);
        // Within a transaction, it is of one moment already.
        let transaction = self.connection.is_autocommit().then(begin).transpose();
        Ok(Snapshot { _transaction: transaction.map_err(self.fails("read the history"))? })
    }

    /// Whether to go on with work that takes long.
    ///
    /// # Errors
    ///
    /// [`Error::Interrupted`] if somebody wants it to end.
    pub(in crate::history) fn go_on(&self) -> Result<()> {
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::Interrupted),
            false => Ok(()),
        }
    }
}
