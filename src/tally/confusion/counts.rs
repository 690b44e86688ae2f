//! Counts in the narrowest integers that hold them.

use std::ops::Range;

/// The integers that the counts of a label are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    U8,
    U16,
    U32,
    U64,
}

impl Width {
    pub(super) const ALL: [Self; 4] = [Self::U8, Self::U16, Self::U32, Self::U64];

    /// The narrowest for numbers of which none has a bit that `bits` lacks.
    pub(super) fn of(bits: u64) -> Self {
        match bits {
            0..0x100 => Self::U8,
            0x100..0x1_0000 => Self::U16,
            0x1_0000..0x1_0000_0000 => Self::U32,
            _ => Self::U64,
        }
    }

    /// Bytes of an integer.
    pub(super) fn bytes(self) -> usize {
        1 << self as usize
    }
}

/// Counts one after another, those of each width together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stores {
    pub(super) u8s: Vec<u8>,
    pub(super) u16s: Vec<u16>,
    pub(super) u32s: Vec<u32>,
    pub(super) u64s: Vec<u64>,
}

/// Some of those.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counts<'a> {
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    U64(&'a [u64]),
}

/// Calls `$body` with `$values` bound to the slice of `$counts`.
macro_rules! with_counts {
    ($counts:expr, $values:ident => $body:expr) => {
        match $counts {
            $crate::tally::confusion::counts::Counts::U8($values) => $body,
            $crate::tally::confusion::counts::Counts::U16($values) => $body,
            $crate::tally::confusion::counts::Counts::U32($values) => $body,
            $crate::tally::confusion::counts::Counts::U64($values) => $body,
        }
    };
}
pub(super) use with_counts;

impl Stores {
    /// How many counts of `width` there are.
    pub(super) fn len(&self, width: Width) -> usize {
        match width {
            Width::U8 => self.u8s.len(),
            Width::U16 => self.u16s.len(),
            Width::U32 => self.u32s.len(),
            Width::U64 => self.u64s.len(),
        }
    }

    pub(super) fn get(&self, width: Width, places: Range<usize>) -> Counts<'_> {
        match width {
            Width::U8 => Counts::U8(&self.u8s[places]),
            Width::U16 => Counts::U16(&self.u16s[places]),
            Width::U32 => Counts::U32(&self.u32s[places]),
            Width::U64 => Counts::U64(&self.u64s[places]),
        }
    }

    /// Appends counts that `width` is wide enough for.
    pub(super) fn extend(&mut self, width: Width, counts: impl Iterator<Item = u64>) {
        match width {
            Width::U8 => extend(&mut self.u8s, counts),
            Width::U16 => extend(&mut self.u16s, counts),
            Width::U32 => extend(&mut self.u32s, counts),
            Width::U64 => extend(&mut self.u64s, counts),
        }
    }

    /// Appends `places` counts of `width`: 0 but for those that `cells` names by
    /// their place.
    pub(super) fn extend_sparsely(
        &mut self,
        width: Width,
        places: usize,
        cells: impl Iterator<Item = (usize, u64)>,
    ) {
        match width {
            Width::U8 => extend_sparsely(&mut self.u8s, places, cells),
            Width::U16 => extend_sparsely(&mut self.u16s, places, cells),
            Width::U32 => extend_sparsely(&mut self.u32s, places, cells),
            Width::U64 => extend_sparsely(&mut self.u64s, places, cells),
        }
    }

    /// Appends counts of another store.
    pub(super) fn extend_from(&mut self, counts: Counts<'_>) {
        match counts {
            Counts::U8(counts) => self.u8s.extend_from_slice(counts),
            Counts::U16(counts) => self.u16s.extend_from_slice(counts),
            Counts::U32(counts) => self.u32s.extend_from_slice(counts),
            Counts::U64(counts) => self.u64s.extend_from_slice(counts),
        }
    }

    /// Makes room for all of those in `more`.
    pub(super) fn reserve_exact<'a>(&mut self, more: impl Iterator<Item = &'a Self> + Clone) {
        self.u8s.reserve_exact(more.clone().map(|it| it.u8s.len()).sum());
        self.u16s.reserve_exact(more.clone().map(|it| it.u16s.len()).sum());
        self.u32s.reserve_exact(more.clone().map(|it| it.u32s.len()).sum());
        self.u64s.reserve_exact(more.map(|it| it.u64s.len()).sum());
    }

    /// Appends all of `more`.
    pub(super) fn append(&mut self, more: &Self) {
        self.u8s.extend_from_slice(&more.u8s);
        self.u16s.extend_from_slice(&more.u16s);
        self.u32s.extend_from_slice(&more.u32s);
        self.u64s.extend_from_slice(&more.u64s);
    }
}

impl Counts<'_> {
    pub(super) fn width(self) -> Width {
        match self {
            Self::U8(_) => Width::U8,
            Self::U16(_) => Width::U16,
            Self::U32(_) => Width::U32,
            Self::U64(_) => Width::U64,
        }
    }

    /// How many are not 0.
    pub(super) fn occurring(self) -> usize {
        with_counts!(self, counts => counts.iter().filter(|count| **count > 0).count())
    }

    pub(super) fn len(self) -> usize {
        with_counts!(self, counts => counts.len())
    }

    #[inline]
    pub(super) fn at(self, place: usize) -> u64 {
        with_counts!(self, counts => counts[place].wide())
    }
}

/// An integer that counts are kept in.
pub(super) trait Count: Copy {
    /// The low bits of a count.
    fn narrow(count: u64) -> Self;

    fn wide(self) -> u64;
}

macro_rules! count {
    ($($type:ty),+) => {
        $(impl Count for $type {
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "the width was chosen for the count")]
            fn narrow(count: u64) -> Self {
                count as Self
            }

            #[inline(always)]
            #[allow(clippy::useless_conversion, reason = "of one type")]
            fn wide(self) -> u64 {
                self.into()
            }
        })+
    };
}
count!(u8, u16, u32, u64);

fn extend<T: Count>(store: &mut Vec<T>, counts: impl Iterator<Item = u64>) {
    store.extend(counts.map(T::narrow));
}

fn extend_sparsely<T: Count>(
    store: &mut Vec<T>,
    places: usize,
    cells: impl Iterator<Item = (usize, u64)>,
) {
    let start = store.len();
    store.resize(start + places, T::narrow(0));
    cells.for_each(|(place, count)| store[start + place] = T::narrow(count));
}
