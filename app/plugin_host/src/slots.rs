//! Places for instances that are made once and used again.
//!
//! A batch gets a fresh instance, whose memory would be mapped and faulted in page by page every time: a third of the time
//! of a short batch. Places of a pool are kept mapped, and wiped between instances.

use std::sync::{Condvar, Mutex, PoisonError};

use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::Limits;

/// How many instances can be alive at once; further calls wait for one to end. More than there are threads on most machines.
const SLOTS: u32 = 64;

/// What an instance may consist of, as the store's limiter allows: an interpreter has more than thirty modules.
pub(crate) const MODULES: u32 = 256;
pub(crate) const TABLES: u32 = 16;
pub(crate) const MEMORIES: u32 = 8;

/// Memory of a place that stays mapped between instances, bytes: what a batch of a compiled plugin touches. More is given
/// back to the system.
const KEPT_BYTES: usize = 4 << 20;

/// Lets an engine take its instances from a pool.
pub(crate) fn pooled(config: &mut Config, limits: &Limits) {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(SLOTS)
        .total_core_instances(SLOTS * MODULES)
        .total_tables(SLOTS * TABLES)
        .total_memories(SLOTS * MEMORIES)
        .max_core_instances_per_component(MODULES)
        .max_tables_per_component(TABLES)
        .max_memories_per_component(MEMORIES)
        .table_elements(limits.table_elements)
        // The whole address space of a memory is reserved, so that no access needs a check; the limiter caps what is used.
        .max_memory_size(1 << 32)
        .linear_memory_keep_resident(KEPT_BYTES)
        .table_keep_resident(1 << 16)
        .max_unused_warm_slots(SLOTS);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
}

/// Counts the free places of a pool, so that no instance is refused for want of one.
pub(crate) struct Slots {
    free: Mutex<u32>,
    returned: Condvar,
}

impl Slots {
    pub(crate) fn new() -> Self {
        Self {
            free: Mutex::new(SLOTS),
            returned: Condvar::new(),
        }
    }

    /// Waits for a free place. Every call ends by its own deadline, so the wait does.
    pub(crate) fn take(&self) -> Slot<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.returned.wait_while(free, |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Slot(self)
    }
}

/// The right to one place, given back when dropped.
pub(crate) struct Slot<'a>(&'a Slots);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.returned.notify_one();
    }
}
