//! Footnotes: each text once, with a raised number where it belongs.

/// The footnotes of a page, in the order of their marks.
#[derive(Debug, Default)]
pub(super) struct Notes {
    texts: Vec<String>,
}

impl Notes {
    /// The mark for `text`: "¹".
    pub(super) fn mark(&mut self, text: &str) -> String {
        let place = self.texts.iter().position(|known| known == text).unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        raised(place + 1)
    }

    /// The marks with their texts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (String, &str)> {
        self.texts.iter().enumerate().map(|(place, text)| (raised(place + 1), text.as_str()))
    }
}

fn raised(number: usize) -> String {
    let raise = |digit: char| match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    };
    number.to_string().chars().map(raise).collect()
}
