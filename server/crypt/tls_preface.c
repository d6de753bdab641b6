/*
 * A BIO between a session and its socket that keeps back what comes before the handshake: it takes
 * from the socket exactly those bytes that are not TLS's, and from then on only passes on.
 */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "crypt/tls.h"

struct preface {
    size_t max;
    int (*take)(void *context, const uint8_t *data, size_t len);
    void *context;
    bool done;
    size_t len;     /* taken from the socket so far */
    uint8_t data[]; /* max */
};

static BIO_METHOD *method;

/* 1: done; 0: more must come; −1: it never will. What has come of a header that goes on is taken: a
 * socket with bytes left in it would wake the loop at once again. */
static int look(struct preface *preface, int fd)
{
    uint8_t *fresh = preface->data + preface->len;
    ssize_t came = recv(fd, fresh, preface->max - preface->len, MSG_PEEK | MSG_DONTWAIT);
    int used;

    if (came < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    used = came == 0 ? -1
                     : preface->take(preface->context, preface->data, preface->len + (size_t)came);
    if (used < 0 || (used == 0 && preface->len + (size_t)came == preface->max))
        return -1;
    if (used > 0) {
        INVARIANT((size_t)used > preface->len && (size_t)used <= preface->len + (size_t)came);
        came = used - (ssize_t)preface->len;
    }
    /* They are there: this cannot come short. */
    if (recv(fd, fresh, (size_t)came, MSG_DONTWAIT) != came)
        return -1;
    preface->len += (size_t)came;
    preface->done = used > 0;
    return preface->done;
}

static int preface_read(BIO *bio, char *out, size_t len, size_t *read)
{
    struct preface *preface = BIO_get_data(bio);
    BIO *next = BIO_next(bio);
    int fd = -1, result;

    *read = 0;
    BIO_clear_retry_flags(bio);
    if (!preface->done) {
        if (BIO_get_fd(next, &fd) < 0 || (result = look(preface, fd)) < 0)
            return 0;
        if (result == 0) {
            BIO_set_retry_read(bio);
            return 0;
        }
    }
    result = BIO_read_ex(next, out, len, read);
    BIO_copy_next_retry(bio);
    return result;
}

static long preface_ctrl(BIO *bio, int command, long number, void *pointer)
{
    return BIO_ctrl(BIO_next(bio), command, number, pointer);
}

static int preface_destroy(BIO *bio)
{
    free(BIO_get_data(bio));
    return 1;
}

static BIO_METHOD *make_method(void)
{
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_FILTER, "preface");

    INVARIANT(made != NULL && BIO_meth_set_read_ex(made, preface_read) == 1 &&
              BIO_meth_set_ctrl(made, preface_ctrl) == 1 &&
              BIO_meth_set_destroy(made, preface_destroy) == 1);
    return made;
}

void tls_session_preface(struct ssl_st *session, size_t max,
                         int (*take)(void *context, const uint8_t *data, size_t len), void *context)
{
    struct preface *preface = xcalloc(1, sizeof *preface + max);
    BIO *socket = SSL_get_rbio(session), *bio;

    if (method == NULL)
        method = make_method(); /* for the life of the process */
    bio = BIO_new(method);
    INVARIANT(bio != NULL && socket != NULL && BIO_up_ref(socket) == 1);
    preface->max = max;
    preface->take = take;
    preface->context = context;
    BIO_set_data(bio, preface);
    BIO_set_init(bio, 1);
    SSL_set0_rbio(session, BIO_push(bio, socket));
}
