/* The ACL file of the private server: who may do what. Private to redis/. */
#ifndef SERVER_REDIS_ACL_H
#define SERVER_REDIS_ACL_H

#include "base/buf.h"
#include "redis/server.h"

enum { ACL_LEDGER, ACL_FRONT, ACL_REGISTRAR, ACL_AUDIT, ACL_USERS };

const char *acl_name(unsigned user);

/* Appends the file, with hashes of the passwords. */
void acl_put(struct buf *out, char passwords[ACL_USERS][REDIS_PASSWORD_CAP]);

#endif
