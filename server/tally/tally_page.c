#include "tally/tally_page.h"

#include <stdlib.h>
#include <string.h>

/* A score "n" or "n/d" as a number, for people to look at; order is never taken from it. */
static double score_of(const json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "score"));
    char *slash = NULL;
    double over = strtod(text, &slash);
    return *slash == '/' ? over / strtod(slash + 1, NULL) : over;
}

/* "4,25" in kk and ru, "4.25" in en; whole scores are grouped. */
static json_t *score_text(double score, bool mean, enum lang lang)
{
    struct buf out;
    buf_init(&out, 64);
    if (!mean) {
        fmt_number(&out, lang, (int64_t)score);
    } else {
        long hundredths = (long)(score * 100 + 0.5);
        buf_printf(&out, "%ld%c%02ld", hundredths / 100, lang == LANG_EN ? '.' : ',',
                   hundredths % 100);
    }
    json_t *text = json_string(buf_text(&out));
    buf_release(&out);
    return text;
}

struct scale {
    bool mean;
    double most;        /* the highest possible mean */
    double best;        /* the first one's score */
    json_int_t counted; /* ballots */
};

static json_t *row_json(const json_t *row, const struct scale *scale, const char *name,
                        enum lang lang)
{
    double score = score_of(row);
    double share = scale->mean ? score / scale->most
                               : (double)json_integer_value(json_object_get(row, "voters")) /
                                     (double)(scale->counted == 0 ? 1 : scale->counted);
    return json_pack("{s:O,s:s,s:o,s:I,s:I}", "place", json_object_get(row, "place"), "name", name,
                     "value", score_text(score, scale->mean, lang), "share",
                     (json_int_t)(share * 1000 + 0.5), "bar",
                     (json_int_t)(scale->best <= 0 ? 0 : score / scale->best * 1000 + 0.5));
}

static const char *nominee_name(const json_t *values, const json_t *row, enum lang lang, char *out,
                                size_t cap)
{
    const char *id = json_string_value(json_object_get(row, "nominee"));
    json_t *nominee = json_loads(json_string_value(json_object_get(values, id)), 0, NULL);
    const char *name = page_text(json_object_get(nominee, "name"), lang);
    (void)snprintf(out, cap, "%s", *name == '\0' ? id : name);
    json_decref(nominee);
    return out;
}

json_t *tally_page_json(const struct page *page, const json_t *category, const json_t *tally,
                        const json_t *nominees)
{
    const json_t *ballot = json_object_get(category, "ballot");
    const char *method = json_string_value(json_object_get(ballot, "method"));
    json_t *rows = json_array(), *row;
    bool mean = strcmp(method, "score") == 0;
    bool points = strcmp(method, "points") == 0 || strcmp(method, "rank") == 0;
    struct scale scale = {mean, 1, 0, json_integer_value(json_object_get(tally, "counted"))};
    size_t i;
    if (mean)
        scale.most = (double)json_integer_value(json_object_get(ballot, "most"));
    json_array_foreach(json_object_get(tally, "ranking"), i, row)
    {
        char name[1024];
        if (i == 0)
            scale.best = score_of(row);
        json_array_append_new(
            rows, row_json(row, &scale, nominee_name(nominees, row, page->lang, name, sizeof name),
                           page->lang));
    }
    return json_pack(
        "{s:b,s:b,s:b,s:O,s:O,s:O,s:O,s:o}", "is_votes", (int)(!mean && !points), "is_points",
        (int)points, "is_mean", (int)mean, "counted", json_object_get(tally, "counted"),
        "superseded", json_object_get(tally, "superseded"), "spoiled",
        json_object_get(tally, "spoiled"), "void", json_object_get(tally, "void"), "rows", rows);
}
