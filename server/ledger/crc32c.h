/* CRC-32C (Castagnoli; RFC 3720 appendix B.4): the sum over journal records. It finds what a
 * machine breaks, not what a person forges; forging is what the signed checkpoint is for. */
#ifndef SERVER_LEDGER_CRC32C_H
#define SERVER_LEDGER_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The sum of `before` (0 for none) continued over the bytes. Safe from any thread. */
uint32_t crc32c(uint32_t before, const void *data, size_t len);

#endif
