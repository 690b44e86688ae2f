//! Tests on a device: every shader gives the bits of its twin.
//!
//! Whether there is a device is known only at run time: without one these tests
//! are ignored, not passed, and the reason is printed. `TALLYHO_REQUIRE_GPU=1`,
//! as in CI, makes its absence a failure. `TALLYHO_DEVICE` names an adapter;
//! else the most able one is used, be it software.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![allow(clippy::cast_possible_truncation, reason = "test values are small")]
#![allow(
    clippy::print_stderr,
    reason = "which device was used, or why none, is for people to read"
)]
#![allow(missing_docs, unreachable_pub, reason = "tests have no public interface")]

mod arithmetic;
mod calibrate;
mod cases;
mod changed;
mod check;
mod evaluations;
mod faults;
mod from_planes;
mod ordered;
mod program;
mod self_test;
mod twins;

#[allow(dead_code, reason = "shared with the other test binary, which uses all of it")]
#[path = "../common/mod.rs"]
mod common;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use tallyho::gpu::{Adapter, Device, Selector, adapters};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = std::env::var_os("TALLYHO_REQUIRE_GPU").is_some_and(|value| value != "0");
    let trials = match open() {
        Ok(device) => {
            eprintln!("device under test: {} ({})", device.about().name, device.about().driver);
            on_device(&Arc::new(device))
        }
        Err(reason) if required => vec![Trial::test("a_device_is_there", || Err(reason.into()))],
        Err(reason) => {
            eprintln!("ignored, for want of a device: {reason}");
            let ignored = |name: String| Trial::test(name, || Ok(())).with_ignored_flag(true);
            names().into_iter().map(ignored).collect()
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The adapter under test.
pub fn adapter() -> Result<Adapter, String> {
    let named = std::env::var("TALLYHO_DEVICE").unwrap_or_else(|_| "0".into());
    Selector::Named(named).choose(&adapters()).map_err(|error| error.to_string())
}

/// Opens the device under test.
pub fn open() -> Result<Device, String> {
    Device::open(&adapter()?).map_err(|error| error.to_string())
}

type Test = (&'static str, fn(&Device) -> Result<(), Failed>);
type Evaluation = (&'static str, fn(&Arc<Device>) -> Result<(), Failed>);

/// Every test that is not one of a kernel.
const TESTS: &[Test] = &[
    ("a_wrong_twin_is_caught", twins::a_wrong_twin_is_caught),
    ("every_kernel_passes_its_self_test", self_test::every_kernel_passes),
    ("every_sample_reaches_every_output", self_test::every_sample_reaches_every_output),
    ("a_device_that_differs_is_refused_and_told_of", self_test::a_difference_is_refused),
    ("a_pass_that_is_known_is_not_run_again", self_test::a_known_pass_is_not_run_again),
    ("devices_are_listed_tested_and_measured", program::devices_are_listed_tested_and_measured),
    ("a_bench_compares_both_sides", program::a_bench_compares_both_sides),
    ("without_a_display_nothing_is_printed", program::without_a_display_nothing_is_printed),
    ("rates_are_measured_once", calibrate::rates_are_measured_once),
    ("a_pass_is_not_good_for_another_shader", self_test::a_pass_is_not_good_for_another_shader),
    ("the_cases_of_rows_reach_every_state", twins::the_cases_of_rows_reach_every_state),
    ("a_wrong_twin_of_each_row_kernel_is_caught", twins::a_wrong_twin_of_each_row_kernel_is_caught),
    (
        "the_arithmetic_of_shaders_is_that_of_the_cpu",
        arithmetic::the_arithmetic_of_shaders_is_that_of_the_cpu,
    ),
    ("wrong_arithmetic_is_caught", arithmetic::wrong_arithmetic_is_caught),
    ("a_twin_of_other_inputs_is_caught", changed::a_twin_of_other_inputs_is_caught),
    (
        "pairs_are_counted_alike_with_their_types_compiled_in",
        changed::pairs_are_counted_alike_with_their_types_compiled_in,
    ),
];

/// Tests of whole evaluations, which hold the device for themselves.
const EVALUATIONS: &[Evaluation] = &[
    ("scores_count_alike_on_cpu_and_device", evaluations::scores_count_alike),
    ("one_score_of_two_classes_counts_alike", evaluations::binary_scores_count_alike),
    ("prepared_scores_count_alike_on_cpu_and_device", evaluations::prepared_scores_count_alike),
    ("pairs_count_alike_on_cpu_and_device", evaluations::pairs_count_alike),
    ("the_first_bad_row_is_named_alike", evaluations::the_first_bad_row_is_named_alike),
    (
        "rows_that_were_counted_elsewhere_are_told_of",
        evaluations::rows_that_were_counted_elsewhere_are_told_of,
    ),
    ("the_datasets_count_alike", evaluations::the_datasets_count_alike),
    (
        "what_a_device_does_not_count_is_counted_from_its_planes",
        from_planes::what_a_device_does_not_count_is_counted_from_its_planes,
    ),
    (
        "binary_scores_are_put_in_order_alike_on_cpu_and_device",
        ordered::binary_scores_are_put_in_order_alike,
    ),
    ("a_device_lost_at_any_time_loses_no_row", faults::a_device_lost_at_any_time_loses_no_row),
    ("too_little_memory_is_an_error_that_says_so", faults::too_little_memory_is_an_error),
    ("little_memory_is_enough", faults::little_memory_is_enough),
    (
        "a_device_that_computes_nothing_is_found_out",
        faults::a_device_that_computes_nothing_is_found_out,
    ),
    (
        "a_device_that_computes_nothing_fails_its_self_test",
        faults::a_device_that_computes_nothing_fails_its_self_test,
    ),
    (
        "absurd_limits_are_an_error_or_leave_it_to_the_cpu",
        faults::absurd_limits_are_an_error_or_leave_it_to_the_cpu,
    ),
    ("staging_gives_the_same", faults::staging_gives_the_same),
    ("no_run_takes_more_memory_than_it_may", faults::no_run_takes_more_memory_than_it_may),
    ("rows_put_in_wrong_places_are_found_out", faults::rows_put_in_wrong_places_are_found_out),
];

fn on_device(device: &Arc<Device>) -> Vec<Trial> {
    let kernels = tallyho::kernel::ALL.iter().map(|kernel| {
        let device = Arc::clone(device);
        Trial::test(twins::name(kernel), move || twins::agrees(&device, kernel))
    });
    let others = TESTS.iter().map(|&(name, body)| {
        let device = Arc::clone(device);
        Trial::test(name, move || body(&device))
    });
    let evaluations = EVALUATIONS.iter().map(|&(name, body)| {
        let device = Arc::clone(device);
        Trial::test(name, move || body(&device))
    });
    kernels.chain(others).chain(evaluations).collect()
}

fn names() -> Vec<String> {
    let kernels = tallyho::kernel::ALL.iter().map(twins::name);
    let others =
        TESTS.iter().map(|(name, _)| *name).chain(EVALUATIONS.iter().map(|(name, _)| *name));
    kernels.chain(others.map(str::to_owned)).collect()
}
