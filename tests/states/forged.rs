//! States that were forged: their numbers are changed at random, their digest and
//! checksum put right.
//!
//! What is not refused in a line merges and is shown in every form, without a panic, a
//! sum that wraps, or a metric outside its range. The number of states is that of the
//! variable `TALLYHO_MUTATIONS`, and the seed that of `TALLYHO_SEED`. For a long
//! campaign:
//!
//! ```text
//! TALLYHO_MUTATIONS=1000000 TALLYHO_SEED=7 \
//!     cargo test --profile dev --test tests -- states::forged
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tallyho::metric::{self, Summary};
use tallyho::report::{CurveFormat, Device, Format, Provenance, Report, Timing, text};
use tallyho::tally::{
    Calibration, Cell, Confusion, Order, ScoreBins, Tallies, decode, digest, encode, order_digest,
};

use super::kinds::{KINDS, random};
use super::numbers::{changed, slots};
use super::options;
use crate::common::{Campaign, Rng, campaign};

/// States in a run that is not a campaign.
const USUAL: u32 = 200;

fn read(bytes: &[u8]) -> Result<Tallies, String> {
    decode(Path::new("x.tally"), bytes).map_err(|error| error.to_string())
}

/// Changes something.
fn forge(tallies: &mut Tallies, rng: &mut Rng) {
    match rng.below(12) {
        0 => change_cells(tallies, rng),
        1 => change_bins(tallies, rng),
        2 => options::change(tallies, rng),
        choice => {
            let mut slots = slots(tallies);
            // Orders have most numbers; the others come first.
            let end = if rng.below(3) == 0 { slots.len().min(30) } else { slots.len() };
            let at = rng.below(end as u32) as usize;
            let next = at + 1 + rng.below(4) as usize;
            if choice < 6 && next < slots.len() {
                let (one, other) = slots.split_at_mut(next);
                one[at].shift(&mut other[0], rng);
            } else {
                slots[at].change(rng);
            }
        }
    }
}

fn change_cells(tallies: &mut Tallies, rng: &mut Rng) {
    let mut cells: Vec<Cell> = tallies.confusion.cells().collect();
    let classes = tallies.classes.len() as u32 + 1;
    if cells.is_empty() {
        return;
    }
    let (at, other) = (rng.below(cells.len() as u32), rng.below(cells.len() as u32));
    match rng.below(4) {
        0 => cells[at as usize].label = rng.below(classes),
        1 => cells[at as usize].prediction = rng.below(classes),
        2 => cells[at as usize].count = changed(cells[at as usize].count.into(), 64, rng) as u64,
        _ => {
            let part = cells[at as usize].count / 2;
            cells[at as usize].count -= part;
            cells[other as usize].count = cells[other as usize].count.wrapping_add(part);
        }
    }
    if let Ok(confusion) = Confusion::from_cells(cells) {
        tallies.confusion = confusion;
    }
}

fn change_bins(tallies: &mut Tallies, rng: &mut Rng) {
    let Some(Order::Binned(order)) = tallies.aggregates.get_mut() else { return };
    let mut all: Vec<&mut ScoreBins> =
        order.classes.iter_mut().chain(&mut order.confidence).collect();
    let at = rng.below(all.len() as u32) as usize;
    let mut bins = all[at].bins().to_vec();
    if bins.is_empty() {
        return;
    }
    let place = rng.below(bins.len() as u32) as usize;
    let rows = &mut bins[place].1;
    let value = if rng.below(2) == 0 { &mut rows.positive } else { &mut rows.negative };
    *value = changed((*value).into(), 62, rng) as u64 & u64::MAX >> 2;
    *all[at] = ScoreBins::new(bins);
}

/// Adds tallies to themselves so many times.
fn doubled(mut tallies: Tallies, times: u32) -> Tallies {
    for _ in 0..times {
        let same = tallies.clone();
        tallies.merge(&same).unwrap();
    }
    tallies
}

/// The same some number of times, up to nearly as many rows as there may be. Dense bins
/// take long to add.
fn doubled_often(tallies: Tallies, rng: &mut Rng) -> Tallies {
    let is_binned = matches!(tallies.order(), Some(Order::Binned(_)));
    let most = if is_binned && rng.below(8) > 0 { 2 } else { 38 };
    doubled(tallies, rng.below(most + 1))
}

/// The lowest and the highest value of a range as the registry has it.
fn ends(range: &str, classes: usize) -> (f64, f64) {
    let (low, high) = range[1..range.len() - 1].split_once(", ").unwrap();
    let high = match high {
        "∞" => f64::INFINITY,
        "ln C" => (classes.max(1) as f64).ln(),
        number => number.parse().unwrap(),
    };
    (low.parse().unwrap(), high)
}

/// What is wrong with the values of tallies, if anything is.
fn out_of_range(tallies: &Tallies) -> Option<String> {
    let measures = match metric::measures(tallies) {
        Ok(measures) => measures,
        Err(error) => {
            let text = error.to_string();
            return text.contains("bug").then_some(text);
        }
    };
    for (name, measure) in measures {
        let Ok(value) = measure.value else { continue };
        let of = metric::Request::parse(&name).unwrap();
        let (low, high) = ends(of.metric().range, tallies.classes.len());
        // Rows of probabilities may sum to a little more than 1.
        let slack = if name == "brier_score" { 0.02 } else { 1e-9 };
        if !(low - slack..=high + slack).contains(&value) {
            return Some(format!("{name} is {value}, outside of {}", of.metric().range));
        }
    }
    for class in Summary::new(tallies).per_class() {
        let values = [&class.precision, &class.recall, &class.f1, &class.specificity];
        for value in values.into_iter().flatten() {
            if !(0.0..=1.0).contains(value) {
                return Some(format!("a value of class {} is {value}", class.class));
            }
        }
    }
    None
}

