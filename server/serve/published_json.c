#include "published_json.h"

#include "base/base64.h"

static json_t *text_json(const struct rules_text *text)
{
    return json_pack("{s:s,s:s,s:s}", "en", text->in[RULES_EN], "kk", text->in[RULES_KK], "ru",
                     text->in[RULES_RU]);
}

static json_t *index_or_null(bool has, uint64_t index)
{
    return has ? json_integer((json_int_t)index) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

static json_t *phase_json(enum phase phase, const struct phase_row *row,
                          const struct fold_phase_words *words)
{
    bool scheduled = row->state != PHASE_UNSCHEDULED;
    bool opened = row->state == PHASE_IS_OPEN || row->state == PHASE_IS_CLOSED;
    return json_pack("{s:s,s:s,s:o,s:o,s:b,s:o,s:o,s:o,s:o,s:b}", "id", phase_name(phase), "state",
                     phase_state_name(row->state), "opens", index_or_null(scheduled, row->opens),
                     "closes", index_or_null(scheduled, row->closes), "paused", (int)row->paused,
                     "opened_index", index_or_null(opened, row->opened), "closed_index",
                     index_or_null(row->state == PHASE_IS_CLOSED, row->closed), "why",
                     text_or_null(words->why), "no", text_or_null(words->no), "extended",
                     (int)words->extended);
}

static json_t *phases_json(const struct fold *fold)
{
    json_t *list = json_array();
    const struct phases *phases = fold_phases(fold);
    for (int phase = 0; phase < PHASE_COUNT; phase++) {
        if (phases->rows[phase].in_rules)
            json_array_append_new(list, phase_json((enum phase)phase, &phases->rows[phase],
                                                   fold_phase_words(fold, (enum phase)phase)));
    }
    return list;
}

static json_t *ballot_json(const struct ballot_rules *ballot)
{
    json_t *json = json_pack("{s:s}", "method", ballot_method_name(ballot->method));
    if (ballot->method == BALLOT_POINTS)
        json_object_set_new(json, "sum", json_integer((json_int_t)ballot->sum));
    else if (ballot->method != BALLOT_CHOOSE)
        json_object_set_new(json, "at_most", json_integer((json_int_t)ballot->at_most));
    if (ballot->method == BALLOT_RANK) {
        json_t *weights = json_array();
        for (uint32_t i = 0; i < ballot->at_most; i++)
            json_array_append_new(weights, json_integer((json_int_t)ballot->weights[i]));
        json_object_set_new(json, "weights", weights);
    }
    if (ballot->method != BALLOT_SCORE)
        return json;
    json_t *criteria = json_array();
    for (size_t i = 0; i < ballot->criteria_len; i++) {
        const struct ballot_criterion *criterion = &ballot->criteria[i];
        json_array_append_new(criteria, json_pack("{s:s,s:I,s:o}", "id", criterion->id, "weight",
                                                  (json_int_t)criterion->weight, "name",
                                                  text_json(&criterion->name)));
    }
    json_object_update_new(json, json_pack("{s:I,s:I,s:o}", "least", (json_int_t)ballot->least,
                                           "most", (json_int_t)ballot->most, "criteria", criteria));
    return json;
}

/* Index of the entry that brought a key, and its id: clients take keys from the ledger, not from
 * here. */
static json_t *key_json(const struct key *key)
{
    if (key == NULL)
        return json_null();
    char id[2 * KEY_ID_LEN + 1];
    hex_encode(id, key->id, KEY_ID_LEN);
    return json_pack("{s:s,s:I}", "id", id, "index", (json_int_t)key->index);
}

static json_t *category_json(const struct fold *fold, const struct rules *rules, unsigned cat)
{
    const struct rules_category *category = &rules->categories[cat];
    const struct fold_category *state = fold_category(fold, cat);
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:I,s:I}", "id", category->id, "name",
                     text_json(&category->name), "about", text_json(&category->about), "ballot",
                     ballot_json(&category->ballot), "pass_key",
                     key_json(keyring_pass(fold_keyring(fold), cat)), "nominees",
                     (json_int_t)state->admitted, "ct_len", (json_int_t)state->ct_len);
}

static void phase_states(const struct fold *fold, enum phase_state states[static PHASE_COUNT])
{
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        states[phase] = fold_phases(fold)->rows[phase].state;
}

/* Every category has its tally. */
static bool tallies_final(const struct fold *fold, const struct rules *rules)
{
    for (unsigned cat = 0; cat < rules->categories_len; cat++) {
        if (!fold_category(fold, cat)->has_tally)
            return false;
    }
    return true;
}

bool tally_is_shown(const struct fold *fold, const struct rules *rules)
{
    enum phase_state states[PHASE_COUNT];
    phase_states(fold, states);
    return rules_tally_shown(rules, RULES_PUBLIC, states, tallies_final(fold, rules));
}

