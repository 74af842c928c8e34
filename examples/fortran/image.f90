! SPDX-License-Identifier: BSD-3-Clause
!
! Writes an image and reads a section of it.
program image
  use rustfits
  implicit none

  real(c_float), target :: sky(200, 100), corner(2, 3)
  integer(c_int64_t), target :: axes(2)
  integer(c_int64_t) :: found(2)
  type(rf_axis), target :: section(2)
  type(rf_image_spec) :: spec
  type(rf_image_request) :: request
  type(rf_error) :: err
  type(c_ptr) :: file
  integer(c_size_t) :: index, naxis
  integer :: x, y

  do y = 1, 100
    do x = 1, 200
      sky(x, y) = real((y - 1) * 200 + x - 1) / 8
    end do
  end do

  call rf_check(rf_file_open("sky.fits" // c_null_char, RF_MODE_CREATE, c_null_ptr, file, err), err)
  axes = [100_c_int64_t, 200_c_int64_t]
  spec%size = c_sizeof(spec)
  spec%dtype = RF_F32
  spec%naxis = 2
  spec%axes = c_loc(axes)
  call rf_check(rf_image_create(file, spec, index, err), err)
  request%size = c_sizeof(request)
  request%dtype = RF_F32
  request%data = c_loc(sky)
  request%data_bytes = c_sizeof(sky)
  call rf_check(rf_image_write(file, index, request, err), err)
  call rf_check(rf_file_free(file, err), err)

  call rf_check(rf_file_open("sky.fits" // c_null_char, RF_MODE_READ, c_null_ptr, file, err), err)
  call rf_check(rf_image_get_axes(file, 0_c_size_t, found, 2_c_size_t, naxis, err), err)
  ! Rows 10, 12, 14 and columns 199, 198, counted from 0: only these pixels are read.
  section(1) = rf_axis(start=10, step=2, count=3)
  section(2) = rf_axis(start=199, step=-1, count=2)
  request%section = c_loc(section)
  request%naxis = 2
  request%data = c_loc(corner)
  request%data_bytes = c_sizeof(corner)
  call rf_check(rf_image_read(file, 0_c_size_t, request, err), err)
  call rf_check(rf_file_free(file, err), err)

  print '(i0, "x", i0, " ", f0.3)', found(2), found(1), corner(1, 1)
end program
