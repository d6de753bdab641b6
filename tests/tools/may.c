/* Prints the table of staff/may.h as JSON: roles, phases ("between" last), and for each act its row
 * and, by role and phase, the problem code or null. */
#include <jansson.h>
#include <stdio.h>

#include "staff/may.h"

static json_t *answers(enum act act)
{
    json_t *roles = json_array();
    for (unsigned role = 0; role < MAY_ROLES; role++) {
        json_t *phases = json_array();
        for (unsigned phase = 0; phase <= MAY_BETWEEN; phase++) {
            const char *code = may_code(may(role, act, (enum phase)phase));
            json_array_append_new(phases, code == NULL ? json_null() : json_string(code));
        }
        json_array_append_new(roles, phases);
    }
    return roles;
}

int main(void)
{
    json_t *roles = json_array(), *phases = json_array(), *acts = json_array();
    for (unsigned role = 0; role < MAY_ROLES; role++)
        json_array_append_new(roles, json_string(may_role_name(role)));
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        json_array_append_new(phases, json_string(phase_name((enum phase)phase)));
    json_array_append_new(phases, json_string("between"));
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        const struct act_row *row = act_row((enum act)act);
        json_array_append_new(acts, json_pack("{s:s,s:s,s:s,s:o}", "name", row->name, "method",
                                              row->method, "route", row->route, "may",
                                              answers((enum act)act)));
    }
    json_t *all = json_pack("{s:o,s:o,s:o}", "roles", roles, "phases", phases, "acts", acts);
    json_dumpf(all, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(all);
    return 0;
}
