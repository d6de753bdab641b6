/* What came out, for people and for machines. */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "audit/verify.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/canon.h"
#include "campaign/show.h"

#include "verify_inner.h"

#define FINDINGS_SHOWN 100
#define ROWS_SHOWN 10
#define TEXT_MAX (1U << 20)

static const char *const sentences[VERDICT_COUNT] = {
    [VERDICT_ACCEPTED] = "is good",
    [VERDICT_NOT_CANONICAL] = "the entry is not in canonical form",
    [VERDICT_VERSION_UNKNOWN] = "the entry is of an unknown version",
    [VERDICT_TYPE_UNKNOWN] = "the entry is of an unknown type",
    [VERDICT_FIELDS_WRONG] = "the entry's fields are not those of its type",
    [VERDICT_GENESIS_PLACE] = "genesis has to be the first entry and no other",
    [VERDICT_TIME_BACK] = "its time is before that of an earlier entry",
    [VERDICT_OVERDUE] = "a phase had to be opened or closed before this entry",
    [VERDICT_SIGNERS_ORDER] = "its signatures are not in the order of their keys",
    [VERDICT_SIGNER_UNKNOWN] = "it is signed with a key that the campaign does not know for this",
    [VERDICT_SIGNER_REVOKED] = "it is signed with a revoked key",
    [VERDICT_SIGNER_ROLE] = "it is signed by somebody whose role may not",
    [VERDICT_SIGNERS_MISSING] = "fewer different persons have signed than have to",
    [VERDICT_SIGNATURE_WRONG] = "a signature does not hold",
    [VERDICT_SEEN_WRONG] = "its signers say that they saw a ledger longer than it was",
    [VERDICT_REPEATED_BODY] = "the same signed text stands in the ledger already",
    [VERDICT_CATEGORY_UNKNOWN] = "its category is not in the rules",
    [VERDICT_ORIGIN_WRONG] = "genesis names another ledger",
    [VERDICT_FILE_MISSING] = "the file that it names is not there or has other bytes",
    [VERDICT_RULES_INVALID] = "the rules file does not say what counting needs",
    [VERDICT_KEY_MALFORMED] = "a key in it is malformed",
    [VERDICT_KEY_KNOWN] = "a key in it is known already",
    [VERDICT_DEMO_KEY] = "a person's name has demo- where it must not, or lacks it",
    [VERDICT_KEY_POP] = "whoever brought the key did not prove to have its secret",
    [VERDICT_KEY_ID] = "the key's id is not that of the key",
    [VERDICT_KEY_LATE] = "the key comes after evaluation was opened",
    [VERDICT_KEY_DUPLICATE] = "there is a key for this already",
    [VERDICT_KEY_UNKNOWN] = "the key is not known",
    [VERDICT_KEY_REVOKED] = "the key is revoked",
    [VERDICT_PHASE_UNKNOWN] = "the rules have no such phase",
    [VERDICT_PHASE_ORDER] = "the phase can't do this step now",
    [VERDICT_PHASE_TIMES] = "the phase's times do not allow this",
    [VERDICT_EVALUATION_UNREADY] = "evaluation lacks a decision, a key or a fitting ballot",
    [VERDICT_WINDOW_NOT_OPEN] = "it comes before its phase is open",
    [VERDICT_WINDOW_CLOSED] = "it comes after its phase is over",
    [VERDICT_CAMPAIGN_PAUSED] = "it comes while its phase is paused",
    [VERDICT_REGISTER_MALFORMED] = "the register of NGOs is malformed",
    [VERDICT_REGISTER_COUNT] = "the register holds another number of NGOs than the entry says",
    [VERDICT_NGO_UNKNOWN] = "the NGO is not in the register",
    [VERDICT_NOMINATED_TWICE] = "the same person has nominated this NGO here already",
    [VERDICT_NOMINATION_UNKNOWN] = "it refers to no nominee",
    [VERDICT_NOMINATION_DECIDED] = "the nominee is decided already",
    [VERDICT_AMENDED_BEFORE] = "the nominee has this text already",
    [VERDICT_NOMINATION_NOT_REFUSED] = "the nominee it reopens was not refused",
    [VERDICT_MERGE_TARGET_WRONG] = "it merges into no other nominee that may still be voted for",
    [VERDICT_COMMITMENT_UNKNOWN] = "it refers to no entry whose payload could be erased",
    [VERDICT_ERASED_BEFORE] = "the payload was erased already",
    [VERDICT_PASS_KEY_WRONG] = "it names another pass key than the category's",
    [VERDICT_ISSUED_TWICE] = "the same person has been issued a pass for this category already",
    [VERDICT_CT_LENGTH] = "the sealed choice does not have the one length that all have",
    [VERDICT_REV_OUT_OF_RANGE] = "the pass may not vote that often",
    [VERDICT_PASS_FORGED] = "the pass does not bear the registrar's signature",
    [VERDICT_PASS_VOID] = "the pass has been set aside",
    [VERDICT_PASSES_EXCEEDED] = "there are more passes with ballots than were issued",
    [VERDICT_REV_STALE] = "the pass has voted with this number or a higher one already",
    [VERDICT_MARK_PLACE] = "a mark may stand only each hour while evaluation is open",
    [VERDICT_BALLOT_UNKNOWN] = "it refers to no ballot",
    [VERDICT_UNSEAL_PLACE] = "the seal may be opened once, after evaluation is closed",
    [VERDICT_SEAL_KEY_WRONG] = "the secret is not that of the seal key",
    [VERDICT_TALLY_PLACE] = "a tally may stand once in a category, after the seal was opened",
    [VERDICT_TALLY_WRONG] = "the tally's numbers are not those of the recount",
    [VERDICT_TALLY_RESULT] = "the tally's result is not that of the recount",
    [VERDICT_CHECKPOINT_MALFORMED] = "the checkpoint is malformed",
    [VERDICT_CHECKPOINT_ORIGIN] = "the checkpoint is of another ledger than the key",
    [VERDICT_CHECKPOINT_KEY] = "the checkpoint is not signed with the log's key",
    [VERDICT_CHECKPOINT_SIGNATURE] = "the signature of the checkpoint does not hold",
    [VERDICT_BUNDLE_MISSING] = "the bundle of entries from here on is missing",
    [VERDICT_BUNDLE_MALFORMED] = "the bundle of entries from here on is malformed",
    [VERDICT_TILE_MISSING] = "a tile of hashes from here on is missing",
    [VERDICT_TILE_WIDTH] = "a tile of hashes from here on has a wrong length",
    [VERDICT_TILE_MISMATCH] = "a tile holds another hash than that of the entries from here on",
    [VERDICT_ROOT_MISMATCH] = "the entries do not lead to the signed root",
    [VERDICT_BUNDLE_MISMATCH] = "an earlier bundle from here on holds other entries",
    [VERDICT_FILE_MISMATCH] = "a file in files/ is not named after its content",
    [VERDICT_FILE_UNKNOWN] = "a file stands in the ledger's folder that does not belong there",
};

