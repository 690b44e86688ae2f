//! The blocks of a page, but for tables.

use super::Medium;
use super::table::Table;
use super::text::{Span, Style, Text};
use crate::notice::Notice;

/// A part of a page.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Heading(Heading),
    /// A blank line; documents have their own.
    Gap,
    /// One line; what does not fit is cut.
    Line(Vec<Span>),
    Callout(Callout),
    Paragraph(Paragraph),
    Facts(Vec<Fact>),
    Entries(Entries),
    Quantities(Vec<Quantity>),
    Table(Table),
    Matrix(Matrix),
    /// The notes of the cells and quantities so far.
    Footnotes,
    Notices(Vec<Notice>),
    /// What one medium has and others have not.
    Only(Medium, Vec<Block>),
}

/// The title of what follows.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    /// As a terminal has it.
    pub(crate) terminal: String,
    /// As a document has it.
    pub(crate) document: Text,
}

impl Heading {
    /// The same title everywhere.
    pub(crate) fn new(title: &str) -> Block {
        Self::both(title, title)
    }

    /// A title in two wordings.
    pub(crate) fn both(terminal: impl Into<String>, document: impl Into<Text>) -> Block {
        Block::Heading(Self { terminal: terminal.into(), document: document.into() })
    }
}

/// What is to be read before anything else.
#[derive(Clone, Debug)]
pub(crate) struct Callout {
    /// "PASS", "warning".
    pub(crate) word: &'static str,
    /// The code of a notice.
    pub(crate) code: Option<&'static str>,
    /// Of the word.
    pub(crate) style: Style,
    pub(crate) text: String,
}

/// A few sentences.
#[derive(Clone, Debug)]
pub(crate) struct Paragraph {
    /// What its lines stand beside.
    pub(crate) lead: Span,
    pub(crate) text: Text,
    pub(crate) style: Style,
}

impl Paragraph {
    /// Sentences beside nothing.
    pub(crate) fn new(text: impl Into<Text>, style: Style) -> Block {
        Self::beside(Span::default(), text, style)
    }

    /// Sentences beside `lead`.
    pub(crate) fn beside(lead: Span, text: impl Into<Text>, style: Style) -> Block {
        Block::Paragraph(Self { lead, text: text.into(), style })
    }
}

/// Something by its name.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Of the text.
    pub(crate) style: Style,
}

impl Fact {
    /// A fact that is neither good nor bad.
    pub(crate) fn plain(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), style: Style::Plain }
    }
}

/// Things with what became of each, and why: a list on a terminal, a table in a document.
#[derive(Clone, Debug)]
pub(crate) struct Entries {
    /// Columns that the words take on a terminal.
    pub(crate) labels: usize,
    /// What a document calls the word, the thing and the reason.
    pub(crate) heads: [&'static str; 3],
    pub(crate) entries: Vec<Entry>,
}

/// One of [`Entries`].
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// "holds", "broken", with the style that it is in.
    pub(crate) word: Span,
    pub(crate) what: String,
    pub(crate) why: Option<String>,
}

/// A metric of the whole set.
#[derive(Clone, Debug)]
pub(crate) struct Quantity {
    pub(crate) name: String,
    /// The number as it is shown, or why there is none.
    pub(crate) value: Result<String, String>,
    /// What is to be known of the value.
    pub(crate) note: Option<String>,
    pub(crate) interval: Option<Interval>,
    /// "44 / 72".
    pub(crate) counts: Option<String>,
}

/// Where a quantity lies.
#[derive(Clone, Debug)]
pub(crate) struct Interval {
    /// "0.4956 – 0.7153".
    pub(crate) ends: String,
    /// "95%".
    pub(crate) level: String,
    pub(crate) method: &'static str,
    /// Whether it holds the value for sure, so that its level says nothing.
    pub(crate) is_certain: bool,
}

/// Counts of classes against the same classes, where there is room, with its heading.
#[derive(Clone, Debug)]
pub(crate) struct Matrix {
    pub(crate) heading: Heading,
    /// What stands at the left over what stands at the top: "label \ prediction".
    pub(crate) corner: &'static str,
    /// The classes of the columns.
    pub(crate) names: Vec<String>,
    /// The rows, of the first of the classes; `None` is 0.
    pub(crate) counts: Vec<Vec<Option<String>>>,
    /// What is shown if there is no room.
    pub(crate) otherwise: Vec<Block>,
}

impl From<Block> for Vec<Block> {
    fn from(block: Block) -> Self {
        vec![block]
    }
}
