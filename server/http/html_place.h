/*
 * Where in an HTML document a byte stands: the part of the HTML parser (WHATWG HTML §13.2.5) that
 * templates need, for the HTML our build writes. What it does not follow with certainty (unquoted
 * or single-quoted values, <!-- in titles, elements with parsing rules of their own) it refuses.
 */
#ifndef HTTP_HTML_PLACE_H
#define HTTP_HTML_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

#define HTML_NAME_CAP 32 /* of an element or attribute; longer ones are refused */

enum html_state {
    HTML_TEXT,      /* between elements, or in the text of one */
    HTML_TAG_START, /* after < */
    HTML_TAG_NAME,
    HTML_TAG, /* between attributes */
    HTML_ATTRIBUTE,
    HTML_VALUE_START, /* after = */
    HTML_VALUE,       /* between double quotes */
    HTML_DECLARATION, /* <!doctype …> */
    HTML_COMMENT,
    HTML_RAW, /* the content of <style> or <script> */
};

struct html_place {
    enum html_state state;
    bool closing;                  /* the tag at hand is an end tag */
    bool plain;                    /* in <title> or <textarea>: text only, no elements */
    char element[HTML_NAME_CAP];   /* name of the last tag, lower case */
    char attribute[HTML_NAME_CAP]; /* name of the last attribute, lower case */
    size_t value_len;              /* bytes and slots in the value at hand */
    bool value_whole;              /* a url slot was in it: nothing may follow */
    size_t matched;                /* of "-->" in a comment, of "</name" in raw text */
};

/* Goes on over text. NULL, or what is wrong with it; *bad is the offset of the byte then. */
const char *html_place_follow(struct html_place *place, struct slice text, size_t *bad);

/* NULL when a slot may stand here, else why not. is_url: a url slot, which then counts as the whole
 * value. */
const char *html_place_slot(struct html_place *place, bool is_url);

/* True between elements, where an if or each may begin, branch or end. */
bool html_place_between(const struct html_place *place);

#endif
