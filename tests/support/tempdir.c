/* tempdir.c - a directory of a test's own, with files in it. */
#include "tests/support/tempdir.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *joined(const char *dir, const char *name)
{
    char *path = NULL;

    cr_assert_geq(asprintf(&path, "%s/%s", dir, name), 0);
    return path;
}

char *tempdir_new(void)
{
    const char *under = getenv("TMPDIR");
    char *dir = joined(under ? under : "/tmp", "weft-test-XXXXXX");

    cr_assert_not_null(mkdtemp(dir), "%s: %s", dir, strerror(errno));
    return dir;
}

static void remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        struct stat st;
        char *child;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        child = joined(path, entry->d_name);
        if (lstat(child, &st) == 0 && S_ISDIR(st.st_mode))
            remove_tree(child);
        else
            unlink(child);
        free(child);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

void tempdir_remove(char *dir)
{
    if (!dir)
        return;
    remove_tree(dir);
    free(dir);
}

char *tempdir;

void tempdir_begin(void)
{
    tempdir = tempdir_new();
}

void tempdir_end(void)
{
    tempdir_remove(tempdir);
}

int tempdir_n_files(const char *dir)
{
    DIR *d = opendir(dir);
    int n = -2; /* it and its parent */

    cr_assert_not_null(d, "%s: %s", dir, strerror(errno));
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

char *tempdir_path(const char *dir, const char *name)
{
    char *path = joined(dir, name);

    for (char *slash = strchr(path + strlen(dir) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        cr_assert(mkdir(path, 0777) == 0 || errno == EEXIST, "%s: %s", path, strerror(errno));
        *slash = '/';
    }
    return path;
}

void tempdir_write_bytes(const char *dir, const char *name, const void *bytes, size_t n)
{
    char *path = tempdir_path(dir, name);
    FILE *f = fopen(path, "wb");

    cr_assert_not_null(f, "%s: %s", path, strerror(errno));
    cr_assert_eq(fwrite(bytes, 1, n, f), n);
    cr_assert_eq(fclose(f), 0);
    free(path);
}

void tempdir_write(const char *dir, const char *name, const char *text)
{
    tempdir_write_bytes(dir, name, text, strlen(text));
}

char *tempdir_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    char *text;

    cr_assert_not_null(f, "%s: %s", path, strerror(errno));
    cr_assert_eq(fstat(fileno(f), &st), 0);
    text = malloc((size_t)st.st_size + 1);
    cr_assert_not_null(text);
    cr_assert_eq(fread(text, 1, (size_t)st.st_size, f), (size_t)st.st_size);
    text[st.st_size] = '\0';
    fclose(f);
    if (n)
        *n = (size_t)st.st_size;
    return text;
}
