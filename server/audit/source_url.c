/* A ledger behind an http(s) address, read with libcurl over one kept connection. */
#include "source_kinds.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"

#define ADDRESS_MAX 2048
#define CONNECT_SECONDS 10
#define STALL_SECONDS 30 /* with less than STALL_BYTES a second */
#define STALL_BYTES 64
#define FILE_SECONDS 600 /* 64 MiB at 1 Mbit/s */

struct url {
    CURL *curl;
    char *address; /* ends in a slash */
    char why[CURL_ERROR_SIZE];

    /* Of the file in hand. */
    struct buf *out;
    size_t left; /* bytes that it may still have */
    bool too_large;
};

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct url *url = context;
    size_t len = size * count;
    if (len > url->left) {
        url->too_large = true;
        return 0;
    }
    url->left -= len;
    buf_put(url->out, bytes, len);
    return len;
}

static void start_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool set_options(struct url *url)
{
    CURL *curl = url->curl;
    CURLcode bad = CURLE_OK;
    bad |= curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, url->why);
    bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    bad |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    bad |= curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    bad |= curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
    bad |= curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)FILE_SECONDS);
    bad |= curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    bad |= curl_easy_setopt(curl, CURLOPT_USERAGENT, "dauys-verify");
    bad |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    bad |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, url);
    return bad == CURLE_OK;
}

/* No user, query or fragment, so that a path can be put behind it. */
static bool is_address(const char *address)
{
    size_t len = strlen(address);
    const char *host = strstr(address, "://") + 3;
    if (len > ADDRESS_MAX || *host == '\0' || *host == '/')
        return false;
    for (size_t i = 0; i < len; i++)
        if (address[i] <= ' ' || address[i] > '~' || strchr("?#@\\\"<>", address[i]))
            return false;
    return true;
}

static void url_close(void *context)
{
    struct url *url = context;
    if (url->curl)
        curl_easy_cleanup(url->curl);
    free(url->address);
    free(url);
}

enum err source_url_open(const char *address, void **context, struct fault *fault)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (!is_address(address))
        return fault_set(fault, ERR_INVALID, "not an address: http(s)://host/path expected");
    pthread_once(&once, start_library);
    struct url *url = xcalloc(1, sizeof *url);
    bool slash = address[strlen(address) - 1] == '/';
    url->address = xasprintf("%s%s", address, slash ? "" : "/");
    url->curl = curl_easy_init();
    if (!url->curl || !set_options(url)) {
        url_close(url);
        return fault_set(fault, ERR_INTERNAL, "libcurl can't be used");
    }
    *context = url;
    return OK;
}

static enum err judge_status(const char *address, long status, struct fault *fault)
{
    if (status == 200)
        return OK;
    if (status == 404 || status == 410)
        return fault_set(fault, ERR_NOT_FOUND, "%s: not there (%ld)", address, status);
    return fault_set(fault, ERR_UNAVAILABLE, "%s: answered with status %ld%s", address, status,
                     status >= 300 && status < 400 ? ": redirects are not followed" : "");
}

static enum err fetch(struct url *url, const char *address, size_t cap, struct fault *fault)
{
    long status = 0;
    url->why[0] = '\0';
    if (curl_easy_setopt(url->curl, CURLOPT_URL, address) != CURLE_OK)
        return fault_set(fault, ERR_INTERNAL, "libcurl can't be used");
    CURLcode code = curl_easy_perform(url->curl);
    (void)curl_easy_getinfo(url->curl, CURLINFO_RESPONSE_CODE, &status);
    /* The body of another answer is of no interest, however long it is. */
    if (code == CURLE_OK || (url->too_large && status != 200))
        return judge_status(address, status, fault);
    if (url->too_large)
        return fault_set(fault, ERR_LIMITED, "%s: larger than %zu bytes", address, cap);
    return fault_set(fault, ERR_UNAVAILABLE, "%s: %s", address,
                     url->why[0] ? url->why : curl_easy_strerror(code));
}

static enum err url_read(void *context, const char *path, size_t cap, struct buf *out,
                         struct fault *fault)
{
    struct url *url = context;
    size_t before = out->len;
    char *address = xasprintf("%s%s", url->address, path);
    url->out = out;
    url->left = cap;
    url->too_large = false;
    enum err err = fetch(url, address, cap, fault);
    if (err != OK)
        out->len = before;
    free(address);
    return err;
}

const struct source_ops source_url_ops = {.read = url_read, .close = url_close};
