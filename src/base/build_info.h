/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_BUILD_INFO_H
#define SCANDRIFT_BASE_BUILD_INFO_H

/*
 * Which sources this program was built from: a commit as 40 hex digits, with "-dirty" appended if
 * tracked files differed from it; "release" for a tree without git history, such as an unpacked
 * archive; "unknown" if git could not read the repository.
 */
const char *build_commit(void);

#endif
