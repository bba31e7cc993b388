/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process with credentials leaves no core file and is closed to other processes of its user. The
 * kernel is asked by the process itself, since root sees no difference from outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cloud/harden.h"

/* --- in place of the calls that -Wl,--wrap names --- */

/* Which call fails; the other one then does nothing. */
static enum { NONE, LIMIT, DUMPABLE } failing;

static struct rlimit core_limit;

int __real_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit);
int __wrap_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit);
int __real_prctl(int option, ...);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);

int __wrap_setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	if (resource == RLIMIT_CORE)
		core_limit = *limit;
	if (failing == NONE)
		return __real_setrlimit(resource, limit);
	errno = EPERM;
	return failing == LIMIT ? -1 : 0;
}

int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	if (failing == NONE)
		return __real_prctl(option, a, b, c, d);
	errno = EINVAL;
	return failing == DUMPABLE ? -1 : 0;
}

/* --- tests --- */

/* Its exit status has a bit for each thing that is not as it should be. */
static int look_at_itself(void)
{
	struct rlimit core = {1, 1};
	int found = 0;

	/* The limit that the tests run with may be zero already: what was asked for counts too. */
	core_limit = core;
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 1)
		found |= 1;
	if (cloud_harden())
		found |= 2;
	if (core_limit.rlim_cur != 0 || core_limit.rlim_max != 0)
		found |= 4;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
		found |= 8;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		found |= 16;
	return found;
}

/* In a child, since a leak checker needs this process open. */
static void process_is_closed(void **state)
{
	int status = 0;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(look_at_itself());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void failure_is_an_error(void **state)
{
	struct err *limit, *dumpable;

	(void)state;
	failing = LIMIT;
	limit = cloud_harden();
	failing = DUMPABLE;
	dumpable = cloud_harden();
	failing = NONE;
	assert_non_null(limit);
	assert_int_equal(limit->kind, ERR_CONFIG);
	assert_non_null(strstr(limit->msg, "cannot switch core files off"));
	assert_non_null(dumpable);
	assert_int_equal(dumpable->kind, ERR_CONFIG);
	assert_non_null(strstr(dumpable->msg, "cannot close this process to others"));
	err_free(dumpable);
	err_free(limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(process_is_closed),
		cmocka_unit_test(failure_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
