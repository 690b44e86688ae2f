//! Lengths of time as the config writes them: "10s", "1m 30s", "2d".

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time: "10s", "1m 30s", "24h", "2d". A day has 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lapse(pub Duration);

impl Lapse {
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

impl fmt::Display for Lapse {
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

/// When to say again that something has not recovered: after so many nights, or
/// never. A length of time is rounded up to whole nights, since a timer that
/// fires a second early must not make a reminder a night late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remind {
    /// At most once per fault.
    Never,
    /// When so many nights have passed since the channel last heard of it.
    Nights(u32),
}

impl Remind {
    /// Reads what a config says.
    ///
    /// # Errors
    ///
    /// In words, if it is neither "never" nor a length of time above zero.
    pub fn parse(text: &str) -> Result<Self, String> {
        const DAY: u64 = 24 * 60 * 60;
        if text == "never" {
            return Ok(Self::Never);
        }
        let length = Lapse::parse(text).map_err(|error| format!("{error}; or \"never\""))?;
        let seconds = length.0.as_secs() + u64::from(length.0.subsec_nanos() > 0);
        match u32::try_from(seconds.div_ceil(DAY)) {
            Ok(nights @ 1..) => Ok(Self::Nights(nights)),
            _ => Err(format!(
                "expected \"never\" or a length of time above zero such as \"7d\", found \"{text}\""
            )),
        }
    }
}

impl fmt::Display for Remind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Nights(nights) => write!(f, "{nights}d"),
        }
    }
}

/// Read from a string, written as one, and described as one.
macro_rules! spelled {
    ($($type:ty, $name:literal, $description:literal, [$($example:literal),+]);+) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": $description,
                    "examples": [$($example),+]
                })
            }
        }
    )+};
}

spelled!(
    Lapse, "Lapse", "A length of time; a day has 24 hours.", ["10s", "1m 30s", "24h", "2d"];
    Remind, "Remind", "A length of time, rounded up to whole nights, or \"never\".", ["24h", "7d", "never"]
);

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_read_back_as_they_are_shown() {
        for (text, shown) in
            [("10s", "10s"), ("1m30s", "1m 30s"), ("2d", "48h"), ("250ms", "250ms"), ("0s", "0s")]
        {
            let length = Lapse::parse(text).unwrap();
            assert_eq!(length.to_string(), shown);
            assert_eq!(Lapse::parse(shown).unwrap(), length);
        }
        for text in ["", "10", "soon", "-1s", "1 month"] {
            assert!(Lapse::parse(text).unwrap_err().contains(text), "{text}");
        }
    }

    #[test]
    fn reminders_come_after_whole_nights() {
        for (text, nights) in [("1s", 1), ("24h", 1), ("24h 1s", 2), ("36h", 2), ("7d", 7)] {
            assert_eq!(Remind::parse(text), Ok(Remind::Nights(nights)), "{text}");
        }
        assert_eq!(Remind::parse("never"), Ok(Remind::Never));
        for text in ["0s", "always", "-1d"] {
            assert!(Remind::parse(text).unwrap_err().contains("never"), "{text}");
        }
    }
}
