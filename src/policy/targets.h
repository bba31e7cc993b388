/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_TARGETS_H
#define SCANDRIFT_POLICY_TARGETS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "policy/key_change.h"

/*
 * baselines/targets.ini: which accounts are checked, how each is reached, and where its baseline
 * stands. Bytes in, a model out: no file is opened here. Everything that can be wrong in the file
 * is refused with file and line before anything is fetched.
 */

#define TARGETS_FILE              "baselines/targets.ini"
#define TARGET_ENDPOINT_DEFAULT   "tcss.tencentcloudapi.com"
#define TARGET_TIMEOUT_MS_DEFAULT UINT64_C(10000)
#define TARGET_NAME_MAX           32

/* The rows of the key table in targets.c; the order is the same. */
enum target_key {
	TARGET_KEY_ENDPOINT,
	TARGET_KEY_STS_ENDPOINT,
	TARGET_KEY_TIMEOUT,
	TARGET_KEY_PROFILE,
	TARGET_KEY_UIN,
	TARGET_KEY_ZONE,
	TARGET_KEY_REGION,
	TARGET_KEY_ROLE_ARN,
	TARGET_KEY_BASELINE,
	TARGET_KEY_FORMERLY,
	TARGET_KEY_CREDENTIALS,
	TARGET_KEY_COUNT,
};

/* Texts are NUL-terminated and empty where the key is absent, but for the defaults named here. */
struct target {
	struct str name;
	size_t line; /* of [target NAME] */
	const char *file;
	struct str endpoint; /* a host, or a URL; TARGET_ENDPOINT_DEFAULT */
	struct str sts_endpoint;
	uint64_t timeout_ms; /* TARGET_TIMEOUT_MS_DEFAULT */
	struct str profile;
	struct str uin; /* digits */
	bool has_zone;
	int zone_east_s; /* seconds east of UTC */
	struct str zone; /* as written */
	struct str region;
	struct str role_arn;
	struct str baseline; /* baselines/NAME.json; a safe path, see fs_is_safe_path */
	struct str former; /* the one name that it had; history and waivers under it are its own */
	bool is_cvm_role;  /* credentials = cvm-role */
	size_t key_line[TARGET_KEY_COUNT]; /* where it was said, in [defaults] too; 0: nowhere */
};

/* [alias]: `ScanType.VUL = CVE`. Whether field and members exist is for the model to say. */
struct target_alias {
	struct str field;     /* ScanType */
	struct str member;    /* VUL */
	struct str canonical; /* CVE */
	size_t line;
};

struct targets {
	const char *file;
	const struct target *list; /* in the file's order, at least one */
	size_t count;
	const struct target *const *by_name; /* for targets_find; targets_parse makes it */
	const struct target_alias *aliases;
	size_t alias_count;
};

/* `file` is what messages say. All of `out` is in the arena. */
struct err *targets_parse(struct arena *a, const char *file, struct str bytes,
			  struct targets *out) MUST_USE;

/*
 * The targets with these names in the file's order, each once; all of them when n is 0. An
 * unknown name is ERR_USAGE, with what may have been meant.
 */
struct err *targets_select(struct arena *a, const struct targets *all, const char *const *names,
			   size_t n, const struct target *const **out, size_t *out_count) MUST_USE;

/* By name, exactly; NULL when there is none. */
const struct target *targets_find(const struct targets *all, struct str name);

bool target_is_name(struct str s);

/* "endpoint", and what it means that its value changes. */
const char *target_key_name(enum target_key key);
enum key_change target_key_change(enum target_key key);

/* The value as text; empty where there is none. */
struct str target_key_text(const struct target *t, enum target_key key);

#endif
