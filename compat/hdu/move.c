/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The HDU that a handle is at.
 */
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/text.h"

/* Sets what belongs to the HDU that becomes current. */
static void set_current(fitsfile *fptr, int index) {
  FITSfile *f = fptr->Fptr;
  cf_file *file = cf_file_of(f);
  file->header.valid = file->header.dirty = false;
  file->changed = false;
  f->curhdu = fptr->HDUposition = index;
  f->nextkey = f->headend = f->headstart[index];
  f->datastart = DATA_UNDEFINED;
}

/* Reads the HDU at `index`, which begins at headstart[index]. */
static int read_at(fitsfile *fptr, int index, int *status) {
  FITSfile *f = fptr->Fptr;
  if (f->headstart[index] >= f->logfilesize)
    return *status = END_OF_FILE; /* without a message: programs go on until this */
  set_current(fptr, index);
  if (ffrhdu(fptr, NULL, status) <= 0 && index > f->maxhdu)
    f->maxhdu = index;
  return *status;
}

int ffgext(fitsfile *fptr, int hdunum, int *exttype, int *status) {
  FITSfile *f = fptr->Fptr;
  int old = f->curhdu, restored = 0;
  bool complete = f->datastart >= 0 || f->headend > f->headstart[old];
  fptr->HDUposition = old;
  if (complete && ffchdu(fptr, status) > 0)
    return *status;
  if (read_at(fptr, hdunum, status) > 0) {
    ffpmrk();
    set_current(fptr, old);
    (void)ffrhdu(fptr, NULL, &restored);
    ffcmrk();
    return *status;
  }
  if (exttype != NULL)
    *exttype = f->compressimg ? IMAGE_HDU : f->hdutype;
  return *status;
}

int ffmahd(fitsfile *fptr, int hdunum, int *exttype, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  int target = hdunum - 1, old = fptr->HDUposition;
  if (hdunum < 1)
    return cf_fail(status, BAD_HDU_NUM, "HDUs are numbered from 1 on, and not %d", hdunum);
  while (f->curhdu != target && *status <= 0)
    (void)ffgext(fptr, target <= f->maxhdu ? target : f->curhdu == f->maxhdu ? f->maxhdu + 1 : f->maxhdu, NULL, status);
  if (*status > 0) {
    fptr->HDUposition = old;
    return *status;
  }
  fptr->HDUposition = target;
  if (exttype != NULL)
    (void)ffghdt(fptr, exttype, status);
  return *status;
}

int ffmrhd(fitsfile *fptr, int hdumov, int *exttype, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  return ffmahd(fptr, fptr->HDUposition + 1 + hdumov, exttype, status);
}

/* Tells whether the current HDU has this name: EXTNAME or HDUNAME, in any case. */
static bool has_name(fitsfile *fptr, const char *name) {
  static const char *const keywords[] = {"EXTNAME", "HDUNAME"};
  char value[FLEN_VALUE], wanted[FLEN_VALUE];
  bool found = false;
  cf_copy(wanted, name, sizeof wanted);
  cf_trim_end(wanted);
  for (int i = 0; i < 2 && !found; i++) {
    int status = 0;
    ffpmrk();
    if (ffgkys(fptr, keywords[i], value, NULL, &status) <= 0)
      found = cf_same_text(value, wanted);
    ffcmrk();
  }
  return found;
}

/* Returns EXTVER of the current HDU, which is 1 without it. */
static long version_of(fitsfile *fptr) {
  int status = 0;
  long version = 1;
  ffpmrk();
  if (ffgkyj(fptr, "EXTVER", &version, NULL, &status) > 0)
    version = 1;
  ffcmrk();
  return version;
}

int ffmnhd(fitsfile *fptr, int exttype, char *hduname, int hduvers, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  if (hduname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected the name of an HDU, found NULL");
  int old = fptr->HDUposition + 1, end = 0;
  ffpmrk();
  for (int number = 1; end <= 0; number++) {
    int type;
    if (ffmahd(fptr, number, &type, &end) > 0)
      break;
    bool fits = exttype == ANY_HDU || type == exttype || (exttype == BINARY_TBL && fptr->Fptr->hdutype == BINARY_TBL);
    if (fits && has_name(fptr, hduname) && (hduvers == 0 || version_of(fptr) == hduvers)) {
      ffcmrk();
      return *status;
    }
  }
  ffcmrk();
  (void)ffmahd(fptr, old, NULL, status);
  return *status <= 0 ? *status = BAD_HDU_NUM : *status; /* without a message, as for a keyword */
}

int ffthdu(fitsfile *fptr, int *nhdu, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  int old = fptr->HDUposition + 1, end = 0;
  if (nhdu != NULL)
    *nhdu = f->maxhdu;
  if (f->datastart < 0) /* the header of a new HDU is incomplete: it is the last one, and does not count yet */
    return *status;
  ffpmrk();
  while (ffmahd(fptr, f->maxhdu + 2, NULL, &end) <= 0)
    ;
  ffcmrk();
  if (nhdu != NULL)
    *nhdu = f->maxhdu + 1;
  return ffmahd(fptr, old, NULL, status);
}

int ffghdn(fitsfile *fptr, int *chdunum) {
  if (fptr == NULL || chdunum == NULL)
    return 0;
  *chdunum = fptr->HDUposition + 1;
  return *chdunum;
}

int ffghdt(fitsfile *fptr, int *exttype, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  bool begun = f->headend > f->headstart[f->curhdu];
  if (f->datastart < 0 && begun && f->writemode == READWRITE && ffrdef(fptr, status) > 0)
    return *status;
  if (exttype != NULL)
    *exttype = f->compressimg || !begun ? IMAGE_HDU : f->hdutype;
  return *status;
}

int ffghadll(fitsfile *fptr, LONGLONG *headstart, LONGLONG *datastart, LONGLONG *dataend, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  if (cf_file_of(f)->changed && f->writemode == READWRITE && ffrdef(fptr, status) > 0) /* rows may have come */
    return *status;
  if (headstart != NULL)
    *headstart = f->headstart[f->curhdu];
  if (datastart != NULL)
    *datastart = f->datastart;
  if (dataend != NULL)
    *dataend = f->headstart[f->curhdu + 1];
  return *status;
}

int ffghof(fitsfile *fptr, OFF_T *headstart, OFF_T *datastart, OFF_T *dataend, int *status) {
  LONGLONG head, data, end;
  if (ffghadll(fptr, &head, &data, &end, status) > 0)
    return *status;
  if (headstart != NULL)
    *headstart = head;
  if (datastart != NULL)
    *datastart = data;
  if (dataend != NULL)
    *dataend = end;
  return *status;
}

int ffghad(fitsfile *fptr, long *headstart, long *datastart, long *dataend, int *status) {
  LONGLONG head, data, end;
  if (ffghadll(fptr, &head, &data, &end, status) > 0)
    return *status;
  if (head > LONG_MAX || data > LONG_MAX || end > LONG_MAX)
    return cf_fail(status, NUM_OVERFLOW, "an offset does not fit into a long");
  if (headstart != NULL)
    *headstart = (long)head;
  if (datastart != NULL)
    *datastart = (long)data;
  if (dataend != NULL)
    *dataend = (long)end;
  return *status;
}
