#include "campaign/entry_types.h"

#include <string.h>

#include "base/base64.h"
#include "campaign/phase.h"

#define ANY_BASE64_MAX (ENTRY_LEN_MAX / 4 * 3)
#define SIG_LEN 64
#define SIGS_MAX 8
#define STAFF_MAX 16
#define TEXT_MAX 2000
#define NAME_MAX_LEN 64

/* Forms of fields, for the tables below. */
#define INT(n)                                                                                     \
    {                                                                                              \
        .name = n, .kind = FIELD_INT, .most = CANON_INT_MAX                                        \
    }
#define TEXT(n)                                                                                    \
    {                                                                                              \
        .name = n, .kind = FIELD_TEXT, .least = 1, .most = TEXT_MAX                                \
    }
#define MAYBE_TEXT(n)                                                                              \
    {                                                                                              \
        .name = n, .kind = FIELD_TEXT, .optional = true, .least = 1, .most = TEXT_MAX              \
    }
#define NAME(n)                                                                                    \
    {                                                                                              \
        .name = n, .kind = FIELD_NAME                                                              \
    }
#define CAT                                                                                        \
    {                                                                                              \
        .name = "cat", .kind = FIELD_CAT                                                           \
    }
#define ID(n)                                                                                      \
    {                                                                                              \
        .name = n, .kind = FIELD_ID                                                                \
    }
#define HEX32(n)                                                                                   \
    {                                                                                              \
        .name = n, .kind = FIELD_HEX32                                                             \
    }
#define BYTES(n, a, b)                                                                             \
    {                                                                                              \
        .name = n, .kind = FIELD_BASE64, .least = (a), .most = (b)                                 \
    }
#define BYTES32(n) BYTES(n, 32, 32)
#define ANY_BYTES(n) BYTES(n, 0, ANY_BASE64_MAX)
#define ONE_OF(n, list)                                                                            \
    {                                                                                              \
        .name = n, .kind = FIELD_ONE_OF, .only = list                                              \
    }
#define SEEN INT("seen")
#define SIGS                                                                                       \
    {                                                                                              \
        .name = "sigs", .kind = FIELD_SIGS                                                         \
    }
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

static const char *const roles[] = {"administrator", "moderator", "operator", "council",
                                    "chair",         "secretary", "auditor",  NULL};
static const char *const decisions[] = {"admit", "refuse", "reopen", "return", "withdraw", NULL};
static const char *const merges[] = {"merge", NULL};
static const char *const bases[] = {"consent", "court", "mistake", "term", NULL};
static const char *const uses[] = {"pass", "registrar", "seal", "staff", NULL};
static const char *const own_acts[] = {"open", "close", NULL};
static const char *const acts[] = {"schedule", "extend", "open", "close", "pause", "resume", NULL};

#define NOBODY                                                                                     \
    {                                                                                              \
        .use = ENTRY_UNSIGNED_USE                                                                  \
    }
#define ADMINISTRATORS(n)                                                                          \
    {                                                                                              \
        .use = KEY_USE_STAFF, .roles = ROLE_BIT(ROLE_ADMINISTRATOR), .persons = (n)                \
    }
#define MODERATORS(n)                                                                              \
    {                                                                                              \
        .use = KEY_USE_STAFF, .persons = (n),                                                      \
        .roles = ROLE_BIT(ROLE_ADMINISTRATOR) | ROLE_BIT(ROLE_MODERATOR)                           \
    }
#define REGISTRAR                                                                                  \
    {                                                                                              \
        .use = KEY_USE_REGISTRAR, .persons = 1                                                     \
    }

/* Every table is ascending by name: the check walks table and entry side by side. */
static const struct entry_field genesis_fields[] = {
    {.name = "demo", .kind = FIELD_INT, .optional = true, .least = 1, .most = 1},
    TEXT("origin"),
    {.name = "prev", .kind = FIELD_PREV, .optional = true},
    HEX32("rules"),
    {.name = "staff", .kind = FIELD_STAFF},
    END};
static const struct entry_field key_pass_fields[] = {
    CAT, ID("id"), ANY_BYTES("key"), ANY_BYTES("pop"), SEEN, SIGS, ONE_OF("use", uses), END};
static const struct entry_field key_plain_fields[] = {
    ID("id"), ANY_BYTES("key"), ANY_BYTES("pop"), SEEN, SIGS, ONE_OF("use", uses), END};
static const struct entry_field key_staff_fields[] = {ID("id"),
                                                      ANY_BYTES("key"),
                                                      NAME("person"),
                                                      ANY_BYTES("pop"),
                                                      ONE_OF("role", roles),
                                                      SEEN,
                                                      SIGS,
                                                      ONE_OF("use", uses),
                                                      END};
