#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[] = "/tmp/dauys-file-XXXXXX";

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *at(const char *name)
{
    static char paths[4][FILE_PATH_CAP];
    static unsigned next;
    char *path = paths[next++ % 4];

    file_path(path, folder, "%s", name);
    return path;
}

static enum err put(const char *name, const char *text, mode_t mode)
{
    return file_write(at(name), slice_str(text), mode, FILE_SYNC, NULL);
}

static unsigned files_in(const char *path)
{
    DIR *listing = opendir(path);
    unsigned count = 0;

    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));)
        count++;
    closedir(listing);
    return count - 2;
}

static void writes_and_reads(void **state)
{
    (void)state;
    struct buf out;
    struct stat about;

    buf_init(&out, 100);
    assert_int_equal(put("a/b/c", "one", 0640), OK);
    assert_int_equal(file_read(at("a/b/c"), &out, NULL), OK);
    assert_int_equal(file_read(at("a/b/c"), &out, NULL), OK);
    assert_string_equal(buf_text(&out), "oneone");
    assert_int_equal(stat(at("a/b/c"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    assert_int_equal(put("a/b/c", "", 0600), OK);
    buf_clear(&out);
    assert_int_equal(file_read(at("a/b/c"), &out, NULL), OK);
    assert_int_equal(out.len, 0);
    assert_int_equal(files_in(at("a/b")), 1); /* no temporary file is left */
    assert_true(file_exists(at("a/b/c")));
    assert_false(file_exists(at("a/b/d")));
    buf_release(&out);
}

static void keeps_the_cap(void **state)
{
    (void)state;
    struct buf out;
    struct fault fault;

    assert_int_equal(put("ten", "0123456789", 0600), OK);
    buf_init(&out, 10);
    assert_int_equal(file_read(at("ten"), &out, &fault), OK);
    assert_string_equal(buf_text(&out), "0123456789");
    assert_int_equal(file_read(at("ten"), &out, &fault), ERR_LIMITED);
    assert_non_null(strstr(fault.text, at("ten")));
    assert_string_equal(buf_text(&out), "0123456789");
    buf_release(&out);
    buf_init(&out, 9);
    buf_put_str(&out, "x");
    assert_int_equal(file_read(at("ten"), &out, &fault), ERR_LIMITED);
    assert_string_equal(buf_text(&out), "x");
    buf_release(&out);
}

static void larger_than_one_step(void **state)
{
    (void)state;
    struct buf in, out;

    buf_init(&in, 300000);
    buf_init(&out, 300000);
    for (unsigned i = 0; i < 200001; i++)
        buf_put_byte(&in, (uint8_t)(i * 31 >> 3));
    assert_int_equal(file_write(at("large"), buf_slice(&in), 0600, FILE_NO_SYNC, NULL), OK);
    assert_int_equal(file_read(at("large"), &out, NULL), OK);
    assert_true(slice_equal(buf_slice(&in), buf_slice(&out)));
    buf_release(&in);
    buf_release(&out);
}

static void says_what_failed(void **state)
{
    (void)state;
    struct buf out;
    struct fault fault;

    buf_init(&out, 10);
    assert_int_equal(file_read(at("none"), &out, &fault), ERR_NOT_FOUND);
    assert_non_null(strstr(fault.text, "none: can't open"));
    assert_int_equal(file_read(folder, &out, &fault), ERR_INTERNAL);
    assert_int_equal(put("plain", "x", 0600), OK);
    assert_int_equal(file_make_folder(at("plain"), 0755, &fault), ERR_INTERNAL);
    assert_int_not_equal(file_make_folder(at("plain/below"), 0755, &fault), OK);
    assert_int_not_equal(put("plain/below/x", "x", 0600), OK);
    assert_int_equal(file_sync_folder(at("none"), &fault), ERR_NOT_FOUND);
    assert_int_equal(file_make_folder(at("p/q/r"), 0750, &fault), OK);
    assert_int_equal(file_make_folder(at("p/q/r"), 0750, &fault), OK);
    assert_int_equal(file_sync_folder(at("p/q/r"), &fault), OK);
    buf_release(&out);
}

static void creates_once(void **state)
{
    (void)state;
    struct buf out;
    struct fault fault;

    buf_init(&out, 10);
    assert_int_equal(file_create(at("new/key"), slice_str("1"), 0600, FILE_SYNC, &fault), OK);
    assert_int_equal(file_create(at("new/key"), slice_str("2"), 0600, FILE_SYNC, &fault),
                     ERR_CONFLICT);
    assert_int_equal(file_read(at("new/key"), &out, NULL), OK);
    assert_string_equal(buf_text(&out), "1");
    assert_int_equal(files_in(at("new")), 1);
    buf_release(&out);
}

static void secrets_are_for_one(void **state)
{
    (void)state;
    static const mode_t open_modes[] = {0640, 0604, 0610, 0601, 0620, 0602, 0644, 0666};
    struct buf out;
    struct fault fault;

    buf_init(&out, 100);
    assert_int_equal(put("secret", "s", 0600), OK);
    assert_int_equal(file_read_secret(at("secret"), &out, &fault), OK);
    assert_int_equal(put("secret", "s", 0400), OK);
    assert_int_equal(file_read_secret(at("secret"), &out, &fault), OK);
    assert_string_equal(buf_text(&out), "ss");
    for (size_t i = 0; i < sizeof open_modes / sizeof *open_modes; i++) {
        assert_int_equal(put("secret", "s", open_modes[i]), OK);
        assert_int_equal(file_read_secret(at("secret"), &out, &fault), ERR_DENIED);
        assert_non_null(strstr(fault.text, "chmod 600"));
    }
    assert_int_equal(file_read_secret(at("none"), &out, &fault), ERR_NOT_FOUND);
    assert_int_equal(file_read_secret(folder, &out, &fault), ERR_DENIED);
    assert_string_equal(buf_text(&out), "ss");
    buf_release_secret(&out);
}

static void secrets_of_another_user(void **state)
{
    (void)state;
    struct buf out;
    struct fault fault;
    enum err err;

    if (geteuid() != 0)
        skip();
    buf_init(&out, 100);
    assert_int_equal(put("theirs", "s", 0600), OK);
    assert_int_equal(chown(at("theirs"), 12345, 12345), 0);
    assert_int_equal(file_read_secret(at("theirs"), &out, &fault), OK); /* this process is root */
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(seteuid(12345), 0);
    err = file_read_secret(at("theirs"), &out, &fault);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(err, OK);
    assert_int_equal(seteuid(12346), 0);
    err = file_read_secret(at("theirs"), &out, &fault);
    assert_int_equal(seteuid(0), 0);
    assert_int_not_equal(err, OK);
    buf_release_secret(&out);
}

static void paths(void **state)
{
    (void)state;
    char path[FILE_PATH_CAP];

    file_path(path, "a/b", "%03u.%s", 7, "x");
    assert_string_equal(path, "a/b/007.x");
    file_path(path, "a/", "c");
    assert_string_equal(path, "a/c");
    file_path(path, "/", "c");
    assert_string_equal(path, "/c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads),
        cmocka_unit_test(keeps_the_cap),
        cmocka_unit_test(larger_than_one_step),
        cmocka_unit_test(says_what_failed),
        cmocka_unit_test(creates_once),
        cmocka_unit_test(secrets_are_for_one),
        cmocka_unit_test(secrets_of_another_user),
        cmocka_unit_test(paths),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
