/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Prints the state of an open file, for the programs of compat/hdu and compat/group.
 */
#ifndef HDU_SHOW_H
#define HDU_SHOW_H

#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static int status;

/* Prints the status of a call, and clears it. */
static inline void did(const char *what, int result) {
  printf("%s: %d %d\n", what, result, status);
  ffcmsg();
  status = 0;
}
#define DO(call) did(#call, call)

/* Prints the members of FITSfile about the current HDU. */
static inline void show_state(fitsfile *f) {
  FITSfile *F = f->Fptr;
  printf("HDU %d: cur %d max %d type %d heads", f->HDUposition, F->curhdu, F->maxhdu,
         F->datastart < 0 ? -1 : F->hdutype);
  for (int i = 0; i <= F->curhdu; i++) /* CFITSIO updates the rest later */
    printf(" %lld", F->headstart[i]);
  printf(" headend %lld data %lld\n", F->headend, F->datastart);
  if (F->datastart < 0)
    return;
  printf(" tfield %d rows %lld %lld row %lld heap %lld %lld\n", F->tfield, F->numrows, F->origrows, F->rowlength,
         F->heapstart, F->heapsize);
  if (F->hdutype == IMAGE_HDU) {
    printf(" image %d", F->imgdim);
    for (int i = 0; i < F->imgdim; i++)
      printf(" %lld", F->imgnaxis[i]);
    printf("\n");
  }
  for (int i = 0; F->tableptr != NULL && i < F->tfield; i++) {
    tcolumn *c = F->tableptr + i;
    if (F->hdutype == IMAGE_HDU && i == 0)
      continue;
    if (F->hdutype == IMAGE_HDU)
      printf(" col %d: %lld %lld %g %g %lld %ld\n", c->tdatatype, c->tbcol, c->trepeat, c->tscale, c->tzero, c->tnull,
             c->twidth);
    else
      printf(" col '%s' %lld %d %lld %g %g %lld '%s' %ld\n", c->ttype, c->tbcol, c->tdatatype, c->trepeat, c->tscale,
             c->tzero, c->tnull, c->tdatatype < 0 ? "" : c->tform, c->twidth);
  }
}

/* Prints the cards of the current HDU. */
static inline void show_cards(fitsfile *f) {
  int n = 0, more = 0, s = 0;
  char card[FLEN_CARD];
  ffghsp(f, &n, &more, &s);
  printf(" %d cards, space %d, status %d\n", n, more, s);
  for (int i = 1; i <= n && s == 0; i++) {
    ffgrec(f, i, card, &s);
    printf(" |%s|\n", card);
  }
}

static inline void show(fitsfile *f) {
  show_state(f);
  show_cards(f);
}

/* Prints all HDUs; the last one is current afterwards. */
static inline void show_all(fitsfile *f) {
  int n = 0, type = 0, s = 0;
  ffthdu(f, &n, &s);
  printf("%d HDUs\n", n);
  for (int i = 1; i <= n && s == 0; i++) {
    ffmahd(f, i, &type, &s);
    printf("type %d status %d\n", type, s);
    show(f);
  }
}

#endif
