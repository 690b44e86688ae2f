//! Rates of the CPU and a device are measured and kept.

use libtest_mimic::Failed;
use tallyho::class::Classes;
use tallyho::engine::calibrate::rates;
use tallyho::engine::choice::{Rates, Wanted};
use tallyho::engine::{OnInvalid, Plan};
use tallyho::exact::ScoreType;
use tallyho::gpu::{CacheDir, Device, Selector, adapters};
use tallyho::tally::{ScoresAre, Spec, Task};
use tempfile::tempdir;

fn wanted(columns: usize) -> (Wanted, Plan) {
    let score_type = (columns > 0).then_some(ScoreType::F16);
    let wanted = Wanted {
        rows: 1_000_000,
        columns,
        classes: columns.max(10),
        score_type,
        file_bytes: 16_000_000,
        is_text: false,
        cpu_only: None,
    };
    let spec = Spec {
        task: if columns > 0 { Task::Matrix } else { Task::Predictions },
        scores_are: (columns > 0).then_some(ScoresAre::Probabilities),
        score_type,
        ..Spec::default()
    };
    let plan = Plan {
        spec,
        stored_as: score_type,
        classes: Some(Classes::numbered(columns.max(10))),
        ignore: Vec::new(),
        on_invalid: OnInvalid::Error,
        threads: 2,
        binary_classes_found: false,
        outcomes_up_to: None,
        remarks: Vec::new(),
    };
    (wanted, plan)
}

pub fn rates_are_measured_once(device: &Device) -> Result<(), Failed> {
    let selector = Selector::Named(device.about().index.to_string());
    let adapter = selector.choose(&adapters())?;
    for columns in [0, 100] {
        let folder = tempdir()?;
        let cache = CacheDir::at(folder.path());
        let (wanted, plan) = wanted(columns);
        let (first, opened) = rates(&adapter, &wanted, &plan, Some(&cache))?;
        assert!(opened.is_some());
        let Rates { cpu_rows_per_second, upload_bytes_per_second, .. } = first;
        for rate in [cpu_rows_per_second, upload_bytes_per_second, first.kernel_rows_per_second] {
            assert!(rate.is_finite() && rate > 1_000.0, "{first:?}");
        }
        assert!(first.first_use_seconds > 0.0);

        let (second, opened) = rates(&adapter, &wanted, &plan, Some(&cache))?;
        assert!(opened.is_none(), "measured again");
        assert_eq!(first, second);

        for entry in std::fs::read_dir(folder.path())? {
            let path = entry?.path();
            let text = std::fs::read_to_string(&path)?;
            std::fs::write(path, text.replace(&cpu_rows_per_second.to_string(), "NaN"))?;
        }
        // Of 100 columns it is the rate of 128 that is kept.
        if columns == 0 {
            assert!(rates(&adapter, &wanted, &plan, Some(&cache))?.1.is_some());
        }
    }
    Ok(())
}
