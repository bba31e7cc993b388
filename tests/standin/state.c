/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM ((size_t)4096)

/* folder/name as a C string in *b. */
static bool set_path(struct buf *b, const char *folder, const char *name)
{
	buf_free(b);
	buf_add_str(b, folder);
	buf_add_str(b, "/");
	buf_add_str(b, name);
	buf_add(b, "", 1);
	return buf_ok(b);
}

bool state_prepare(const char *folder)
{
	struct buf path = BUF_INIT(PATH_ROOM);
	bool ok = (mkdir(folder, 0700) == 0 || errno == EEXIST) &&
		  set_path(&path, folder, "standin.env") &&
		  (unlink(path.p) == 0 || errno == ENOENT);

	buf_free(&path);
	return ok;
}

static bool write_all(int fd, struct span s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			s.p += n;
			s.n -= (size_t)n;
		}
	}
	return true;
}

/* A reader sees the whole file or none. */
static bool write_file(const char *folder, const char *name, struct span text)
{
	struct buf path = BUF_INIT(PATH_ROOM), tmp = BUF_INIT(PATH_ROOM);
	int fd = -1;
	bool ok = false;

	if (!set_path(&path, folder, name) || !set_path(&tmp, folder, ".standin.tmp"))
		goto out;
	fd = open(tmp.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		goto out;
	ok = write_all(fd, text);
	ok = close(fd) == 0 && ok && rename(tmp.p, path.p) == 0;
out:
	buf_free(&path);
	buf_free(&tmp);
	return ok;
}

bool state_publish(const char *folder, const struct server *server, struct span ca_pem)
{
	struct buf env = BUF_INIT(PATH_ROOM * 4), ca_path = BUF_INIT(PATH_ROOM);
	char *whole = realpath(folder, NULL);
	bool ok = whole && set_path(&ca_path, whole, "ca.pem");

	if (ok) {
		buf_printf(&env, "HTTPS_PORT=%d\nHTTP_PORT=%d\nPID=%ld\nCA_FILE=",
			   server->ports[SERVER_HTTPS], server->ports[SERVER_HTTP], (long)getpid());
		buf_add_str(&env, ca_path.p);
		buf_add_str(&env, "\n");
	}
	ok = ok && buf_ok(&env) && write_file(folder, "ca.pem", ca_pem) &&
	     write_file(folder, "standin.env", buf_span(&env));
	free(whole);
	buf_free(&env);
	buf_free(&ca_path);
	return ok;
}

void state_withdraw(const char *folder)
{
	struct buf path = BUF_INIT(PATH_ROOM);

	if (set_path(&path, folder, "standin.env"))
		unlink(path.p);
	buf_free(&path);
}
