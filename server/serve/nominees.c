#include "serve/nominees.h"

#include "base/base64.h"
#include "base/mem.h"

#define OTHERS_MAX 500 /* to choose from; more are found by their number */

/* ---- the ledger's side ---------------------------------------------------------------------- */

static json_t *column_json(const struct ngo_register *ngos, size_t row, enum register_column column)
{
    struct slice value = register_value(ngos, row, column);
    json_t *json = json_stringn(value.len == 0 ? "" : (const char *)value.data, value.len);
    return json == NULL ? json_string("") : json; /* a register is any bytes, JSON is UTF-8 */
}

/* Adds what the register says of an NGO. False: it is not there. */
static bool put_ngo(const struct fold *fold, struct slice ngo, json_t *into)
{
    static const enum register_column columns[] = {
        REGISTER_BIN,       REGISTER_REGION, REGISTER_STATUS, REGISTER_FILED_YEAR,
        REGISTER_SOURCE_ID, REGISTER_KIND,   REGISTER_FILED,  REGISTER_LAUREATE};
    const struct ngo_register *ngos = fold_register(fold);
    size_t row = 0;
    if (ngos == NULL || !register_find(ngos, ngo, &row))
        return false;
    json_object_set_new(into, "name",
                        json_pack("{s:o,s:o,s:o}", "kk", column_json(ngos, row, REGISTER_NAME_KK),
                                  "ru", column_json(ngos, row, REGISTER_NAME_RU), "en",
                                  column_json(ngos, row, REGISTER_NAME_EN)));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        json_object_set_new(into, register_column_name(columns[i]),
                            column_json(ngos, row, columns[i]));
    return true;
}

/* One that was returned and completed since is received again. */
static const char *state_of(const struct nominee *nominee)
{
    bool completed = nominee->status == NOMINEE_RETURNED && nominee->text > nominee->moderated;
    return nominee_status_name(completed ? NOMINEE_UNDECIDED : nominee->status);
}

static json_t *item_json(const struct fold *fold, const struct nominee *nominee)
{
    char c[BASE64_LEN(NOMINATION_HASH_LEN) + 1];
    base64_encode(c, nominee->c, sizeof nominee->c);
    json_t *item = json_pack(
        "{s:I,s:s,s:s,s:s,s:I,s:I,s:o,s:I,s:s,s:b,s:I}", "index", (json_int_t)nominee->index, "cat",
        fold_rules(fold)->categories[nominee->cat].id, "ngo", nominee->ngo, "state",
        state_of(nominee), "moderated", (json_int_t)nominee->moderated, "moderated_at",
        (json_int_t)nominee->moderated_at, "into",
        nominee->status == NOMINEE_MERGED ? json_integer((json_int_t)nominee->into) : json_null(),
        "text", (json_int_t)nominee->text, "c", c, "erased", (int)fold_erased(fold, nominee->text),
        "supporters", (json_int_t)nominee->supports);
    if (item != NULL)
        put_ngo(fold, slice_of(nominee->ngo, nominee->ngo_len), item);
    return item;
}

/* Those that are undecided only when they are not in the list anyway. */
static void put_refs(const struct fold *fold, const json_t *refs, bool undecided, json_t *items)
{
    const struct nomination_set *set = fold_nominations(fold);
    const json_t *ref;
    size_t i, number;
    json_array_foreach(refs, i, ref)
    {
        if (json_is_integer(ref) && nominee_find(set, (uint64_t)json_integer_value(ref), &number) &&
            !(undecided && !nominee_decided(nominee_at(set, number))))
            json_array_append_new(items, item_json(fold, nominee_at(set, number)));
    }
}

static void put_pairs(const struct fold *fold, const json_t *pairs, json_t *items)
{
    const struct nomination_set *set = fold_nominations(fold);
    const json_t *pair;
    size_t i, number;
    json_array_foreach(pairs, i, pair)
    {
        const json_t *cat_json = json_array_get(pair, 0), *ngo_json = json_array_get(pair, 1);
        struct slice id = slice_of(json_string_value(cat_json), json_string_length(cat_json));
        struct slice ngo = slice_of(json_string_value(ngo_json), json_string_length(ngo_json));
        unsigned cat;
        if (fold_category_find(fold, id, &cat) && ngo.len >= 1 && ngo.len <= NOMINATION_NGO_MAX &&
            nominee_of(set, cat, ngo, &number))
            json_array_append_new(items, item_json(fold, nominee_at(set, number)));
    }
}

static void put_where(const struct fold *fold, bool undecided, struct slice ngo, json_t *items)
{
    const struct nomination_set *set = fold_nominations(fold);
    for (size_t i = 0; i < nominee_len(set); i++) {
        const struct nominee *nominee = nominee_at(set, i);
        if ((undecided && !nominee_decided(nominee)) ||
            (ngo.len > 0 && slice_equal(ngo, slice_of(nominee->ngo, nominee->ngo_len))))
            json_array_append_new(items, item_json(fold, nominee));
    }
}

static struct slice bin_of(const struct fold *fold, const struct nominee *nominee)
{
    size_t row = 0;
    const struct ngo_register *ngos = fold_register(fold);
    if (ngos == NULL || !register_find(ngos, slice_of(nominee->ngo, nominee->ngo_len), &row))
        return slice_str("");
    return register_value(ngos, row, REGISTER_BIN);
}

