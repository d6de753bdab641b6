#include "html_place.h"

#include <string.h>

/* Attributes whose value is text to people and scripts alike: nothing in them runs, loads or
 * leaves the page. aria-… and data-… besides. */
static const char *const text_attributes[] = {
    "alt",  "class", "datetime",    "dir",   "for",   "headers", "height", "hreflang", "id",
    "lang", "label", "placeholder", "title", "value", "width",   "x",      "y",
};
static const char *const url_attributes[] = {"href", "action"};
static const char *const raw_elements[] = {"script", "style"};
static const char *const plain_elements[] = {"title", "textarea"};
/* Their content is parsed in ways that are not followed here. */
static const char *const refused_elements[] = {"iframe",   "math",      "noembed", "noframes",
                                               "noscript", "plaintext", "xmp"};

#define LISTED(list, name) listed((list), sizeof(list) / sizeof *(list), (name))

static bool listed(const char *const *list, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++) {
        if (strcmp(list[i], name) == 0)
            return true;
    }
    return false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Appends to a name; false when it is too long. */
static bool extend(char name[static HTML_NAME_CAP], char c)
{
    size_t len = strlen(name);
    if (len + 1 >= HTML_NAME_CAP)
        return false;
    name[len] = lower(c);
    name[len + 1] = '\0';
    return true;
}

static bool name_start(char c)
{
    return (lower(c) >= 'a' && lower(c) <= 'z');
}

static bool name_char(char c)
{
    return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
}

/* The > of a tag: what its content is. */
static void tag_ended(struct html_place *place)
{
    place->state = HTML_TEXT;
    place->plain = false;
    if (place->closing)
        return;
    place->plain = LISTED(plain_elements, place->element);
    if (LISTED(raw_elements, place->element)) {
        place->state = HTML_RAW;
        place->matched = 0;
    }
}

static const char *after_tag_start(struct html_place *place, char c)
{
    if (c == '/' && !place->closing) {
        place->closing = true;
        return NULL;
    }
    if (c == '!' && !place->closing) {
        place->state = HTML_DECLARATION;
        place->matched = 0;
        return place->plain ? "markup inside <title> or <textarea>" : NULL;
    }
    if (!name_start(c))
        return "< that begins no tag";
    if (place->plain && !place->closing)
        return "markup inside <title> or <textarea>";
    place->element[0] = '\0';
    (void)extend(place->element, c);
    place->state = HTML_TAG_NAME;
    return NULL;
}

static const char *in_tag(struct html_place *place, char c)
{
    if (c == '>')
        tag_ended(place);
    else if (name_start(c)) {
        place->attribute[0] = '\0';
        (void)extend(place->attribute, c);
        place->state = HTML_ATTRIBUTE;
    } else if (!is_space(c) && c != '/')
        return "a byte that belongs to no attribute";
    return NULL;
}

static const char *in_tag_name(struct html_place *place, char c)
{
    if (name_char(c))
        return extend(place->element, c) ? NULL : "an element's name is too long";
    if (LISTED(refused_elements, place->element))
        return "an element that templates may not have";
    place->state = HTML_TAG;
    return in_tag(place, c);
}

static const char *in_attribute(struct html_place *place, char c)
{
    if (name_char(c))
        return extend(place->attribute, c) ? NULL : "an attribute's name is too long";
    if (c == '=') {
        place->state = HTML_VALUE_START;
        return NULL;
    }
    place->state = HTML_TAG;
    return in_tag(place, c);
}

static const char *in_value(struct html_place *place, char c)
{
    if (c == '"') {
        place->state = HTML_TAG;
        return NULL;
    }
    place->value_len++;
    return place->value_whole ? "text after a url slot" : NULL;
}

/* <!doctype …> or, when it begins with --, a comment. */
static void in_declaration(struct html_place *place, char c)
{
    if (c == '>')
        place->state = HTML_TEXT;
    else if (place->matched < 2 && c == '-' && ++place->matched == 2) {
        place->state = HTML_COMMENT;
        place->matched = 0;
    } else if (c != '-')
        place->matched = 2; /* no longer at the beginning */
}

static void in_comment(struct html_place *place, char c)
{
    if (c == '>' && place->matched >= 2)
        place->state = HTML_TEXT;
    place->matched = c == '-' ? place->matched + 1 : 0;
}

/* Until "</" and the element's name; the rest of the end tag is followed as any tag. */
static void in_raw(struct html_place *place, char c)
{
    size_t len = strlen(place->element);
    const char *wanted = place->matched == 0   ? "<"
                         : place->matched == 1 ? "/"
                                               : &place->element[place->matched - 2];
    if (place->matched == len + 2) {
        if (is_space(c) || c == '>' || c == '/') {
            place->closing = true;
            place->state = HTML_TAG;
            (void)in_tag(place, c);
            return;
        }
        place->matched = 0;
    } else if (lower(c) == *wanted) {
        place->matched++;
        return;
    }
    place->matched = c == '<';
}

static const char *follow_byte(struct html_place *place, char c)
{
    switch (place->state) {
    case HTML_TEXT:
        if (c == '<') {
            place->state = HTML_TAG_START;
            place->closing = false;
        }
        return NULL;
    case HTML_TAG_START:
        return after_tag_start(place, c);
    case HTML_TAG_NAME:
        return in_tag_name(place, c);
    case HTML_TAG:
        return in_tag(place, c);
    case HTML_ATTRIBUTE:
        return in_attribute(place, c);
    case HTML_VALUE_START:
        if (c != '"')
            return "an attribute's value without double quotes";
        place->state = HTML_VALUE;
        place->value_len = 0;
        place->value_whole = false;
        return NULL;
    case HTML_VALUE:
        return in_value(place, c);
    case HTML_DECLARATION:
        in_declaration(place, c);
        return NULL;
    case HTML_COMMENT:
        in_comment(place, c);
        return NULL;
    case HTML_RAW:
        in_raw(place, c);
        return NULL;
    }
    return NULL;
}

const char *html_place_follow(struct html_place *place, struct slice text, size_t *bad)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *wrong = follow_byte(place, (char)text.data[i]);
        if (wrong != NULL) {
            *bad = i;
            return wrong;
        }
    }
    return NULL;
}

static const char *slot_in_value(struct html_place *place, bool is_url)
{
    bool takes_url = LISTED(url_attributes, place->attribute);
    if (place->value_whole)
        return "something after a url slot";
    place->value_len++;
    if (is_url) {
        place->value_whole = true;
        if (!takes_url)
            return "a url slot in an attribute other than href and action";
        return place->value_len == 1 ? NULL : "a url slot that is not the whole value";
    }
    if (takes_url)
        return "a slot in href or action that is no url slot";
    if (strncmp(place->attribute, "aria-", 5) == 0 || strncmp(place->attribute, "data-", 5) == 0 ||
        LISTED(text_attributes, place->attribute))
        return NULL;
    return "a slot in an attribute that takes none";
}

const char *html_place_slot(struct html_place *place, bool is_url)
{
    if (place->state == HTML_VALUE)
        return slot_in_value(place, is_url);
    if (place->state != HTML_TEXT)
        return "a slot inside a tag, comment, <style> or <script>";
    return is_url ? "a url slot outside href and action" : NULL;
}

bool html_place_between(const struct html_place *place)
{
    return place->state == HTML_TEXT && !place->plain;
}
