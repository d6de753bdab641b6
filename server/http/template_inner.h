/* The parsed form of a template, shared by parser and filler. Grammar: http/template.h. */
#ifndef HTTP_TEMPLATE_INNER_H
#define HTTP_TEMPLATE_INNER_H

#include "http/template.h"

#define PATH_NAMES_MAX 6

enum slot_kind {
    SLOT_TEXT,
    SLOT_NUMBER,
    SLOT_PERCENT,
    SLOT_DATE,
    SLOT_TIME,
    SLOT_DATETIME,
    SLOT_ISO,
    SLOT_URL
};

struct path {
    char *names[PATH_NAMES_MAX]; /* owned */
    size_t len;
};

enum node_kind { NODE_TEXT, NODE_SLOT, NODE_IF, NODE_EACH };

/* Nodes stand in the order of the text; an if or each is followed by what is inside it. */
struct node {
    enum node_kind kind;
    enum slot_kind slot;
    unsigned line;
    struct path path;
    struct slice text; /* of a NODE_TEXT, in the template's copy */
    size_t
        otherwise; /* of an if: index of the first node of its else branch; end when it has none */
    size_t end;    /* of an if or each: index of the first node after it */
};

struct template
{
    char *name;
    char *text;
    enum lang lang;
    struct node *nodes;
    size_t len, room;
};

#endif
