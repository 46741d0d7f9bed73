/* tempdir.h - a directory of a test's own, with files in it. Every failure fails the test. */
#ifndef TESTS_TEMPDIR_H
#define TESTS_TEMPDIR_H

#include <stddef.h>

char *tempdir_new(void);           /* its path, given: tempdir_remove() */
void  tempdir_remove(char *dir);   /* with everything in it; NULL is fine */

/* For a suite whose tests have one each: TestSuite(NAME, .init = tempdir_begin, .fini = tempdir_end). */
extern char *tempdir;
void tempdir_begin(void);
void tempdir_end(void);

int tempdir_n_files(const char *dir);

/* dir/name, whose directories are made as needed, holds `text`, or `n` bytes. The path
 * is the caller's to free(). */
char *tempdir_path(const char *dir, const char *name);
void  tempdir_write(const char *dir, const char *name, const char *text);
void  tempdir_write_bytes(const char *dir, const char *name, const void *bytes, size_t n);

/* The whole of a file, ended by a zero; `n` may be NULL. The caller's to free(). */
char *tempdir_read(const char *path, size_t *n);

#endif
