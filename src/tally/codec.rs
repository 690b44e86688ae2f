//! Canonical bytes: little-endian integers, lengths before contents.

use std::collections::BTreeSet;

use super::aggregate::{self, Entry, Presence};
use super::order::OrderWish;
use super::shards::Shards;
use super::{
    Auc, BinEdges, ClassOptions, Confusion, Counted, IntervalMethod, Ordered, Rows, ScoreType,
    ScoresAre, Spec, Task, Ties, ZeroDivision,
};
use crate::class::{Classes, Origin};

/// The option that a byte stands for: its place in `all`, from 1; 0 is `None`.
fn code<T: Copy + PartialEq>(all: &[T], value: Option<T>) -> u8 {
    let place = value.and_then(|value| all.iter().position(|&known| known == value));
    place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or(0)
}

/// The aggregates that options have a flag for.
fn flagged() -> impl Iterator<Item = &'static Entry> {
    aggregate::ALL.iter().filter(|entry| entry.presence == Presence::Flag)
}

/// The section of options about classes.
const CLASS_OPTIONS: &str = "class_options";
/// The section of the digest of an exact order.
const ORDER_DIGEST: &str = "order_digest";
/// The section of the names of shards.
const SHARDS: &str = "shards";
/// Where the sections end.
const END: &str = "end";
/// What stands for a score for each class: of two, with the positive one and with
/// the orders that are found. What is as usual has the code of any number of classes.
const MATRICES: [(u8, (Option<usize>, Ordered)); 6] = [
    (1, (None, Ordered::Classes)),
    (4, (Some(0), Ordered::Classes)),
    (5, (Some(1), Ordered::Both)),
    (6, (Some(0), Ordered::Both)),
    (7, (Some(1), Ordered::Positive)),
    (8, (Some(0), Ordered::Positive)),
];

fn matrix_code(spec: &Spec) -> u8 {
    let own = (spec.positive, spec.ordered);
    MATRICES.iter().find(|(_, known)| *known == own).map_or(1, |(code, _)| *code)
}

/// Appends values to bytes.
#[derive(Default)]
pub struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn u128(&mut self, value: u128) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn len(&mut self, value: usize) {
        self.u64(value as u64);
    }

    pub(super) fn list<T>(&mut self, list: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.len(list.len());
        list.iter().for_each(|value| write(self, value));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.len(text.len());
        self.bytes.extend(text.as_bytes());
    }

    /// The options that change what is counted.
    pub(super) fn counted(&mut self, spec: &Spec) {
        self.u8(match spec.task {
            Task::Predictions => 0,
            Task::Matrix => matrix_code(spec),
            Task::Binary { positive: 0 } => 2,
            Task::Binary { .. } => 3,
        });
        self.u8(code(ScoresAre::ALL, spec.scores_are));
        self.u8(code(ScoreType::COUNTED, spec.score_type.map(ScoreType::counted_as)));
        self.u8(u8::from(spec.threshold.is_some()));
        self.u64(spec.threshold.unwrap_or(0.0).to_bits());
        self.u8(code(Ties::ALL, Some(spec.ties)));
        self.len(spec.bins);
        self.u8(code(BinEdges::ALL, Some(spec.bin_edges)));
        for aggregate in flagged() {
            self.u8(u8::from(spec.asks_for(aggregate.name)));
        }
        self.u8(u8::from(spec.auc == Auc::Binned));
        self.u8(match spec.counted {
            Counted::All => 0,
            Counted::Order => 1,
            Counted::Counts => 2,
        });
    }

    /// The options that change what a report shows.
    pub(super) fn shown(&mut self, spec: &Spec) {
        self.u8(code(ZeroDivision::ALL, Some(spec.zero_division)));
        self.len(spec.top_k.len());
        spec.top_k.iter().for_each(|&k| self.len(k));
        self.len(spec.betas.len());
        spec.betas.iter().for_each(|beta| self.u64(beta.to_bits()));
        self.len(spec.metrics.len());
        spec.metrics.iter().for_each(|name| self.text(name));
        self.u64(spec.interval.to_bits());
        self.u8(code(IntervalMethod::ALL, Some(spec.interval_method)));
        self.u8(u8::from(spec.replicates.is_some()));
        self.u32(spec.replicates.unwrap_or(0));
        self.u64(spec.seed);
        self.u8(code(Auc::ALL, Some(spec.auc)));
        self.wish(&spec.order);
    }

    /// The section of options about classes; nothing where all are as usual.
    pub(super) fn class_options(&mut self, spec: &Spec) {
        if spec.class_options != ClassOptions::default() {
            self.text(CLASS_OPTIONS);
            spec.class_options.write(self);
        }
    }

    /// The other sections, each by its name if it is there, and where they end.
    pub(super) fn sections(&mut self, order_digest: Option<&str>, shards: &Shards) {
        if let Some(digest) = order_digest {
            self.text(ORDER_DIGEST);
            self.text(digest);
        }
        if !shards.is_empty() {
            self.text(SHARDS);
            shards.write(self);
        }
        self.text(END);
    }

    pub(super) fn classes(&mut self, classes: &Classes) {
        self.len(classes.len());
        classes.names().iter().for_each(|name| self.text(name));
    }

    pub(super) fn origin(&mut self, origin: Origin) {
        self.u8(match origin {
            Origin::Given => 0,
            Origin::Discovered => 1,
        });
    }

    pub(super) fn rows(&mut self, rows: &Rows) {
        [rows.read, rows.scored, rows.ignored, rows.invalid, rows.infinite_loss]
            .into_iter()
            .for_each(|count| self.u64(count));
    }

    pub(super) fn confusion(&mut self, confusion: &Confusion) {
        confusion.bytes().iter().for_each(|part| self.bytes.extend_from_slice(part));
    }
}

