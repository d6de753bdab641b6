/* The explanation of each problem code; `type` of a problem document leads here. */
#include "http/problem.h"
#include "serve/page.h"

#define CODE_CAP 64

static void get_problem(struct http_request *request, void *front)
{
    struct slice param = http_request_param(request, "code");
    char code[CODE_CAP];
    struct page *page = page_start(front, request);
    if (page == NULL)
        return;
    (void)snprintf(code, sizeof code, "%.*s", SLICE_PRINT(param));
    if (param.len < sizeof code && problem_known(code))
        page_reply_explained(page, code);
    else
        page_reply_problem(page, "not_found");
}

/* `type` of a problem has no language: on to the reader's. */
static void get_problem_type(struct http_request *request, void *front)
{
    char location[CODE_CAP + 32];
    struct slice code = http_request_param(request, "code");
    if (code.len > CODE_CAP) {
        page_not_found(request, front);
        return;
    }
    (void)snprintf(location, sizeof location, "/%s/problems/%.*s",
                   lang_code(http_request_language(request)), SLICE_PRINT(code));
    http_reply_redirect(request, 302, location);
}

const struct http_route problem_page_routes[] = {
    {HTTP_GET, "/problems/{code}", 0, get_problem_type},
    {HTTP_GET, "/{lang}/problems/{code}", 0, get_problem},
};
const size_t problem_page_routes_len = sizeof problem_page_routes / sizeof *problem_page_routes;
