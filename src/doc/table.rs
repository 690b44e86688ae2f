//! Tables: columns with what they are worth, rows of cells that say what they are.

use super::Medium;
use super::text::{Kind, Style, Text};

/// Rows of cells; a row may be shorter than the columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// Where a terminal has the asides of cells; a document has them in parentheses.
    pub(crate) aside: Aside,
    /// Rows that are left out.
    pub(crate) gap: Option<Gap>,
    /// What a cell without a value means, said below if there is one.
    pub(crate) missing: Option<&'static str>,
    /// How to get the columns that [`Need::Together`] left out, after their names.
    pub(crate) elsewhere: &'static str,
}

impl Table {
    /// No rows yet.
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Adds a row for every medium.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells, ..Row::default() });
    }
}

/// Cells beside each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    /// The one medium that has the row.
    pub(crate) only: Option<Medium>,
    /// A line across the columns below the cells, on a terminal.
    pub(crate) below: Option<String>,
}

/// One column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) head: String,
    /// What the head is.
    pub(crate) kind: Kind,
    /// The head in a document, where it is another.
    pub(crate) document: Option<&'static str>,
    pub(crate) align: Align,
    pub(crate) need: Need,
    /// The one medium that has the column.
    pub(crate) only: Option<Medium>,
}

impl Column {
    /// A column that every medium has.
    pub(crate) fn new(align: Align, head: impl Into<String>) -> Self {
        Self {
            head: head.into(),
            kind: Kind::Term,
            document: None,
            align,
            need: Need::Always,
            only: None,
        }
    }

    /// Columns without heads.
    pub(crate) fn bare(aligns: &[Align]) -> Vec<Self> {
        aligns.iter().map(|align| Self::new(*align, "")).collect()
    }

    /// Called `head` in a document.
    pub(crate) fn document(self, head: &'static str) -> Self {
        Self { document: Some(head), ..self }
    }

    /// Headed by a name from a file.
    pub(crate) fn named(self) -> Self {
        Self { kind: Kind::Name, ..self }
    }

    /// Where there is room.
    pub(crate) fn need(self, need: Need) -> Self {
        Self { need, ..self }
    }

    /// In one medium.
    pub(crate) fn only(self, medium: Medium) -> Self {
        Self { only: Some(medium), ..self }
    }
}

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// At the left; cut when the table is too wide.
    Name,
    /// At the left.
    Left,
    /// At the right.
    Right,
    /// Numbers with their decimal points under each other.
    Point,
}

/// How much a column is worth where lines are of a fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It is always there.
    Always,
    /// On a wide page.
    Roomy,
    /// If all of these fit; else none of them, and a line names them.
    Together,
    /// If it fits; the last gives way first.
    Apiece,
}

/// Where asides stand on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Aside {
    /// In a row below, if that fits.
    #[default]
    Below,
    /// In a column of this name beside.
    Beside(&'static str),
}

/// Rows that are left out, as each medium says it.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    /// After how many rows.
    pub(crate) after: usize,
    /// A line at the place.
    pub(crate) terminal: String,
    /// A sentence below the table.
    pub(crate) document: Text,
}

/// What stands in a row under a column.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) content: Content,
    pub(crate) style: Style,
    /// What is to be known of it: a footnote.
    pub(crate) note: Option<String>,
    /// What belongs to it: an interval.
    pub(crate) aside: Option<String>,
}

/// What a cell holds.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Text(Kind, String),
    /// A value that does not exist, for a reason that the table gives.
    Missing,
    /// A value that does not exist, for this reason.
    Undefined(String),
    /// A share as a bar from 0 to 1, with a mark.
    Bar {
        share: f64,
        mark: f64,
    },
}

impl Cell {
    /// A number, a date or a word of this program's.
    pub(crate) fn term(text: impl Into<String>) -> Self {
        Self::of(Content::Text(Kind::Term, text.into()))
    }

    /// Words.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self::of(Content::Text(Kind::Words, text.into()))
    }

    /// The name of a class or a column.
    pub(crate) fn name(text: impl Into<String>) -> Self {
        Self::of(Content::Text(Kind::Name, text.into()))
    }

    /// What can be typed.
    pub(crate) fn literal(text: impl Into<String>) -> Self {
        Self::of(Content::Text(Kind::Literal, text.into()))
    }

    /// Nothing.
    pub(crate) fn empty() -> Self {
        Self::term("")
    }

    /// A number, or that there is none.
    pub(crate) fn number(text: Option<String>) -> Self {
        text.map_or_else(|| Self::of(Content::Missing).style(Style::Yellow), Self::term)
    }

    /// A share with a mark.
    pub(crate) fn bar(share: f64, mark: f64) -> Self {
        Self::of(Content::Bar { share, mark })
    }

    /// No value, for this reason.
    pub(crate) fn undefined(reason: impl Into<String>) -> Self {
        Self::of(Content::Undefined(reason.into()))
    }

    fn of(content: Content) -> Self {
        Self { content, style: Style::Plain, note: None, aside: None }
    }

    /// In another style.
    pub(crate) fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// With a footnote.
    pub(crate) fn note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }

    /// With what belongs to it.
    pub(crate) fn aside(self, aside: Option<String>) -> Self {
        Self { aside, ..self }
    }
}
