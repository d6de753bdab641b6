#include "library.h"

#include <pthread.h>
#include <sodium.h>

#include "base/err.h"
#include "base/mem.h"

static struct crypt_library library;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static pthread_key_t
    thread_key; /* only for its destructor: the pointer itself is read from here: */
static _Thread_local struct crypt_thread *thread;

static void thread_release(void *arg)
{
    struct crypt_thread *ending = arg;

    EVP_MD_CTX_free(ending->digest);
    EVP_CIPHER_CTX_free(ending->cipher);
    EVP_PKEY_free(ending->peer);
    for (size_t i = 0; i < CRYPT_VERIFIERS; i++)
        EVP_PKEY_CTX_free(ending->verifiers[i].context);
    for (size_t i = 0; i < CRYPT_VERIFIERS; i++) {
        EVP_PKEY_CTX_free(ending->signers[i].secret);
        EVP_PKEY_CTX_free(ending->signers[i].public);
    }
    free(ending);
    thread = NULL;
}

static void library_open(void)
{
    library.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    library.sha384 = EVP_MD_fetch(NULL, "SHA384", NULL);
    library.aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    INVARIANT(library.sha256 && library.sha384 && library.aes_256_gcm);
    INVARIANT(sodium_init() >= 0);
    INVARIANT(pthread_key_create(&thread_key, thread_release) == 0);
}

const struct crypt_library *crypt_library(void)
{
    INVARIANT(pthread_once(&library_once, library_open) == 0);
    return &library;
}

static struct crypt_thread *thread_open(void)
{
    crypt_library();
    thread = xcalloc(1, sizeof *thread);
    thread->digest = EVP_MD_CTX_new();
    thread->cipher = EVP_CIPHER_CTX_new();
    INVARIANT(thread->digest && thread->cipher);
    INVARIANT(pthread_setspecific(thread_key, thread) == 0);
    return thread;
}

struct crypt_thread *crypt_thread(void)
{
    return thread ? thread : thread_open();
}