static const struct entry_field revoke_fields[] = {ID("id"), SEEN, SIGS, TEXT("why"), END};
static const struct entry_field schedule_fields[] = {ONE_OF("act", acts),
                                                     INT("closes"),
                                                     MAYBE_TEXT("no"),
                                                     INT("opens"),
                                                     NAME("phase"),
                                                     SEEN,
                                                     SIGS,
                                                     TEXT("why"),
                                                     END};
static const struct entry_field extend_fields[] = {
    ONE_OF("act", acts), INT("closes"), TEXT("no"), NAME("phase"), SEEN, SIGS, TEXT("why"), END};
static const struct entry_field step_fields[] = {
    ONE_OF("act", acts), MAYBE_TEXT("no"), NAME("phase"), SEEN, SIGS, TEXT("why"), END};
static const struct entry_field own_step_fields[] = {ONE_OF("act", own_acts), NAME("phase"), END};
static const struct entry_field register_fields[] = {INT("n"), SEEN, HEX32("set"), SIGS, END};
static const struct entry_field nominate_fields[] = {
    BYTES32("c"), CAT,  {.name = "ngo", .kind = FIELD_TEXT, .least = 1, .most = 64},
    BYTES32("p"), SIGS, END};
static const struct entry_field amend_fields[] = {BYTES32("c"), INT("ref"), SIGS, END};
static const struct entry_field moderate_fields[] = {
    BYTES32("c"), ONE_OF("d", decisions), INT("ref"), SEEN, SIGS, END};
static const struct entry_field merge_fields[] = {
    BYTES32("c"), ONE_OF("d", merges), INT("into"), INT("ref"), SEEN, SIGS, END};
static const struct entry_field issue_fields[] = {BYTES32("bh"), CAT,  ID("ik"),
                                                  BYTES32("p"),  SIGS, END};
static const struct entry_field ballot_fields[] = {CAT,
                                                   BYTES("ct", 17, 5000),
                                                   BYTES("enc", 65, 65),
                                                   ID("ik"),
                                                   BYTES32("pk"),
                                                   BYTES32("pre"),
                                                   INT("rev"),
                                                   BYTES("sig", SIG_LEN, SIG_LEN),
                                                   BYTES("tok", 256, 256),
                                                   END};
static const struct entry_field mark_fields[] = {END};
static const struct entry_field void_fields[] = {BYTES32("c"), INT("ref"), SEEN, SIGS, END};
static const struct entry_field unseal_fields[] = {ID("k"), BYTES32("sk"), END};
static const struct entry_field tally_fields[] = {INT("cast"),
                                                  CAT,
                                                  INT("issued"),
                                                  HEX32("result"),
                                                  INT("spoiled"),
                                                  INT("superseded"),
                                                  INT("upto"),
                                                  INT("void"),
                                                  END};
static const struct entry_field erase_fields[] = {ONE_OF("basis", bases), INT("ref"), SEEN, SIGS,
                                                  END};
static const struct entry_field notice_fields[] = {SEEN, SIGS, TEXT("text"), END};

static const struct entry_form genesis_form = {genesis_fields, NOBODY};
static const struct entry_form key_pass_form = {key_pass_fields, ADMINISTRATORS(2)};
static const struct entry_form key_plain_form = {key_plain_fields, ADMINISTRATORS(2)};
static const struct entry_form key_staff_form = {key_staff_fields, ADMINISTRATORS(2)};
static const struct entry_form revoke_form = {revoke_fields, ADMINISTRATORS(2)};
static const struct entry_form schedule_form = {schedule_fields, ADMINISTRATORS(2)};
static const struct entry_form extend_form = {extend_fields, ADMINISTRATORS(2)};
static const struct entry_form step_form = {step_fields, ADMINISTRATORS(2)};
static const struct entry_form own_step_form = {own_step_fields, NOBODY};
static const struct entry_form register_form = {register_fields, ADMINISTRATORS(1)};
static const struct entry_form nominate_form = {nominate_fields, REGISTRAR};
static const struct entry_form amend_form = {amend_fields, REGISTRAR};
static const struct entry_form moderate_form = {moderate_fields, MODERATORS(1)};
static const struct entry_form moderate_two_form = {moderate_fields, MODERATORS(2)};
static const struct entry_form merge_form = {merge_fields, MODERATORS(1)};
static const struct entry_form issue_form = {issue_fields, REGISTRAR};
static const struct entry_form ballot_form = {ballot_fields, NOBODY};
static const struct entry_form mark_form = {mark_fields, NOBODY};
static const struct entry_form void_form = {void_fields, ADMINISTRATORS(2)};
static const struct entry_form unseal_form = {unseal_fields, NOBODY};
static const struct entry_form tally_form = {tally_fields, NOBODY};
static const struct entry_form erase_form = {erase_fields, ADMINISTRATORS(1)};
static const struct entry_form notice_form = {notice_fields, ADMINISTRATORS(1)};

