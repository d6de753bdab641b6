/* Templates: any text is parsed or refused; what is filled in never brings a tag of its own. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "http/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char hostile[] = "<script>\"'&";
    struct template *template = NULL;
    struct fault fault;
    struct buf out;
    if (template_parse("fuzz", slice_of(data, size), LANG_EN, &template, &fault) != OK)
        return 0;
    json_t *values = json_pack("{s:s,s:i,s:[{s:s}],s:s}", "a", hostile, "n", 7, "l", "a", hostile,
                               "u", "javascript:alert(1)");
    buf_init(&out, 1U << 20);
    if (template_fill(template, values, &out, &fault) == OK && !buf_failed(&out) &&
        memmem(data, size, "<script>", 8) == NULL)
        INVARIANT(memmem(out.data == NULL ? (const uint8_t *)"" : out.data, out.len, "<script>",
                         8) == NULL);
    buf_release(&out);
    json_decref(values);
    template_destroy(template);
    return 0;
}
