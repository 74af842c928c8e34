// SPDX-License-Identifier: BSD-3-Clause

// Writes an image and reads a section of it.
package main

/*
#cgo pkg-config: rustfits
#include <rustfits.h>
#include <stdlib.h>

// Go may pass pointers to its own memory only where C does not keep them: so C builds the structs.
static rf_status write_image(rf_file *file, float *pixels, uint64_t ny, uint64_t nx, rf_error *err) {
  const uint64_t axes[2] = {ny, nx};
  rf_image_spec spec;
  rf_image_spec_init(&spec);
  spec.dtype = RF_F32;
  spec.naxis = 2;
  spec.axes = axes;
  rf_image_request request;
  rf_image_request_init(&request);
  request.dtype = RF_F32;
  request.data = pixels;
  request.data_bytes = ny * nx * sizeof *pixels;
  size_t index;
  rf_status status = rf_image_create(file, &spec, &index, err);
  return status == RF_OK ? rf_image_write(file, index, &request, err) : status;
}

static rf_status read_section(rf_file *file, rf_axis y, rf_axis x, float *pixels, rf_error *err) {
  const rf_axis section[2] = {y, x};
  rf_image_request request;
  rf_image_request_init(&request);
  request.section = section;
  request.naxis = 2;
  request.dtype = RF_F32;
  request.data = pixels;
  request.data_bytes = y.count * x.count * sizeof *pixels;
  return rf_image_read(file, 0, &request, err);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// File is an open file. Close reports what could not be written.
type File struct{ handle *C.rf_file }

func failure(status C.rf_status, err *C.rf_error) error {
	if status == C.RF_OK {
		return nil
	}
	return errors.New(C.GoString(&err.message[0]))
}

// Open opens a file by name.
func Open(name string, mode C.rf_mode) (*File, error) {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	var err C.rf_error
	file := &File{}
	status := C.rf_file_open(text, mode, nil, &file.handle, &err)
	return file, failure(status, &err)
}

// Close closes the file.
func (file *File) Close() error {
	var err C.rf_error
	return failure(C.rf_file_free(file.handle, &err), &err)
}

// WriteImage appends an image of ny rows.
func (file *File) WriteImage(pixels []float32, ny int) error {
	var err C.rf_error
	nx := len(pixels) / ny
	status := C.write_image(file.handle, (*C.float)(&pixels[0]), C.uint64_t(ny), C.uint64_t(nx), &err)
	return failure(status, &err)
}

func run() error {
	sky := make([]float32, 100*200)
	for i := range sky {
		sky[i] = float32(i) / 8
	}
	file, err := Open("sky.fits", C.RF_MODE_CREATE)
	if err != nil {
		return err
	}
	err = file.WriteImage(sky, 100)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}

	file, err = Open("sky.fits", C.RF_MODE_READ)
	if err != nil {
		return err
	}
	defer file.Close()
	// Rows 10, 12, 14 and columns 199, 198: only these pixels are read.
	var corner [3][2]float32
	var failed C.rf_error
	y := C.rf_axis{start: 10, step: 2, count: 3}
	x := C.rf_axis{start: 199, step: -1, count: 2}
	status := C.read_section(file.handle, y, x, (*C.float)(&corner[0][0]), &failed)
	if err := failure(status, &failed); err != nil {
		return err
	}
	fmt.Println(corner[0][0])
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
