#include "base/users.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

bool users_find(struct users *users)
{
    static const char *const names[] = {"dauys-front", "dauys-registrar", "dauys-ledger"};
    const struct group *shared = getgrnam("dauys");
    if (geteuid() != 0 || shared == NULL)
        return false;
    users->shared_gid = shared->gr_gid;
    for (unsigned i = 0; i < USER_KINDS; i++) {
        const struct passwd *user = getpwnam(names[i]);
        if (user == NULL)
            return false;
        users->of[i] = (struct user){names[i], user->pw_uid, user->pw_gid};
    }
    return true;
}
