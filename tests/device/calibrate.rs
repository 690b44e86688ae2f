//! Rates of the CPU and a device are measured and kept.

use std::sync::Arc;

use libtest_mimic::Failed;
use tallyho::class::Classes;
use tallyho::engine::device_choice::calibrate::rates;
use tallyho::engine::device_choice::{Rates, Workload};
use tallyho::engine::{OnInvalid, Plan, Preparation};
use tallyho::exact::ScoreType;
use tallyho::gpu::{CacheDir, Device, Selector, adapters};
use tallyho::tally::{Auc, Counted, ScoresAre, Spec, Task};
use tempfile::tempdir;

/// Rows of halves, and how they are counted; of 0 columns, pairs.
fn workload(columns: usize, counted: Counted, auc: Auc) -> (Workload, Plan) {
    let score_type = (columns > 0).then_some(ScoreType::F16);
    let classes = if columns > 0 { columns.max(2) } else { 10 };
    let workload = Workload {
        rows: 1_000_000,
        columns,
        classes,
        score_type,
        file_bytes: 16_000_000,
        is_text: false,
        counted,
        auc,
        by_confidence: false,
        cpu_only: None,
    };
    let spec = Spec {
        task: match columns {
            0 => Task::Predictions,
            1 => Task::Binary { positive: 1 },
            _ => Task::Matrix,
        },
        threshold: (columns == 1).then_some(0.5),
        scores_are: (columns > 0).then_some(ScoresAre::Probabilities),
        score_type,
        counted,
        auc,
        ..Spec::default()
    };
    let plan = Plan {
        spec,
        stored_as: score_type,
        preparation: Preparation::default(),
        classes: Some(Classes::numbered(classes)),
        ignore: Vec::new(),
        on_invalid: OnInvalid::Error,
        outside: None,
        seen: Arc::default(),
        threads: 2,
        binary_classes_found: false,
        correctness_up_to: None,
        notices: Vec::new(),
        part_scores: [].into(),
        slices: Vec::new(),
    };
    (workload, plan)
}

const MEMORY: u64 = 24 << 20;

pub fn rates_are_measured_once(device: &Device) -> Result<(), Failed> {
    let selector = Selector::Named(device.about().index.to_string());
    let adapter = selector.choose(&adapters())?;
    for (columns, counted, auc) in [
        (0, Counted::All, Auc::None),
        (1, Counted::Order, Auc::Exact),
        (1, Counted::Counts, Auc::None),
        (100, Counted::All, Auc::None),
    ] {
        let folder = tempdir()?;
        let cache = CacheDir::at(folder.path());
        let (workload, plan) = workload(columns, counted, auc);
        let (first, opened) = rates(&adapter, &workload, &plan, MEMORY, Some(&cache))?;
        let opened = opened.ok_or("no device was opened")?;
        assert!(opened.most_bytes() <= MEMORY, "as much as a run may take");
        let Rates { cpu_rows_per_second, upload_bytes_per_second, .. } = first;
        for rate in [cpu_rows_per_second, upload_bytes_per_second, first.kernel_rows_per_second] {
            assert!(rate.is_finite() && rate > 1_000.0, "{first:?}");
        }
        assert!(first.first_use_seconds > 0.0);

        let (second, opened) = rates(&adapter, &workload, &plan, MEMORY, Some(&cache))?;
        assert!(opened.is_none(), "measured again");
        assert_eq!(first, second);

        for entry in std::fs::read_dir(folder.path())? {
            let path = entry?.path();
            let text = std::fs::read_to_string(&path)?;
            std::fs::write(path, text.replace(&cpu_rows_per_second.to_string(), "NaN"))?;
        }
        // Of 100 columns it is the rate of 128 that is kept.
        if columns < 100 {
            assert!(rates(&adapter, &workload, &plan, MEMORY, Some(&cache))?.1.is_some());
        }
    }
    Ok(())
}
