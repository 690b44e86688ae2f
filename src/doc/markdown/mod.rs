//! A page in GitHub-flavoured Markdown.

mod grammar;
mod table;

use grammar::{Side, spelled};

use super::notes::Notes;
use super::{
    Block, Callout, Doc, Entries, Fact, Heading, Kind, Matrix, Medium, Paragraph, Quantity, Text,
};

/// Classes up to which a matrix is shown.
const CLASSES: usize = 12;

/// `doc` as Markdown, whose source can be read too.
pub(crate) fn render(doc: &Doc) -> String {
    let mut markdown = Markdown { text: String::new(), notes: Notes::default() };
    markdown.blocks(&doc.blocks);
    markdown.text
}

/// The page so far.
struct Markdown {
    text: String,
    /// The footnotes that are not yet shown.
    notes: Notes,
}

impl Markdown {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(heading) => self.heading(heading),
            Block::Gap => {}
            Block::Line(spans) => {
                let line: String = spans.iter().map(|span| span.text.as_str()).collect();
                self.paragraph(&prose(line.trim_end()));
            }
            Block::Callout(Callout { word, code, text, .. }) => {
                let code = code.map_or(String::new(), |code| format!(" {code}"));
                self.paragraph(&format!("**{word}{code}**: {}", prose(text)));
            }
            Block::Paragraph(Paragraph { lead, text, .. }) => {
                self.paragraph(&format!("{}{}", prose(&lead.text), rich(text)));
            }
            Block::Facts(facts) => {
                let item = |Fact { name, text, .. }: &_| format!("{name}: {}", prose(text));
                self.list(facts.iter().map(item));
            }
            Block::Entries(entries) => self.entries(entries),
            Block::Quantities(all) => self.quantities(all),
            Block::Table(it) => self.table(it),
            Block::Matrix(matrix) if matrix.names.len() <= CLASSES => self.matrix(matrix),
            Block::Matrix(matrix) => self.blocks(&matrix.otherwise),
            Block::Footnotes => self.footnotes(),
            Block::Notices(notices) => self.list(notices.iter().map(|notice| {
                let (severity, code) = (notice.code.severity.name(), notice.code.id);
                format!("{severity} {code}: {}", prose(&notice.sentence()))
            })),
            Block::Only(Medium::Markdown, blocks) => self.blocks(blocks),
            Block::Only(..) => {}
        }
    }

    /// A blank line between blocks.
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, heading: &Heading) {
        self.paragraph(&format!("### {}", rich(&heading.document)));
    }

    fn paragraph(&mut self, text: &str) {
        self.separate();
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn list(&mut self, items: impl Iterator<Item = String>) {
        for (place, item) in items.enumerate() {
            if place == 0 {
                self.separate();
            }
            self.text.push_str(&format!("- {item}\n"));
        }
    }

    fn rows(&mut self, columns: &[(String, Side)], rows: impl IntoIterator<Item = Vec<String>>) {
        self.separate();
        grammar::table(&mut self.text, columns, rows);
    }

    fn entries(&mut self, entries: &Entries) {
        let columns = entries.heads.map(|head| (head.to_owned(), Side::Left));
        let rows = entries.entries.iter().map(|entry| {
            let why = entry.why.as_deref().unwrap_or_default();
            vec![entry.word.text.clone(), spelled(Kind::Literal, &entry.what), prose(why)]
        });
        self.rows(&columns, rows);
    }

    fn quantities(&mut self, all: &[Quantity]) {
        let columns = [
            ("metric".to_owned(), Side::Left),
            ("value".to_owned(), Side::Right),
            ("interval".to_owned(), Side::Left),
            ("counts".to_owned(), Side::Right),
        ];
        let notes = &mut self.notes;
        let row = |it: &Quantity| {
            let value = match (&it.value, &it.note) {
                (Ok(number), None) => number.clone(),
                (Ok(number), Some(note)) => format!("{number}{}", notes.mark(note)),
                (Err(reason), _) => format!("undefined{}", notes.mark(reason)),
            };
            let interval = it.interval.as_ref();
            let interval = interval.map(|it| format!("{} ({} {})", it.ends, it.level, it.method));
            let counts = it.counts.clone().unwrap_or_default();
            vec![spelled(Kind::Literal, &it.name), value, interval.unwrap_or_default(), counts]
        };
        let rows: Vec<_> = all.iter().map(row).collect();
        self.rows(&columns, rows);
    }

    fn matrix(&mut self, matrix: &Matrix) {
        self.heading(&matrix.heading);
        let names: Vec<String> = matrix.names.iter().map(|it| spelled(Kind::Name, it)).collect();
        let columns: Vec<_> = std::iter::once((matrix.corner.to_owned(), Side::Left))
            .chain(names.iter().map(|name| (name.clone(), Side::Right)))
            .collect();
        let cell = |count: &Option<String>| count.clone().unwrap_or_else(|| "0".to_owned());
        let rows = names.iter().zip(&matrix.counts);
        self.rows(
            &columns,
            rows.map(|(name, counts)| {
                std::iter::once(name.clone()).chain(counts.iter().map(cell)).collect()
            }),
        );
    }

    fn footnotes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        let lines: Vec<_> =
            notes.iter().map(|(mark, note)| format!("{mark} {}", prose(note))).collect();
        if !lines.is_empty() {
            // Two blanks end a line within a paragraph.
            self.paragraph(&lines.join("  \n"));
        }
    }
}

fn prose(text: &str) -> String {
    spelled(Kind::Words, text)
}

fn rich(text: &Text) -> String {
    text.0.iter().map(|(kind, text)| spelled(*kind, text)).collect()
}
