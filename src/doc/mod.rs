//! The model of a page: headings, facts, tables, figures and notes as data, and one
//! renderer for each medium.
//!
//! What is found is put into a [`Doc`] once; [`terminal`] and [`markdown`] show it. Where
//! a medium has something of its own, the page says so: [`Block::Only`], [`Column::only`],
//! a [`Heading`] or a [`Gap`] in two wordings. Nothing here is padded, cut or escaped.

mod block;
pub(crate) mod markdown;
mod notes;
mod table;
pub(crate) mod terminal;
mod text;
pub(crate) mod width;

pub(crate) use block::{
    Block, Callout, Entries, Entry, Fact, Heading, Interval, Matrix, Paragraph, Quantity,
};
pub(crate) use table::{Align, Aside, Cell, Column, Content, Gap, Need, Row, Table};
pub(crate) use text::{Kind, Span, Style, Text};

/// Where a page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// Lines of a fixed width, with or without colour.
    Terminal,
    /// GitHub-flavoured Markdown.
    Markdown,
}

/// A page from top to bottom.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    /// Columns that the names of [`Fact`]s take on a terminal.
    pub(crate) labels: usize,
    pub(crate) blocks: Vec<Block>,
}

impl Doc {
    /// The sections in their order.
    pub(crate) fn new(labels: usize, sections: impl IntoIterator<Item = Vec<Block>>) -> Self {
        Self { labels, blocks: sections.into_iter().flatten().collect() }
    }
}