/* The instant before which tallies are not shown, as far as the schedule says: null when it does
 * not. */
static json_t *visible_from(const struct fold *fold, const struct rules *rules)
{
    const struct phase_row *rows = fold_phases(fold)->rows;
    const struct phase_row *row = &rows[PHASE_EVALUATION];
    enum rules_shown shown = rules->shown[RULES_PUBLIC];
    if (shown == RULES_SHOWN_COUNCIL)
        row = &rows[PHASE_COUNCIL];
    if (shown == RULES_SHOWN_PUBLICATION)
        row = &rows[PHASE_PUBLICATION];
    if (row->state == PHASE_UNSCHEDULED)
        return json_null();
    uint64_t instant = shown == RULES_SHOWN_CLOSE ? row->closes : row->opens;
    return json_integer((json_int_t)instant);
}

static json_t *regions_json(const struct rules *rules)
{
    json_t *regions = json_object();
    for (size_t i = 0; i < rules->regions_len; i++)
        json_object_set_new(regions, rules->regions[i].code, text_json(&rules->regions[i].name));
    return regions;
}

static json_t *register_json(const struct fold *fold)
{
    const uint8_t *hash = fold_register_hash(fold);
    char text[2 * SHA256_LEN + 1];
    if (hash == NULL)
        return json_null();
    hex_encode(text, hash, SHA256_LEN);
    return json_string(text);
}

static json_t *shortlist_json(const struct rules *rules)
{
    return json_pack("{s:I,s:I,s:I}", "top", (json_int_t)rules->shortlist.top, "least_voters",
                     (json_int_t)rules->shortlist.least_voters, "floor",
                     (json_int_t)rules->shortlist.floor);
}

json_t *campaign_published(const struct fold *fold, const struct campaign_facts *facts)
{
    const struct rules *rules = facts->rules;
    uint64_t unsealed = 0;
    json_t *categories = json_array();
    for (unsigned cat = 0; cat < rules->categories_len; cat++)
        json_array_append_new(categories, category_json(fold, rules, cat));
    bool has_unsealed = fold_unsealed(fold, &unsealed);
    return json_pack(
        "{s:s,s:o,s:o,s:o,s:b,s:s,s:s,s:s,s:o,s:o,s:I,s:s,s:o,s:o,s:o,s:o,s:{s:b,s:b,s:o}}", "id",
        facts->id, "regions", regions_json(rules), "name", text_json(&rules->name), "about",
        text_json(&rules->about), "demo", (int)fold_demo(fold), "origin", fold_origin(fold), "vkey",
        facts->vkey, "rules", facts->rules_hash, "register", register_json(fold), "shortlist",
        shortlist_json(rules), "max_rev", (json_int_t)rules->max_rev, "open",
        rules->open == RULES_OPEN_LIVE ? "live" : "close", "phases", phases_json(fold),
        "categories", categories, "seal_key", key_json(keyring_seal(fold_keyring(fold))),
        "unsealed_index", index_or_null(has_unsealed, unsealed), "tally", "shown",
        (int)tally_is_shown(fold, rules), "final", (int)tallies_final(fold, rules), "visible_from",
        visible_from(fold, rules));
}

/* A column as JSON text; empty ones too. */
static json_t *column(const struct ngo_register *ngos, size_t row, enum register_column column)
{
    struct slice value = register_value(ngos, row, column);
    return json_stringn(value.len == 0 ? "" : (const char *)value.data, value.len);
}

json_t *nominee_published(const struct fold *fold, const struct nominee *nominee)
{
    const struct ngo_register *ngos = fold_register(fold);
    size_t row = 0;
    json_t *json = json_pack(
        "{s:o,s:s%,s:I}", "id", json_sprintf("%llu", (unsigned long long)nominee->index), "ngo",
        nominee->ngo, (size_t)nominee->ngo_len, "supporters", (json_int_t)nominee->supports);
    if (ngos == NULL || !register_find(ngos, slice_of(nominee->ngo, nominee->ngo_len), &row))
        return json;
    json_object_update_new(json, json_pack("{s:{s:o,s:o,s:o},s:o,s:o,s:o,s:o}", "name", "en",
                                           column(ngos, row, REGISTER_NAME_EN), "kk",
                                           column(ngos, row, REGISTER_NAME_KK), "ru",
                                           column(ngos, row, REGISTER_NAME_RU), "bin",
                                           column(ngos, row, REGISTER_BIN), "region",
                                           column(ngos, row, REGISTER_REGION), "status",
                                           column(ngos, row, REGISTER_STATUS), "source_id",
                                           column(ngos, row, REGISTER_SOURCE_ID)));
    return json;
}
