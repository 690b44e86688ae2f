//! The model of a page: headings, facts, tables, figures and notes as data, and one
//! renderer for each medium.
//!
//! What is found is put into a [`Doc`] once; [`terminal`] and [`markdown`] show it. Where
//! a medium has something of its own, the page says so: [`Block::Only`], [`Column::only`],
//! a [`Heading`] or a [`Gap`] in two wordings. Nothing here is padded, cut or escaped.

mod block;
pub(crate) mod chart;
pub(crate) mod markdown;
mod notes;
mod table;
pub(crate) mod terminal;
mod text;
pub(crate) mod width;

pub(crate) use block::{
    Block, Callout, Entries, Entry, Fact, Heading, Interval, Matrix, Paragraph, Quantity, SECTION,
};
pub(crate) use chart::{Chart, Mark, Slot};
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows with an interval, a note, a value that does not exist, and columns of every
    /// need.
    fn table() -> Table {
        let mut columns = vec![Column::new(Align::Name, "class").document("name of the class")];
        columns.push(Column::new(Align::Point, "f1"));
        columns.push(Column::new(Align::Point, "a_metric_that_is_longer").need(Need::Together));
        columns.push(Column::new(Align::Point, "another_that_is_long").need(Need::Together));
        columns.push(Column::new(Align::Point, "jaccard").need(Need::Roomy));
        columns.push(Column::new(Align::Left, "").only(Medium::Terminal));
        let mut table = Table::new(columns);
        let number = |text: &str| Cell::number(Some(text.to_owned()));
        let first = number("0.5").aside(Some("0.4 – 0.6".to_owned()));
        let second = number("0.25").note(Some("of few rows".to_owned()));
        let rest = || ["1.0", "2.0", "3.0"].map(number);
        table.row([Cell::name("a|b"), first].into_iter().chain(rest()).collect());
        table.row([Cell::name("c"), second].into_iter().chain(rest()).collect());
        table.row(vec![Cell::name("d"), Cell::number(None), number("1.0")]);
        table.rows[1].cells.push(Cell::term("◂"));
        table.missing = Some("– there is none");
        table.elsewhere = ": elsewhere";
        table.gap =
            Some(Gap { after: 2, terminal: "… 3 more".into(), document: "And 3.".into() });
        table
    }

    fn doc(table: Table) -> Doc {
        let sweep = Block::Only(Medium::Terminal, Block::paragraph("a bell", Style::Dim).into());
        let heading = Block::heading_of("Classes (◂ lowest)", Text::from("Of ").literal("a_b"));
        Doc::new(9, [vec![heading, Block::Table(table), Block::Footnotes, sweep]])
    }

    #[test]
    fn a_narrow_terminal_leaves_out_asides_and_then_columns_and_names_them() {
        let narrow = "\
Classes (◂ lowest)
class     f1
a|b    0.5
c      0.25¹  ◂
… 3 more
d          –
– there is none
a_metric_that_is_longer, another_that_is_long: elsewhere
¹ of few rows
a bell
";
        assert_eq!(terminal::render(&doc(table()), 60, false), narrow);
        let roomy = terminal::render(&doc(table()), 120, false);
        assert!(roomy.contains("0.4 – 0.6") && roomy.contains("jaccard"), "{roomy}");
        assert!(!roomy.contains("elsewhere"), "{roomy}");
    }

    #[test]
    fn a_document_has_every_column_and_says_below_what_is_left_out() {
        let expected = "\
### Of `a_b`

| name of the class     |              f1 | a_metric_that_is_longer | another_that_is_long | jaccard |
| --------------------- | --------------: | ----------------------: | -------------------: | ------: |
| <code>a&#124;b</code> | 0.5 (0.4 – 0.6) |                     1.0 |                  2.0 |     3.0 |
| `c`                   |           0.25¹ |                     1.0 |                  2.0 |     3.0 |
| `d`                   |               – |                     1.0 |                      |         |

And 3.

– there is none

¹ of few rows
";
        assert_eq!(markdown::render(&doc(table())), expected);
    }
}
