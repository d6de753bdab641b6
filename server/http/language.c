#include "http/language.h"

#include <ctype.h>

/* Weight of an element in thousandths: `;q=0.8` is 800; without one, 1000; not understood, 0. */
static int weight_of(struct slice element)
{
    const uint8_t *semicolon = element.len ? memchr(element.data, ';', element.len) : NULL;
    const uint8_t *end = element.data + element.len;
    const uint8_t *at;
    int weight, unit = 100;

    if (semicolon == NULL)
        return 1000;
    for (at = semicolon + 1; at < end && *at == ' '; at++)
        ;
    if (end - at < 3 || (at[0] != 'q' && at[0] != 'Q') || at[1] != '=' ||
        (at[2] != '0' && at[2] != '1'))
        return 0;
    weight = at[2] == '1' ? 1000 : 0;
    at += 3;
    if (at < end && *at == '.')
        for (at++; at < end && *at >= '0' && *at <= '9' && unit > 0; at++, unit /= 10)
            weight += (*at - '0') * unit;
    return weight > 1000 ? 1000 : weight;
}

/* The language of an element such as "ru-KZ;q=0.7". */
static bool language_of(struct slice element, enum lang *lang)
{
    char tag[2];

    if (element.len < 2)
        return false;
    if (element.len > 2 && element.data[2] != '-' && element.data[2] != ';' &&
        element.data[2] != ' ')
        return false;
    tag[0] = (char)tolower(element.data[0]);
    tag[1] = (char)tolower(element.data[1]);
    return lang_parse(slice_of(tag, 2), lang);
}

static bool language_of_path(struct slice path, enum lang *lang)
{
    if (path.len < 3 || path.data[0] != '/')
        return false;
    if (path.len > 3 && path.data[3] != '/' && path.data[3] != '?')
        return false;
    return lang_parse(slice_of(path.data + 1, 2), lang);
}

enum lang language_wanted(struct slice path, struct slice accept_language)
{
    enum lang best = LANG_KK, lang;
    int best_weight = 0;

    if (language_of_path(path, &lang))
        return lang;
    while (accept_language.len > 0) {
        struct slice element = slice_cut(&accept_language, ',');

        if (language_of(element, &lang) && weight_of(element) > best_weight) {
            best = lang;
            best_weight = weight_of(element);
        }
    }
    return best;
}
