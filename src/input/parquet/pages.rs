//! The pages of one column, of which the first may be at hand already.
//!
//! A look at the first rows reads a page of every column, which may be the
//! whole of a wide table. These pages are kept for the pass that follows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::ParquetError;
use ::parquet::file::serialized_reader::SerializedPageReader;

use super::chunk::ChunkFile;

/// The pages that a look at the first rows has read of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<Page>>>);

impl Kept {
    fn push(&self, page: Page) {
        // A push leaves the vector in order even if it panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(page);
    }

    fn pages(&self) -> VecDeque<Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// What the pages kept are for.
#[derive(Clone, Debug)]
pub(super) enum First {
    /// Pages are kept as they are read.
    Keep(Kept),
    /// Pages that were kept come first.
    Use(Kept),
}

/// A page reader that starts with pages at hand.
pub(super) struct Pages {
    at_hand: VecDeque<Page>,
    /// Whether a dictionary was among them; a column has one at most.
    has_dictionary: bool,
    /// That dictionary, if it was skipped and may be wanted yet.
    skipped: Option<Page>,
    rest: SerializedPageReader<ChunkFile>,
    keep: Option<Kept>,
}

impl Pages {
    pub(super) fn new(
        mut rest: SerializedPageReader<ChunkFile>,
        first: Option<First>,
    ) -> Result<Self, ParquetError> {
        let (at_hand, keep) = match first {
            None => (VecDeque::new(), None),
            Some(First::Keep(kept)) => (VecDeque::new(), Some(kept)),
            Some(First::Use(kept)) => (kept.pages(), None),
        };
        for _ in &at_hand {
            rest.skip_next_page()?;
        }
        let has_dictionary = at_hand.iter().any(is_dictionary);
        Ok(Self { at_hand, has_dictionary, skipped: None, rest, keep })
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        if let Some(page) = self.at_hand.pop_front() {
            return Ok(Some(page));
        }
        let page = self.rest.get_next_page()?;
        if let (Some(kept), Some(page)) = (&self.keep, &page) {
            kept.push(page.clone());
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        let Some(page) = self.at_hand.front() else { return self.rest.peek_next_page() };
        let count = |count: u32| usize::try_from(count).ok();
        let (num_rows, num_levels) = match page {
            Page::DataPage { num_values, .. } => (None, count(*num_values)),
            Page::DataPageV2 { num_values, num_rows, .. } => (count(*num_rows), count(*num_values)),
            Page::DictionaryPage { .. } => (None, None),
        };
        Ok(Some(PageMetadata { num_rows, num_levels, is_dict: is_dictionary(page) }))
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        match self.at_hand.pop_front() {
            Some(page) if is_dictionary(&page) => self.skipped = Some(page),
            Some(_) => {}
            // What is skipped can't be kept, nor can what comes after it.
            None => {
                self.keep = None;
                self.rest.skip_next_page()?;
            }
        }
        Ok(())
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.rest.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>, ParquetError> {
        // The rest has stepped over a dictionary that was at hand.
        if self.has_dictionary {
            return Ok(self.skipped.take());
        }
        self.rest.take_deferred_dictionary()
    }

    fn at_record_boundary(&mut self) -> Result<bool, ParquetError> {
        match self.at_hand.front() {
            Some(page) => Ok(matches!(page, Page::DataPageV2 { .. })),
            None => self.rest.at_record_boundary(),
        }
    }
}

fn is_dictionary(page: &Page) -> bool {
    matches!(page, Page::DictionaryPage { .. })
}

impl Iterator for Pages {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}
