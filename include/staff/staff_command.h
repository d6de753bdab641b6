/* `dauys staff`: accounts of a campaign's staff, from the machine it runs on. */
#ifndef STAFF_STAFF_COMMAND_H
#define STAFF_STAFF_COMMAND_H

/* The exit code. */
int staff_command(int argc, char **argv);

#endif
