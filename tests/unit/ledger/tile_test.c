#include "fixture.h"
#include "ledger/tile.h"

static void test_paths_both_ways(void **state)
{
    static const struct {
        struct tile tile;
        const char *path;
    } cases[] = {
        {{0, 0, 256}, "tile/0/000"},
        {{0, 5, 1}, "tile/0/005.p/1"},
        {{1, 999, 255}, "tile/1/999.p/255"},
        {{2, 1000, 256}, "tile/2/x001/000"},
        {{0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{TILE_ENTRIES, 1234067, 17}, "tile/entries/x001/x234/067.p/17"},
        {{7, TILE_INDEX_MAX, 255}, "tile/7/x072/x057/x594/x037/x927/935.p/255"},
        {{TILE_ENTRIES, TILE_INDEX_MAX, 255}, "tile/entries/x072/x057/x594/x037/x927/935.p/255"},
    };
    char path[TILE_PATH_CAP];
    struct tile tile;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tile_path(path, &cases[i].tile);
        assert_string_equal(path, cases[i].path);
        assert_int_equal(tile_path_parse(slice_str(path), &tile), OK);
        assert_int_equal(tile.level, cases[i].tile.level);
        assert_int_equal(tile.index, cases[i].tile.index);
        assert_int_equal(tile.width, cases[i].tile.width);
    }
}

static void test_paths_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/63/000",
        "tile/-1/000",
        "tile/x/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/x1/001",
        "tile/0/001/002",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1/",
        "tile/0/000/",
        "/tile/0/000",
        "tile//0/000",
        "tile/0/000 ",
        "tile/entries/../000",
        "tile/data/000",
        "tile/0/x072/x057/x594/x037/x927/936",
        "tile/0/x001/x072/x057/x594/x037/x927/936",
    };
    struct tile tile;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tile_path_parse(slice_str(bad[i]), &tile) != ERR_INVALID)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(tile_path_parse(slice_of("tile/0/000\0", 11), &tile), ERR_INVALID);
}

static void test_last_tile(void **state)
{
    struct tile tile;

    (void)state;
    assert_false(tile_last(0, 0, &tile));
    assert_false(tile_last(1, 255, &tile));
    assert_true(tile_last(0, 256, &tile));
    assert_int_equal(tile.index, 0);
    assert_int_equal(tile.width, 256);
    assert_true(tile_last(TILE_ENTRIES, 257, &tile));
    assert_int_equal(tile.index, 1);
    assert_int_equal(tile.width, 1);
    assert_true(tile_last(1, 70000, &tile));
    assert_int_equal(tile.index, 1);
    assert_int_equal(tile.width, 70000 / 256 - 256);
}

static void test_bundles(void **state)
{
    struct slice entries[TILE_WIDTH], rest;
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    bundle_put(&buf, slice_str("abc"));
    bundle_put(&buf, slice_str("d"));
    assert_int_equal(buf.len, 8);
    assert_memory_equal(buf.data, "\0\3abc\0\1d", 8);
    assert_int_equal(bundle_cut(buf_slice(&buf), 2, entries), OK);
    assert_true(slice_is(entries[0], "abc"));
    assert_true(slice_is(entries[1], "d"));
    assert_int_equal(bundle_cut(buf_slice(&buf), 1, entries), ERR_CORRUPT);
    assert_int_equal(bundle_cut(buf_slice(&buf), 3, entries), ERR_CORRUPT);
    assert_int_equal(bundle_cut(buf_slice(&buf), 300, entries), ERR_CORRUPT);
    for (size_t cut = 1; cut < buf.len; cut++)
        assert_int_equal(bundle_cut(slice_of(buf.data, cut), 2, entries), ERR_CORRUPT);
    rest = slice_of(buf.data, 7);
    assert_true(bundle_next(&rest, &entries[0]));
    assert_false(bundle_next(&rest, &entries[0]));
    assert_int_equal(rest.len, 2);
    buf_release(&buf);
}

static void test_folder_source(void **state)
{
    uint8_t full[TILE_BYTES_MAX];
    char folder[FILE_PATH_CAP];
    struct tile_source source;
    struct buf out;

    (void)state;
    folder_make(folder);
    source = tile_folder(folder);
    memset(full, 7, sizeof full);
    buf_init(&out, 100000);
    write_whole(folder, "tile/0/000", slice_of(full, sizeof full));
    write_whole(folder, "tile/0/001.p/2", slice_of(full, 64));
    write_whole(folder, "tile/0/002.p/2", slice_of(full, 63));
    write_whole(folder, "tile/entries/000.p/2", slice_of("\0\1a\0\1b", 6));
    assert_int_equal(source.read(source.context, &(struct tile){0, 0, 256}, &out, NULL), OK);
    assert_int_equal(out.len, 8192);
    /* A partial tile that is gone is cut from the full one; appended behind what is there. */
    assert_int_equal(source.read(source.context, &(struct tile){0, 0, 3}, &out, NULL), OK);
    assert_int_equal(out.len, 8192 + 96);
    assert_int_equal(source.read(source.context, &(struct tile){0, 1, 2}, &out, NULL), OK);
    assert_int_equal(source.read(source.context, &(struct tile){0, 1, 3}, &out, NULL),
                     ERR_NOT_FOUND);
    assert_int_equal(source.read(source.context, &(struct tile){0, 2, 2}, &out, NULL), ERR_CORRUPT);
    assert_int_equal(source.read(source.context, &(struct tile){TILE_ENTRIES, 0, 2}, &out, NULL),
                     OK);
    buf_release(&out);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_both_ways), cmocka_unit_test(test_paths_refused),
        cmocka_unit_test(test_last_tile),       cmocka_unit_test(test_bundles),
        cmocka_unit_test(test_folder_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
