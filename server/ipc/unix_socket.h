/* Unix sockets by path. Private to ipc/. */
#ifndef SERVER_IPC_UNIX_SOCKET_H
#define SERVER_IPC_UNIX_SOCKET_H

/* A connected, non-blocking, close-on-exec socket, or −1 with errno. Never waits: a full backlog is
 * EAGAIN. */
int unix_socket_connect(const char *path);

#endif
