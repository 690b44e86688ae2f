//! Who is told what, and when.

mod attempts;
mod check;
mod command;
mod config;
mod happening;
mod lapse;
mod message;
mod news;
mod past;
mod post;
mod redact;
mod render;
mod sign;
mod tell;
mod told;
mod words;

pub use check::{Mistake, check, check_here};
pub use config::{Channel, Format, On};
pub use happening::Happening;
pub use lapse::{Lapse, Remind};
pub use message::{Counts, Event, Kind, Message};
pub use news::{Broke, HoldsAgainst, Tonight, news};
pub use tell::{Delivery, record, tell};
