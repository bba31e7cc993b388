/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/harden.h"

#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct err *cloud_harden(void)
{
	const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return err_errno(ERR_CONFIG, errno, "cannot switch core files off");
	/* A core pattern that is a pipe ignores the limit; this does not. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_errno(ERR_CONFIG, errno, "cannot close this process to others");
	return NULL;
}
