//! The memory of an adapter. wgpu does not tell, but Vulkan does.

#![allow(unsafe_code, reason = "a question to the driver; the blocks say why it is sound")]

/// Bytes of the largest heap that is the device's own, if the driver tells.
#[cfg(any(windows, target_os = "android", target_os = "linux"))]
pub(super) fn bytes(adapter: &wgpu::Adapter) -> Option<u64> {
    /// `VK_MEMORY_HEAP_DEVICE_LOCAL_BIT`.
    const DEVICE_LOCAL: u32 = 1;
    // SAFETY: the adapter behind the guard is only looked at, not destroyed.
    let adapter = unsafe { adapter.as_hal::<wgpu::hal::api::Vulkan>() }?;
    let instance = adapter.shared_instance().raw_instance();
    let device = adapter.raw_physical_device();
    // SAFETY: the physical device belongs to this instance, and both live as
    // long as the guard.
    let properties = unsafe { instance.get_physical_device_memory_properties(device) };
    let heaps = properties.memory_heaps_as_slice().iter();
    heaps.filter(|heap| heap.flags.as_raw() & DEVICE_LOCAL != 0).map(|heap| heap.size).max()
}

/// Nothing is known where there is no Vulkan.
#[cfg(not(any(windows, target_os = "android", target_os = "linux")))]
pub(super) fn bytes(_: &wgpu::Adapter) -> Option<u64> {
    None
}
