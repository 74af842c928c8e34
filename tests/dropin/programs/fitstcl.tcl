# SPDX-License-Identifier: BSD-3-Clause
load libfitstcl.so
set f [fits open table.fits 0]
puts [$f info nhdu]
$f move 2
puts [$f info column]
puts [$f info nrows]
puts [$f get keyword TTYPE1]
puts [lrange [$f get table] 0 5]
$f close
