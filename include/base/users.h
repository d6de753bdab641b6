/*
 * The users of a separated server (architecture §2): each kind of process runs as its own, so that
 * the one that reads the network can open neither keys nor people. Group dauys is what they share:
 * sockets.
 */
#ifndef BASE_USERS_H
#define BASE_USERS_H

#include <stdbool.h>
#include <sys/types.h>

#define USERS_NAMES "users dauys-front, dauys-registrar and dauys-ledger in a group dauys"

/* In the order of enum child_kind. */
enum user_kind { USER_FRONT, USER_REGISTRAR, USER_LEDGER, USER_KINDS };

struct user {
    const char *name;
    uid_t uid;
    gid_t gid;
};

struct users {
    struct user of[USER_KINDS];
    gid_t shared_gid;
};

/* True when this process is root and the machine has all of them; else users is not to be used. */
bool users_find(struct users *users);

#endif