const char *verify_sentence(enum verdict_code code)
{
    INVARIANT(code < VERDICT_COUNT && sentences[code]);
    return sentences[code];
}

/* ---- for people ----------------------------------------------------------------------------- */

static void print_findings(const struct verify_report *report, FILE *out)
{
    size_t shown = report->findings_len < FINDINGS_SHOWN ? report->findings_len : FINDINGS_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const struct verify_finding *finding = &report->findings[i];
        char index[24] = "-";
        if (finding->index != VERIFY_WHOLE)
            snprintf(index, sizeof index, "%" PRId64, finding->index);
        fprintf(out, "%10s  %-20s  %s\n", index, verdict_name(finding->code),
                verify_sentence(finding->code));
    }
    if (report->findings_len > shown)
        fprintf(out, "%10s  and %zu more\n", "", report->findings_len - shown);
    if (shown > 0)
        fputs("\n", out);
}

static void print_row(const struct fold *fold, unsigned cat, FILE *out)
{
    const struct fold_category *category = fold_category(fold, cat);
    fprintf(out, "  %-16s %9" PRIu64 " %9" PRIu64 " %11" PRIu64 " %7" PRIu64,
            fold_rules(fold)->categories[cat].id, category->issued, category->cast,
            category->cast - category->passes, category->voids);
    if (category->has_counts)
        fprintf(out, " %8" PRIu64 " %8" PRIu64, category->spoiled, category->counted);
    else
        fprintf(out, " %8s %8s", "-", "-");
    fprintf(out, "  %s\n",
            category->has_tally    ? "as published"
            : category->has_counts ? "not published yet"
                                   : "sealed");
}

static const char *ngo_of(const struct fold *fold, uint64_t nominee)
{
    size_t number;
    if (!nominee_find(fold_nominations(fold), nominee, &number))
        return "";
    return nominee_at(fold_nominations(fold), number)->ngo;
}

static void print_rank(const struct fold *fold, const json_t *row, FILE *out)
{
    const char *nominee = json_string_value(json_object_get(row, "nominee"));
    fprintf(out, "  %5" JSON_INTEGER_FORMAT "  %9s  %9" JSON_INTEGER_FORMAT "  %-16s  %s\n",
            json_integer_value(json_object_get(row, "place")), nominee,
            json_integer_value(json_object_get(row, "voters")),
            json_string_value(json_object_get(row, "score")),
            ngo_of(fold, strtoull(nominee, NULL, 10)));
}

