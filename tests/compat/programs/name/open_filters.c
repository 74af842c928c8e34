/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening by names with filters of columns, rows, and with histograms.
 */
#include "open_show.h"

static const char *const columns[] = {
    "a.fits[1][col X]",
    "a.fits[1][col x,y]",
    "a.fits[1][col X;Y;*]",
    "a.fits[1][col *]",
    "a.fits[1][col -X]",
    "a.fits[1][col !X]",
    "a.fits[1][col -NOT]",
    "a.fits[1][col -VEL1]",
    "a.fits[1][col -#VEL2]",
    "a.fits[1][col -VEL*;]",

    "a.fits[1][col -NOT*+;]",
    "a.fits[1][col -#VEL#+]",
    "a.fits[1][col Q==X]",
    "a.fits[1][col Q == NOT]",
    "a.fits[1][col VEL9==VEL1]",
    "a.fits[1][col Z=X+1]",
    "a.fits[1][col Z=X+1;*]",
    "a.fits[1][col Z(1I)=X*2;*]",
    "a.fits[1][col X=X*2;*]",
    "a.fits[1][col X=X*2]",
    "a.fits[1][col #NEW=3;*]",
    "a.fits[1][col #NEW(a comment)='text';*]",
    "a.fits[1][col #EXPOSURE=EXPOSURE*2;*]",
    "a.fits[1][col #COMMENT='hello';*]",
    "a.fits[1][col #HISTORY='hello';*]",
    "a.fits[1][col Z=X+Y; #TUNIT#(units)='counts';*]",

    "a.fits[1][col X][col -X]",
    "a.fits[1][col *][col -Y][col Z=X+1]",
    "a.fits[1][col ?]",
    "a.fits[1][col T*]",
    "a.fits[1][col @cols.txt]",
    "a.fits[1][col @nofile.txt]",
    "a.fits[1][col Z=nonsense(]",
    "a.fits[1][col -X;Q==Y;*]",
    "a.fits[1][col X;-Y]",
    "a.fits[SKY][col #NEW=3]",
    "a.fits[SKY][col -OBJECT]",
    "a.fits[0][col #NEW=3.5]",
    "a.fits[1#][col X]",
    "a.fits(cols.fits)[1][col X]",
    "a.fits[4][col I;Z=I+1]",
};

static const char *const rows[] = {
    "a.fits[1][X>10]",
    "a.fits[1][X>10&&Y<20]",
    "a.fits[1][X>10][Y<20]",
    "a.fits[EVENTS][#ROW<3]",
    "a.fits[1][X>100]",
    "a.fits[1][X>]",
    "a.fits[1][X+1]",
    "a.fits[1][FLAG]",
    "a.fits[1][@rows.txt]",
    "a.fits[1#][X>10]",
    "a.fits[1][col X;Z=X+1][Z>11]",
    "a.fits[1][Z>11][col X;Z=X+1]",
    "a.fits(rows.fits)[1][X>10]",
    "a.fits[2][X>10]",
    "empty.fits[X>1]",
    "a.fits[X>10]",
    "a.fits[4][I>1]",
};

static const char *const bins[] = {
    "a.fits[1][bin X]",
    "a.fits[1][bin X=1:20:2]",
    "a.fits[1][bin X,Y]",
    "a.fits[1][bin X=1:20:4,Y=0:25:5]",
    "a.fits[1][bin (X,Y)=5]",
    "a.fits[1][bin 4]",
    "a.fits[1][bin]",
    "a.fits[1][binb X=1:20:2]",
    "a.fits[1][bini X=1:20:2]",
    "a.fits[1][binj X=1:20:2]",
    "a.fits[1][binr X=1:20:2]",
    "a.fits[1][bind X=1:20:2]",
    "a.fits[1][bin X=1:20:2;W]",
    "a.fits[1][bin X=1:20:2;/W]",
    "a.fits[1][bin X=1:20:2;2.5]",
    "a.fits[1][bin X=1:20:2;EXPOSURE]",
    "a.fits[1][bin X=1:20:2;/EXPOSURE]",
    "a.fits[1][bini X=1:20:2;W]",
    "a.fits[1][bin X=1:20:2;FLAG]",
    "a.fits[1][bin X=1:20:2;/FLAG]",
    "a.fits[1][bin X=1:20:2;NAME]",
    "a.fits[1][bin X=1:20:2;NOT]",
    "a.fits[1][bin X=1:20:2;TTYPE1]",
    "a.fits[1][bin X=1:20:2;W+1]",
    "a.fits[1][bin T=LOW:110:1]",
    "a.fits[1][bin T=101:110]",
    "a.fits[1][bin Y=:20:5]",
    "a.fits[1][bin NOT]",
    "a.fits[1][bin NAME]",
    "a.fits[1][bin X=20:1:2]",
    "a.fits[1][bin X=1:20:0]",
    "a.fits[1][bin X=1:20:-1]",
    "a.fits[1][bin Q(X+1)=1:20:2]",
    "a.fits[1][bin X=1:20:2;(W*2)]",
    "a.fits[1][X>10][bin X=1:20:2]",
    "a.fits[1][bin X=1:20:2][X>10]",
    "a.fits[1][col Z=X+1;*][bin Z=1:20:2]",
    "a.fits[2][bin X]",
    "a.fits[bin X]",
    "a.fits[1][bin X,Y,T,W]",
    "a.fits(bins.fits)[1][bin X=1:20:2]",
};

static void write_text(const char *name, const char *text) {
  FILE *file = fopen(name, "w");
  if (file != NULL) {
    fputs(text, file);
    fclose(file);
  }
}

int main(int argc, char **argv) {
  const char *group = argc > 2 ? argv[2] : NULL;
  make_files();
  write_text("cols.txt", "// columns\nX;\nZ = X + 1\n");
  write_text("rows.txt", "// rows\nX > 4\n && Y < 20\n");
  GROUP(columns, 0)
  GROUP(rows, 0)
  GROUP(bins, 1)
  (void)remove("packed.fits.gz"); /* compressed to other bytes */
  return 0;
}
