// SPDX-License-Identifier: Apache-2.0

//! The smallest crate that needs `core`, `alloc` and `compiler_builtins`.
//!
//! `scripts/setup.sh` uses it twice: with `-Z build-std`, to make a wasm standard library for a distribution's compiler
//! that comes without one, and with bare `rustc`, to see whether a compiler can build for wasm at all.

#![no_std]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};

struct NoMemory;

// SAFETY: it never hands out memory, and a null pointer is how an allocator says so.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NO_MEMORY: NoMemory = NoMemory;

/// Allocates and multiplies, so that `alloc` and `compiler_builtins` have to be there when this is linked.
#[no_mangle]
pub extern "C" fn probe(value: u64) -> u64 {
    let values = alloc::vec![value; 4];
    values
        .iter()
        .fold(1u128, |product, next| product.wrapping_mul(u128::from(*next))) as u64
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
