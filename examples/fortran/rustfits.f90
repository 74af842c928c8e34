! SPDX-License-Identifier: BSD-3-Clause
!
! The part of the C library that image.f90 uses, for Fortran 2003 and later. Axes are given slowest first, as for C:
! a Fortran array of shape (nx, ny) has the axes [ny, nx]. Enumerators have the values of rustfits.h.
module rustfits
  use, intrinsic :: iso_c_binding
  implicit none
  public

  integer(c_int), parameter :: RF_OK = 0
  integer(c_int), parameter :: RF_MODE_READ = 0, RF_MODE_READ_WRITE = 1, RF_MODE_CREATE = 2
  integer(c_int), parameter :: RF_I16 = 3, RF_I32 = 5, RF_F32 = 20, RF_F64 = 21

  type, bind(c) :: rf_error
    integer(c_int) :: code = 0, sys_errno = 0, http_status = 0, hdu = -1
    integer(c_int64_t) :: offset = -1
    integer(c_int64_t) :: cause = 0
    character(kind=c_char) :: keyword(80) = c_null_char
    character(kind=c_char) :: message(640) = c_null_char
  end type

  type, bind(c) :: rf_axis
    integer(c_int64_t) :: start = 0, step = 1
    integer(c_int64_t) :: count = 0
    type(c_ptr) :: indices = c_null_ptr
  end type

  type, bind(c) :: rf_image_request
    integer(c_size_t) :: size = 0
    type(c_ptr) :: section = c_null_ptr
    integer(c_int) :: naxis = 0
    integer(c_int) :: dtype = 0
    integer(c_int) :: flags = 0
    integer(c_int) :: threads = 0
    type(c_ptr) :: data = c_null_ptr
    integer(c_int64_t) :: data_bytes = 0
    type(c_ptr) :: mask = c_null_ptr
    integer(c_int64_t) :: generation = 0
  end type

  type, bind(c) :: rf_image_spec
    integer(c_size_t) :: size = 0
    integer(c_int) :: dtype = 0
    integer(c_int) :: naxis = 0
    type(c_ptr) :: axes = c_null_ptr
    type(c_ptr) :: extname = c_null_ptr
    integer(c_int64_t) :: extver = -1
    integer(c_int) :: has_blank = 0
    integer(c_int64_t) :: blank = 0
    type(c_ptr) :: header = c_null_ptr
    type(c_ptr) :: compression = c_null_ptr
    integer(c_int) :: deferred = 0
    integer(c_int) :: reserve_cards = 0
  end type

  interface
    integer(c_int) function rf_file_open(name, mode, options, file, err) bind(c)
      import :: c_int, c_char, c_ptr, rf_error
      character(kind=c_char), intent(in) :: name(*)
      integer(c_int), value :: mode
      type(c_ptr), value :: options
      type(c_ptr), intent(out) :: file
      type(rf_error), intent(out) :: err
    end function

    integer(c_int) function rf_file_free(file, err) bind(c)
      import :: c_int, c_ptr, rf_error
      type(c_ptr), value :: file
      type(rf_error), intent(out) :: err
    end function

    integer(c_int) function rf_image_get_axes(file, index, axes, capacity, naxis, err) bind(c)
      import :: c_int, c_ptr, c_size_t, c_int64_t, rf_error
      type(c_ptr), value :: file
      integer(c_size_t), value :: index, capacity
      integer(c_int64_t), intent(out) :: axes(*)
      integer(c_size_t), intent(out) :: naxis
      type(rf_error), intent(out) :: err
    end function

    integer(c_int) function rf_image_read(file, index, request, err) bind(c)
      import :: c_int, c_ptr, c_size_t, rf_image_request, rf_error
      type(c_ptr), value :: file
      integer(c_size_t), value :: index
      type(rf_image_request), intent(in) :: request
      type(rf_error), intent(out) :: err
    end function

    integer(c_int) function rf_image_create(file, spec, index, err) bind(c)
      import :: c_int, c_ptr, c_size_t, rf_image_spec, rf_error
      type(c_ptr), value :: file
      type(rf_image_spec), intent(in) :: spec
      integer(c_size_t), intent(out) :: index
      type(rf_error), intent(out) :: err
    end function

    integer(c_int) function rf_image_write(file, index, request, err) bind(c)
      import :: c_int, c_ptr, c_size_t, rf_image_request, rf_error
      type(c_ptr), value :: file
      integer(c_size_t), value :: index
      type(rf_image_request), intent(in) :: request
      type(rf_error), intent(out) :: err
    end function
  end interface

contains

  ! Stops the program where a call failed, with the message of the library.
  subroutine rf_check(status, err)
    integer(c_int), intent(in) :: status
    type(rf_error), intent(in) :: err
    integer :: i
    if (status == RF_OK) return
    do i = 1, size(err%message)
      if (err%message(i) == c_null_char) exit
      write (*, '(a)', advance='no') err%message(i)
    end do
    write (*, '(a)') ''
    error stop 1
  end subroutine

end module
