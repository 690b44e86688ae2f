//! Labels and predictions that are one and the same.

use std::path::Path;

use super::Request;
use super::paths::is_one_file;
use crate::notice::{self, Notice};

/// A warning where one column, array or file is named for both: every row would be right.
pub(super) fn notice(request: &Request) -> Option<Notice> {
    let predictions = request.predictions.as_ref()?;
    let labels = &request.labels;
    let is_one = labels == predictions
        || request.tables.is_empty() && is_one_file(Path::new(labels), Path::new(predictions));
    is_one.then(|| {
        let text = match labels == predictions {
            true => format!("'{labels}' is named for labels and for predictions"),
            false => format!("'{labels}' and '{predictions}' are one file"),
        };
        let text = format!("{text}, so that every row is right");
        Notice::new(notice::ONE_COLUMN, text).hint("name what the model said with --predictions")
    })
}
