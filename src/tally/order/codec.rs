//! Canonical bytes of the order of rows.

use super::{BinnedOrder, ConfidenceOrder, ExactOrder, OrderWish, ScoreBins};
use crate::exact::order::{Answer, Counts, MassBin, Point, Question, Rate, Sums};
use crate::tally::codec::{Reader, Writer};

impl Writer {
    /// What is asked of the order.
    pub(in crate::tally) fn wish(&mut self, wish: &OrderWish) {
        self.list(&wish.questions, |out, question| out.question(question));
        self.u8(u8::from(wish.confidence));
        self.u8(u8::from(wish.micro));
        self.u8(u8::from(wish.pairs));
        self.len(wish.mass_bins);
    }

    /// The order that merges, by name.
    pub(super) fn binned(&mut self, order: &BinnedOrder) {
        self.text("order");
        self.list(&order.classes, |out, bins| out.score_bins(bins));
        self.option(order.confidence.as_ref(), |out, bins| out.score_bins(bins));
    }

    pub(super) fn exact(&mut self, order: &ExactOrder) {
        self.list(&order.classes, |out, sums| out.sums(sums));
        self.list(&order.pairs, |out, &pairs| out.u128(pairs));
        self.option(order.micro.as_ref(), |out, sums| out.sums(sums));
        self.list(&order.curve, |out, point| out.point(point));
        self.list(&order.answers, |out, answer| out.answer(answer));
        self.option(order.confidence.as_ref(), |out, order| {
            out.u128(order.risk);
            out.list(&order.curve, |out, point| out.point(point));
            out.list(&order.answers, |out, answer| out.answer(answer));
            out.list(&order.bins, |out, bin| {
                out.counts(bin.rows);
                out.u128(bin.keys);
            });
        });
    }

    fn option<T>(&mut self, option: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.u8(u8::from(option.is_some()));
        if let Some(value) = option {
            write(self, value);
        }
    }

    fn score_bins(&mut self, bins: &ScoreBins) {
        self.list(bins.bins(), |out, (bin, rows)| {
            out.bytes.extend(bin.to_le_bytes());
            out.counts(*rows);
        });
    }

    fn sums(&mut self, sums: &Sums) {
        self.counts(sums.all);
        for sum in [
            sums.negative,
            sums.negative_squares,
            sums.positive_squares,
            sums.precision,
            sums.distance,
        ] {
            self.u128(sum);
        }
    }

    fn counts(&mut self, counts: Counts) {
        self.u64(counts.positive);
        self.u64(counts.negative);
    }

    fn point(&mut self, point: &Point) {
        self.option(point.key, Self::u64);
        self.counts(point.above);
    }

    fn answer(&mut self, (question, answer): &(Question, Answer)) {
        self.question(question);
        self.option(answer.point.as_ref(), Self::point);
        self.option(answer.next.as_ref(), Self::point);
        self.u128(answer.twice_area);
    }

    fn question(&mut self, question: &Question) {
        let (code, numbers) = match *question {
            Question::PartialArea(most) => (0, [most, 0.0]),
            Question::PrecisionAtRecall(least) => (1, [least, 0.0]),
            Question::RecallAtPrecision(least) => (2, [least, 0.0]),
            Question::TprAtFpr(most) => (3, [most, 0.0]),
            Question::CoverageAtRisk(most) => (4, [most, 0.0]),
            Question::Cost { false_positive, false_negative } => {
                (5, [false_positive, false_negative])
            }
            Question::Threshold(rate, bound) => (6 + rate_code(rate), [bound, 0.0]),
        };
        self.u8(code);
        numbers.iter().for_each(|number| self.u64(number.to_bits()));
    }
}

const RATES: [Rate; 4] =
    [Rate::Recall, Rate::Precision, Rate::Specificity, Rate::FalsePositiveRate];

fn rate_code(rate: Rate) -> u8 {
    (0..).zip(RATES).find(|(_, known)| *known == rate).map_or(0, |(code, _)| code)
}

impl Reader<'_> {
    pub(in crate::tally) fn wish(&mut self) -> Option<OrderWish> {
        Some(OrderWish {
            questions: self.list(17, Self::question)?,
            confidence: self.flag()?,
            micro: self.flag()?,
            pairs: self.flag()?,
            mass_bins: usize::try_from(self.u64()?).ok()?,
        })
    }

    pub(super) fn binned(&mut self) -> Option<BinnedOrder> {
        self.name("order")?;
        Some(BinnedOrder {
            classes: self.list(8, Self::score_bins)?,
            confidence: self.maybe(Self::score_bins)?,
        })
    }

    pub(super) fn exact(&mut self) -> Option<ExactOrder> {
        Some(ExactOrder {
            classes: self.list(96, Self::sums)?,
            pairs: self.list(16, Self::u128)?,
            micro: self.maybe(Self::sums)?,
            curve: self.list(17, Self::point)?,
            answers: self.list(35, Self::answer)?,
            confidence: self.maybe(|reader| {
                Some(ConfidenceOrder {
                    risk: reader.u128()?,
                    curve: reader.list(17, Self::point)?,
                    answers: reader.list(35, Self::answer)?,
                    bins: reader.list(32, |reader| {
                        Some(MassBin { rows: reader.counts()?, keys: reader.u128()? })
                    })?,
                })
            })?,
        })
    }

    /// The inner `None` means that there is none.
    fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.flag()? {
            false => Some(None),
            true => read(self).map(Some),
        }
    }

    fn score_bins(&mut self) -> Option<ScoreBins> {
        let bins = self.list(18, |reader| Some((reader.u16()?, reader.counts()?)))?;
        // Only the canonical form is read: rising, without empty bins.
        let read = ScoreBins::new(bins.clone());
        let rising = bins.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (rising && read.bins() == bins).then_some(read)
    }

    fn sums(&mut self) -> Option<Sums> {
        Some(Sums {
            all: self.counts()?,
            negative: self.u128()?,
            negative_squares: self.u128()?,
            positive_squares: self.u128()?,
            precision: self.u128()?,
            distance: self.u128()?,
        })
    }

    /// Counts whose sum is a count, too.
    fn counts(&mut self) -> Option<Counts> {
        let counts = Counts { positive: self.u64()?, negative: self.u64()? };
        (counts.positive.checked_add(counts.negative)? >> 63 == 0).then_some(counts)
    }

    fn point(&mut self) -> Option<Point> {
        Some(Point { key: self.maybe(Self::u64)?, above: self.counts()? })
    }

    fn answer(&mut self) -> Option<(Question, Answer)> {
        let question = self.question()?;
        let answer = Answer {
            point: self.maybe(Self::point)?,
            next: self.maybe(Self::point)?,
            twice_area: self.u128()?,
        };
        Some((question, answer))
    }

    fn question(&mut self) -> Option<Question> {
        let code = self.u8()?;
        let first = f64::from_bits(self.u64()?);
        let second = f64::from_bits(self.u64()?);
        Some(match code {
            0 => Question::PartialArea(first),
            1 => Question::PrecisionAtRecall(first),
            2 => Question::RecallAtPrecision(first),
            3 => Question::TprAtFpr(first),
            4 => Question::CoverageAtRisk(first),
            5 => Question::Cost { false_positive: first, false_negative: second },
            rate => Question::Threshold(*RATES.get(usize::from(rate) - 6)?, first),
        })
    }
}