static const struct entry_form *pick_key(const struct entry *entry)
{
    struct slice use;
    if (entry_str(entry, "use", 1, 16, &use) != OK)
        return NULL;
    switch (key_use_by_name(use)) {
    case KEY_USE_PASS:
        return &key_pass_form;
    case KEY_USE_REGISTRAR:
    case KEY_USE_SEAL:
        return &key_plain_form;
    case KEY_USE_STAFF:
        return &key_staff_form;
    case KEY_USE_COUNT:
        break;
    }
    return NULL;
}

static const struct entry_form *pick_phase(const struct entry *entry)
{
    struct slice act;
    if (!entry_member(entry, "sigs"))
        return &own_step_form;
    if (entry_str(entry, "act", 1, 16, &act) != OK)
        return NULL;
    switch (phase_act_by_name(act)) {
    case PHASE_SCHEDULE:
        return &schedule_form;
    case PHASE_EXTEND:
        return &extend_form;
    case PHASE_OPEN:
    case PHASE_CLOSE:
    case PHASE_PAUSE:
    case PHASE_RESUME:
        return &step_form;
    case PHASE_ACT_COUNT:
        break;
    }
    return NULL;
}

static const struct entry_form *pick_moderate(const struct entry *entry)
{
    struct slice decision;
    if (entry_str(entry, "d", 1, 16, &decision) != OK)
        return NULL;
    if (slice_is(decision, "merge"))
        return &merge_form;
    return slice_is(decision, "refuse") || slice_is(decision, "reopen") ? &moderate_two_form
                                                                        : &moderate_form;
}

static const struct {
    const char *name;
    const struct entry_form *form;                               /* the only one, or NULL: */
    const struct entry_form *(*pick)(const struct entry *entry); /* by a field */
} types[] = {
    [ENTRY_KIND_GENESIS] = {"genesis", &genesis_form, NULL},
    [ENTRY_KIND_KEY] = {"key", NULL, pick_key},
    [ENTRY_KIND_REVOKE] = {"revoke", &revoke_form, NULL},
    [ENTRY_KIND_PHASE] = {"phase", NULL, pick_phase},
    [ENTRY_KIND_REGISTER] = {"register", &register_form, NULL},
    [ENTRY_KIND_NOMINATE] = {"nominate", &nominate_form, NULL},
    [ENTRY_KIND_AMEND] = {"amend", &amend_form, NULL},
    [ENTRY_KIND_MODERATE] = {"moderate", NULL, pick_moderate},
    [ENTRY_KIND_ISSUE] = {"issue", &issue_form, NULL},
    [ENTRY_KIND_BALLOT] = {ENTRY_BALLOT, &ballot_form, NULL},
    [ENTRY_KIND_MARK] = {"mark", &mark_form, NULL},
    [ENTRY_KIND_VOID] = {"void", &void_form, NULL},
    [ENTRY_KIND_UNSEAL] = {"unseal", &unseal_form, NULL},
    [ENTRY_KIND_TALLY] = {"tally", &tally_form, NULL},
    [ENTRY_KIND_ERASE] = {"erase", &erase_form, NULL},
    [ENTRY_KIND_NOTICE] = {"notice", &notice_form, NULL},
};

enum entry_kind entry_kind_by_name(struct slice name)
{
    if (slice_is(name, ENTRY_BALLOT)) /* by far the most frequent */
        return ENTRY_KIND_BALLOT;
    unsigned kind = 0;
    while (kind < ENTRY_KIND_COUNT && !slice_is(name, types[kind].name))
        kind++;
    return (enum entry_kind)kind;
}

const struct entry_form *entry_form_of(const struct entry *entry, enum entry_kind kind)
{
    return types[kind].form ? types[kind].form : types[kind].pick(entry);
}

static bool all_of(struct slice text, const char *extra, bool capitals)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    (capitals && c >= 'A' && c <= 'Z') || (c != '\0' && strchr(extra, c));
        if (!good)
            return false;
    }
    return true;
}

/* Bytes of a string's value: each escape stands for one. */
static bool text_within(const struct canon_node *node, uint64_t least, uint64_t most)
{
    if (node->kind != CANON_STRING)
        return false;
    struct slice inner = canon_inner(node);
    size_t len = 0;
    for (size_t at = 0; at < inner.len; at++, len++)
        if (inner.data[at] == '\\')
            at++;
    return len >= least && len <= most;
}