/* Out of the tally file, so that what is shown is what was hashed. */
static void print_ranking(const struct fold *fold, unsigned cat, FILE *out)
{
    struct slice file = fold_category(fold, cat)->tally_file;
    json_t *tally = json_loadb((const char *)file.data, file.len, 0, NULL);
    const json_t *ranking = json_object_get(tally, "ranking");
    size_t len = json_array_size(ranking);
    fprintf(out, "\n%s\n  %5s  %9s  %9s  %-16s  %s\n", fold_rules(fold)->categories[cat].id,
            "place", "nominee", "voters", "score", "NGO");
    for (size_t i = 0; i < len && i < ROWS_SHOWN; i++)
        print_rank(fold, json_array_get(ranking, i), out);
    if (len > ROWS_SHOWN)
        fprintf(out, "  and %zu more\n", len - ROWS_SHOWN);
    json_decref(tally);
}

static void print_campaign(const struct fold *fold, FILE *out)
{
    unsigned categories = (unsigned)fold_rules(fold)->categories_len;
    fputs("\nphases\n", out);
    campaign_show_phases(fold, out);
    fprintf(out, "\n  %-16s %9s %9s %11s %7s %8s %8s  %s\n", "category", "issued", "cast",
            "superseded", "void", "spoiled", "counted", "tally");
    for (unsigned cat = 0; cat < categories; cat++)
        print_row(fold, cat, out);
    for (unsigned cat = 0; cat < categories; cat++)
        if (fold_category(fold, cat)->has_counts)
            print_ranking(fold, cat, out);
}

void verify_print(const struct verify_report *report, bool colours, FILE *out)
{
    char root[BASE64_LEN(TREE_HASH_LEN) + 1];
    bool good = report->findings_len == 0;
    print_findings(report, out);
    if (report->has_checkpoint) {
        base64_encode(root, report->checkpoint.root, TREE_HASH_LEN);
        fprintf(out, "%s%s\nsize %" PRIu64 "\nroot %s\n", report->checkpoint.origin,
                report->fold && fold_demo(report->fold) ? " (demo)" : "", report->checkpoint.size,
                root);
    }
    if (report->fold && fold_rules(report->fold))
        print_campaign(report->fold, out);
    fprintf(out, "\n%s%s", colours ? (good ? "\033[32m" : "\033[31m") : "", good ? "good" : "");
    if (!good)
        fprintf(out, "%zu finding%s", report->findings_len, report->findings_len > 1 ? "s" : "");
    fprintf(out, "%s%s\n", colours ? "\033[0m" : "",
            good            ? ""
            : !report->fold ? ": these are not the bytes that were signed; nothing was counted"
                            : ": the entries named above count for nothing");
}

/* ---- for machines --------------------------------------------------------------------------- */

static void put_json_findings(const struct verify_report *report, FILE *out)
{
    fputs("{\"findings\":[", out);
    for (size_t i = 0; i < report->findings_len; i++)
        fprintf(out, "%s{\"code\":\"%s\",\"index\":%" PRId64 "}", i > 0 ? "," : "",
                verdict_name(report->findings[i].code), report->findings[i].index);
}

static void put_json_tallies(const struct fold *fold, FILE *out)
{
    size_t categories = fold && fold_rules(fold) ? fold_rules(fold)->categories_len : 0;
    bool first = true;
    for (unsigned cat = 0; cat < categories; cat++) {
        const struct fold_category *category = fold_category(fold, cat);
        if (!category->has_counts)
            continue;
        if (!first)
            fputs(",", out);
        fwrite(category->tally_file.data, 1, category->tally_file.len, out);
        first = false;
    }
}

void verify_print_json(const struct verify_report *report, FILE *out)
{
    char root[BASE64_LEN(TREE_HASH_LEN) + 1];
    struct buf origin;
    put_json_findings(report, out);
    if (report->has_checkpoint) {
        base64_encode(root, report->checkpoint.root, TREE_HASH_LEN);
        buf_init(&origin, TEXT_MAX);
        canon_put_string(&origin, slice_str(report->checkpoint.origin));
        fprintf(out, "],\"origin\":%s,\"root\":\"%s\",\"size\":%" PRIu64 ",\"tallies\":[",
                buf_text(&origin), root, report->checkpoint.size);
        buf_release(&origin);
    } else {
        fputs("],\"origin\":null,\"root\":null,\"size\":null,\"tallies\":[", out);
    }
    put_json_tallies(report->fold, out);
    fputs("]}\n", out);
}
