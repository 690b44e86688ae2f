//! One piece of what several rounds of a device left.

use super::{Kept, OrderRows};

/// Puts together what several workers kept, in several rounds of a device: else
/// memory would grow with the number of rounds.
pub(in crate::engine) fn absorb(orders: &mut Vec<OrderRows>) {
    let mut together: Vec<OrderRows> = Vec::new();
    for more in orders.drain(..) {
        match together.last_mut().filter(|all| all.has_room_for(&more)) {
            Some(all) => {
                all.scores.add(&more.scores);
                all.confidence.add(&more.confidence);
            }
            None => together.push(more),
        }
    }
    *orders = together;
}

impl OrderRows {
    fn has_room_for(&self, more: &Self) -> bool {
        self.scores.has_room_for(&more.scores) && self.confidence.has_room_for(&more.confidence)
    }
}

impl Kept {
    fn has_room_for(&self, more: &Self) -> bool {
        match (self, more) {
            (Self::Bins(_), Self::Bins(_)) | (Self::Nothing, Self::Nothing) => true,
            (Self::Single(own), Self::Single(more)) => own.has_room_for(more),
            _ => false,
        }
    }

    /// Adds what [`has_room_for`](Self::has_room_for) says there is room for.
    fn add(&mut self, more: &Self) {
        match (self, more) {
            (Self::Bins(own), Self::Bins(more)) => {
                own.iter_mut().zip(more).for_each(|(own, more)| *own += *more);
            }
            (Self::Single(own), Self::Single(more)) => own.absorb(more),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::order::Held;

    #[test]
    fn what_many_rounds_left_is_one_piece() {
        let round = || {
            let mut held = Held::default();
            (0..100).for_each(|key| held.push(key << 16, key % 3 == 0));
            let (scores, classes) = (Kept::Single(held), Kept::Nothing);
            OrderRows { scores, classes, confidence: Kept::Nothing, probabilities: false }
        };
        let mut orders = Vec::new();
        for _ in 0..5 {
            orders.extend([round(), round()]);
            absorb(&mut orders);
            assert_eq!(orders.len(), 1);
        }
    }
}
