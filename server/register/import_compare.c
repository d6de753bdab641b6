/* What an import changes in the register, NGO by NGO and value by value. */
#include "import_row.h"

static void put_change(struct buf *list, const char *change, struct slice id, const char *column,
                       struct slice before, struct slice after)
{
    if (list == NULL)
        return;
    buf_printf(list, "%s,", change);
    import_put_field(list, id);
    buf_printf(list, ",%s,", column);
    import_put_field(list, before);
    buf_put_byte(list, ',');
    import_put_field(list, after);
    buf_put_str(list, "\r\n");
}

/* The row numbers may differ: lines can come in any order. */
static bool compare_rows(const struct ngo_register *before, size_t old,
                         const struct ngo_register *after, size_t now,
                         struct import_difference *difference, struct buf *list)
{
    bool changed = false;
    for (int i = 0; i < REGISTER_COLUMNS; i++) {
        enum register_column column = (enum register_column)i;
        struct slice was = register_value(before, old, column);
        struct slice is = register_value(after, now, column);
        if (slice_equal(was, is))
            continue;
        changed = true;
        difference->fields[i]++;
        put_change(list, "changed", register_value(after, now, REGISTER_ID),
                   register_column_name(column), was, is);
    }
    return changed;
}

void import_compare(const struct ngo_register *before, const struct ngo_register *after,
                    struct import_difference *difference, struct buf *list)
{
    const struct slice nothing = {NULL, 0};
    *difference = (struct import_difference){0};
    if (list != NULL)
        buf_put_str(list, "change,id,column,before,after\r\n");
    for (size_t now = 0; now < register_len(after); now++) {
        size_t old = 0;
        struct slice id = register_value(after, now, REGISTER_ID);
        if (before == NULL || !register_find(before, id, &old)) {
            difference->added++;
            put_change(list, "added", id, "", nothing, nothing);
        } else if (compare_rows(before, old, after, now, difference, list)) {
            difference->changed++;
        }
    }
    for (size_t old = 0; before != NULL && old < register_len(before); old++) {
        size_t now = 0;
        struct slice id = register_value(before, old, REGISTER_ID);
        if (register_find(after, id, &now))
            continue;
        difference->removed++;
        put_change(list, "removed", id, "", nothing, nothing);
    }
}
