/* What the rules say of nominations: texts, who and how often, what the NGO must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nomination/nomination_rules.h"

static void texts_have_a_form(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"Бұл ұйым өзенді тазалады.\nОн раз.", true},
        {"Robert'); DROP TABLE nomination;--", true},
        {"<script>alert(1)</script>", true}, /* shown as text, never as markup */
        {"\xf0\x9f\x8f\x86 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8c\xbe", true},
        {"", false},
        {" \n \xe2\x80\x8b ", false},
        {"a\rb", false},
        {"a\tb", false},
        {"a\x7f", false},
        {"a\xe2\x80\xae!", false}, /* U+202E */
        {"a\xd8\x9c", false},      /* U+061C */
        {"e\xcc\x81", false},      /* not in NFC */
        {"\xed\xa0\x80", false},   /* a surrogate */
        {"\xff", false},
        {"x\xcc\x96\xcc\x97\xcc\x98\xcc\x99", true},
        {"x\xcc\x96\xcc\x97\xcc\x98\xcc\x99\xcc\x9c", false}, /* five marks */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (nomination_text_good(slice_str(cases[i].text), 1, 100) != cases[i].good)
            fail_msg("%s", cases[i].text);
    assert_true(nomination_text_good(slice_str("ққққ"), 4, 4)); /* code points, not bytes */
    assert_false(nomination_text_good(slice_str("қққ"), 4, 4));
    assert_false(nomination_text_good(slice_str("ққққққ"), 4, 5));
}

static void links_are_https_of_a_named_host(void **state)
{
    static const struct {
        const char *link;
        bool good;
    } cases[] = {
        {"https://example.kz", true},
        {"https://www.example.kz/a/b?c=d&e=%20#f", true},
        {"https://xn--80ak6aa92e.com/", true},
        {"http://example.kz", false},
        {"javascript:alert(1)", false},
        {"https://", false},
        {"https://example", false},
        {"https://127.0.0.1/", false},
        {"https://[::1]/", false},
        {"https://user@example.kz/", false},
        {"https://example.kz:8443/", false},
        {"https://example.kz/ a", false},
        {"https://example.kz/\"onclick=", false},
        {"https://example.kz/<b>", false},
        {"https://қазақ.kz/", false},
        {"https://.kz/", false},
        {"https://a..kz/", false},
        {"HTTPS://example.kz", false},
        {"https:///example.kz", false},
    };
    char *longest = xcalloc(1, NOMINATION_LINK_MOST + 2);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (nomination_link_good(slice_str(cases[i].link)) != cases[i].good)
            fail_msg("%s", cases[i].link);
    memset(longest, 'a', NOMINATION_LINK_MOST + 1);
    memcpy(longest, "https://example.kz/", 19);
    assert_true(nomination_link_good(slice_of(longest, NOMINATION_LINK_MOST)));
    assert_false(nomination_link_good(slice_of(longest, NOMINATION_LINK_MOST + 1)));
    free(longest);
}

static void names_are_known_or_not(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NOMINATOR_COUNT; i++)
        assert_int_equal(nominator_by_name(slice_str(nominator_name((enum nominator)i))), i);
    for (unsigned i = 0; i < RELATION_COUNT; i++)
        assert_int_equal(relation_by_name(slice_str(relation_name((enum relation)i))), i);
    assert_int_equal(nominator_by_name(slice_str("king")), NOMINATOR_COUNT);
    assert_int_equal(relation_by_name(slice_str("")), RELATION_COUNT);
}

#define CITIZENS RULES_BY_CITIZEN

