/*
 * `dauys rehearse`: plays an election, real or made up, through a true server over HTTP, and
 * compares every count. The exit codes: 0 all exact, 1 something differs, 2 it could not be played.
 */
#ifndef AUDIT_REHEARSE_COMMAND_H
#define AUDIT_REHEARSE_COMMAND_H

int rehearse_command(int argc, char **argv);

#endif