/// Reads values back. `None` means that the bytes are not what they should be;
/// lengths are checked against the bytes that are left before they are trusted.
pub struct Reader<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next bytes, to be read on their own.
    pub(super) fn section(&mut self, bytes: usize) -> Option<Self> {
        let (head, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(Reader { rest: head })
    }

    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn u128(&mut self) -> Option<u128> {
        self.take().map(u128::from_le_bytes)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Whether a 0 comes next; then it is passed over.
    pub(super) fn skip_zero(&mut self) -> bool {
        let is_next = self.rest.first() == Some(&0);
        if is_next {
            self.rest = &self.rest[1..];
        }
        is_next
    }

    /// A number of things that take at least `each` bytes.
    pub(super) fn len(&mut self, each: usize) -> Option<usize> {
        let len = usize::try_from(self.u64()?).ok()?;
        (len <= self.rest.len() / each).then_some(len)
    }

    pub(super) fn list<T>(
        &mut self,
        each: usize,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let len = self.len(each)?;
        (0..len).map(|_| read(self)).collect()
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let len = self.len(1)?;
        let (head, rest) = self.rest.split_at(len);
        self.rest = rest;
        String::from_utf8(head.to_vec()).ok()
    }

    pub(super) fn name(&mut self, expected: &str) -> Option<()> {
        (self.text()? == expected).then_some(())
    }

    fn option<T: Copy>(&mut self, all: &[T]) -> Option<Option<T>> {
        match self.u8()? {
            0 => Some(None),
            place => all.get(usize::from(place) - 1).map(|&value| Some(value)),
        }
    }

    pub(super) fn spec(&mut self) -> Option<Spec> {
        let code = self.u8()?;
        let task = match code {
            0 => Task::Predictions,
            2 => Task::Binary { positive: 0 },
            3 => Task::Binary { positive: 1 },
            _ => Task::Matrix,
        };
        let (positive, ordered) = match (task, code) {
            (Task::Matrix, code) => {
                *MATRICES.iter().find(|(known, _)| *known == code).map(|(_, of)| of)?
            }
            _ => (None, Ordered::Classes),
        };
        let scores_are = self.option(ScoresAre::ALL)?;
        let score_type = self.option(ScoreType::COUNTED)?;
        let has_threshold = self.flag()?;
        let threshold = f64::from_bits(self.u64()?);
        let spec = Spec {
            task,
            scores_are,
            score_type,
            positive,
            ordered,
            threshold: has_threshold.then_some(threshold),
            ties: self.option(Ties::ALL)??,
            bins: usize::try_from(self.u64()?).ok()?,
            bin_edges: self.option(BinEdges::ALL)??,
            asked: {
                let mut asked = BTreeSet::new();
                for aggregate in flagged() {
                    if self.flag()? {
                        asked.insert(aggregate.name);
                    }
                }
                asked
            },
            auc: if self.flag()? { Auc::Binned } else { Auc::None },
            counted: match self.u8()? {
                0 => Counted::All,
                1 => Counted::Order,
                2 => Counted::Counts,
                _ => return None,
            },
            zero_division: self.option(ZeroDivision::ALL)??,
            top_k: self.list(8, |reader| usize::try_from(reader.u64()?).ok())?,
            betas: self.list(8, |reader| reader.u64().map(f64::from_bits))?,
            metrics: self.list(8, Self::text)?,
            interval: f64::from_bits(self.u64()?),
            interval_method: self.option(IntervalMethod::ALL)??,
            replicates: self.flag()?.then_some(self.u32()?),
            seed: self.u64()?,
            order: OrderWish::default(),
            class_options: ClassOptions::default(),
            ordinal: false,
        };
        let auc = self.option(Auc::ALL)??;
        let agrees = (auc == Auc::Binned) == (spec.auc == Auc::Binned);
        let order = self.wish()?;
        agrees.then_some(Spec { auc, order, ..spec })
    }

    /// The section of options about classes, if it comes next.
    pub(super) fn class_options(&mut self) -> Option<ClassOptions> {
        if !self.skip_name(CLASS_OPTIONS) {
            return Some(ClassOptions::default());
        }
        ClassOptions::read(self).filter(|options| *options != ClassOptions::default())
    }

    /// What [`Writer::sections`] wrote.
    pub(super) fn sections(&mut self) -> Option<(Option<String>, Shards)> {
        let order_digest = match self.skip_name(ORDER_DIGEST) {
            true => Some(self.text()?),
            false => None,
        };
        let shards = match self.skip_name(SHARDS) {
            true => Shards::read(self)?,
            false => Shards::default(),
        };
        self.name(END)?;
        Some((order_digest, shards))
    }

    /// Whether that name comes next; then it is passed over.
    pub(super) fn skip_name(&mut self, expected: &str) -> bool {
        let mut ahead = Reader { rest: self.rest };
        let is_next = ahead.name(expected).is_some();
        if is_next {
            self.rest = ahead.rest;
        }
        is_next
    }

    pub(super) fn classes(&mut self) -> Option<Classes> {
        let origin = self.flag()?;
        let names = self.list(8, Self::text)?;
        match origin {
            false => Classes::given(names).ok(),
            true => {
                let classes = Classes::discovered(names.clone());
                let differ = |pair: &[String]| pair[0] != pair[1];
                (classes.names() == names && names.windows(2).all(differ)).then_some(classes)
            }
        }
    }

    pub(super) fn rows(&mut self) -> Option<Rows> {
        Some(Rows {
            read: self.u64()?,
            scored: self.u64()?,
            ignored: self.u64()?,
            invalid: self.u64()?,
            infinite_loss: self.u64()?,
        })
    }
}
