/*
 * An entry of the ledger: one JSON object in canonical form (base/canon.h) with `v` = 1, a type
 * `t`, and, once the ledger has taken it, `at` (ballots never carry it). Parsed once; the domain
 * then asks for members by name. What the members mean is the domain's business.
 */
#ifndef LEDGER_ENTRY_H
#define LEDGER_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/canon.h"
#include "base/err.h"
#include "base/slice.h"

#define ENTRY_LEN_MAX 8192
#define ENTRY_DEPTH_MAX 4
#define ENTRY_NODES 256
#define ENTRY_TYPE_MAX 16
/* Longest text that entry_signed_text() appends for an origin of 255 bytes. */
#define ENTRY_SIGNED_MAX (ENTRY_LEN_MAX + 300)

/* The one type that the ledger itself treats differently: it carries no `at`. */
#define ENTRY_BALLOT "ballot"

/* All slices point into bytes, which must outlive the struct. doc points into nodes: never copy the
 * struct, parse again instead. */
struct entry {
    struct slice bytes; /* the canonical form, as hashed into the tree */
    struct slice type;  /* 1 … ENTRY_TYPE_MAX letters a–z */
    uint64_t at;        /* unix seconds; 0 unless has_at */
    bool has_at;
    struct canon_doc doc;
    struct canon_node nodes[ENTRY_NODES];
};

/* ERR_INVALID: not canonical, `v` is not 1, `t` not a type, `at` not an integer. ERR_LIMITED: too
 * long, too deep or too many values. When the bytes are canonical doc is filled whatever the
 * answer, else doc.len is 0: an auditor can tell the two apart. */
enum err entry_parse(struct slice bytes, struct entry *entry, struct fault *fault) MUST_CHECK;

bool entry_is(const struct entry *entry, const char *type);

/* The top-level member named key, or NULL. */
const struct canon_node *entry_member(const struct entry *entry, const char *key);

/*
 * Top-level members by name, of one form each. ERR_NOT_FOUND: there is no such member. ERR_INVALID:
 * it has another form. `out` is written on OK only.
 */

/* A string of least … most bytes without an escape: ids, names of things, enumerations. */
enum err entry_str(const struct entry *entry, const char *key, size_t least, size_t most,
                   struct slice *out) MUST_CHECK;

/* A string for people, escapes resolved, appended to out (whose cap is the limit: ERR_LIMITED). */
enum err entry_text(const struct entry *entry, const char *key, struct buf *out) MUST_CHECK;

enum err entry_int(const struct entry *entry, const char *key, uint64_t most,
                   uint64_t *out) MUST_CHECK;

/* Base64 of exactly out_len bytes. */
enum err entry_base64(const struct entry *entry, const char *key, uint8_t *out,
                      size_t out_len) MUST_CHECK;

/* Base64 of least … out_cap bytes. */
enum err entry_base64_upto(const struct entry *entry, const char *key, size_t least, uint8_t *out,
                           size_t out_cap, size_t *out_len) MUST_CHECK;

/* 2·out_len lower-case digits. */
enum err entry_hex(const struct entry *entry, const char *key, uint8_t *out,
                   size_t out_len) MUST_CHECK;

/* The same for a member of a nested object or a bare value; node may be NULL (ERR_NOT_FOUND). */
enum err node_str(const struct canon_node *node, size_t least, size_t most,
                  struct slice *out) MUST_CHECK;
enum err node_int(const struct canon_node *node, uint64_t most, uint64_t *out) MUST_CHECK;
enum err node_base64(const struct canon_node *node, uint8_t *out, size_t out_len) MUST_CHECK;
enum err node_hex(const struct canon_node *node, uint8_t *out, size_t out_len) MUST_CHECK;

/* Appends the canonical entry with `at` at its place. The entry must have none. The result may be
 * longer than ENTRY_LEN_MAX: parse it again. */
void entry_insert_at(const struct entry *entry, uint64_t at, struct buf *out);

/* Appends what the entry's signatures cover: `<origin>\n<type>/v1\n` and the canonical entry
 * without `at`, `sig` and `sigs`. */
void entry_signed_text(const struct entry *entry, const char *origin, struct buf *out);

#endif
