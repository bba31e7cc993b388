/* SPDX-License-Identifier: Apache-2.0 */
#include "base/build_info.h"

/* Made by src/commit.cmake. One file includes it, so that a new commit recompiles one file. */
#include "build_commit.h"

const char *build_commit(void)
{
	return BUILD_COMMIT;
}
