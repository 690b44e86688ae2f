//! The choice between CPU and device: which is faster for an input, by a model of both.
//!
//! The time on the CPU is that of reading and of counting on all cores. The
//! device counts while the cores read and fill its memory, so it takes the longer
//! of the two, and the time to get going on top.

#[cfg(feature = "gpu")]
pub mod calibrate;
mod cost_model;
#[cfg(feature = "gpu")]
mod sample;
mod workload;

pub use cost_model::{Costs, Facts};
use workload::row_bytes;
pub use workload::{Rates, Workload};

use crate::error::{Error, Result};

/// A device that could do the work.
#[derive(Debug)]
pub struct Candidate<D> {
    /// Its name, for the reason.
    pub name: String,
    /// How fast it and the CPU are.
    pub rates: Rates,
    /// The device.
    pub device: D,
}

/// What was chosen.
#[derive(Debug, PartialEq)]
pub struct Choice<D> {
    /// The device; `None` for the CPU.
    pub device: Option<D>,
    /// Why, for the report: "estimated at 8 ms on the CPU, …".
    pub because: String,
}

/// No device is looked for if the CPU is estimated to count the rows in less. They
/// must be read either way.
pub const WORTH_A_DEVICE_SECONDS: f64 = 0.5;

/// Chooses where to evaluate. `open` looks for a device, `None` if there is none,
/// and measures; it is not called where the CPU is the answer anyway.
pub fn choose<D>(
    workload: &Workload,
    facts: &Facts,
    open: impl FnOnce() -> Result<Option<Candidate<D>>>,
) -> Choice<D> {
    let cpu = |because| Choice { device: None, because };
    if let Some(reason) = &workload.cpu_only {
        return cpu(reason.clone());
    }
    let assumed = assumed_seconds(workload, facts);
    if assumed < WORTH_A_DEVICE_SECONDS {
        return cpu(format!("counting takes about {}", seconds(assumed)));
    }
    let Candidate { name, rates, device } = match open() {
        Ok(Some(candidate)) => candidate,
        // Nobody who has no GPU wants to hear of one.
        Ok(None) => {
            let about = seconds(assumed);
            return cpu(format!("the only device here; counting takes about {about}"));
        }
        Err(Error::Device { device, problem }) => {
            return cpu(format!("no GPU can be used: {device}: {problem}"));
        }
        Err(error) => return cpu(format!("no GPU can be used: {error}")),
    };
    let read = read_seconds(workload, facts);
    let on_cpu = read + workload.rows as f64 / rates.cpu_rows_per_second;
    let on_device = device_seconds(workload, &rates, read);
    let both = format!(
        "about {} on the CPU, {} on {name}, by measured rates",
        seconds(on_cpu),
        seconds(on_device)
    );
    // A rate that makes no sense is no reason to leave the CPU.
    let sound = [rates.upload_bytes_per_second, rates.kernel_rows_per_second];
    match on_device < on_cpu && sound.iter().all(|rate| *rate > 0.0) {
        true => Choice { device: Some(device), because: both },
        false => cpu(both),
    }
}

/// Seconds of all threads to read the files.
fn read_seconds(workload: &Workload, facts: &Facts) -> f64 {
    let rate = facts.read_per_second[usize::from(!workload.is_text)];
    workload.file_bytes as f64 / (rate * facts.threads as f64)
}

/// Seconds of all threads to count, before anything is measured.
fn assumed_seconds(workload: &Workload, facts: &Facts) -> f64 {
    workload.rows as f64 * facts.costs.of_row(workload) * 1e-9 / facts.threads as f64
}

fn device_seconds(workload: &Workload, rates: &Rates, read: f64) -> f64 {
    let rows = workload.rows as f64;
    let filled = rows * row_bytes(workload) / rates.upload_bytes_per_second;
    let counted = rows / rates.kernel_rows_per_second;
    rates.first_use_seconds + (read + filled).max(counted)
}

/// The processor's model where the system tells it, else its architecture.
pub fn cpu_name() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or(std::env::consts::ARCH, |(_, name)| name.trim()).to_owned()
}

