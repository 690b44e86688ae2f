//! The schema `tallyho.bench/1`.

use serde::Serialize;

use super::Bench;
use crate::error::{Error, Result};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    #[serde(flatten)]
    bench: &'a Bench,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// `bench` as JSON, ending with a newline.
///
/// # Errors
///
/// [`Error::Internal`] if a number cannot be written.
pub fn json(bench: &Bench) -> Result<String> {
    let tool = Tool { name: "tallyho", version: env!("CARGO_PKG_VERSION") };
    let document = Document { schema: "tallyho.bench/1", tool, bench };
    let text = serde_json::to_string_pretty(&document);
    text.map(|text| text + "\n")
        .map_err(|error| Error::Internal(format!("the bench as JSON: {error}")))
}
