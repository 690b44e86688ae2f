//! The cost model of rows on the CPU, before anything is measured.

use super::workload::Workload;
use crate::kernel::{Instructions, Level};
use crate::tally::{Auc, Counted};

/// What is known of this machine without measuring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// Threads that work.
    pub threads: usize,
    /// What rows take.
    pub costs: Costs,
    /// Bytes of text, and of other files, per second that one of them reads.
    pub read_per_second: [f64; 2],
}

/// Nanoseconds that one thread takes to count a row that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// A pair of label and prediction.
    pub pair: f64,
    /// Everything that a row of scores tells: for the row, and for each score.
    pub all: [f64; 2],
    /// Its prediction alone, in the same way.
    pub counts: [f64; 2],
    /// To put one score per row in order: exactly, and by bins.
    pub order: [f64; 2],
}

impl Facts {
    /// A modest machine with the instructions of `level`: what one core of a server
    /// was measured to take, rounded up generously.
    pub fn assumed(threads: usize, level: Level) -> Self {
        let (all, counts) = match level.instructions() {
            Instructions::Plain => (10.0, 4.0),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => (1.0, 0.2),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => (0.5, 0.1),
        };
        let costs =
            Costs { pair: 5.0, all: [80.0, all], counts: [15.0, counts], order: [40.0, 6.0] };
        Self { threads, costs, read_per_second: [1.5e8, 2e9] }
    }
}

impl Costs {
    /// Nanoseconds for a row like those wanted.
    pub(crate) fn of_row(&self, workload: &Workload) -> f64 {
        if workload.columns == 0 {
            return self.pair;
        }
        let [row, score] = match workload.counted {
            Counted::All => self.all,
            // Its prediction is found on the way.
            Counted::Order => [0.0, 0.0],
            // One comparison.
            Counted::Counts if workload.columns == 1 => [self.pair, 0.0],
            Counted::Counts => self.counts,
        };
        let order = match workload.auc {
            Auc::None => 0.0,
            Auc::Exact => self.order[0],
            Auc::Binned => self.order[1],
        };
        let orders = if workload.by_confidence { 2.0 } else { 1.0 };
        row + score * workload.columns as f64 + orders * order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::ScoreType;

    #[test]
    fn better_instructions_are_assumed_to_take_less() {
        let matrix = |counted| Workload {
            rows: 1,
            columns: 1_000,
            classes: 1_000,
            score_type: Some(ScoreType::F32),
            file_bytes: 4_008,
            is_text: false,
            counted,
            auc: Auc::None,
            by_confidence: false,
            cpu_only: None,
        };
        for counted in [Counted::All, Counted::Counts] {
            let of = |level| Facts::assumed(1, level).costs.of_row(&matrix(counted));
            let costs: Vec<f64> = Level::available().into_iter().map(of).collect();
            assert!(costs.is_sorted_by(|a, b| a > b), "{counted:?}: {costs:?}");
        }
        let all = Facts::assumed(1, Level::PLAIN).costs.of_row(&matrix(Counted::All));
        let few = Facts::assumed(1, Level::PLAIN).costs.of_row(&matrix(Counted::Counts));
        assert!(few < all, "predictions alone take less than everything");
    }
}
