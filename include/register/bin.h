/*
 * The identification number of an organisation (BIN): YYMM, kind, division, five serial digits and
 * a check digit (design: domain.md §3). It proves nothing about existence.
 */
#ifndef REGISTER_BIN_H
#define REGISTER_BIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* The check digit of the first eleven digits: 0 … 9, or −1 for a number that is never issued. Any
 * twelve-digit number of the country (person's or organisation's) has the same. */
int bin_check_digit(const uint8_t digits[static 11]);

/* True when text is twelve digits, fifth 4 … 6, sixth 0 … 3, month 01 … 12, with the right check
 * digit. */
bool bin_valid(struct slice text);

#endif
