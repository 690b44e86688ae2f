//! Stretches of text: what they are, and how they look.

/// How a stretch of text looks where there is colour. Nothing is said by colour alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// As the rest.
    #[default]
    Plain,
    /// What is looked for.
    Bold,
    /// Names of things and other surroundings.
    Dim,
    /// Good.
    Green,
    /// Doubtful.
    Yellow,
    /// Bad.
    Red,
}

/// A stretch of text in one style.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Span {
    /// Plain text.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Plain }
    }

    /// The same text in another style.
    pub(crate) fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// What a stretch of text is, which says how a document spells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words of a sentence; names of files may be among them.
    #[default]
    Words,
    /// A word of this program's own, which no markup can be in.
    Term,
    /// The name of a class or a column from a file: it may be long.
    Name,
    /// What can be typed as it is: a metric, a rule.
    Literal,
}

/// A sentence or a heading.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(pub(crate) Vec<(Kind, String)>);

impl Text {
    /// Goes on with words.
    pub(crate) fn words(self, text: impl Into<String>) -> Self {
        self.and(Kind::Words, text)
    }

    /// Goes on with the name of a class or a column.
    pub(crate) fn name(self, text: impl Into<String>) -> Self {
        self.and(Kind::Name, text)
    }

    /// Goes on with what can be typed.
    pub(crate) fn literal(self, text: impl Into<String>) -> Self {
        self.and(Kind::Literal, text)
    }

    fn and(mut self, kind: Kind, text: impl Into<String>) -> Self {
        self.0.push((kind, text.into()));
        self
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::default().words(text)
    }
}
