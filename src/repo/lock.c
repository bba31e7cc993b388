/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's lock files. Another git holds one for milliseconds: wait. A killed one leaves it for ever:
 * name it. It is not removed here, since only a person can know that nobody uses it. Those of this
 * program say so themselves: lock_own.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "repo/git.h"

#define TRIES_MAX   150
#define STEP_MIN_MS 5u
#define STEP_MAX_MS 35u /* random in between: on the average three seconds in all */

bool lock_wait_more(struct lock_wait *w)
{
	unsigned char dice = 0;
	struct timespec t = {0};

	if (w->tries++ >= TRIES_MAX)
		return false;
	(void)!getrandom(&dice, sizeof(dice), GRND_NONBLOCK);
	t.tv_nsec = (long)(STEP_MIN_MS + dice % (STEP_MAX_MS - STEP_MIN_MS)) * 1000000L;
	(void)nanosleep(&t, NULL);
	return true;
}

struct err *lock_error(const char *dir, const char *name)
{
	return err_new(ERR_OUTPUT,
		       "%s%s.lock: another process holds this lock; if no git is running here, one "
		       "was killed: remove the file",
		       dir, name);
}

struct err *lock_wait_gone(struct repo *r, const char *name)
{
	const char *dir = git_repository_path(r->git);
	struct lock_wait w = {0};
	struct err *e = NULL;
	char *path = NULL;

	if (strcmp(name, "index") == 0) {
		dir = "";
		name = r->index_path;
	}
	if (asprintf(&path, "%s%s.lock", dir, name) < 0)
		return err_nomem();
	while (!e && access(path, F_OK) == 0)
		if (!lock_wait_more(&w))
			e = lock_error(dir, name);
	free(path);
	return e;
}

/*
 * flock on the git folder itself: leaves nothing behind when killed, and git does not look at it.
 * Two of us in one work tree take turns, so that the note of the one is not read by the other.
 */
int lock_take_turn(struct repo *r)
{
	int fd = open(git_repository_path(r->git), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct lock_wait w = {0};

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0)
		if (!lock_wait_more(&w))
			break;
	return fd;
}

void lock_end_turn(int turn)
{
	if (turn >= 0)
		(void)close(turn);
}
