#include "ledger/note.h"

#include <stdio.h>
#include <utf8proc.h>

#include "base/base64.h"
#include "crypt/hash.h"
#include "text.h"

#define ID_LEN 4
#define TIME_LEN 8
#define DASH "\xe2\x80\x94 " /* U+2014 and a space */

static uint32_t read_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Takes the first character; one below U+0020 for bytes that are not UTF-8. */
static utf8proc_int32_t cut_point(struct slice *text)
{
    utf8proc_int32_t point = 0;
    utf8proc_ssize_t len = utf8proc_iterate(text->data, (utf8proc_ssize_t)text->len, &point);
    if (len < 1)
        return 0;
    text_drop(text, (size_t)len);
    return point;
}

/* Unicode's White_Space above U+001F, as PROTOCOL.md §1 lists it. */
static bool white_space(utf8proc_int32_t point)
{
    return point == ' ' || point == 0x85 || point == 0xa0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
           point == 0x202f || point == 0x205f || point == 0x3000;
}

static bool name_allowed(struct slice name)
{
    if (name.len < 1 || name.len >= NOTE_NAME_CAP)
        return false;
    while (name.len > 0) {
        utf8proc_int32_t point = cut_point(&name);
        if (point < 0x20 || point == '+' || white_space(point))
            return false;
    }
    return true;
}

enum err note_key_init(struct note_key *key, enum note_kind kind, const char *name,
                       const uint8_t public[static ED25519_PUBLIC_LEN])
{
    const uint8_t head[] = {'\n', (uint8_t)kind};
    struct slice parts[3] = {slice_str(name), slice_of(head, sizeof head),
                             slice_of(public, ED25519_PUBLIC_LEN)};
    uint8_t hash[SHA256_LEN];

    if (!name_allowed(parts[0]))
        return ERR_INVALID;
    memset(key, 0, sizeof *key);
    memcpy(key->name, name, parts[0].len + 1);
    key->kind = kind;
    memcpy(key->public, public, ED25519_PUBLIC_LEN);
    sha256_parts(hash, parts, 3);
    key->id = read_u32(hash);
    return OK;
}

void note_key_format(const struct note_key *key, char out[static NOTE_VKEY_CAP])
{
    uint8_t bytes[1 + ED25519_PUBLIC_LEN];
    char text[BASE64_LEN(sizeof bytes) + 1];

    bytes[0] = (uint8_t)key->kind;
    memcpy(bytes + 1, key->public, ED25519_PUBLIC_LEN);
    base64_encode(text, bytes, sizeof bytes);
    snprintf(out, NOTE_VKEY_CAP, "%s+%08x+%s", key->name, (unsigned)key->id, text);
}

/* Fills key from the parts of a vkey; the caller compares its spelling. */
static enum err key_from_parts(struct slice name, struct slice encoded, struct note_key *key)
{
    uint8_t bytes[1 + ED25519_PUBLIC_LEN];
    char text[NOTE_NAME_CAP];

    if (!name_allowed(name) || base64_decode_exact(encoded, bytes, sizeof bytes) != OK)
        return ERR_INVALID;
    if (bytes[0] != NOTE_ED25519 && bytes[0] != NOTE_COSIGNATURE)
        return ERR_INVALID;
    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    return note_key_init(key, (enum note_kind)bytes[0], text, bytes + 1);
}

enum err note_key_parse(struct slice vkey, struct note_key *key, struct fault *fault)
{
    const uint8_t *plus = vkey.len == 0 ? NULL : memchr(vkey.data, '+', vkey.len);
    struct note_key read;
    struct slice name, rest;
    char again[NOTE_VKEY_CAP];

    if (plus == NULL || vkey.len >= NOTE_VKEY_CAP)
        return fault_set(fault, ERR_INVALID, "not a verifier key: name+id+key expected");
    name = slice_of(vkey.data, (size_t)(plus - vkey.data));
    rest = slice_of(plus + 1, vkey.len - name.len - 1);
    if (rest.len < 9 || key_from_parts(name, slice_of(rest.data + 9, rest.len - 9), &read) != OK)
        return fault_set(fault, ERR_INVALID,
                         "not a verifier key of kind 1 (Ed25519) or 4 (cosignature/v1)");
    note_key_format(&read, again);
    if (!slice_is(vkey, again))
        return fault_set(fault, ERR_INVALID, "the id of verifier key %s is not that of its key",
                         read.name);
    *key = read;
    return OK;
}

static enum err parse_sig(struct slice line, struct note_sig *sig)
{
    uint8_t bytes[NOTE_PAYLOAD_MAX];
    struct slice rest = line;
    const uint8_t *space;
    size_t len;

    if (!text_cut_prefix(&rest, DASH) || rest.len == 0)
        return ERR_INVALID;
    space = memchr(rest.data, ' ', rest.len);
    if (space == NULL)
        return ERR_INVALID;
    sig->name = slice_of(rest.data, (size_t)(space - rest.data));
    sig->payload = slice_of(space + 1, rest.len - sig->name.len - 1);
    if (!name_allowed(sig->name) || base64_decode(sig->payload, bytes, sizeof bytes, &len) != OK ||
        len <= ID_LEN)
        return ERR_INVALID;
    sig->id = read_u32(bytes);
    return OK;
}

static bool text_allowed(struct slice text)
{
    while (text.len > 0) {
        utf8proc_int32_t point = cut_point(&text);
        if (point < 0x20 && point != '\n')
            return false;
    }
    return true;
}

