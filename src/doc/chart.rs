//! A value over time: a step for each night, and what is to be seen of it.

/// A value over time.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) slots: Vec<Slot>,
    /// The least and the greatest value as they are shown.
    pub(crate) ends: [String; 2],
    /// The first and the last night.
    pub(crate) nights: [String; 2],
}

/// One step of the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Slot {
    /// The least and the greatest value.
    pub(crate) values: Option<(f64, f64)>,
    /// What is to be seen at its foot.
    pub(crate) mark: Option<Mark>,
}

/// What is to be seen at the foot of a night; the greatest of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// No run.
    Missing,
    /// A rule did not hold.
    Broken,
    /// A run without a value.
    Undefined,
    /// A new level begins.
    Change,
}

impl Mark {
    /// Each with its letter and what it says, the greatest first.
    pub(crate) const ALL: [(Self, char, &str); 4] = [
        (Self::Change, '▲', "change of level"),
        (Self::Undefined, '?', "undefined"),
        (Self::Broken, '!', "a rule was broken"),
        (Self::Missing, '·', "no run"),
    ];

    /// Its letter.
    pub(super) fn letter(self) -> char {
        Self::ALL.into_iter().find(|(mark, ..)| *mark == self).map_or(' ', |(_, letter, _)| letter)
    }
}

/// The least and the greatest value of some slots.
pub(crate) fn range(slots: &[Slot]) -> Option<(f64, f64)> {
    let values = slots.iter().filter_map(|slot| slot.values);
    values.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// A block for each slot: the height is the value between the least and the
/// greatest; '·' where there is no run, '?' where there is no value.
pub(crate) fn sparkline(slots: &[Slot]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let all = range(slots);
    let block = |slot: &Slot| match (slot.values, slot.mark, all) {
        (Some((low, high)), _, Some((least, most))) if most > least => {
            let share = ((low + high) / 2.0 - least) / (most - least);
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 7"
            )]
            let height = (share * 7.0).round() as usize;
            BLOCKS[height.min(7)]
        }
        (Some(_), ..) => BLOCKS[3],
        (None, Some(Mark::Missing) | None, _) => '·',
        (None, Some(_), _) => '?',
    };
    slots.iter().map(block).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A night for each value; of NaN one that is missing.
    pub(in crate::doc) fn slots(values: &[f64]) -> Vec<Slot> {
        let slot = |value: &f64| match value.is_nan() {
            true => Slot { values: None, mark: Some(Mark::Missing) },
            false => Slot { values: Some((*value, *value)), mark: None },
        };
        values.iter().map(slot).collect()
    }

    #[test]
    fn a_sparkline_has_a_sign_for_every_night() {
        assert_eq!(sparkline(&slots(&[0.0, f64::NAN, 1.0, 0.5])), "▁·█▅");
        assert_eq!(sparkline(&slots(&[2.0, 2.0])), "▄▄");
    }
}
