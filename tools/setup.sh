#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what a task needs and is missing: a virtual environment (.venv-demo for the demo, else .venv), and Debian
# packages if this is Debian and you are root. If it cannot install something, it prints what to install.
#
#   tools/setup.sh build|test|dropin|demo|bench|docs|lint|fuzz
set -euo pipefail
cd "$(dirname "$0")/.."

task=${1:?usage: tools/setup.sh build|test|dropin|demo|bench|docs|lint|fuzz}

die() {
  printf '\n%s\n' "$*" >&2
  exit 1
}

# ---- Debian packages ----

# Which packages a task needs: "command-or-file package", one a line. A name with a slash is a file.
needs_build='
cc                                        gcc
/usr/include/zlib.h                       zlib1g-dev
pkg-config                                pkg-config
'
needs_servers='
nginx                                     nginx-light
xrootd                                    xrootd-server
'
needs_speed='
/usr/include/libdeflate.h                 libdeflate-dev
/usr/include/bzlib.h                      libbz2-dev
/usr/include/lzma.h                       liblzma-dev
/usr/include/zstd.h                       libzstd-dev
'
needs_test='
/usr/include/*/curl/curl.h                libcurl4-openssl-dev
clang                                     clang
/usr/lib/llvm*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a  libclang-rt-14-dev
clang-format-14                           clang-format-14
c++                                       g++
cmake                                     cmake
make                                      make
git                                       git
fpack                                     libcfitsio-bin
/usr/include/fitsio.h                     libcfitsio-dev
abidiff                                   abigail-tools
fitsverify                                fitsverify
x86_64-w64-mingw32-gcc                    gcc-mingw-w64-x86-64
/usr/x86_64-w64-mingw32/include/zlib.h    libz-mingw-w64-dev
/usr/lib/wine/wine64                      wine64
s390x-linux-gnu-gcc                       gcc-s390x-linux-gnu
aarch64-linux-gnu-gcc                     gcc-aarch64-linux-gnu
/usr/aarch64-linux-gnu/include/stdio.h    libc6-dev-arm64-cross
/usr/s390x-linux-gnu/include/stdio.h      libc6-dev-s390x-cross
qemu-s390x                                qemu-user
gzip                                      gzip
bzip2                                     bzip2
pbzip2                                    pbzip2
xz                                        xz-utils
zstd                                      zstd
gfortran                                  gfortran
/usr/bin/cargo                            cargo
go                                        golang-go
/usr/bin/meson                            meson
groff                                     groff-base
openssl                                   openssl
xrdsssadmin                               xrootd-server
compress                                  ncompress
bgzip                                     tabix
zip                                       zip
unzip                                     unzip
globus-gridftp-server                     globus-gridftp-server-progs
globus-url-copy                           globus-gass-copy-progs
/usr/lib/python3/dist-packages/gfal2.*.so python3-gfal2
/usr/lib/*/gfal2-plugins/libgfal_plugin_gridftp.so gfal2-plugin-gridftp
sshd                                      openssh-server
ssh-keygen                                openssh-client
'
needs_dropin='
SWarp                                     swarp
astfits                                   gnuastro
fits2table                                casacore-tools
fitscut                                   fitscut
fitspng                                   fitspng
gdalinfo                                  gdal-bin
image2xy                                  astrometry.net
mGetHdr                                   montage
munipack                                  munipack-cli
octave-cli                                octave
pyxplot                                   pyxplot
siril-cli                                 siril
slsh                                      slsh
tclsh                                     tcl
vips                                      libvips-tools
wcsware                                   wcslib-tools
/usr/include/chealpix.h                   libchealpix-dev
/usr/share/doc/libcfitsio-dev/examples/testprog.c  libcfitsio-doc
/usr/include/cpl.h                        libcpl-dev
/usr/include/healpix_cxx/healpix_map.h    libhealpix-cxx-dev
/usr/include/*/CCfits                     libccfits-dev
/usr/lib/*/perl5/*/Astro/FITS/CFITSIO.pm  libastro-fits-cfitsio-perl
/usr/lib/*/slang/v2/modules/cfitsio-module.so  slang-cfitsio
/usr/lib/python3/dist-packages/astropy/__init__.py  python3-astropy
/usr/lib/python3/dist-packages/fitsio/__init__.py  python3-fitsio
/usr/lib/tcltk/*/fitsTcl                  tcl-fitstcl
/usr/share/octave/packages/fits*          octave-fits
'
needs_fuzz='
clang                                     clang
'

is_there() {
  case $1 in
  */*) compgen -G "$1" >/dev/null ;;
  *) command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/usr/bin/$1" ] ;;
  esac
}

apt_updated=
apt_update() {
  [ -n "$apt_updated" ] || apt-get update -qq
  apt_updated=yes
}

