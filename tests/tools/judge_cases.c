/*
 * What the fold says of entries good and bad, for a second reader to judge again:
 * `judge_cases COUNT SEED` prints the files and entries of the good campaign of
 * tests/unit/campaign/mini_campaign.h, the cases of code_cases.h, and COUNT random changes of its
 * entries judged after each prefix of it:
 *
 *     file <hex>
 *     entry <hex>
 *     case <index> <code> <hex>
 */
#include <stdio.h>

#include "../unit/campaign/code_cases.h"

static uint64_t state;

static unsigned below(size_t bound)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)((state >> 33) % bound);
}

static void print_hex(struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        printf("%02x", bytes.data[i]);
    putchar('\n');
}

static void print_case(struct fold *fold, struct slice bytes)
{
    printf("case %llu %s ", (unsigned long long)fold_size(fold),
           verdict_name(mini_judge(fold, bytes).code));
    print_hex(bytes);
}

static const char *raw_of(const struct fields *f, const char *key)
{
    for (unsigned i = 0; i < f->len; i++)
        if (strcmp(f->items[i].key, key) == 0)
            return f->items[i].raw;
    return NULL;
}

/* Keys of fields are borrowed: those of parsed entries are kept until the end. */
static const char *keep_key(struct slice key)
{
    static char *kept[1024];
    static size_t len;
    for (size_t i = 0; i < len; i++)
        if (slice_is(key, kept[i]))
            return kept[i];
    INVARIANT(len < sizeof kept / sizeof *kept);
    return kept[len++] = xstrndup(key.data, key.len);
}

static void load(struct fields *f, struct slice bytes)
{
    struct entry entry;
    INVARIANT(entry_parse(bytes, &entry, NULL) == OK);
    fields_clear(f);
    const struct canon_node *node = canon_first(&entry.doc, &entry.doc.nodes[0]);
    for (; node; node = canon_next(&entry.doc, node))
        fields_raw(f, keep_key(node->key), xstrndup(node->raw.data, node->raw.len));
}

static void sign_ballot(struct fields *f)
{
    const struct mini_pass *passes[MINI_PASSES + 2] = {&mini.youth, &spare};
    const char *pk = raw_of(f, "pk");
    for (unsigned i = 0; i < MINI_PASSES; i++)
        passes[i + 2] = &mini.passes[i];
    for (unsigned i = 0; pk && i < MINI_PASSES + 2; i++) {
        char *own = quoted_base64(passes[i]->key.public, ED25519_PUBLIC_LEN);
        if (strcmp(own, pk) == 0)
            mini_sign_ballot(passes[i], f);
        free(own);
    }
}

/* Mostly by those who may, so that what comes after the signatures is reached. */
static void sign(struct fields *f)
{
    const struct signer *all[] = {&mini.anna,      &mini.boris,       &mini.mira, &mini.mark,
                                  &mini.registrar, &mini.anna_second, &mini.olga, &mini.stranger};
    const char *type = raw_of(f, "t");
    if (!type || (!raw_of(f, "sigs") && strcmp(type, "\"ballot\"") != 0))
        return;
    if (strcmp(type, "\"ballot\"") == 0)
        sign_ballot(f);
    else if (below(8) == 0)
        mini_sign(f, all[below(8)]);
    else if (below(8) == 0)
        mini_sign(f, all[below(8)], all[below(8)]);
    else if (strcmp(type, "\"issue\"") == 0 || strcmp(type, "\"nominate\"") == 0)
        mini_sign(f, &mini.registrar);
    else if (strcmp(type, "\"moderate\"") == 0)
        mini_sign(f, &mini.mira, &mini.mark);
    else
        mini_sign(f, &mini.anna, &mini.boris);
}

static void change_byte(struct fields *f, const char *key)
{
    static const char bytes[] = "abcdef0123456789ABCZ+/=._-\\\" \x01";
    char *raw = xstrdup(raw_of(f, key));
    if (strlen(raw) > 2)
        raw[1 + below(strlen(raw) - 2)] = bytes[below(sizeof bytes - 1)];
    fields_raw(f, key, raw);
}

static void change_number(struct fields *f, const char *key)
{
    const char *raw = raw_of(f, key);
    uint64_t far = below(30) == 0 ? 1ULL << below(60) : 0;
    if (raw[0] >= '0' && raw[0] <= '9')
        fields_int(f, key, strtoull(raw, NULL, 10) + below(4) - 1 + far);
}

