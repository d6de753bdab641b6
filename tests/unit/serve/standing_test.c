/* How a campaign stands, told by its fold and read by the registrar, at several stages. */
#include "../campaign/mini_campaign.h"

#include "serve/standing.h"

static struct mini mini;

static void told(enum mini_stage stage, struct standing *standing)
{
    struct fold *fold = mini_at(&mini, stage);
    json_t *json = standing_json(fold);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_int_equal(standing_parse(slice_str(text), standing), OK);
    assert_int_equal(standing->size, fold_size(fold));
    assert_int_equal(standing->at, fold_at(fold));
    assert_memory_equal(&standing->phases, fold_phases(fold), sizeof standing->phases);
    free(text);
    json_decref(json);
    fold_destroy(fold);
}

static void phases_are_those_of_the_fold(void **state)
{
    static const enum mini_stage stages[] = {MINI_BEGUN,  MINI_SCHEDULED, MINI_NOMINATING,
                                             MINI_PAUSED, MINI_BETWEEN,   MINI_EVALUATING,
                                             MINI_HELD,   MINI_CLOSED,    MINI_DONE};
    (void)state;
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        struct standing standing;
        told(stages[i], &standing);
        standing_release(&standing);
    }
}

static void staff_keys_alone_and_revoked_ones_told(void **state)
{
    struct standing standing;
    (void)state;
    told(MINI_VOIDED, &standing);
    assert_int_equal(keyring_len(standing.staff), 6);
    const struct key *key = keyring_find(standing.staff, mini.anna_second.id);
    assert_non_null(key);
    assert_string_equal(key->person, "anna");
    assert_int_equal(key->role, ROLE_ADMINISTRATOR);
    assert_false(key->revoked);
    assert_null(keyring_find(standing.staff, mini.registrar.id));
    standing_release(&standing);
    told(MINI_CLOSED, &standing);
    assert_true(keyring_find(standing.staff, mini.anna_second.id)->revoked);
    standing_release(&standing);
}

static void rubbish_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "[]", "{\"phases\":[{\"phase\":\"nothing\"}]}",
        "{\"keys\":[{\"key\":\"AAAA\",\"person\":\"x\",\"role\":\"auditor\"}]}"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct standing standing;
        assert_int_equal(standing_parse(slice_str(texts[i]), &standing), ERR_CORRUPT);
        assert_null(standing.staff);
    }
}

static int play(void **state)
{
    (void)state;
    mini_play(&mini);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mini_release(&mini);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phases_are_those_of_the_fold),
        cmocka_unit_test(staff_keys_alone_and_revoked_ones_told),
        cmocka_unit_test(rubbish_is_refused),
    };
    return cmocka_run_group_tests(tests, play, end);
}