can_apt() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# system_packages <list>: installs what is missing of it, or says what to install.
system_packages() {
  local what package missing=()
  while read -r what package; do
    [ -z "$what" ] || is_there "$what" || missing+=("$package")
  done <<<"$1"
  [ ${#missing[@]} -gt 0 ] || return 0
  can_apt || die "Missing for 'make $task': ${missing[*]}. On Debian or Ubuntu run:
  sudo apt-get install ${missing[*]}
and try again; elsewhere install the packages of the same content."
  echo "installing ${missing[*]}"
  apt_update
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install ${missing[*]}: see its message above."
}

# zlib for s390x, unpacked beside the builds: installing a foreign libc6-dev would have to match this machine's version.
s390x_zlib() {
  local root=build-sysroot-s390x
  [ ! -e $root/usr/lib/s390x-linux-gnu/libz.a ] || return 0
  can_apt || die "Missing for 'make $task': zlib for s390x. Unpack Debian's zlib1g-dev:s390x into $root, as root or with
  apt-get download zlib1g-dev:s390x && dpkg-deb -x zlib1g-dev_*_s390x.deb $root"
  if ! dpkg --print-foreign-architectures | grep -qx s390x; then
    dpkg --add-architecture s390x
    apt_updated=
  fi
  apt_update
  local folder
  folder=$(mktemp -d)
  (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root zlib1g-dev:s390x) ||
    die "apt-get could not download zlib1g-dev:s390x: see its message above."
  dpkg-deb -x "$folder"/zlib1g-dev_*.deb $root
  rm -r "$folder"
}

# ---- the virtual environment ----

# The demo has a small environment of its own: it needs none of the packages of the tests.
venv=.venv
[ "$task" != demo ] || venv=.venv-demo

# With venv, and with the headers that the extension is compiled against.
find_python() {
  local name
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
    if "$name" -c 'import os, sys, sysconfig, venv, ensurepip
sys.exit(sys.version_info < (3, 10) or not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))
' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  if [ "${1:-}" != again ] && can_apt; then
    echo "installing python3-dev python3-venv" >&2
    apt_update
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-dev python3-venv >/dev/null &&
      find_python again
    return
  fi
  die "No Python 3.10 or later with venv and with its header Python.h was found. Install one (Debian: apt-get install
python3-dev python3-venv) or say which to take: make $task PYTHON=/path/to/python3"
}

# python_packages <group>…: the dependency groups of pyproject.toml, and what the package itself needs.
python_packages() {
  local python stamp
  if [ ! -x $venv/bin/python ] || [ ! -x $venv/bin/pip ]; then
    python=$(find_python)
    echo "making $venv with $("$python" --version)"
    "$python" -m venv $venv
  fi
  stamp=$venv/.ready-$(cat pyproject.toml servers/pyproject.toml tools/setup.sh | cksum | cut -d' ' -f1)-$(echo "$@" | tr ' ' -)
  [ ! -e "$stamp" ] || return 0
  echo "installing Python packages into $venv: $*"
  local group arguments=()
  for group in "$@"; do
    arguments+=(--group "$group")
    case $group in
    test | demo) arguments+=(--editable ./servers) ;; # the test servers, a package of their own
    esac
  done
  $venv/bin/python -m pip install -q --disable-pip-version-check 'pip>=25.1' &&
    $venv/bin/python -m pip install -q --disable-pip-version-check "${arguments[@]}" ||
    die "pip could not install the Python packages for 'make $task': see its message above."
  touch "$stamp"
}

# The package itself, as a user installs it; meson compiles only what changed.
install_rustfits() {
  # meson refuses an option that a build folder of before does not know.
  [ ! meson_options.txt -nt build-${venv#.}/build.ninja ] || rm -rf build-${venv#.}
  PATH="$PWD/$venv/bin:$PATH" $venv/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation \
    -Cbuild-dir=build-${venv#.} . || die "rustfits did not build: see the message above."
}

# The published package of the same name, for the benchmark: never in the environment that has ours.
peer() {
  [ ! -e .venv-peer/.ready ] || return 0
  echo "making .venv-peer"
  .venv/bin/python -m venv .venv-peer
  .venv-peer/bin/python -m pip install -q --disable-pip-version-check 'rustfits==0.1.8' numpy ||
    die "pip could not install the published rustfits package for 'make bench': see its message above."
  touch .venv-peer/.ready
}

system_packages "$needs_build"
case $task in
build)
  python_packages build
  install_rustfits
  ;;
test)
  system_packages "$needs_servers$needs_speed$needs_test"
  s390x_zlib
  python_packages build test lint docs demo
  install_rustfits
  ;;
dropin)
  system_packages "$needs_servers$needs_speed$needs_test$needs_dropin"
  python_packages build test
  ;;
demo)
  python_packages build demo
  install_rustfits
  ;;
bench)
  system_packages "$needs_servers$needs_speed"
  python_packages build test bench
  install_rustfits
  peer
  ;;
docs)
  python_packages build docs
  install_rustfits
  ;;
lint)
  system_packages 'clang-format-14 clang-format-14'
  python_packages build lint
  ;;
fuzz)
  system_packages "$needs_fuzz"
  python_packages build
  ;;
*)
  die "tools/setup.sh knows no task '$task'."
  ;;
esac