fn provenance() -> Provenance {
    let device = Device {
        kind: "cpu".into(),
        name: "none".into(),
        backend: None,
        threads: 1,
        chosen_because: "asked for".into(),
    };
    let timing = Timing {
        seconds: 1.0,
        rows_per_second: 1.0,
        bytes_per_second: 1.0,
        peak_memory_bytes: None,
    };
    Provenance { device, inputs: Vec::new(), timing, warnings: Vec::new() }
}

/// Shows tallies in every form there is.
fn render(tallies: &Tallies) {
    let Ok(report) = Report::new(tallies, digest(tallies), provenance(), Vec::new()) else {
        return;
    };
    assert!(!text(&report, 80, false).is_empty());
    Format::ALL.iter().for_each(|(_, format)| drop(format.render(&report)));
    [CurveFormat::Csv, CurveFormat::Json].iter().for_each(|format| drop(format.render(&report)));
}

/// What becomes of a state that was forged; `Err` if it does harm.
fn use_it(bytes: &[u8]) -> Result<bool, String> {
    let tallies = match read(bytes) {
        Ok(tallies) => tallies,
        Err(message) if message.lines().count() == 1 && message.len() < 200 => return Ok(false),
        Err(message) => return Err(format!("refused with {message}")),
    };
    let mut twice = tallies.clone();
    let merged = twice.merge(&tallies);
    let all = [Some(&tallies), merged.is_ok().then_some(&twice)];
    for tallies in all.into_iter().flatten() {
        if let Some(problem) = out_of_range(tallies) {
            return Err(problem);
        }
        render(tallies);
        read(&encode(tallies)).map_err(|error| format!("is not read again: {error}"))?;
    }
    Ok(true)
}

fn check(bytes: &[u8], seed: u64) -> bool {
    let used = catch_unwind(AssertUnwindSafe(|| use_it(bytes)));
    match used {
        Ok(Ok(accepted)) => accepted,
        Ok(Err(problem)) => panic!("TALLYHO_SEED={seed}: {problem}"),
        Err(_) => panic!("TALLYHO_SEED={seed}: a panic, above"),
    }
}

#[test]
fn a_forged_state_is_refused_or_does_no_harm() {
    let Campaign { count, seed: first } = campaign("TALLYHO_MUTATIONS", USUAL);
    let mut accepted = 0;
    for seed in first..first + u64::from(count) {
        let mut rng = Rng::new(seed);
        let mut tallies = random(seed as u32 % KINDS, &mut rng);
        if !matches!(tallies.order(), Some(Order::Exact(_))) && rng.below(4) == 0 {
            tallies = doubled_often(tallies, &mut rng);
        }
        (0..=rng.below(3)).for_each(|_| forge(&mut tallies, &mut rng));
        accepted += u32::from(check(&encode(&tallies), seed));
    }
    assert!(accepted < count / 2, "{accepted} of {count} were taken for real");
}

/// Bytes are changed, and the checksum alone is put right.
#[test]
fn a_state_whose_bytes_were_changed_is_refused() {
    for seed in 0..u64::from(campaign("TALLYHO_MUTATIONS", USUAL).count) {
        let mut rng = Rng::new(seed);
        let bytes = encode(&random(seed as u32 % KINDS, &mut rng));
        let end = if bytes[8] == 5 { bytes.len() - 33 } else { bytes.len() - 32 };
        let mut covered = bytes[..end].to_vec();
        let at = 8 + rng.below(end as u32 - 8) as usize;
        covered[at] = changed(covered[at].into(), 8, &mut rng) as u8;
        let tail: &[u8] = if bytes[8] == 5 { &[0] } else { &[] };
        let forged = [&covered[..], blake3::hash(&covered).as_bytes(), tail].concat();
        if forged != bytes {
            // What only a report shows is in no digest.
            check(&forged, seed);
        }
    }
}

/// Whether there is a digest of an exact order, as there is just where there is one.
fn has_order_digest(tallies: &Tallies) -> bool {
    let is_exact = matches!(tallies.order(), Some(Order::Exact(_)));
    assert_eq!(order_digest(tallies, &digest(tallies)).is_some(), is_exact);
    is_exact
}

/// The check is itself checked: what real rows gave is read, also after merging, and its
/// metrics are in their ranges.
#[test]
fn real_states_of_every_kind_are_read() {
    let mut exact = 0;
    for seed in 0..u64::from(campaign("TALLYHO_MUTATIONS", USUAL).count / 2) {
        let mut rng = Rng::new(seed + (1 << 32));
        let kind = seed as u32 % KINDS;
        let tallies = random(kind, &mut rng);
        let again = read(&encode(&tallies)).unwrap_or_else(|error| {
            panic!("kind {kind}, seed {seed}: {error}\n{tallies:#?}");
        });
        assert_eq!(again, tallies, "kind {kind}, seed {seed}");
        assert_eq!(out_of_range(&tallies), None, "kind {kind}, seed {seed}");
        exact += u32::from(has_order_digest(&tallies));
        let many = doubled_often(tallies, &mut rng);
        let again = read(&encode(&many)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(again, many);
        has_order_digest(&many);
    }
    assert!(exact > 0);
}

/// And what finds a metric outside its range does find one.
#[test]
fn a_value_outside_its_range_is_found() {
    let mut tallies = random(2, &mut Rng::new(2));
    assert_eq!(out_of_range(&tallies), None);
    tallies.aggregates.get_mut::<Calibration>().unwrap().0[0].confidence = 1 << 90;
    assert!(out_of_range(&tallies).unwrap().contains("outside of [0, 1]"));
}
