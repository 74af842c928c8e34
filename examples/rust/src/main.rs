// SPDX-License-Identifier: BSD-3-Clause
//
// Writes an image and reads a section of it, through a small safe layer over the C functions.
mod ffi;

use std::ffi::{c_int, CStr, CString};
use std::mem::{size_of, size_of_val, zeroed, MaybeUninit};
use std::ptr;

/// An open file. Dropping it closes it; `close` also reports an error.
struct File(*mut ffi::rf_file);

/// Runs a call, and returns the message of the library where it fails.
fn call(run: impl FnOnce(*mut ffi::rf_error) -> c_int) -> Result<(), String> {
    let mut err = MaybeUninit::<ffi::rf_error>::zeroed();
    if run(err.as_mut_ptr()) == ffi::RF_OK {
        return Ok(());
    }
    let message = unsafe { CStr::from_ptr((*err.as_ptr()).message.as_ptr()) };
    Err(message.to_string_lossy().into_owned())
}

impl File {
    fn open(name: &str, mode: c_int) -> Result<File, String> {
        let name = CString::new(name).map_err(|_| "the name has a NUL".to_string())?;
        let mut file = ptr::null_mut();
        call(|err| unsafe { ffi::rf_file_open(name.as_ptr(), mode, ptr::null(), &mut file, err) })?;
        Ok(File(file))
    }

    fn write_image(&mut self, pixels: &[f32], axes: &[u64]) -> Result<usize, String> {
        let mut index = 0;
        let mut spec: ffi::rf_image_spec = unsafe { zeroed() };
        spec.size = size_of::<ffi::rf_image_spec>();
        spec.dtype = ffi::RF_F32;
        spec.naxis = axes.len() as c_int;
        spec.axes = axes.as_ptr();
        spec.extver = -1;
        call(|err| unsafe { ffi::rf_image_create(self.0, &spec, &mut index, err) })?;
        let request = request(pixels.as_ptr() as *mut f32, size_of_val(pixels), &[]);
        call(|err| unsafe { ffi::rf_image_write(self.0, index, &request, err) })?;
        Ok(index)
    }

    /// Reads a section; one axis for each of the image.
    fn read(&self, index: usize, section: &[ffi::rf_axis]) -> Result<Vec<f32>, String> {
        let count: u64 = section.iter().map(|axis| axis.count).product();
        let mut pixels = vec![0f32; count as usize];
        let request = request(pixels.as_mut_ptr(), size_of_val(&pixels[..]), section);
        call(|err| unsafe { ffi::rf_image_read(self.0, index, &request, err) })?;
        Ok(pixels)
    }

    fn close(mut self) -> Result<(), String> {
        let file = std::mem::replace(&mut self.0, ptr::null_mut());
        call(|err| unsafe { ffi::rf_file_free(file, err) })
    }
}

impl Drop for File {
    fn drop(&mut self) {
        unsafe { ffi::rf_file_free(self.0, ptr::null_mut()) };
    }
}

fn request(data: *mut f32, bytes: usize, section: &[ffi::rf_axis]) -> ffi::rf_image_request {
    let mut request: ffi::rf_image_request = unsafe { zeroed() };
    request.size = size_of::<ffi::rf_image_request>();
    request.section = if section.is_empty() { ptr::null() } else { section.as_ptr() };
    request.naxis = section.len() as c_int;
    request.dtype = ffi::RF_F32;
    request.data = data.cast();
    request.data_bytes = bytes as u64;
    request
}

fn axis(start: i64, step: i64, count: u64) -> ffi::rf_axis {
    ffi::rf_axis { start, step, count, indices: ptr::null() }
}

fn main() -> Result<(), String> {
    let sky: Vec<f32> = (0..100 * 200).map(|i| i as f32 / 8.0).collect();
    let mut file = File::open("sky.fits", ffi::RF_MODE_CREATE)?;
    file.write_image(&sky, &[100, 200])?;
    file.close()?;

    // Rows 10, 12, 14 and columns 199, 198: only these pixels are read.
    let file = File::open("sky.fits", ffi::RF_MODE_READ)?;
    let corner = file.read(0, &[axis(10, 2, 3), axis(199, -1, 2)])?;
    println!("{}", corner[0]);
    file.close()
}
