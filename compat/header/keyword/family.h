/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Template, not for the include list: ff<mode>ky<type>() for one mode, which CF_MODE names. p: append, u: update,
 * m: modify, i: insert.
 */
#define CF_JOIN3(a, b, c) a##b##c
#define CF_JOIN(a, b, c) CF_JOIN3(a, b, c)
#define CF_STORE CF_JOIN(cf_keyword_, CF_MODE, )

/* A function whose value becomes text by the call `MAKE`. `value` is a number or a pair that is no NULL. */
#define CF_KEYWORD(NAME, PARAMETERS, MAKE)                                                                             \
  int CF_JOIN(ff, CF_MODE, NAME)(fitsfile * fptr, const char *keyname, PARAMETERS, const char *comm, int *status) {    \
    char text[FLEN_VALUE];                                                                                             \
    CF_GO(status);                                                                                                     \
    MAKE;                                                                                                              \
    return *status > 0 ? *status : CF_STORE(fptr, keyname, text, comm, status);                                        \
  }
#define CF_COMMA ,
#define CF_PAIR(form)                                                                                                  \
  if (value == NULL)                                                                                                   \
    return cf_fail(status, NULL_INPUT_PTR, "no value");                                                                \
  cf_text_complex(text, (double)value[0], (double)value[1], decim, form, status)

int CF_JOIN(ff, CF_MODE, kyu)(fitsfile *fptr, const char *keyname, const char *comm, int *status) {
  char blank[] = " ";
  CF_GO(status);
  return CF_STORE(fptr, keyname, blank, comm, status);
}

CF_KEYWORD(kys, const char *value, if (value == NULL) return cf_fail(status, NULL_INPUT_PTR, "no value");
           cf_text_string(text, value))
CF_KEYWORD(kyl, int value, cf_text_logical(text, value))
CF_KEYWORD(kyj, LONGLONG value, cf_text_integer(text, value))
CF_KEYWORD(kyf, float value CF_COMMA int decim, cf_text_float(text, (double)value, decim, CF_TEXT_FIXED, status))
CF_KEYWORD(kye, float value CF_COMMA int decim, cf_text_float(text, (double)value, decim, CF_TEXT_EXPONENT, status))
CF_KEYWORD(kyg, double value CF_COMMA int decim, cf_text_float(text, value, decim, CF_TEXT_FIXED, status))
CF_KEYWORD(kyd, double value CF_COMMA int decim, cf_text_float(text, value, decim, CF_TEXT_EXPONENT, status))
CF_KEYWORD(kyc, float *value CF_COMMA int decim, CF_PAIR(CF_TEXT_EXPONENT))
CF_KEYWORD(kym, double *value CF_COMMA int decim, CF_PAIR(CF_TEXT_EXPONENT))
CF_KEYWORD(kfc, float *value CF_COMMA int decim, CF_PAIR(CF_TEXT_FIXED))
CF_KEYWORD(kfm, double *value CF_COMMA int decim, CF_PAIR(CF_TEXT_FIXED))

#undef CF_PAIR
#undef CF_COMMA
#undef CF_KEYWORD
#undef CF_STORE
#undef CF_JOIN
#undef CF_JOIN3
#undef CF_MODE
