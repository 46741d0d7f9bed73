/* weft/io.h - how text files are read.
 *
 * A CSV file is records of fields. A record ends at a line feed, or carriage
 * return and line feed, outside of quotes, or at the end of the file; blank lines
 * are no records. A field that begins with a quote goes on to the closing quote,
 * over separators and line ends; two quotes in it stand for one. A quote elsewhere
 * in a field is a character like any other. Text is UTF-8; a byte order mark is
 * passed over.
 *
 * Types: a column whose type is not given gets the narrowest that fits all its
 * fields, in every row: bool (true, True, TRUE, false, False, FALSE), int64,
 * float64, date (yyyy-mm-dd), else string; int64 and float64 together are float64,
 * any other two are string, no value at all is float64. So a type is never a late
 * error.
 * Nulls: a field of one of these texts is null, in a column of any type:
 *     (nothing)  #N/A  #N/A N/A  #NA  -1.#IND  -1.#QNAN  -NaN  -nan  1.#IND  1.#QNAN
 *     <NA>  N/A  NA  NULL  NaN  None  n/a  nan  null
 * which is the list of pandas, and of `na_values`. A column of strings takes a
 * quoted field as it stands: "" is an empty text, "NA" is two letters.
 * Names: an empty one becomes column_3 (its place, from 0), and a name seen before
 * gets .1, .2, ... behind it.
 *
 * Numbers: an optional sign, digits, for floats also a decimal point and an
 * exponent, inf, infinity; blanks around them are passed over. A float is the
 * double nearest to its text, ties to even; a float32 is that double, rounded. An
 * integer that leaves int64 makes its column float64.
 */
#ifndef WEFT_IO_H
#define WEFT_IO_H

#include <stdbool.h>
#include <stdint.h>
#include <weft/dtype.h>

WEFT_BEGIN

enum weft_ragged {
    WEFT_RAGGED_ERROR, /* a record with too few or too many fields is an error */
    WEFT_RAGGED_PAD,   /* missing fields are null; too many are an error still */
};

struct weft_csv_type {
    const char *column;
    weft_dtype  dtype;
};

/* How a CSV file is read; zero means the usual. All is copied. */
struct weft_csv_spec {
    char    sep;        /* 0: ',' */
    char    quote;      /* 0: '"' */
    bool    no_quote;   /* quotes are characters like any other */
    char    decimal;    /* 0: '.' */
    char    thousands;  /* passed over between the digits of numbers; 0: none */
    char    comment;    /* from here to the end of the line is no text; 0: none */
    bool    no_header;  /* the first record is data; columns are column_0, column_1, ... */
    bool    no_usual_nulls; /* only `na_values` are null, and nothing at all */
    enum weft_ragged ragged;
    int64_t skip_rows;  /* lines before the header that are not read */
    const char *const *names;            /* instead of those of the header, one a field */
    int                n_names;
    const char *const *columns;          /* the columns to keep, in the order of the file */
    int                n_columns;        /* 0: all */
    const struct weft_csv_type *dtypes;  /* types that are known; a field that does not fit is an error */
    int                n_dtypes;
    const char *const *na_values;        /* further texts that are null */
    int                n_na_values;
    int64_t partition_bytes; /* cut the file every so many bytes; 0: 32 MiB */
    int     n_partitions;    /* > 0: so many partitions instead, of as many rows each as can be */
};

WEFT_END
#endif
