//! A page in lines for a terminal.

mod chart;
mod layout;
mod matrix;
mod page;
mod quantities;
mod table;

use page::Page;

use super::notes::Notes;
use super::width::width;
use super::{Block, Callout, Doc, Entries, Fact, Heading, Medium, Span, Style, Text};
use crate::notice::Notice;

/// The least width that lines are laid out for.
const NARROWEST: usize = 60;
/// The most: longer lines are hard to follow.
const WIDEST: usize = 120;

/// `doc` in lines of at most `width` columns (but no fewer than 60), with escape
/// sequences for colour if `color`.
///
/// Text from files is shown without its control characters.
pub(crate) fn render(doc: &Doc, width: usize, color: bool) -> String {
    let page = Page::new(width.clamp(NARROWEST, WIDEST), color);
    let mut terminal = Terminal { page, notes: Notes::default(), labels: doc.labels };
    terminal.blocks(&doc.blocks);
    terminal.page.finish()
}

/// The page so far.
struct Terminal {
    page: Page,
    /// The footnotes that are not yet shown.
    notes: Notes,
    labels: usize,
}

impl Terminal {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(Heading { terminal, .. }) => self.page.heading(terminal),
            Block::Gap => self.page.line(&[]),
            Block::Line(spans) => self.page.line(spans),
            Block::Callout(callout) => self.callout(callout),
            Block::Paragraph(it) => self.page.paragraph(&it.lead, &words(&it.text), it.style),
            Block::Facts(facts) => self.facts(facts),
            Block::Entries(entries) => self.entries(entries),
            Block::Quantities(all) => quantities::draw(&mut self.page, all, &mut self.notes),
            Block::Table(it) => table::draw(&mut self.page, it, &mut self.notes),
            Block::Matrix(matrix) => {
                if !matrix::draw(&mut self.page, matrix) {
                    self.blocks(&matrix.otherwise);
                }
            }
            Block::Chart(shown) => chart::draw(&mut self.page, shown),
            Block::Footnotes => self.footnotes(),
            Block::Notices(notices) => self.notices(notices),
            Block::Only(Medium::Terminal, blocks) => self.blocks(blocks),
            Block::Only(..) => {}
        }
    }

    fn callout(&mut self, callout: &Callout) {
        let lead = format!("{:<labels$}", callout.word, labels = self.labels);
        self.page.paragraph(&Span::plain(lead).style(callout.style), &callout.text, Style::Bold);
        self.page.line(&[]);
    }

    fn facts(&mut self, facts: &[Fact]) {
        for Fact { name, text, style } in facts {
            let lead = format!("{name:<labels$}", labels = self.labels);
            self.page.paragraph(&Span::plain(lead).style(Style::Dim), text, *style);
        }
    }

    fn entries(&mut self, entries: &Entries) {
        for entry in &entries.entries {
            let mut lead = format!("{:<labels$}", entry.word.text, labels = entries.labels);
            if !lead.is_empty() && !lead.ends_with(' ') {
                lead.push(' ');
            }
            let indent = Span::plain(" ".repeat(width(&lead)));
            let lead = Span::plain(lead).style(entry.word.style);
            self.page.paragraph(&lead, &entry.what, Style::Plain);
            if let Some(why) = &entry.why {
                self.page.paragraph(&indent, why, Style::Dim);
            }
        }
    }

    /// Below what they belong to.
    fn footnotes(&mut self) {
        for (mark, note) in std::mem::take(&mut self.notes).iter() {
            let lead = Span::plain(format!("{mark} ")).style(Style::Dim);
            self.page.paragraph(&lead, note, Style::Dim);
        }
    }

    fn notices(&mut self, notices: &[Notice]) {
        for notice in notices {
            let style = if notice.is_warning() { Style::Yellow } else { Style::Dim };
            let lead = format!("{} {}: ", notice.code.severity.name(), notice.code.id);
            let lead = Span::plain(lead).style(style);
            self.page.paragraph(&lead, &notice.sentence(), Style::Plain);
        }
    }
}

/// A text on a terminal is its words, whatever they are.
fn words(text: &Text) -> String {
    text.0.iter().map(|(_, words)| words.as_str()).collect()
}

/// Why there is no value.
fn undefined(reason: &str) -> String {
    format!("undefined: {reason}")
}
