/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/zip/choice.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/escape.h"
#include "base/memory.h"
#include "store/filter/filter.h"
#include "store/http/url.h"

#define LISTED 5        /* members that a message lists */
#define LISTED_CHARS 60 /* of a name in a message */

static bool ends_in(const char *name, size_t n, const char *suffix) {
  size_t length = strlen(suffix);
  return n > length && rf_is_name(name + n - length, length, suffix);
}

static bool is_folder(const rf_zip_entry *entry) {
  return entry->name_length == 0 || entry->name[entry->name_length - 1] == '/';
}

/* Tells whether a member is a FITS file by its name: "a.fits", "a.fz", "a.fits.gz". macOS adds files of the same names
 * in a folder of its own. */
static bool is_fits(const rf_zip_entry *entry) {
  static const char folder[] = "__MACOSX/";
  static const char *const kinds[] = {".fits", ".fit", ".fts", ".fz"};
  static const char *const packed[] = {".gz", ".bz2", ".xz", ".zst", ".Z"};
  size_t n = entry->name_length;
  if (n >= sizeof folder - 1 && memcmp(entry->name, folder, sizeof folder - 1) == 0)
    return false;
  for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
    if (ends_in(entry->name, n, packed[i])) {
      n -= strlen(packed[i]);
      break;
    }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (ends_in(entry->name, n, kinds[i]))
      return true;
  return false;
}

static bool has_name(const rf_zip_entry *entry, const char *name) {
  return strlen(name) == entry->name_length && memcmp(entry->name, name, entry->name_length) == 0;
}

typedef struct zip_count {
  size_t files;
  size_t fits;
  size_t named; /* with the wanted name */
} zip_count;

/* Counts members, and gets the last one that fits: `name`, or a FITS file, or else any file. */
static zip_count count_members(const rf_zip_directory *d, const char *name, rf_zip_entry *found) {
  zip_count count = {0};
  rf_zip_entry entry;
  for (size_t at = 0; rf_zip_directory_next(d, &at, &entry);) {
    bool named = name != NULL && has_name(&entry, name);
    bool file = !is_folder(&entry), fits = file && is_fits(&entry);
    if (named || (name == NULL && (fits || (file && count.fits == 0))))
      *found = entry;
    count.named += named;
    count.files += file;
    count.fits += fits;
  }
  return count;
}

/* Lists the first members, those that are FITS files if there are some: "a.fits, b.fits and 3 more". */
static void list_members(const rf_zip_directory *d, const zip_count *count, char *text, size_t capacity) {
  size_t used = 0, listed = 0, all = count->fits > 0 ? count->fits : count->files;
  rf_zip_entry entry;
  text[0] = '\0';
  for (size_t at = 0; listed < LISTED && rf_zip_directory_next(d, &at, &entry);) {
    char shown[LISTED_CHARS + 1];
    if (is_folder(&entry) || (count->fits > 0 && !is_fits(&entry)))
      continue;
    (void)rf_text_escape(entry.name, entry.name_length, shown, sizeof shown);
    int made = snprintf(text + used, capacity - used, "%s'%s'", listed > 0 ? ", " : "", shown);
    if (made < 0 || (size_t)made >= capacity - used)
      break;
    used += (size_t)made;
    listed++;
  }
  if (listed < all)
    snprintf(text + used, capacity - used, " and %zu more", all - listed);
}

rf_status rf_zip_choose(const rf_zip_directory *d, const char *name, rf_zip_entry *entry, rf_error *err) {
  zip_count count = count_members(d, name, entry);
  char list[LISTED * (LISTED_CHARS + 4) + 40];
  list_members(d, &count, list, sizeof list);
  if (name == NULL && (count.fits == 1 || (count.fits == 0 && count.files == 1)))
    return RF_OK;
  if (name != NULL && count.named == 1)
    return is_folder(entry) ? rf_fail(err, RF_ERR_DIRECTORY, "the member is a folder") : RF_OK;
  if (count.files == 0)
    return rf_fail(err, name != NULL ? RF_ERR_NO_FILE : RF_ERR_NOT_FITS, "the zip file has no members");
  if (name == NULL)
    return rf_fail(err, RF_ERR_NOT_FITS, "the zip file has %zu %s: put '!' and the name of one behind its name: %s",
                   count.fits > 0 ? count.fits : count.files, count.fits > 0 ? "FITS files" : "members", list);
  if (count.named > 1)
    return rf_fail(err, RF_ERR_CODEC, "the zip file has %zu members of this name", count.named);
  return rf_fail(err, RF_ERR_NO_FILE, "the zip file has no such member; it has %s", list);
}

size_t rf_zip_split(const char *name, size_t end, bool remote) {
  for (size_t i = end; i-- > 1;) {
    if (name[i] != '!')
      continue;
    if (!remote)
      return i;
    char *file = rf_strndup(name, i);
    const char *path;
    size_t n = 0;
    if (file != NULL)
      rf_url_path(file, &path, &n);
    bool zip = n > 0 && ends_in(path, n, ".zip");
    rf_free(file);
    if (zip)
      return i;
  }
  return 0;
}
