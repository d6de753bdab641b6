/*
 * Why something could not be done.
 *
 * "Could not" is an enum err; "may not" is a verdict of the domain (see campaign/verdict.h). A
 * function that returns enum err changes nothing its caller can see unless it returns OK, save
 * where its contract says otherwise.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
    OK = 0,
    ERR_INVALID,     /* the input breaks a rule that its sender can read */
    ERR_NOT_FOUND,   /* there is no such thing */
    ERR_DENIED,      /* known, and not allowed to this sender */
    ERR_CONFLICT,    /* disagrees with what is already there */
    ERR_LIMITED,     /* too much, too large or too often: later or less may succeed */
    ERR_UNAVAILABLE, /* not done; the same request may succeed later */
    ERR_UNKNOWN,     /* sent and not answered: it may have happened */
    ERR_CORRUPT,     /* stored bytes are not what they were */
    ERR_INTERNAL,    /* a fault of ours or of the machine */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Name of an error for logs, such as "invalid". Never NULL. */
const char *err_name(enum err err);

/*
 * What an operator reads when something failed: one line without a line feed, naming the file,
 * the line and the remedy where there are any. It never holds a secret or a person's data.
 */
struct fault {
    char text[512];
};

/* Writes the text (cut at its size) when fault is not NULL, and returns err: `return fault_set(…)`.
 */
enum err fault_set(struct fault *fault, enum err err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* clang-tidy does not look into other files: told inline what every caller counts on. */
#ifdef __clang_analyzer__
static inline enum err fault_same(enum err err, enum err same)
{
    (void)same;
    return err;
}
#define fault_set(fault, err, ...) fault_same((err), fault_set((fault), (err), __VA_ARGS__))
#endif

/* A broken invariant: logs file, line and text and aborts. Never go on signing. */
#define INVARIANT(condition)                                                                       \
    ((condition) ? (void)0 : invariant_broken(__FILE__, __LINE__, #condition))
_Noreturn void invariant_broken(const char *file, int line, const char *condition);

#endif
