#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "http/template.h"

/* Fills text with the JSON and compares; expected NULL: filling fails. */
static void check(const char *text, const char *json, const char *expected)
{
    struct template *template = NULL;
    struct fault fault = {{0}};
    struct buf out;
    json_t *values = json_loads(json, 0, NULL);
    assert_non_null(values);
    if (template_parse("t", slice_str(text), LANG_EN, &template, &fault) != OK)
        fail_msg("%s", fault.text);
    buf_init(&out, 4096);
    enum err err = template_fill(template, values, &out, &fault);
    if (expected == NULL)
        assert_int_not_equal(err, OK);
    else
        assert_string_equal(buf_text(&out), expected);
    buf_release(&out);
    template_destroy(template);
    json_decref(values);
}

static void refuse(const char *text, const char *why)
{
    struct template *template = NULL;
    struct fault fault = {{0}};
    assert_int_equal(template_parse("page.html", slice_str(text), LANG_EN, &template, &fault),
                     ERR_INVALID);
    if (strstr(fault.text, why) == NULL)
        fail_msg("%s does not say %s", fault.text, why);
}

static void slots_are_escaped(void **state)
{
    (void)state;
    check("<p>{{a}}</p>", "{\"a\":\"<b>&\\\"'\"}", "<p>&lt;b&gt;&amp;&quot;&#39;</p>");
    check("<p title=\"{{a}}\">x</p>", "{\"a\":\"\\\" onclick=\\\"x\"}",
          "<p title=\"&quot; onclick=&quot;x\">x</p>");
    check("<p>{{a.b}}</p>", "{\"a\":{\"b\":5}}", "<p>5</p>");
}

static void blocks_repeat_and_choose(void **state)
{
    (void)state;
    check("<ul>{{#each l}}<li>{{n}}</li>{{/each}}</ul>", "{\"l\":[{\"n\":1},{\"n\":2}]}",
          "<ul><li>1</li><li>2</li></ul>");
    check("{{#if a}}<p>y</p>{{else}}<p>n</p>{{/if}}", "{\"a\":null}", "<p>n</p>");
    check("{{#if a}}<p>y</p>{{else}}<p>n</p>{{/if}}", "{\"a\":\"x\"}", "<p>y</p>");
}

static void links_stay_on_the_site(void **state)
{
    (void)state;
    check("<a href=\"{{url:u}}\">x</a>", "{\"u\":\"/kk/\"}", "<a href=\"/kk/\">x</a>");
    check("<a href=\"{{url:u}}\">x</a>", "{\"u\":\"javascript:alert(1)\"}", NULL);
    check("<a href=\"{{url:u}}\">x</a>", "{\"u\":\"//evil.example/\"}", NULL);
    refuse("<a href=\"{{u}}\">x</a>", "page.html:1");
}

static void what_is_missing_or_unsafe_is_refused(void **state)
{
    (void)state;
    check("<p>{{a}}</p>", "{}", NULL);
    check("<p>{{a}}</p>", "{\"a\":[]}", NULL);
    refuse("<script>{{a}}</script>", "page.html:1");
    refuse("<p onclick=\"{{a}}\">x</p>", "page.html:1");
    refuse("<p {{a}}>x</p>", "page.html:1");
    refuse("<p>\n{{a</p>", "page.html:2");
    refuse("{{#each l}}<p>x</p>", "page.html:1");
    refuse("<!-- {{a}} -->", "page.html:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_escaped),
        cmocka_unit_test(blocks_repeat_and_choose),
        cmocka_unit_test(links_stay_on_the_site),
        cmocka_unit_test(what_is_missing_or_unsafe_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
