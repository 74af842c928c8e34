// SPDX-License-Identifier: BSD-3-Clause
//
// The part of rustfits.h that the example uses.
#![allow(non_camel_case_types)]

use std::ffi::{c_char, c_int, c_uint, c_void};

#[repr(C)]
pub struct rf_file {
    _private: [u8; 0],
}

#[repr(C)]
pub struct rf_error {
    pub code: c_int,
    pub sys_errno: c_int,
    pub http_status: c_int,
    pub hdu: c_int,
    pub offset: i64,
    pub cause: u64,
    pub keyword: [c_char; 80],
    pub message: [c_char; 640],
}

#[repr(C)]
pub struct rf_axis {
    pub start: i64,
    pub step: i64,
    pub count: u64,
    pub indices: *const u64,
}

#[repr(C)]
pub struct rf_image_request {
    pub size: usize,
    pub section: *const rf_axis,
    pub naxis: c_int,
    pub dtype: c_int,
    pub flags: u32,
    pub threads: c_uint,
    pub data: *mut c_void,
    pub data_bytes: u64,
    pub mask: *mut u8,
    pub generation: u64,
}

#[repr(C)]
pub struct rf_image_spec {
    pub size: usize,
    pub dtype: c_int,
    pub naxis: c_int,
    pub axes: *const u64,
    pub extname: *const c_char,
    pub extver: i64,
    pub has_blank: c_int,
    pub blank: i64,
    pub header: *const c_void,
    pub compression: *const c_void,
    pub deferred: c_int,
    pub reserve_cards: u32,
}

pub const RF_OK: c_int = 0;
pub const RF_MODE_READ: c_int = 0;
pub const RF_MODE_CREATE: c_int = 2;
pub const RF_F32: c_int = 20;

extern "C" {
    pub fn rf_file_open(
        name: *const c_char,
        mode: c_int,
        options: *const c_void,
        file: *mut *mut rf_file,
        err: *mut rf_error,
    ) -> c_int;
    pub fn rf_file_free(file: *mut rf_file, err: *mut rf_error) -> c_int;
    pub fn rf_image_create(
        file: *mut rf_file,
        spec: *const rf_image_spec,
        index: *mut usize,
        err: *mut rf_error,
    ) -> c_int;
    pub fn rf_image_read(
        file: *mut rf_file,
        index: usize,
        request: *const rf_image_request,
        err: *mut rf_error,
    ) -> c_int;
    pub fn rf_image_write(
        file: *mut rf_file,
        index: usize,
        request: *const rf_image_request,
        err: *mut rf_error,
    ) -> c_int;
}
