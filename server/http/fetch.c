#include "http/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

#define CONNECT_SECONDS 10

static void start_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct buf *out = context;
    buf_put(out, bytes, size * count);
    return buf_failed(out) ? 0 : size * count;
}

static bool set_options(CURL *curl, const char *url, struct slice body, struct buf *out)
{
    CURLcode bad = CURLE_OK;
    bad |= curl_easy_setopt(curl, CURLOPT_URL, url);
    bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    bad |= curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)HTTP_FETCH_SECONDS);
    bad |= curl_easy_setopt(curl, CURLOPT_USERAGENT, "dauys");
    bad |= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    bad |= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body.data);
    bad |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    bad |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    return bad == CURLE_OK;
}

static enum err err_of(CURLcode code, const struct buf *out)
{
    switch (code) {
    case CURLE_OK:
        return OK;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return ERR_INVALID;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return ERR_UNAVAILABLE;
    default:
        return buf_failed(out) ? ERR_LIMITED : ERR_UNKNOWN;
    }
}

enum err http_fetch_post(const char *url, const char *content_type, struct slice body, int *status,
                         struct buf *out, struct fault *fault)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_library);
    CURL *curl = curl_easy_init();
    char *header = xasprintf("Content-Type: %s", content_type);
    struct curl_slist *headers = curl_slist_append(NULL, header);
    long answered = 0;
    enum err err = ERR_INTERNAL;
    if (curl == NULL || headers == NULL || !set_options(curl, url, body, out) ||
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) != CURLE_OK) {
        (void)fault_set(fault, err, "libcurl can't be used");
    } else {
        CURLcode code = curl_easy_perform(curl);
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
        err = err_of(code, out);
        if (err != OK)
            (void)fault_set(fault, err, "%s: %s", url, curl_easy_strerror(code));
    }
    *status = (int)answered;
    curl_slist_free_all(headers);
    free(header);
    if (curl != NULL)
        curl_easy_cleanup(curl);
    return err;
}