/* Other nominees of the category that may still be voted for: into them it can be merged. Returns
 * how many have the same BIN. */
static json_int_t put_others(const struct fold *fold, const json_t *ref, json_t *others)
{
    const struct nomination_set *set = fold_nominations(fold);
    size_t number;
    json_int_t twins = 0;
    if (!json_is_integer(ref) || !nominee_find(set, (uint64_t)json_integer_value(ref), &number))
        return 0;
    const struct nominee *nominee = nominee_at(set, number);
    struct slice bin = bin_of(fold, nominee);
    for (size_t i = 0; i < nominee_len(set); i++) {
        const struct nominee *other = nominee_at(set, i);
        if (i == number || other->cat != nominee->cat ||
            (nominee_decided(other) && other->status != NOMINEE_ADMITTED))
            continue;
        twins += bin.len > 0 && slice_equal(bin, bin_of(fold, other));
        if (json_array_size(others) >= OTHERS_MAX)
            continue;
        json_t *item = json_pack("{s:I,s:s}", "ref", (json_int_t)other->index, "ngo", other->ngo);
        json_t *facts = json_object();
        put_ngo(fold, slice_of(other->ngo, other->ngo_len), facts);
        json_object_set(item, "name", json_object_get(facts, "name"));
        json_decref(facts);
        json_array_append_new(others, item);
    }
    return twins;
}

static json_t *passes_json(const struct fold *fold, const json_t *pass)
{
    uint8_t p[ISSUE_HASH_LEN], no_message[ISSUE_HASH_LEN] = {0};
    json_t *passes = json_array();
    struct slice text = slice_of(json_string_value(pass), json_string_length(pass));
    if (base64_decode_exact(text, p, sizeof p) != OK)
        return passes;
    for (unsigned cat = 0; cat < fold_rules(fold)->categories_len; cat++) {
        struct issue_found found;
        if (issue_find(fold_issues(fold), cat, p, no_message, &found))
            json_array_append_new(passes, json_pack("{s:s,s:I}", "cat",
                                                    fold_rules(fold)->categories[cat].id, "index",
                                                    (json_int_t)found.index));
    }
    return passes;
}

json_t *nominees_answer(const struct fold *fold, struct slice question)
{
    json_t *asked = json_loadb((const char *)question.data, question.len, 0, NULL);
    const json_t *name = json_object_get(asked, "ngo");
    struct slice ngo = slice_of(json_string_value(name), json_string_length(name));
    json_t *items = json_array(), *about = json_object(), *others = json_array();
    if (!json_is_object(asked) || fold_rules(fold) == NULL) {
        json_decref(asked);
        json_decref(items);
        json_decref(about);
        json_decref(others);
        return NULL;
    }
    bool undecided = json_is_true(json_object_get(asked, "undecided"));
    put_refs(fold, json_object_get(asked, "refs"), undecided, items);
    put_pairs(fold, json_object_get(asked, "pairs"), items);
    if (undecided || ngo.len > 0)
        put_where(fold, undecided, ngo, items);
    if (ngo.len == 0 || !put_ngo(fold, ngo, about)) {
        json_decref(about);
        about = json_null();
    }
    json_int_t twins = put_others(fold, json_object_get(asked, "twin"), others);
    bool begun = fold_phases(fold)->rows[PHASE_EVALUATION].state >= PHASE_IS_OPEN;
    json_t *answer = json_pack(
        "{s:I,s:I,s:b,s:o,s:o,s:I,s:o,s:o}", "size", (json_int_t)fold_size(fold), "at",
        (json_int_t)fold_at(fold), "evaluation", (int)begun, "items", items, "ngo", about, "twins",
        twins, "others", others, "passes", passes_json(fold, json_object_get(asked, "pass")));
    json_decref(asked);
    return answer;
}

/* ---- the registrar's side ------------------------------------------------------------------- */

struct question {
    nominees_callback *callback;
    void *context;
};

static void got_answer(void *context, enum err err, struct slice payload)
{
    struct question *question = context;
    json_t *answer = NULL;
    if (err == OK) {
        answer = json_loadb((const char *)payload.data, payload.len, 0, NULL);
        err = json_is_object(answer) ? OK : ERR_CORRUPT;
    }
    /* A question changes nothing: when its answer is lost nothing has happened. */
    question->callback(question->context, err == ERR_UNKNOWN ? ERR_UNAVAILABLE : err,
                       err == OK ? answer : NULL);
    json_decref(answer);
    free(question);
}

enum err nominees_ask(struct registrar_campaign *campaign, json_t *asked,
                      nominees_callback *callback, void *context)
{
    struct question *question = xcalloc(1, sizeof *question);
    *question = (struct question){callback, context};
    char *text = json_dumps(asked, JSON_COMPACT);
    struct slice part = slice_str(text == NULL ? "{}" : text);
    enum err err = ipc_client_send(campaign->ledger, MESSAGE_NOMINEES, &part, 1,
                                   REGISTRAR_LEDGER_TIMEOUT_MS, got_answer, question);
    free(text);
    json_decref(asked);
    if (err != OK)
        free(question);
    return err;
}
