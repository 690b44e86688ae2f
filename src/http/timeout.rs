//! Lengths of time as the config writes them: "10s", "1m 30s", "2d".

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time: "10s", "1m 30s", "24h", "2d". A day has 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeout(pub Duration);

impl Timeout {
    /// Reads what a config says.
    ///
    /// # Errors
    ///
    /// In words, if it is no length of time or a negative one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let span = text.parse::<Span>().ok();
        let days = SpanRelativeTo::days_are_24_hours();
        let length = span.and_then(|span| span.to_duration(days).ok()?.try_into().ok());
        length.map(Self).ok_or_else(|| {
            format!(
                "expected a length of time such as \"10s\", \"5m\" or \"24h\", found \"{text}\""
            )
        })
    }

    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.subsec_millis());
        let parts = [
            (seconds / 3600, "h"),
            (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
            (u64::from(millis), "ms"),
        ];
        let shown: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, unit)| format!("{number}{unit}"))
            .collect();
        if shown.is_empty() { f.write_str("0s") } else { f.write_str(&shown.join(" ")) }
    }
}

impl<'de> Deserialize<'de> for Timeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer).map_err(|_| {
            de::Error::custom(
                "expected a length of time such as \"10s\", \"5m\" or \"24h\", in quotes",
            )
        })?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Timeout {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Timeout {
    fn schema_name() -> Cow<'static, str> {
        "Lapse".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time; a day has 24 hours.",
            "examples": ["10s", "1m 30s", "24h", "2d"]
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_back_as_they_are_shown() {
        for (text, shown) in
            [("10s", "10s"), ("1m30s", "1m 30s"), ("2d", "48h"), ("250ms", "250ms"), ("0s", "0s")]
        {
            let length = Timeout::parse(text).unwrap();
            assert_eq!(length.to_string(), shown);
            assert_eq!(Timeout::parse(shown).unwrap(), length);
        }
        for text in ["", "10", "soon", "-1s", "1 month"] {
            assert!(Timeout::parse(text).unwrap_err().contains(text), "{text}");
        }
    }
}
