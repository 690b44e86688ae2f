//! The interval of reminders that something lasts, as the config writes it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::http::Timeout;

/// When to say again that something has not recovered: after so many nights, or
/// never. A length of time is rounded up to whole nights, since a timer that
/// fires a second early must not make a reminder a night late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// At most once per fault.
    Never,
    /// When so many nights have passed since the channel last heard of it.
    Nights(u32),
}

impl Reminder {
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
        let length = Timeout::parse(text).map_err(|error| format!("{error}; or \"never\""))?;
        let seconds = length.0.as_secs() + u64::from(length.0.subsec_nanos() > 0);
        match u32::try_from(seconds.div_ceil(DAY)) {
            Ok(nights @ 1..) => Ok(Self::Nights(nights)),
            _ => Err(format!(
                "expected \"never\" or a length of time above zero such as \"7d\", found \"{text}\""
            )),
        }
    }
}

impl fmt::Display for Reminder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Nights(nights) => write!(f, "{nights}d"),
        }
    }
}

impl<'de> Deserialize<'de> for Reminder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer).map_err(|_| {
            de::Error::custom("expected \"never\" or a length of time such as \"7d\", in quotes")
        })?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Reminder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Reminder {
    fn schema_name() -> Cow<'static, str> {
        "Remind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time, rounded up to whole nights, or \"never\".",
            "examples": ["24h", "7d", "never"]
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn reminders_come_after_whole_nights() {
        for (text, nights) in [("1s", 1), ("24h", 1), ("24h 1s", 2), ("36h", 2), ("7d", 7)] {
            assert_eq!(Reminder::parse(text), Ok(Reminder::Nights(nights)), "{text}");
        }
        assert_eq!(Reminder::parse("never"), Ok(Reminder::Never));
        for text in ["0s", "always", "-1d"] {
            assert!(Reminder::parse(text).unwrap_err().contains("never"), "{text}");
        }
    }
}
