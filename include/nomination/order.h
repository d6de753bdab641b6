/*
 * The order in which nominees of a category are shown: ascending SHA-256 of `order/v1`, the origin,
 * the category and the nominee's id, each followed by a line feed. Nobody chose it, everybody sees
 * the same, anybody can compute it. The same stands in web/src/lib/order.ts; web/order-vectors.json
 * holds both.
 */
#ifndef NOMINATION_ORDER_H
#define NOMINATION_ORDER_H

#include "crypt/hash.h"

void nominee_order_key(uint8_t key[static SHA256_LEN], const char *origin, const char *cat,
                       const char *nominee);

#endif
