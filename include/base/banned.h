/* Functions that have cost others dearly. Included by the compiler's command line, after which any
 * use of them does not compile; each has a bounded or thread-safe sister. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok gmtime localtime atoi atol

#endif