static void the_rules_say_who_and_how_often(void **state)
{
    static const struct {
        unsigned who;
        enum rules_own own;
        struct nomination_wish wish;
        const char *code;
    } cases[] = {
        {CITIZENS, RULES_OWN_ALLOW, {NOMINATOR_CITIZEN, RELATION_NONE, 0, 0, false}, NULL},
        {CITIZENS, RULES_OWN_ALLOW, {NOMINATOR_CITIZEN, RELATION_HEAD, 0, 0, false}, NULL},
        {CITIZENS, RULES_OWN_FLAG, {NOMINATOR_CITIZEN, RELATION_HEAD, 0, 0, false}, NULL},
        {CITIZENS,
         RULES_OWN_REFUSE,
         {NOMINATOR_CITIZEN, RELATION_STAFF, 0, 0, false},
         "own_nomination"},
        {CITIZENS,
         RULES_OWN_REFUSE,
         {NOMINATOR_NGO, RELATION_HEAD, 0, 0, false},
         "nominator_not_allowed"},
        {RULES_BY_NGO, RULES_OWN_REFUSE, {NOMINATOR_NGO, RELATION_HEAD, 0, 0, false}, NULL},
        {RULES_BY_NGO,
         RULES_OWN_REFUSE,
         {NOMINATOR_STATE_BODY, RELATION_NONE, 0, 0, false},
         "nominator_not_allowed"},
        {RULES_BY_COUNCIL, RULES_OWN_ALLOW, {NOMINATOR_COUNCIL, RELATION_NONE, 2, 1, false}, NULL},
        {CITIZENS,
         RULES_OWN_ALLOW,
         {NOMINATOR_CITIZEN, RELATION_NONE, 3, 0, false},
         "nominations_exceeded"},
        {CITIZENS,
         RULES_OWN_ALLOW,
         {NOMINATOR_CITIZEN, RELATION_NONE, 0, 2, false},
         "ngo_nominations_exceeded"},
        {CITIZENS, RULES_OWN_ALLOW, {NOMINATOR_CITIZEN, RELATION_NONE, 0, 2, true}, NULL},
    };
    struct rules rules = {.nomination = {.per_person = 3, .per_ngo = 2}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rules.nomination.who = cases[i].who;
        rules.nomination.own = cases[i].own;
        const char *code = nomination_refused(&rules, &cases[i].wish);
        if (cases[i].code == NULL ? code != NULL : code == NULL || strcmp(code, cases[i].code) != 0)
            fail_msg("case %zu: %s", i, code == NULL ? "allowed" : code);
    }
    rules.nomination.own = RULES_OWN_FLAG;
    assert_true(nomination_flagged(&rules, NOMINATOR_CITIZEN, RELATION_STAFF));
    assert_false(nomination_flagged(&rules, NOMINATOR_NGO, RELATION_HEAD));
    assert_false(nomination_flagged(&rules, NOMINATOR_CITIZEN, RELATION_NONE));
}

static void the_checklist_follows_the_rules(void **state)
{
    const struct rules rules = {.eligibility = {.statuses = RULES_ACTIVE,
                                                .filed_year = 2025,
                                                .filed_by = "2026-03-31",
                                                .laureate_years = 3}};
    struct rules lenient = rules;
    const struct nomination_facts good = {.status = slice_str("ACTIVE"),
                                          .bin = slice_str("160340000001"),
                                          .filed_year = 2025,
                                          .filed_on = slice_str("2026-03-31"),
                                          .laureate_year = 2022,
                                          .campaign_year = 2026};
    struct nomination_facts facts = good;
    (void)state;
    for (unsigned check = 0; check < CHECK_COUNT; check++)
        assert_int_equal(nomination_check(&rules, &good, (enum check)check), CHECK_OK);

    facts.status = slice_str("SUSPENDED");
    assert_int_equal(nomination_check(&rules, &facts, CHECK_STATUS), CHECK_BAD);
    facts.status = slice_str("active");
    assert_int_equal(nomination_check(&rules, &facts, CHECK_STATUS), CHECK_BAD);
    facts.status = slice_str("");
    assert_int_equal(nomination_check(&rules, &facts, CHECK_STATUS), CHECK_UNKNOWN);

    facts.bin = slice_str("");
    assert_int_equal(nomination_check(&rules, &facts, CHECK_BIN), CHECK_BAD);
    assert_int_equal(nomination_check(&rules, &facts, CHECK_DUPLICATE), CHECK_UNKNOWN);
    lenient.eligibility.statuses |= RULES_NO_BIN;
    assert_int_equal(nomination_check(&lenient, &facts, CHECK_BIN), CHECK_OK);

    facts = good;
    facts.same_bin = 1;
    assert_int_equal(nomination_check(&rules, &facts, CHECK_DUPLICATE), CHECK_BAD);
    facts.filed_year = 2024;
    assert_int_equal(nomination_check(&rules, &facts, CHECK_FILED_YEAR), CHECK_BAD);
    facts.filed_year = -1;
    assert_int_equal(nomination_check(&rules, &facts, CHECK_FILED_YEAR), CHECK_UNKNOWN);
    facts.filed_on = slice_str("2026-04-01");
    assert_int_equal(nomination_check(&rules, &facts, CHECK_FILED_BY), CHECK_BAD);
    facts.filed_on = slice_str("");
    assert_int_equal(nomination_check(&rules, &facts, CHECK_FILED_BY), CHECK_UNKNOWN);
    facts.laureate_year = 2023; /* of the last three: 2023, 2024, 2025 */
    assert_int_equal(nomination_check(&rules, &facts, CHECK_COOLING_OFF), CHECK_BAD);
    facts.laureate_year = 0;
    assert_int_equal(nomination_check(&rules, &facts, CHECK_COOLING_OFF), CHECK_OK);
    facts.laureate_year = -1;
    assert_int_equal(nomination_check(&rules, &facts, CHECK_COOLING_OFF), CHECK_UNKNOWN);
    facts.laureate_year = 2025;
    lenient.eligibility.laureate_years = 0;
    assert_int_equal(nomination_check(&lenient, &facts, CHECK_COOLING_OFF), CHECK_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_a_form),
        cmocka_unit_test(links_are_https_of_a_named_host),
        cmocka_unit_test(names_are_known_or_not),
        cmocka_unit_test(the_rules_say_who_and_how_often),
        cmocka_unit_test(the_checklist_follows_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
