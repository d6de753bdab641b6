/*
 * Page templates: HTML that the build has rendered from web/src/pages, with slots for what is known
 * only at run time. Parsed once at start, then filled from JSON objects, in any thread.
 *
 * Grammar
 *
 *     template = *( text / slot / if / each )
 *     slot     = "{{" [ kind ":" ] path "}}"
 *     if       = "{{#if " path "}}" template [ "{{else}}" template ] "{{/if}}"
 *     each     = "{{#each " path "}}" template "{{/each}}"
 *     path     = name *( "." name )            name = [a-z] *( [a-z0-9_] )
 *     kind     = "number" / "percent" / "date" / "time" / "datetime" / "iso" / "url"
 *
 * There are no expressions, no comments, and no slot that leaves its value unescaped; "{{" in text
 * is an error.
 *
 * Values. A path starts at the object given to template_fill(), inside an each at the item; the
 * outer object cannot be reached from there. A slot without kind takes a string or an integer.
 * number takes an integer, percent thousandths, date, time, datetime and iso unix seconds: they are
 * written in the template's language (http/fmt.h). An each takes an array of objects. An if takes
 * any value and is true unless that is null, false, 0, "", [] or {}. Every path must exist, the one
 * of an if too: null is how "there is none" is said.
 *
 * Safety. The parser follows the HTML around each slot and refuses what escaping could not make
 * safe:
 *
 *  1. if and each stand between elements only, never inside a tag; each branch starts and ends
 * there.
 *  2. Slots stand in text or in double-quoted attribute values; not in tag or attribute names, not
 * in comments, not in <style>, <script> or another element whose content is not plain text.
 *  3. An attribute that takes slots is in a list of harmless ones (template.c); on…, style, srcdoc
 *     and the like are not in it.
 *  4. href and action take url slots only, as their whole value, and nothing else takes those. The
 *     value must be an absolute path of this site or an https address, so no scheme that runs
 *     ("javascript:") ever gets in.
 *  5. & < > " ' in a value are always written as character references. Values are UTF-8; a NUL or
 *     another C0 control other than tab and line feed is refused.
 */
#ifndef HTTP_TEMPLATE_H
#define HTTP_TEMPLATE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "http/fmt.h"
#include "http/static.h"

#define TEMPLATE_MAX (256 * 1024) /* bytes of a template */
#define TEMPLATE_DEPTH_MAX 8      /* if and each inside one another */

struct template;

/* Parses text; name (such as "pages/kk/home.html") is used in errors only. ERR_INVALID: breaks the
 * grammar or a rule above, and fault says "name:line: what"; ERR_LIMITED: too long or too deep. The
 * template keeps its own copy of all; the caller destroys *out. */
enum err template_parse(const char *name, struct slice text, enum lang lang, struct template **out,
                        struct fault *fault) MUST_CHECK;
void template_destroy(struct template *template);

/*
 * Appends the page to out, whose cap is the limit of its size. data is borrowed and unchanged.
 * ERR_INTERNAL: a value is missing or of another kind than its slot takes, and fault says which
 * slot at which line; ERR_LIMITED: larger than the cap, or more than a million steps. On error out
 * holds a part of the page, not to be sent.
 */
enum err template_fill(const struct template *template, const json_t *data, struct buf *out,
                       struct fault *fault) MUST_CHECK;

/* All pages of a build, in all languages. */
struct templates;

/* Parses every pages/<lang>/<page>.html of files. A page that some language lacks is ERR_INVALID.
 * The caller destroys *out, which needs files no longer. */
enum err templates_load(const struct static_files *files, struct templates **out,
                        struct fault *fault) MUST_CHECK;
void templates_destroy(struct templates *templates);

/* The template of page ("home", "campaign", "category", "problem"), or NULL. */
const struct template *templates_find(const struct templates *templates, enum lang lang,
                                      const char *page);

#endif