static bool base64_within(const struct canon_node *node, uint64_t least, uint64_t most)
{
    static _Thread_local uint8_t bytes[ANY_BASE64_MAX]; /* not cleared at every call */
    struct slice text;
    size_t len;
    return node_str(node, 0, BASE64_LEN(most), &text) == OK &&
           base64_decode(text, bytes, most, &len) == OK && len >= least;
}

static bool one_of(const struct canon_node *node, const char *const *only)
{
    struct slice text;
    if (node_str(node, 1, 32, &text) != OK)
        return false;
    while (*only && !slice_is(text, *only))
        only++;
    return *only != NULL;
}

static bool fields_fit(const struct canon_doc *doc, const struct canon_node *object,
                       const struct entry_field *fields);

static bool objects_fit(const struct canon_doc *doc, const struct canon_node *array, uint32_t most,
                        const struct entry_field *fields)
{
    if (array->kind != CANON_ARRAY || array->children < 1 || array->children > most)
        return false;
    for (const struct canon_node *item = canon_first(doc, array); item;
         item = canon_next(doc, item))
        if (!fields_fit(doc, item, fields))
            return false;
    return true;
}

static const struct entry_field sig_fields[] = {ID("k"), BYTES("s", SIG_LEN, SIG_LEN), END};
static const struct entry_field staff_fields[] = {ANY_BYTES("key"), NAME("person"),
                                                  ANY_BYTES("pop"), ONE_OF("role", roles), END};
static const struct entry_field prev_fields[] = {TEXT("origin"), BYTES32("root"), INT("size"), END};

static bool field_fits(const struct canon_doc *doc, const struct canon_node *node,
                       const struct entry_field *field)
{
    struct slice text;
    uint8_t bytes[SIG_LEN];
    switch (field->kind) {
    case FIELD_INT:
        return node->kind == CANON_INT && node->number >= field->least &&
               node->number <= field->most;
    case FIELD_TEXT:
        return text_within(node, field->least, field->most);
    case FIELD_NAME:
        return node_str(node, 1, NAME_MAX_LEN, &text) == OK && all_of(text, "._-", true);
    case FIELD_CAT:
        return node_str(node, 1, 16, &text) == OK && all_of(text, "_", false);
    case FIELD_ID:
        return node_hex(node, bytes, KEY_ID_LEN) == OK;
    case FIELD_HEX32:
        return node_hex(node, bytes, 32) == OK;
    case FIELD_BASE64:
        return base64_within(node, field->least, field->most);
    case FIELD_ONE_OF:
        return one_of(node, field->only);
    case FIELD_SIGS:
        return objects_fit(doc, node, SIGS_MAX, sig_fields);
    case FIELD_STAFF:
        return objects_fit(doc, node, STAFF_MAX, staff_fields);
    case FIELD_PREV:
        return fields_fit(doc, node, prev_fields);
    }
    return false;
}

/* `t`, `v` and `at` of the entry itself are looked at elsewhere. */
static bool is_common(struct slice key)
{
    return slice_is(key, "t") || slice_is(key, "v") || slice_is(key, "at");
}

static bool may_lack(const struct entry_field *field, unsigned lacks)
{
    return field->optional || (field->kind == FIELD_SIGS && (lacks & ENTRY_LACKS_SIGS) != 0);
}

/* top: the object is the entry itself. */
static bool object_fits(const struct canon_doc *doc, const struct canon_node *object,
                        const struct entry_field *fields, bool top, unsigned lacks)
{
    if (object->kind != CANON_OBJECT)
        return false;
    for (const struct canon_node *node = canon_first(doc, object); node;
         node = canon_next(doc, node)) {
        if (top && is_common(node->key))
            continue;
        while (fields->name && may_lack(fields, lacks) && !slice_is(node->key, fields->name))
            fields++;
        if (!fields->name || !slice_is(node->key, fields->name) || !field_fits(doc, node, fields))
            return false;
        fields++;
    }
    while (fields->name && may_lack(fields, lacks))
        fields++;
    return fields->name == NULL;
}

static bool fields_fit(const struct canon_doc *doc, const struct canon_node *object,
                       const struct entry_field *fields)
{
    return object_fits(doc, object, fields, false, 0);
}

bool entry_types_check_form(const struct entry *entry, const struct entry_form *form,
                            unsigned lacks)
{
    bool timed = form != &ballot_form;
    if (entry->has_at ? !timed : timed && (lacks & ENTRY_LACKS_AT) == 0)
        return false;
    return object_fits(&entry->doc, &entry->doc.nodes[0], form->fields, true, lacks);
}
