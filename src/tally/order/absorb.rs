//! One piece of what several rounds of a device left: else memory would grow with the
//! number of rounds.

use super::counter::{Kept, OrderCounter};

/// Whether what one counter keeps can take in what another one does.
pub(super) trait Room {
    /// Whether there is room for all rows of another.
    fn has_room_for(&self, more: &Self) -> bool;

    /// Adds what [`has_room_for`](Self::has_room_for) says there is room for.
    fn add(&mut self, more: &Self);
}

impl Room for OrderCounter {
    fn has_room_for(&self, more: &Self) -> bool {
        self.scores.has_room_for(&more.scores)
            && self.classes.has_room_for(&more.classes)
            && self.confidence.has_room_for(&more.confidence)
    }

    fn add(&mut self, more: &Self) {
        self.scores.add(&more.scores);
        self.classes.add(&more.classes);
        self.confidence.add(&more.confidence);
    }
}

impl Room for Kept {
    fn has_room_for(&self, more: &Self) -> bool {
        match (self, more) {
            (Self::Bins(_), Self::Bins(_)) | (Self::Nothing, Self::Nothing) => true,
            (Self::Single(own), Self::Single(more)) => own.has_room_for(more),
            (Self::Double(own), Self::Double(more)) => own.has_room_for(more),
            (Self::Labels(..), Self::Labels(..)) | (Self::Columns(_), Self::Columns(_)) => true,
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
            (Self::Double(own), Self::Double(more)) => own.absorb(more),
            (Self::Columns(own), Self::Columns(more)) => own.add(more),
            (Self::Labels(own, own_keys), Self::Labels(more, more_keys)) => {
                own.extend_from_slice(more);
                own_keys.extend_from_slice(more_keys);
            }
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
            Kept::Single(held)
        };
        let mut all = round();
        for _ in 0..5 {
            assert!(all.has_room_for(&round()));
            all.add(&round());
        }
        assert!(!all.has_room_for(&Kept::Nothing));
    }
}
