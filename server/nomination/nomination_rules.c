#include "nomination/nomination_rules.h"

#include <utf8proc.h>

#include "base/canon.h"

#define MARKS_MOST 4 /* more on one letter no writing has */

static const char *const nominators[] = {"citizen", "ngo", "state_body", "council"};
static const char *const relations[] = {"none", "head", "staff"};
static const char *const checks[] = {"status",   "bin",         "filed_year",
                                     "filed_by", "cooling_off", "duplicate"};

static unsigned by_name(const char *const *names, unsigned count, struct slice name)
{
    unsigned i = 0;
    while (i < count && !slice_is(name, names[i]))
        i++;
    return i;
}

enum nominator nominator_by_name(struct slice name)
{
    return (enum nominator)by_name(nominators, NOMINATOR_COUNT, name);
}

enum relation relation_by_name(struct slice name)
{
    return (enum relation)by_name(relations, RELATION_COUNT, name);
}

const char *nominator_name(enum nominator nominator)
{
    return nominators[nominator];
}

const char *relation_name(enum relation relation)
{
    return relations[relation];
}

const char *check_name(enum check check)
{
    return checks[check];
}

/* ---- texts ---------------------------------------------------------------------------------- */

static bool is_mark(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

static bool is_space(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return point == '\n' || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_CF;
}

/* Every line by itself may stand in an entry; so does the whole, since nothing composes with a line
 * break. */
static bool lines_allowed(struct slice text)
{
    while (text.len > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.data);
        if (!canon_text_allowed(slice_of(text.data, len)))
            return false;
        len += end != NULL;
        text = slice_of(text.data + len, text.len - len);
    }
    return true;
}

bool nomination_text_good(struct slice text, size_t least, size_t most)
{
    size_t points = 0, marks = 0, visible = 0;
    if (text.len / 4 > most || !lines_allowed(text))
        return false;
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t used =
            utf8proc_iterate(text.data + at, (utf8proc_ssize_t)(text.len - at), &point);
        if (used <= 0)
            return false;
        at += (size_t)used;
        points++;
        marks = is_mark(point) ? marks + 1 : 0;
        visible += !is_space(point);
        if (marks > MARKS_MOST)
            return false;
    }
    return points >= least && points <= most && visible > 0;
}

static bool host_good(struct slice host)
{
    size_t label = 0, dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        uint8_t c = host.data[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c == '.') {
            if (label == 0)
                return false;
            label = 0;
            dots++;
        } else if (word || c == '-') {
            label++;
        } else {
            return false;
        }
    }
    /* The last label is no number, so this is no address of four numbers. */
    return dots > 0 && label > 1 && (host.data[host.len - 1] | 0x20) >= 'a';
}

bool nomination_link_good(struct slice link)
{
    static const char scheme[] = "https://";
    const size_t head = sizeof scheme - 1;
    if (link.len <= head || link.len > NOMINATION_LINK_MOST || memcmp(link.data, scheme, head) != 0)
        return false;
    for (size_t i = 0; i < link.len; i++)
        if (link.data[i] <= ' ' || link.data[i] >= 0x7f || memchr("\"<>\\^`{|}", link.data[i], 9))
            return false;
    struct slice host = slice_of(link.data + head, link.len - head);
    for (size_t i = 0; i < host.len; i++)
        if (memchr("/?#", host.data[i], 3)) {
            host.len = i;
            break;
        }
    return host_good(host);
}

/* ---- who, and how often --------------------------------------------------------------------- */

static bool is_related(enum nominator as, enum relation relation)
{
    /* An NGO that nominates itself, where the rules let NGOs nominate, hides nothing. */
    return relation != RELATION_NONE && as != NOMINATOR_NGO;
}

const char *nomination_refused(const struct rules *rules, const struct nomination_wish *wish)
{
    if ((rules->nomination.who & (1U << wish->as)) == 0)
        return "nominator_not_allowed";
    if (is_related(wish->as, wish->relation) && rules->nomination.own == RULES_OWN_REFUSE)
        return "own_nomination";
    if (wish->own_count >= rules->nomination.per_person)
        return "nominations_exceeded";
    if (!wish->is_support && wish->ngo_count >= rules->nomination.per_ngo)
        return "ngo_nominations_exceeded";
    return NULL;
}

bool nomination_flagged(const struct rules *rules, enum nominator as, enum relation relation)
{
    return is_related(as, relation) && rules->nomination.own == RULES_OWN_FLAG;
}

/* ---- what the NGO must be ------------------------------------------------------------------- */

static enum check_state check_of(bool known, bool good)
{
    if (!known)
        return CHECK_UNKNOWN;
    return good ? CHECK_OK : CHECK_BAD;
}

static bool status_allowed(const struct rules *rules, struct slice status)
{
    static const char *const names[] = {"ACTIVE", "NO_BIN", "INACTIVE", "LIQUIDATING", "SUSPENDED"};
    unsigned bit = by_name(names, 5, status);
    return bit < 5 && (rules->eligibility.statuses & (1U << bit)) != 0;
}

enum check_state nomination_check(const struct rules *rules, const struct nomination_facts *facts,
                                  enum check check)
{
    const uint32_t years = rules->eligibility.laureate_years;
    switch (check) {
    case CHECK_STATUS:
        return check_of(facts->status.len > 0, status_allowed(rules, facts->status));
    case CHECK_BIN:
        return check_of(true,
                        facts->bin.len > 0 || (rules->eligibility.statuses & RULES_NO_BIN) != 0);
    case CHECK_FILED_YEAR:
        return check_of(facts->filed_year > 0,
                        facts->filed_year >= (int)rules->eligibility.filed_year);
    case CHECK_FILED_BY:
        return check_of(facts->filed_on.len == 10,
                        facts->filed_on.len == 10 &&
                            memcmp(facts->filed_on.data, rules->eligibility.filed_by, 10) <= 0);
    case CHECK_COOLING_OFF:
        return check_of(facts->laureate_year >= 0,
                        years == 0 || facts->laureate_year == 0 ||
                            facts->laureate_year + (int)years < facts->campaign_year);
    case CHECK_DUPLICATE:
        return check_of(facts->bin.len > 0, facts->same_bin == 0);
    case CHECK_COUNT:
        break;
    }
    return CHECK_UNKNOWN;
}