/// "8 ms", "1.2 s": two digits are enough for an estimate.
fn seconds(seconds: f64) -> String {
    match seconds {
        s if !s.is_finite() => "endless time".to_owned(),
        s if s < 0.001 => "1 ms".to_owned(),
        s if s < 0.0995 => format!("{:.0} ms", s * 1e3),
        s if s < 9.95 => format!("{s:.1} s"),
        s => format!("{s:.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::ScoreType;
    use crate::tally::{Auc, Counted};

    fn workload(rows: u64, columns: usize) -> Workload {
        let score_type = (columns > 0).then_some(ScoreType::F32);
        let row_bytes = if columns > 0 { 4 * columns as u64 + 8 } else { 16 };
        Workload {
            rows,
            columns,
            classes: columns.max(10),
            score_type,
            file_bytes: rows * row_bytes,
            is_text: false,
            counted: Counted::All,
            auc: Auc::None,
            by_confidence: false,
            cpu_only: None,
        }
    }

    const FACTS: Facts = Facts {
        threads: 2,
        costs: Costs { pair: 1.0, all: [0.0, 1.0], counts: [10.0, 0.1], order: [30.0, 5.0] },
        read_per_second: [1e8, 4e9],
    };

    fn candidate(cpu: f64, upload: f64, kernel: f64, first_use: f64) -> Candidate<&'static str> {
        let rates = Rates {
            cpu_rows_per_second: cpu,
            upload_bytes_per_second: upload,
            kernel_rows_per_second: kernel,
            first_use_seconds: first_use,
        };
        Candidate { name: "card".into(), rates, device: "opened" }
    }

    fn chosen(candidate: Candidate<&'static str>) -> Choice<&'static str> {
        choose(&workload(1_000_000, 1_000), &FACTS, || Ok(Some(candidate)))
    }

    #[test]
    fn the_device_is_chosen_where_it_is_faster() {
        // 4 GB are read in 0.5 s; CPU 2.5 s, device 0.2 + max(0.5 + 0.4, 0.1) s.
        let choice = chosen(candidate(5e5, 1e10, 1e7, 0.2));
        assert_eq!(choice.device, Some("opened"));
        assert_eq!(choice.because, "about 2.5 s on the CPU, 1.1 s on card, by measured rates");
    }

    #[test]
    fn the_cpu_is_chosen_where_it_is_faster() {
        for (because, candidate) in [
            ("a slow bus", candidate(1e6, 1e9, 1e7, 0.2)),
            ("slow kernels", candidate(1e6, 1e10, 1e5, 0.2)),
            ("a slow start", candidate(1e6, 1e10, 1e7, 5.0)),
        ] {
            let choice = chosen(candidate);
            assert_eq!(choice.device, None, "{because}");
            assert!(choice.because.starts_with("about 1.5 s on the CPU, "), "{}", choice.because);
        }
    }

    #[test]
    fn a_tie_and_rates_that_make_no_sense_are_the_cpus() {
        // Both need 0.501 s to read; then 0.4 s against 0.4 s.
        let row = row_bytes(&workload(1, 1_000));
        assert_eq!(chosen(candidate(2.5e6, row * 2.5e6, f64::INFINITY, 0.0)).device, None);
        for rate in [0.0, f64::NAN, -1.0] {
            assert_eq!(chosen(candidate(1e6, rate, rate, 0.0)).device, None, "{rate}");
        }
    }

    #[test]
    fn no_device_is_looked_for_below_half_a_second() {
        for workload in [workload(1_000, 1_000), workload(40_000_000, 0)] {
            let choice =
                choose::<()>(&workload, &FACTS, || unreachable!("a device was looked for"));
            assert_eq!(choice.device, None);
            assert!(choice.because.starts_with("counting takes about "), "{choice:?}");
        }
    }

    #[test]
    fn time_goes_by_what_is_counted() {
        let matrix = workload(1_000_000, 10);
        let counts =
            |workload: &Workload| Workload { counted: Counted::Counts, ..workload.clone() };
        let one = |counted, auc| Workload { counted, auc, ..workload(1_000_000, 1) };
        let twice = Workload { by_confidence: true, ..one(Counted::All, Auc::Exact) };
        for (workload, nanoseconds) in [
            (matrix.clone(), 10.0),
            (counts(&matrix), 11.0),
            (workload(1, 0), 1.0),
            (one(Counted::All, Auc::None), 1.0),
            (one(Counted::All, Auc::Exact), 31.0),
            (one(Counted::All, Auc::Binned), 6.0),
            (one(Counted::Order, Auc::Exact), 30.0),
            (one(Counted::Order, Auc::Binned), 5.0),
            (one(Counted::Counts, Auc::None), 1.0),
            (twice, 61.0),
        ] {
            assert!((FACTS.costs.of_row(&workload) - nanoseconds).abs() < 1e-9, "{workload:?}");
        }
    }

    #[test]
    fn no_device_is_looked_for_where_only_predictions_are_counted() {
        let all = workload(2_000_000, 1_000);
        assert!(
            choose(&all, &FACTS, || Ok(Some(candidate(1.0, 1e12, 1e12, 0.0)))).device.is_some()
        );
        let few = Workload { counted: Counted::Counts, ..all };
        let choice = choose::<()>(&few, &FACTS, || unreachable!("a device was looked for"));
        assert_eq!(choice.because, "counting takes about 0.1 s");
    }

    #[test]
    fn what_only_the_cpu_can_do_looks_for_no_device() {
        let workload = Workload { cpu_only: Some("doubles".into()), ..workload(1 << 40, 10) };
        let choice = choose::<()>(&workload, &FACTS, || unreachable!("a device was looked for"));
        assert_eq!(choice, Choice { device: None, because: "doubles".into() });
    }

    #[test]
    fn without_a_device_the_reason_is_told() {
        let broken = || Err::<Option<Candidate<()>>, _>(Error::device("card", "was lost"));
        let choice = choose(&workload(1_000_000, 1_000), &FACTS, broken);
        assert_eq!(choice.device, None);
        assert_eq!(choice.because, "no GPU can be used: card: was lost");
    }

    #[test]
    fn where_there_is_no_gpu_there_is_no_word_of_one() {
        let choice = choose::<()>(&workload(1_000_000, 1_000), &FACTS, || Ok(None));
        assert_eq!(choice.because, "the only device here; counting takes about 0.5 s");
    }

    #[test]
    fn text_is_slow_to_read_everywhere() {
        let text = Workload { is_text: true, ..workload(100_000_000, 10) };
        // 24 s of reading on either side leave the CPU ahead of a slow start.
        let choice = choose(&text, &FACTS, || Ok(Some(candidate(1e8, 1e10, 1e9, 2.0))));
        assert_eq!(choice.device, None);
        assert_eq!(choice.because, "about 25 s on the CPU, 26 s on card, by measured rates");
    }

    #[test]
    fn no_device_is_looked_for_to_spare_the_reading() {
        let text = Workload { is_text: true, ..workload(10_000_000, 10) };
        assert!(read_seconds(&text, &FACTS) > 2.0);
        let choice = choose::<()>(&text, &FACTS, || unreachable!("a device was looked for"));
        assert_eq!(choice.because, "counting takes about 50 ms");
    }
}
