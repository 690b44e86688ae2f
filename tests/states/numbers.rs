//! The numbers of a state, each to be changed in its place.

use std::any::Any;

use tallyho::tally::{
    Bin, Calibration, Classwise, Counts, ExactOrder, Order, Point, Ranks, RowSums, Sums, Tallies,
    Tempered, Wide,
};

use crate::common::Rng;

/// A number in a state.
pub enum Slot<'a> {
    Count(&'a mut u64),
    Sum(&'a mut u128),
    Squares(&'a mut Wide),
    Size(&'a mut usize),
    Float(&'a mut f64),
}

fn counts<'a>(counts: &'a mut Counts, to: &mut Vec<Slot<'a>>) {
    to.extend([Slot::Count(&mut counts.positive), Slot::Count(&mut counts.negative)]);
}

fn points<'a>(points: impl Iterator<Item = &'a mut Point>, to: &mut Vec<Slot<'a>>) {
    for Point { key, above } in points {
        to.extend(key.as_mut().map(Slot::Count));
        counts(above, to);
    }
}

fn sums<'a>(sums: &'a mut Sums, to: &mut Vec<Slot<'a>>) {
    counts(&mut sums.all, to);
    to.extend([
        Slot::Sum(&mut sums.negative),
        Slot::Sum(&mut sums.negative_squares),
        Slot::Sum(&mut sums.positive_squares),
        Slot::Sum(&mut sums.precision),
        Slot::Sum(&mut sums.distance),
    ]);
}

/// Every number but those of cells and bins of scores.
pub fn slots(tallies: &mut Tallies) -> Vec<Slot<'_>> {
    let Tallies { spec, rows, aggregates, .. } = tallies;
    let mut to = Vec::new();
    for count in [
        &mut rows.read,
        &mut rows.scored,
        &mut rows.ignored,
        &mut rows.invalid,
        &mut rows.infinite_loss,
        &mut spec.seed,
    ] {
        to.push(Slot::Count(count));
    }
    to.extend([Slot::Size(&mut spec.bins), Slot::Size(&mut spec.order.mass_bins)]);
    to.extend(spec.top_k.iter_mut().map(Slot::Size));
    to.push(Slot::Float(&mut spec.interval));
    to.extend(spec.betas.iter_mut().chain(&mut spec.threshold).map(Slot::Float));
    for state in aggregates.iter_mut() {
        aggregate(state, &mut to);
    }
    to
}

fn aggregate<'a>(state: &'a mut dyn Any, to: &mut Vec<Slot<'a>>) {
    let bins = |bins: &'a mut [Bin], to: &mut Vec<Slot<'a>>| {
        for Bin { rows, correct, confidence } in bins {
            to.extend([Slot::Count(rows), Slot::Count(correct), Slot::Sum(confidence)]);
        }
    };
    if state.is::<Ranks>() {
        let ranks = state.downcast_mut::<Ranks>().unwrap();
        to.extend(ranks.0.iter_mut().map(Slot::Count));
    } else if state.is::<RowSums>() {
        let RowSums { loss, squared_error, confidence } = state.downcast_mut().unwrap();
        for moments in [loss, squared_error, confidence] {
            to.extend([Slot::Sum(&mut moments.sum), Slot::Squares(&mut moments.squares)]);
        }
    } else if state.is::<Calibration>() {
        bins(&mut state.downcast_mut::<Calibration>().unwrap().0, to);
    } else if state.is::<Classwise>() {
        bins(&mut state.downcast_mut::<Classwise>().unwrap().cells, to);
    } else if state.is::<Tempered>() {
        to.extend(state.downcast_mut::<Tempered>().unwrap().0.iter_mut().map(Slot::Sum));
    } else if let Order::Exact(found) = state.downcast_mut().unwrap() {
        exact(found, to);
    }
}

fn exact<'a>(order: &'a mut ExactOrder, to: &mut Vec<Slot<'a>>) {
    order.classes.iter_mut().chain(&mut order.micro).for_each(|it| sums(it, to));
    to.extend(order.pairs.iter_mut().map(Slot::Sum));
    points(order.curve.iter_mut(), to);
    let mut answers = order.answers.iter_mut();
    if let Some(confidence) = &mut order.confidence {
        to.push(Slot::Sum(&mut confidence.risk));
        points(confidence.curve.iter_mut(), to);
        for bin in &mut confidence.bins {
            counts(&mut bin.rows, to);
            to.push(Slot::Sum(&mut bin.keys));
        }
        for (_, answer) in &mut confidence.answers {
            points(answer.point.iter_mut(), to);
        }
    }
    for (_, answer) in &mut answers {
        to.push(Slot::Sum(&mut answer.twice_area));
        points(answer.point.iter_mut().chain(&mut answer.next), to);
    }
}

/// Another number in the place of one.
pub fn changed(value: u128, bits: u32, rng: &mut Rng) -> u128 {
    let most = if bits == 128 { u128::MAX } else { (1 << bits) - 1 };
    let random = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
    most & match rng.below(10) {
        0..3 => value.wrapping_add(1 + random % 3),
        3..5 => value.wrapping_sub(1 + random % 3),
        5 => value ^ 1 << (random % u128::from(bits)),
        6 => random >> (random % u128::from(bits)),
        7 => most >> rng.below(3),
        8 => value.wrapping_mul(2 + random % 4),
        _ => 0,
    }
}

impl Slot<'_> {
    pub fn change(&mut self, rng: &mut Rng) {
        match self {
            Self::Count(value) => **value = changed((**value).into(), 64, rng) as u64,
            Self::Sum(value) => **value = changed(**value, 128, rng),
            Self::Size(value) => **value = changed(**value as u128, 20, rng) as usize,
            Self::Float(value) => {
                **value = match rng.below(4) {
                    0 => f64::from_bits(rng.next_u64()),
                    1 => -**value,
                    2 => f64::NAN,
                    _ => **value + 0.5,
                }
            }
            Self::Squares(value) => {
                let mut bytes = value.to_le_bytes();
                let at = rng.below(24) as usize;
                bytes[at] = changed(bytes[at].into(), 8, rng) as u8;
                **value = Wide::from_le_bytes(bytes);
            }
        }
    }

    /// Takes from one as much as it gives to another, so that their sum stays.
    pub fn shift(&mut self, other: &mut Self, rng: &mut Rng) {
        let part = |value: u128, rng: &mut Rng| u128::from(rng.next_u64()) % (value + 1);
        match (self, other) {
            (Self::Count(from), Self::Count(to)) => {
                let part = part((**from).into(), rng) as u64;
                **from -= part;
                **to = to.wrapping_add(part);
            }
            (Self::Sum(from), Self::Sum(to)) => {
                let part = part(**from >> 1, rng);
                **from -= part;
                **to = to.wrapping_add(part);
            }
            (one, _) => one.change(rng),
        }
    }
}
