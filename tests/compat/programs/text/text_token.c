/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tokens, lists of names, ranges of image sections.
 */
#include <errno.h>
#include <fitsio.h>
#include <stdlib.h>

#include "../shared/mutate.h"

static const char *const texts[] = {"a b c",   "  a,b ; c", "12 3.5 -4e3 1.5D3 abc",
                                    "12abc",   "",          " ",
                                    ",",       "abc",       "'a b' c",
                                    "1D5,2d5", "nan inf",   "0x10",
                                    ".5",      "-",         "1e400",
                                    "a]b",     "12:34:2",   "(a b) c"};
static const char *const delimiters[] = {" ", ",", " ,;", "]", ":", "", "b"};
static const char *const lists[] = {"myfile[1][bin (x,y)=4], file2.fits  file3.fits",
                                    "a,b,c",
                                    "a b c",
                                    " a ",
                                    "",
                                    " ",
                                    ",",
                                    ",,a,,b,",
                                    "a(b,c),d",
                                    "a[b c]d e",
                                    "a{b c}d,e",
                                    "a(b[c d)e]f g",
                                    "a(b,c",
                                    "a)b,c",
                                    "'a b',c",
                                    "\"a b\" c",
                                    "a , b",
                                    "(a) (b)"};
static const char *const sections[] = {
    "1:10",    "1:10:2",    "*",          "-*",     "*:2",  "-*:3", " 1 : 10 ", "10:1",
    "1",       "1:",        ":10",        "",       "abc",  "1:b",  "1:10:0",   "1:10:-1",
    "*,1:5",   "1:10,2:20", "1:10:2,3:4", "0:5",    "-3:5", "+1:5", "1.5:3",    "99999999999:5",
    "1:2:3:4", "5:5",       "1:10]",      "1:10 x", "-",    "- *",  "**"};

static void tokens(const char *text, const char *delimiter) {
  char copy[200], token[200], *at = copy, end[20];
  (void)snprintf(copy, sizeof copy, "%s", text);
  (void)snprintf(end, sizeof end, "%s", delimiter);
  printf("[%s] [%s]", text, delimiter);
  for (int i = 0; i < 6; i++) {
    int number = -7;
    (void)strcpy(token, "?");
    errno = 0; /* of which CFITSIO takes an old value */
    int n = fits_get_token(&at, end, token, &number);
    printf(" %d [%s] %d [%s]", n, token, number, at);
  }
  at = copy;
  for (int i = 0; i < 6; i++) {
    int number = -7, status = 0;
    char *found = NULL;
    errno = 0;
    int n = fits_get_token2(&at, end, &found, &number, &status);
    printf(" %d [%s] %d [%s] %d", n, found == NULL ? "none" : found, number, at, status);
    free(found);
  }
  at = copy;
  printf(" %d\n", fits_get_token(&at, end, token, NULL));
}

static void names(const char *text) {
  char copy[200];
  (void)snprintf(copy, sizeof copy, "%s", text);
  printf("[%s]", text);
  char *name = fits_split_names(copy);
  for (int i = 0; i < 20 && name != NULL; i++) {
    printf(" [%s]", name);
    name = fits_split_names(NULL);
  }
  printf("\n");
}

static void section(const char *text) {
  char copy[200], *at = copy;
  (void)snprintf(copy, sizeof copy, "%s", text);
  printf("[%s]", text);
  for (int i = 0; i < 3; i++) {
    long least = -7, most = -7, step = -7;
    int status = 0;
    errno = 0;
    fits_get_section_range(&at, &least, &most, &step, &status);
    printf(" %d", status);
    if (status != 0)
      break;
    printf(" %ld %ld %ld %d [%s]", least, most, step, status, at);
  }
  printf("\n");
}

int main(void) {
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (size_t j = 0; j < sizeof delimiters / sizeof *delimiters; j++)
      tokens(texts[i], delimiters[j]);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    names(lists[i]);
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    section(sections[i]);
  for (int i = 0; i < 10000; i++) {
    char text[200];
    (void)snprintf(text, sizeof text, "%s", texts[random_below(sizeof texts / sizeof *texts)]);
    mutate(text, 60, "1.eED+-5 ,ab");
    tokens(text, delimiters[random_below(sizeof delimiters / sizeof *delimiters)]);
    (void)snprintf(text, sizeof text, "%s", lists[random_below(sizeof lists / sizeof *lists)]);
    mutate(text, 60, "a ,()[]{}");
    names(text);
    (void)snprintf(text, sizeof text, "%s", sections[random_below(sizeof sections / sizeof *sections)]);
    mutate(text, 20, "1290:*-, ");
    section(text);
  }
  return 0;
}