static void change_value(struct fields *f, const char *key)
{
    static const char *const values[] = {"\"open\"",
                                         "\"close\"",
                                         "\"pause\"",
                                         "\"resume\"",
                                         "\"schedule\"",
                                         "\"extend\"",
                                         "\"admit\"",
                                         "\"refuse\"",
                                         "\"return\"",
                                         "\"merge\"",
                                         "\"reopen\"",
                                         "\"court\"",
                                         "\"nomination\"",
                                         "\"council\"",
                                         "\"health\"",
                                         "\"youth\"",
                                         "\"evaluation\"",
                                         "\"101\"",
                                         "\"staff\"",
                                         "\"seal\"",
                                         "\"auditor\"",
                                         "0",
                                         "1",
                                         "7",
                                         "[]",
                                         "{}",
                                         "\"\"",
                                         "null",
                                         "\"\\u0041\"",
                                         "-1",
                                         "\"\xc3\xa9\"",
                                         "\"e\xcc\x81\"",
                                         "1.0"};
    fields_raw(f, key, xstrdup(values[below(sizeof values / sizeof *values)]));
}

/* A member of another entry, under the same name or its own. */
static void change_from_other(struct fields *f, const char *key)
{
    struct fields other = {.len = 0};
    load(&other, mini.entries[below(mini.len)]);
    if (below(2)) {
        const struct field *item = &other.items[below(other.len)];
        fields_raw(f, item->key, xstrdup(item->raw));
    } else if (raw_of(&other, key)) {
        fields_raw(f, key, xstrdup(raw_of(&other, key)));
    }
    fields_clear(&other);
}

static void change(struct fields *f)
{
    const char *key = f->items[below(f->len)].key;
    switch (below(6)) {
    case 0:
        if (f->len > 1)
            fields_drop(f, key);
        break;
    case 1:
        change_byte(f, key);
        break;
    case 2:
        change_number(f, key);
        break;
    case 3:
        change_value(f, key);
        break;
    default:
        change_from_other(f, key);
    }
}

/* An entry of the campaign, mostly one from about here, moved here and changed. */
static void random_entry(const struct fold *fold, struct buf *out)
{
    struct fields f = {.len = 0};
    uint64_t here = fold_size(fold);
    size_t near = here < 4 ? below(4) : (here - 4 + below(9)) % mini.len;
    load(&f, mini.entries[below(3) ? near : below(mini.len)]);
    if (raw_of(&f, "at") && below(6))
        fields_int(&f, "at", fold_at(fold) + (below(3) ? 0 : below(4000)));
    if (raw_of(&f, "seen") && below(4))
        fields_int(&f, "seen", here + below(3) - (here > 0));
    for (unsigned changes = below(3); changes > 0; changes--)
        change(&f);
    if (below(5))
        sign(&f);
    buf_clear(out);
    fields_write(&f, false, out);
    fields_clear(&f);
    if (below(20) == 0)
        out->data[below(out->len)] ^= (uint8_t)(1U << below(8));
}

static void print_table(struct buf *out)
{
    for (size_t i = 0; i < CASES; i++) {
        struct fold *fold = case_fold(&cases[i]);
        struct fields f = {.len = 0};
        cases[i].build(&mini, fold, &f);
        buf_clear(out);
        case_write(fold, &f, out);
        print_case(fold, buf_slice(out));
        fold_destroy(fold);
    }
}

static void print_random(unsigned long count, struct buf *out)
{
    struct fold *fold = mini_fold(&mini);
    for (uint64_t here = 0;; here++) {
        for (unsigned long i = 0; i < count; i++) {
            random_entry(fold, out);
            print_case(fold, buf_slice(out));
        }
        if (here == mini.len)
            break;
        struct entry entry;
        uint8_t leaf[SHA256_LEN];
        INVARIANT(entry_parse(mini.entries[here], &entry, NULL) == OK);
        tree_leaf_hash(leaf, mini.entries[here]);
        fold_apply(fold, &entry, here, leaf);
        if (here + 1 == mini.stage_len[MINI_UNSEALED])
            mini_count(&mini, fold);
    }
    fold_destroy(fold);
}

int main(int argc, char **argv)
{
    struct buf out;
    if (argc != 3) {
        fprintf(stderr, "usage: judge_cases COUNT SEED\n");
        return 2;
    }
    state = strtoull(argv[2], NULL, 10);
    buf_init(&out, 32768);
    cases_begin();
    for (unsigned i = 0; i < mini.files_len; i++) {
        printf("file ");
        print_hex(mini.files[i].bytes);
    }
    for (uint64_t i = 0; i < mini.len; i++) {
        printf("entry ");
        print_hex(mini.entries[i]);
    }
    print_table(&out);
    print_random(strtoul(argv[1], NULL, 10), &out);
    buf_release(&out);
    mini_release(&mini);
    return 0;
}
