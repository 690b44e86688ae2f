//! The environment of Mesa's drivers on machines without a display.
//!
//! Mesa's Vulkan drivers come with a layer that asks the display which of several
//! GPUs it uses, to list that one first. Where nobody is logged in there is no
//! display, and the layer prints so on standard error whenever devices are listed:
//! a nightly job would mail that. Here the order does not matter.

#![allow(unsafe_code, reason = "sets a variable; the block says why it is sound")]

/// Has that layer left out, unless the user told it what to do. To be called before
/// anything else: does nothing once there is a second thread.
///
/// Programs that are started later inherit the variable that says so.
#[cfg(target_os = "linux")]
pub fn leave_out() {
    const LEFT_OUT: &str = "NODEVICE_SELECT";
    // What the user may have told the layer.
    let told = [LEFT_OUT, "MESA_VK_DEVICE_SELECT", "DRI_PRIME"];
    if told.iter().any(|name| std::env::var_os(name).is_some()) || !is_alone() {
        return;
    }
    // SAFETY: this is the only thread of the process, so no other one reads or
    // writes the environment meanwhile.
    unsafe { std::env::set_var(LEFT_OUT, "1") };
}

/// That layer is Linux's alone.
#[cfg(not(target_os = "linux"))]
pub fn leave_out() {}

/// Whether this process has one thread, as far as can be known.
#[cfg(target_os = "linux")]
fn is_alone() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_second_thread_is_seen() {
        // Tests run beside the thread that waits for them.
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!is_alone()));
        });
    }
}