/* Where the empty line before the signatures stands: the last one. */
static bool find_split(struct slice bytes, size_t *split)
{
    for (size_t i = bytes.len; i-- > 1;)
        if (bytes.data[i] == '\n' && bytes.data[i - 1] == '\n') {
            *split = i;
            return true;
        }
    return false;
}

enum err note_parse(struct slice bytes, struct note *note, struct fault *fault)
{
    struct slice rest, line;
    size_t split;

    note->count = 0;
    if (bytes.len > NOTE_LEN_MAX)
        return fault_set(fault, ERR_LIMITED, "note longer than %d bytes", NOTE_LEN_MAX);
    if (!find_split(bytes, &split) || split < 2)
        return fault_set(fault, ERR_INVALID, "note without a text and an empty line after it");
    note->text = slice_of(bytes.data, split);
    if (!text_allowed(note->text))
        return fault_set(fault, ERR_INVALID, "note text with a byte that may not stand in it");
    rest = slice_of(bytes.data + split + 1, bytes.len - split - 1);
    while (text_cut_line(&rest, &line)) {
        if (note->count == NOTE_SIGS_MAX)
            return fault_set(fault, ERR_LIMITED, "note with more than %d signatures",
                             NOTE_SIGS_MAX);
        if (parse_sig(line, &note->sigs[note->count]) != OK)
            return fault_set(fault, ERR_INVALID, "malformed signature line %zu", note->count + 1);
        note->sigs[note->count++].line = slice_of(line.data, line.len + 1);
    }
    if (note->count == 0 || rest.len != 0)
        return fault_set(fault, ERR_INVALID, "note without signatures or its last line feed");
    return OK;
}

/* What a witness signs. */
static void put_cosigned(struct buf *out, struct slice text, uint64_t time_unix)
{
    buf_init(out, NOTE_LEN_MAX + 64);
    buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time_unix);
    buf_put_slice(out, text);
    INVARIANT(!buf_failed(out));
}

static bool verify_cosigned(struct slice text, const struct note_key *key, const uint8_t *payload,
                            uint64_t *time_unix)
{
    uint64_t stated = (uint64_t)read_u32(payload) << 32 | read_u32(payload + 4);
    struct buf message;
    bool good;

    put_cosigned(&message, text, stated);
    good = ed25519_verify(key->public, buf_slice(&message), payload + TIME_LEN);
    buf_release(&message);
    *time_unix = stated;
    return good;
}

static bool verify_sig(struct slice text, const struct note_sig *sig, const struct note_key *key,
                       uint64_t *time_unix)
{
    uint8_t bytes[ID_LEN + TIME_LEN + ED25519_SIG_LEN];
    size_t time_len = key->kind == NOTE_COSIGNATURE ? TIME_LEN : 0;

    *time_unix = 0;
    if (base64_decode_exact(sig->payload, bytes, ID_LEN + time_len + ED25519_SIG_LEN) != OK)
        return false;
    if (key->kind == NOTE_COSIGNATURE)
        return verify_cosigned(text, key, bytes + ID_LEN, time_unix);
    return ed25519_verify(key->public, text, bytes + ID_LEN);
}

enum err note_verify(const struct note *note, const struct note_key *key, uint64_t *time_unix)
{
    uint64_t stated, latest = 0;
    bool found = false;

    for (size_t i = 0; i < note->count; i++) {
        const struct note_sig *sig = &note->sigs[i];

        if (sig->id != key->id || !slice_is(sig->name, key->name))
            continue;
        if (!verify_sig(note->text, sig, key, &stated))
            return ERR_DENIED;
        if (stated > latest)
            latest = stated;
        found = true;
    }
    if (found && time_unix != NULL)
        *time_unix = latest;
    return found ? OK : ERR_NOT_FOUND;
}

static void put_line(struct buf *out, const struct note_key *key, const uint8_t *tail, size_t len)
{
    uint8_t bytes[ID_LEN + TIME_LEN + ED25519_SIG_LEN];

    for (int i = 0; i < ID_LEN; i++)
        bytes[i] = (uint8_t)(key->id >> (24 - 8 * i));
    memcpy(bytes + ID_LEN, tail, len);
    buf_put_str(out, DASH);
    buf_put_str(out, key->name);
    buf_put_byte(out, ' ');
    buf_put_base64(out, bytes, ID_LEN + len);
    buf_put_byte(out, '\n');
}

void note_sign(struct buf *out, struct slice text, const struct note_key *key,
               const struct ed25519_secret *secret)
{
    uint8_t sig[ED25519_SIG_LEN];

    INVARIANT(key->kind == NOTE_ED25519);
    ed25519_sign(sig, secret, text);
    put_line(out, key, sig, sizeof sig);
}

void note_cosign(struct buf *out, struct slice text, uint64_t time_unix, const struct note_key *key,
                 const struct ed25519_secret *secret)
{
    uint8_t tail[TIME_LEN + ED25519_SIG_LEN];
    struct buf message;

    INVARIANT(key->kind == NOTE_COSIGNATURE);
    for (int i = 0; i < TIME_LEN; i++)
        tail[i] = (uint8_t)(time_unix >> (56 - 8 * i));
    put_cosigned(&message, text, time_unix);
    ed25519_sign(tail + TIME_LEN, secret, buf_slice(&message));
    buf_release(&message);
    put_line(out, key, tail, sizeof tail);
}
