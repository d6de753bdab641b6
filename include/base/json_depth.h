/* How deep a JSON text goes, told without recursion before a parser that calls itself once a level
 * sees it. */
#ifndef BASE_JSON_DEPTH_H
#define BASE_JSON_DEPTH_H

#include "base/slice.h"

/* Levels of objects and arrays. Text that is not JSON may give any number: the parser refuses it
 * then. */
unsigned json_depth(struct slice text);

#endif
