! SPDX-License-Identifier: BSD-3-Clause
!
! The subroutines of Fortran that Debian's programs call: unit numbers, CHARACTER arguments of several lengths and
! arrays of them, LOGICAL values, integers of 8 bytes.
program fortran
  implicit none
  integer :: status = 0

  call units
  call primary
  call keywords
  call binary_table
  call ascii_table
  call images
  call texts
  call more_texts
  call more_keywords
  call more_columns
  call more_images

contains

  subroutine show(what)
    character(len=*), intent(in) :: what
    print '(a,a,i0)', what, ' status ', status
    status = 0
    call ftcmsg
  end subroutine

  subroutine show_header(unit)
    integer, intent(in) :: unit
    integer :: cards, room, i
    character(len=80) :: card
    call ftghsp(unit, cards, room, status)
    do i = 1, cards
      call ftgrec(unit, i, card, status)
      print '(3a)', '[', card, ']'
    end do
    call show('header')
  end subroutine

  subroutine units
    integer :: i, j, k, block
    call ftgiou(i, status)
    call ftgiou(j, status)
    print *, i, j
    call ftfiou(i, status)
    call ftgiou(k, status)
    print *, i, j, k
    call show('ftgiou')
    call ftinit(k, '!units.fits', 1, status)
    call show('ftinit')
    call ftphps(k, 8, 0, [0], status)
    call ftinit(k, '!other.fits', 1, status)
    call show('ftinit in use')
    call ftclos(k, status)
    call show('ftclos')
    call ftclos(k, status)
    call show('ftclos again')
    call ftopen(k, 'units.fits   ', 0, block, status)
    print *, block
    call show('ftopen')
    call ftopen(j, 'none.fits', 0, block, status)
    call show('ftopen none')
    call ftnopn(j, 'units.fits[0]', 0, status)
    call show('ftnopn')
    call ftclos(j, status)
    call ftclos(k, status)
    call ftfiou(0, status)
    call show('ftfiou 0')
    call ftfiou(-1, status)
    call ftgiou(i, status)
    print *, i
    call ftfiou(i, status)
    call show('ftfiou')
    status = 5
    call ftgiou(i, status)
    call show('ftgiou with a status')
    call ftexist('units.fits', i, status)
    call ftexist('none.fits', j, status)
    print *, i, j
    call show('ftexist')
  end subroutine

  subroutine primary
    integer :: axes(3) = [4, 3, 2]
    integer :: bitpix, naxis, pcount, gcount, lengths(5)
    logical :: simple, extend
    call ftinit(11, '!fortran.fits', 1, status)
    call ftphpr(11, .true., 16, 3, axes, 0, 1, .true., status)
    call ftpdat(11, status)
    call ftukys(11, 'DATE', 'today', '&', status)
    call ftpcom(11, 'a comment', status)
    call ftphis(11, repeat('a history that needs two cards ', 4), status)
    call ftplsw(11, status)
    call show('primary')
    lengths = -1
    call ftghpr(11, 5, simple, bitpix, naxis, lengths, pcount, gcount, extend, status)
    print *, simple, bitpix, naxis, lengths, pcount, gcount, extend
    call ftgidm(11, naxis, status)
    print *, naxis
    lengths = -1
    call ftgisz(11, 5, lengths, status)
    print *, lengths
    lengths = -1
    call ftgisz(11, 2, lengths, status)
    print *, lengths
    call show('sizes')
    call show_header(11)
  end subroutine

  subroutine keywords
    character(len=20) :: text
    character(len=4) :: short
    character(len=80) :: comment, card, value
    character(len=8) :: names(2) = ['KEY*    ', 'LOGIC*  '], none(1) = ['NOTHING ']
    integer :: number, list(4), found, keytype
    double precision :: d
    real :: e
    logical :: l
    call ftpkys(11, 'STRING', 'it''s text', 'a comment', status)
    call ftpkys(11, 'BLANKS  ', 'trailing   ', ' ', status)
    call ftpkyj(11, 'KEY1', 42, 'a number', status)
    call ftpkyj(11, 'KEY2', -2147483647, 'a number', status)
    call ftpkyj(11, 'KEY4', 4, 'a number', status)
    call ftpkyl(11, 'LOGICAL', .true., 'true', status)
    call ftpkyl(11, 'LOGIC2', .false., 'false', status)
    call ftpkyu(11, 'UNDEF', 'no value', status)
    call ftprec(11, 'RECORD  =                    7 / a record', status)
    call ftukys(11, 'STRING', 'updated', '&', status)
    call ftukyj(11, 'NEWKEY', 5, 'new', status)
    call ftukyj(11, 'NEWKEY', 6, '&', status)
    call ftukyl(11, 'LOGIC3', .true., 'new', status)
    call ftucrd(11, 'RECORD', 'RECORD  =                    8 / updated', status)
    call show('written')
    text = 'xxxxxxxxxxxxxxxxxxxx'
    comment = 'xxxx'
    call ftgkys(11, 'STRING', text, comment, status)
    print '(5a)', '[', text, '][', comment, ']'
    short = 'xxxx'
    call ftgkys(11, 'STRING', short, comment, status)
    print '(3a)', '[', short, ']'
    call ftgkyj(11, 'KEY1', number, comment, status)
    print *, number
    call ftgkye(11, 'KEY1', e, comment, status)
    print *, e
    call ftgkyd(11, 'KEY2', d, comment, status)
    print *, d
    call ftgkyl(11, 'LOGICAL', l, comment, status)
    print *, l
    call ftgkyl(11, 'LOGIC2', l, comment, status)
    print *, l
    call show('read')
    call ftgkyj(11, 'ABSENT', number, comment, status)
    call show('absent')
    call ftgkyj(11, 'UNDEF', number, comment, status)
    call show('undefined')
    list = -1
    call ftgknj(11, 'KEY', 1, 4, list, found, status)
    print *, list, found
    call ftgkey(11, 'STRING', value, comment, status)
    print '(5a)', '[', value, '][', comment, ']'
    call ftgcrd(11, 'KEY1', card, status)
    print '(3a)', '[', card, ']'
    call ftgrec(11, 1, card, status)
    print '(3a)', '[', card, ']'
    do
      call ftgnxk(11, names, 2, none, 0, card, status)
      if (status /= 0) exit
      print '(3a)', '[', card, ']'
    end do
    call show('ftgnxk')
    call ftpsvc('KEY     =    ''va''''lue''  / comment', value, comment, status)
    print '(5a)', '[', value, '][', comment, ']'
    call ftdtyp('''text''', short, status)
    print '(3a)', '[', short, ']'
    call ftdtyp('1.5', short, status)
    print '(3a)', '[', short, ']'
    call ftgthd('lower = 5 / of a template', card, keytype, status)
    print '(3a,i0)', '[', card, ']', keytype
    call show('texts')
    call ftdkey(11, 'KEY4', status)
    call ftdkey(11, 'KEY4', status)
    call show('ftdkey twice')
    call show_header(11)
  end subroutine

  subroutine binary_table
    character(len=10) :: ttype(6) = ['Name      ', 'Number    ', 'Real      ', 'Double    ', 'Logical   ', 'Vector    ']
    character(len=5) :: tform(6) = ['8A   ', '1J   ', '1E   ', '1D   ', '1L   ', '3E   ']
    character(len=4) :: tunit(6) = ['    ', 'm   ', 's   ', 'kg  ', '    ', 'km/s']
    character(len=12) :: names(4) = ['first       ', 'second      ', 'third string', '            ']
    character(len=12) :: back(4)
    character(len=30) :: rtype(8), rform(8), runit(8), extname
    character(len=3) :: narrow(4)
    character(len=10) :: newtype(2) = ['Added     ', 'Added2    '], newform(2) = ['1J        ', '2D        ']
    integer :: j(4) = [1, -2, 2147483647, 4], rj(4), rows, fields, pcount, column, code, repeat_, width, hdutype, hdus, number
    integer(8) :: long_rows
    real :: e(4) = [1.5, -2.5, 1e10, 0.0], re(4), vector(12)
    double precision :: d(4) = [1.5d0, -2.5d0, 1d100, 0d0], rd(4)
    logical :: l(4) = [.true., .false., .true., .false.], any, exact, match
    integer :: i, decimals
    call ftibin(11, 4, 6, ttype, tform, tunit, 'TABLE', 0, status)
    call show('ftibin')
    call ftpcls(11, 1, 1, 1, 4, names, status)
    call ftpclj(11, 2, 1, 1, 4, j, status)
    call ftpcle(11, 3, 1, 1, 4, e, status)
    call ftpcld(11, 4, 1, 1, 4, d, status)
    call ftpcll(11, 5, 1, 1, 4, l, status)
    vector = [(real(i), i=1, 12)]
    call ftpcle(11, 6, 1, 1, 12, vector, status)
    call ftpcnd(11, 4, 4, 1, 1, [-1d0], -1d0, status)
    call show('written')
    back = 'xxxxxxxxxxxx'
    call ftgcvs(11, 1, 1, 1, 4, 'null', back, any, status)
    print '(9a)', ('[', back(i), ']', i=1, 4)
    print *, any
    narrow = 'xxx'
    call ftgcvs(11, 1, 1, 1, 4, 'null', narrow, any, status)
    print '(9a)', ('[', narrow(i), ']', i=1, 4)
    call ftgcvj(11, 2, 1, 1, 4, 0, rj, any, status)
    print *, rj, any
    call ftgcve(11, 3, 1, 1, 4, 0., re, any, status)
    print *, re, any
    call ftgcvd(11, 4, 1, 1, 4, -99d0, rd, any, status)
    print *, rd, any
    call ftgcvj(11, 4, 3, 1, 1, 0, rj, any, status)
    call show('overflow')
    call ftgncl(11, fields, status)
    call ftgnrw(11, rows, status)
    call ftgnrwll(11, long_rows, status)
    print *, fields, rows, long_rows
    call ftgrsz(11, number, status)
    print *, number > 0
    call ftgcno(11, .false., 'real', column, status)
    print *, column
    call ftgcno(11, .true., 'real', column, status)
    call show('ftgcno with case')
    call ftbnfm('20A10', code, repeat_, width, status)
    print *, code, repeat_, width
    call ftcmps('R*l', 'Real', .true., match, exact)
    print *, match, exact
    call ftcmps('real', 'Real', .false., match, exact)
    print *, match, exact
    call ftcmps('real', 'Real', .true., match, exact)
    print *, match, exact
    call show('names')
    call ftirow(11, 2, 3, status)
    call fticls(11, 7, 2, newtype, newform, status)
    call ftgncl(11, fields, status)
    call ftgnrw(11, rows, status)
    print *, fields, rows
    call show('inserted')
    rtype = 'xxxx'
    rform = 'xxxx'
    runit = 'xxxx'
    call ftghbn(11, 8, rows, fields, rtype, rform, runit, extname, pcount, status)
    print *, rows, fields, pcount
    print '(8(7a,/),2a)', ('[', rtype(i), '][', rform(i), '][', runit(i), ']', i=1, 8), extname, '|'
    rtype = 'xxxx'
    call ftghbn(11, 2, rows, fields, rtype, rform, runit, extname, pcount, status)
    print '(9a)', ('[', rtype(i), ']', i=1, 3)
    call ftghdn(11, number)
    call ftghdt(11, hdutype, status)
    call ftthdu(11, hdus, status)
    print *, number, hdutype, hdus
    call show('ftghbn')
    call ftmahd(11, 1, hdutype, status)
    print *, hdutype
    call ftmrhd(11, 1, hdutype, status)
    print *, hdutype
    call ftmrhd(11, 1, hdutype, status)
    call show('ftmrhd at the end')
    call ftmnhd(11, 2, 'TABLE', 0, status)
    call show('ftmnhd')
    call ftmnhd(11, -1, 'NONE', 0, status)
    call show('ftmnhd none')
    call show_header(11)
    ! header and table in two steps
    call ftcrhd(11, status)
    call ftphbn(11, 2, 2, ttype, tform, tunit, 'SECOND', 0, status)
    call ftpclj(11, 2, 1, 1, 2, j, status)
    call show('ftphbn')
    call show_header(11)
    decimals = 0
  end subroutine

  subroutine ascii_table
    character(len=8) :: ttype(3) = ['Name    ', 'Number  ', 'Real    ']
    character(len=8) :: tform(3) = ['A10     ', 'I8      ', 'F12.4   ']
    character(len=8) :: tunit(3) = ['        ', 'm       ', 's       ']
    character(len=20) :: rtype(5), rform(5), runit(5), extname, text(2)
    integer :: tbcol(3), rowlen, rows, fields, rcol(5), j(2) = [5, -6], i
    logical :: any
    call ftgabc(3, tform, 1, rowlen, tbcol, status)
    print *, rowlen, tbcol
    call ftcrhd(11, status)
    call ftphtb(11, rowlen, 2, 3, ttype, tbcol, tform, tunit, 'ASCII', status)
    call ftpcls(11, 1, 1, 1, 2, ['abc', 'def'], status)
    call ftpclj(11, 2, 1, 1, 2, j, status)
    call ftpcle(11, 3, 1, 1, 2, [1.25, -2.5], status)
    call show('ftphtb')
    rtype = 'xxxx'
    rform = 'xxxx'
    runit = 'xxxx'
    rcol = -1
    call ftghtb(11, 5, rowlen, rows, fields, rtype, rcol, rform, runit, extname, status)
    print *, rowlen, rows, fields, rcol
    print '(5(7a,/),2a)', ('[', rtype(i), '][', rform(i), '][', runit(i), ']', i=1, 5), extname, '|'
    call ftgcvs(11, 3, 1, 1, 2, ' ', text, any, status)
    print '(9a)', ('[', text(i), ']', i=1, 2)
    call show('ftghtb')
    call show_header(11)
  end subroutine

  subroutine images
    real :: e2(4, 3), e3(4, 3, 2), e(24)
    double precision :: d(24)
    logical :: any
    integer :: hdutype, i
    integer(2) :: pixels(24)
    call ftmahd(11, 1, hdutype, status)
    pixels = [(int(i, 2), i=1, 24)]
    call ftppri(11, 1, 1, 24, pixels, status)
    call ftgpve(11, 1, 1, 24, 0., e, any, status)
    print *, e, any
    call ftgpvd(11, 1, 1, 24, 0d0, d, any, status)
    print *, d, any
    call ftg2de(11, 1, 0., 4, 4, 3, e2, any, status)
    print *, e2, any
    call ftg3de(11, 1, 0., 4, 3, 4, 3, 2, e3, any, status)
    print *, e3, any
    call ftgpve(11, 1, 20, 24, 0., e, any, status)
    call show('beyond the image')
    call ftclos(11, status)
    call show('ftclos')
  end subroutine

  subroutine texts
    character(len=30) :: text
    character(len=80) :: message
    real :: version
    call ftgerr(104, text)
    print '(3a)', '[', text, ']'
    call ftpmrk
    call ftpmsg('a message')
    call ftcmrk
    call ftgmsg(message)
    print '(3a)', '[', message, ']'
    call ftpmsg('another message')
    call ftgmsg(message)
    print '(3a)', '[', message, ']'
    text = 'lower Case'
    call ftupch(text)
    print '(3a)', '[', text, ']'
    call ftvers(version)
    print *, version
  end subroutine

  subroutine more_texts
    character(len=30) :: text, second
    integer :: i, j, k, l, m
    double precision :: d
    real :: e
    logical :: flag
    call fti2c(-42, text, status)
    print '(3a)', '[', text, ']'
    call ftl2c(.true., text, status)
    print '(3a)', '[', text, ']'
    call fts2c('it''s', text, status)
    print '(3a)', '[', text, ']'
    call ftr2e(1.5, 3, text, status)
    print '(3a)', '[', text, ']'
    call ftd2f(1.5d0, 3, text, status)
    print '(3a)', '[', text, ']'
    call ftc2i('42', i, status)
    call ftc2l('T', flag, status)
    call ftc2r('1.5', e, status)
    call ftc2d('2.5', d, status)
    call ftc2s('''it''''s''', text, status)
    print *, i, flag, e, d, text
    call show('values')
    call ftdt2s(2001, 2, 3, text, status)
    print '(3a)', '[', text, ']'
    call fttm2s(2001, 2, 3, 4, 5, 6.5d0, 2, text, status)
    print '(3a)', '[', text, ']'
    call fts2dt('2001-02-03', i, j, k, status)
    print *, i, j, k
    call fts2tm('2001-02-03T04:05:06.5', i, j, k, l, m, d, status)
    print *, i, j, k, l, m, d
    call ftkeyn('ROOT', 12, text, status)
    print '(3a)', '[', text, ']'
    call ftnkey(12, 'ROOT', text, status)
    print '(3a)', '[', text, ']'
    call ftkeyn('TOOLONGROOT', 12, text, status)
    call show('ftkeyn')
    call ftmkky('KEY', '''value''', 'comment', text, status)
    print '(3a)', '[', text, ']'
    call ftasfm('F10.3', i, j, k, status)
    print *, i, j, k
    call ftgknm('KEYWORD = 5', second, i, status)
    print *, second, i
    call fttkey('GOOD', status)
    call show('fttkey')
    call fttkey('BAD KEY', status)
    call show('fttkey bad')
    call ftrtnm('name.fits[1][col x]', text, status)
    print '(3a)', '[', text, ']'
    call ftextn('name.fits[3]', i, status)
    print *, i
    call ftgsdt(i, j, k, status)
    call show('names')
  end subroutine

  subroutine more_keywords
    character(len=8) :: strings(3) = ['one     ', 'two     ', '        '], back(4)
    character(len=10) :: comments(3) = ['first     ', 'second    ', 'third     '], same(1) = ['the same&  ']
    character(len=200) :: long
    character(len=80) :: comment, card
    integer :: numbers(3) = [1, -2, 3], found, length, i
    integer(8) :: big(3) = [1_8, 9007199254740993_8, -5_8], rbig(3), value
    logical :: flags(3) = [.true., .false., .true.], rflags(3)
    real :: e(3) = [1., 2.5, -3.], pair(2) = [1.5, -2.5]
    double precision :: d(3) = [1d0, 2.5d0, -3d100], rd(3), dpair(2) = [1.5d0, -2.5d0], fraction
    call ftinit(12, '!more.fits', 1, status)
    call ftphps(12, 8, 0, numbers, status)
    call ftpkns(12, 'STR', 1, 3, strings, comments, status)
    call ftpknj(12, 'NUM', 1, 3, numbers, same, status)
    call ftpknk(12, 'BIG', 1, 3, big, same, status)
    call ftpknl(12, 'LOG', 1, 3, flags, comments, status)
    call ftpkne(12, 'REAL', 1, 3, e, 3, comments, status)
    call ftpknd(12, 'DBL', 1, 3, d, -5, comments, status)
    call ftpkyk(12, 'BIGKEY', 9007199254740993_8, 'big', status)
    call ftpkye(12, 'EXP', 1.5, 3, 'exponent', status)
    call ftpkyg(12, 'FIXED', 1.5d0, 3, 'fixed', status)
    call ftpkyc(12, 'CMPLX', pair, 3, 'complex', status)
    call ftpkfm(12, 'CMPLX2', dpair, 3, 'complex', status)
    call ftpkyt(12, 'TIME', 123, 0.25d0, 'time', status)
    call ftpkls(12, 'LONG', repeat('a long string ', 12), 'long', status)
    call ftukls(12, 'LONG', repeat('a longer string ', 12), 'longer', status)
    call ftmkyj(12, 'NUM2', 7, 'modified', status)
    call ftmcom(12, 'NUM1', 'new comment', status)
    call ftmnam(12, 'NUM3', 'NUM4', status)
    call ftikyj(12, 'INSERTED', 1, 'inserted', status)
    call ftpunt(12, 'NUM1', 'km', status)
    call show('written')
    back = 'xxxxxxxx'
    call ftgkns(12, 'STR', 1, 4, back, found, status)
    print '(9a)', ('[', back(i), ']', i=1, found)
    print *, found
    rbig = -1
    call ftgknk(12, 'BIG', 1, 3, rbig, found, status)
    print *, rbig, found
    call ftgknl(12, 'LOG', 1, 3, rflags, found, status)
    print *, rflags, found
    rd = -1
    call ftgknd(12, 'DBL', 1, 3, rd, found, status)
    print *, rd, found
    call ftgkyk(12, 'BIGKEY', value, comment, status)
    print *, value
    call ftgkyc(12, 'CMPLX', pair, comment, status)
    print *, pair
    call ftgkyt(12, 'TIME', i, fraction, comment, status)
    print *, i, fraction
    call ftgkls(12, 'LONG', long, comment, status)
    print '(5a)', '[', long, '][', comment, ']'
    call ftgksl(12, 'LONG', length, status)
    print *, length
    call ftgsky(12, 'LONG', 5, 20, long, length, comment, status)
    print '(3a,i0)', '[', long(1:20), ']', length
    call ftgunt(12, 'NUM1', comment, status)
    print '(3a)', '[', comment, ']'
    call ftgkyn(12, 7, card, long, comment, status)
    print '(7a)', '[', trim(card), '][', trim(long), '][', trim(comment), ']'
    call show('read')
    call show_header(12)
  end subroutine

  subroutine more_columns
    character(len=8) :: ttype(4) = ['Number  ', 'Bits    ', 'Big     ', 'Text    ']
    character(len=8) :: tform(4) = ['2J      ', '10X     ', '1K      ', '6A      ']
    character(len=8) :: tunit(4) = ['m       ', '        ', '        ', '        ']
    character(len=20) :: name, display, unit, kind
    integer :: j(6) = [1, 2, 3, 4, 5, 6], rj(6), column, axes(2), naxis, repeat_, nul, width, i
    integer(8) :: k(3) = [9007199254740993_8, -1_8, 5_8], rk(3)
    logical :: bits(10) = [.true., .false., .true., .true., .false., .false., .false., .false., .false., .true.]
    logical :: rbits(10), flags(6), any
    double precision :: scale, zero, datasum, hdusum, sum
    character(len=16) :: ascii
    integer :: dataok, hduok
    call ftibinll(12, 3_8, 4, ttype, tform, tunit, 'MORE', 0, status)
    call ftpcljll(12, 1, 1_8, 1_8, 6_8, j, status)
    do i = 1, 3
      call ftpclx(12, 2, i, 1, 10, bits, status)
    end do
    call ftpclk(12, 3, 1, 1, 3, k, status)
    call ftpcls(12, 4, 1, 1, 3, ['abcdefgh', 'b       ', '        '], status)
    call fttnul(12, 1, 4, status)
    axes = [1, 2] ! CFITSIO writes to it
    call ftptdm(12, 1, 2, axes, status)
    call show('written')
    call ftrdef(12, status)
    call fttnul(12, 1, 4, status)
    call ftgcvjll(12, 1, 1_8, 1_8, 6_8, -99, rj, any, status)
    print *, rj, any
    flags = .true.
    call ftgcfj(12, 1, 1, 1, 6, rj, flags, any, status)
    print *, rj(1:3), rj(5:6), flags, any
    call ftgcvk(12, 3, 1, 1, 3, 0_8, rk, any, status)
    print *, rk, any
    rbits = .false.
    call ftgcx(12, 2, 2, 1, 10, rbits, status)
    print *, rbits
    call show('read')
    display = 'xxxx'
    call ftgcnn(12, .false., 'b*', display, column, status)
    print '(3a,i0)', '[', display, ']', column
    call show('ftgcnn')
    call ftgcnn(12, .false., 'b*', display, column, status)
    status = 0
    axes = -1
    call ftgtdm(12, 1, 2, naxis, axes, status)
    print *, naxis, axes
    call ftgbcl(12, 1, display, unit, kind, repeat_, scale, zero, nul, name, status)
    print *, display, unit, kind, repeat_, scale, zero, nul, '[', name, ']'
    call ftgtcl(12, 1, column, repeat_, width, status)
    print *, column, repeat_, width
    call ftgcdw(12, 1, width, status)
    print *, width
    call ftdrow(12, 2, 1, status)
    call ftdcol(12, 2, status)
    call ftgnrw(12, i, status)
    print *, i
    call show('deleted')
    call ftpcks(12, status)
    call ftvcks(12, dataok, hduok, status)
    print *, dataok, hduok
    call ftgcks(12, datasum, hdusum, status)
    print *, datasum > 0, hdusum == 4294967295d0
    call ftesum(1234567890d0, .true., ascii)
    print '(3a)', '[', ascii, ']'
    call ftdsum(ascii, .true., sum)
    print *, sum
    call ftdkey(12, 'CHECKSUM', status)
    call ftdkey(12, 'DATASUM', status)
    call show('sums')
  end subroutine

  subroutine more_images
    integer :: image(4, 3) = reshape([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [4, 3]), back(4, 3), part(4)
    integer :: naxis, bitpix, lengths(3), type
    integer :: axes(2) = [4, 3], first(2) = [2, 2], last(2) = [3, 3], ones(2) = 1, steps(2) = 2, small(2) = 2
    integer(8) :: wide(3)
    logical :: flags(4), any
    call ftiimg(12, 32, 2, axes, status)
    call ftp2dj(12, 1, 4, 4, 3, image, status)
    call ftpssj(12, 1, 2, axes, first, last, [-1, -2, -3, -4], status)
    call show('written')
    call ftg2dj(12, 1, 0, 4, 4, 3, back, any, status)
    print *, back, any
    call ftgsvj(12, 0, 2, axes, ones, axes, steps, 0, part, any, status)
    print *, part, any
    call ftgsfj(12, 0, 2, axes, ones, axes, steps, part, flags, any, status)
    print *, part, flags, any
    lengths = -1
    call ftgipr(12, 3, bitpix, naxis, lengths, status)
    print *, bitpix, naxis, lengths
    wide = -1
    call ftgiprll(12, 3, bitpix, naxis, wide, status)
    print *, bitpix, naxis, wide
    call ftrsim(12, 16, 2, small, status)
    call ftgidt(12, bitpix, status)
    print *, bitpix
    call ftdhdu(12, type, status)
    print *, type
    call show('images')
    call ftclos(12, status)
    call show('ftclos')
  end subroutine
end program
