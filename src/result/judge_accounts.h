/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_ACCOUNTS_H
#define SCANDRIFT_RESULT_JUDGE_ACCOUNTS_H

#include "result/result.h"

/*
 * Targets that reach one account by different credentials: most often a profile or a role was
 * copied, and the account that one of them was meant for is checked by nobody. Targets that share
 * a credential say openly that they are of one account, so nothing is said of them.
 *
 * After the last target; `list` has the target of each row of the result.
 */
struct err *judge_accounts(struct result *r, const struct target *const *list) MUST_USE;

#endif
