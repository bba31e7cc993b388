/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/targets.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/endpoint.h"
#include "base/fs.h"
#include "base/suggest.h"
#include "base/timeutil.h"
#include "ini/ini.h"

#define TIMEOUT_MS_MAX UINT64_C(600000)
#define NAMES_SHOWN    12

/* ---- forms of values ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c);
}

static bool is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || is_lower_or_digit(c);
}

/* Letters, digits and what `more` holds; from 1 to `max` of them. */
static bool is_made_of(struct str s, const char *more, size_t max)
{
	if (s.n == 0 || s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alnum(s.p[i]) && (s.p[i] == '\0' || !strchr(more, s.p[i])))
			return false;
	}
	return true;
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return false;
	}
	return s.n > 0 && s.n <= 20;
}

bool target_is_name(struct str s)
{
	return is_made_of(s, "._-", TARGET_NAME_MAX) && is_alnum(s.p[0]);
}

/* Takes `prefix` off the front. */
static bool take(struct str *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (!str_starts(*s, prefix))
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

/* What is before the first `c`, or everything; `s` is what is behind it. */
static struct str take_until(struct str *s, char c)
{
	const char *at = s->n ? memchr(s->p, c, s->n) : NULL;
	struct str part = {s->p, at ? (size_t)(at - s->p) : s->n};

	s->p += part.n + (at != NULL);
	s->n -= part.n + (at != NULL);
	return part;
}

/* qcs::cam::uin/MAINUIN:roleName/NAME, or :role/ID, or :role/tencentcloudServiceRole/ID. */
static bool is_role_arn(struct str s)
{
	return take(&s, "qcs::cam::uin/") && is_digits(take_until(&s, ':')) &&
	       ((take(&s, "roleName/") && is_made_of(s, "_+=,.@-", 128)) ||
		(take(&s, "role/") && is_made_of(s, "_+=,.@/-", 192) && s.p[0] != '/' &&
		 s.p[s.n - 1] != '/'));
}

/*
 * Below the repository, and a baseline by its name: accept writes there, so it must be neither
 * git's own folder nor a file of another kind.
 */
static bool is_baseline_path(struct str s)
{
	static const char suffix[] = ".json";
	size_t n = sizeof(suffix) - 1;

	if (!fs_is_safe_path(s) || s.n <= n || !str_is((struct str){s.p + s.n - n, n}, suffix))
		return false;
	while (s.n) {
		struct str part = take_until(&s, '/');

		if (str_eq_nocase(part, STR(".git")) || str_is(part, suffix))
			return false;
	}
	return true;
}

/* ---- the keys of [target NAME] and [defaults] ---- */

static struct err *expected(const struct target *t, const struct ini_entry *e, const char *what)
{
	return ini_error(t->file, e->line, "%.*s = %.*s, expected %s", STR_ARG(e->key),
			 STR_ARG(e->value), what);
}

static struct err *check_endpoint(const struct target *t, const struct ini_entry *e)
{
	const char *problem = endpoint_problem(e->value);

	return problem ? ini_error(t->file, e->line, "%.*s = %.*s: %s; expected " ENDPOINT_FORM,
				   STR_ARG(e->key), STR_ARG(endpoint_shown(e->value)), problem)
		       : NULL;
}

static struct err *set_endpoint(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	TRY(check_endpoint(t, e));
	t->endpoint = e->value;
	return NULL;
}

static struct err *set_sts_endpoint(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	TRY(check_endpoint(t, e));
	t->sts_endpoint = e->value;
	return NULL;
}

static struct err *set_timeout(struct arena *a, struct target *t, const struct ini_entry *e)
{
	uint64_t ms;

	(void)a;
	if (!time_parse_duration(e->value, TIMEOUT_MS_MAX, &ms) || ms == 0)
		return expected(t, e, "a time such as 10s or 500ms, up to 10m");
	t->timeout_ms = ms;
	return NULL;
}

static struct err *set_profile(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	/* It becomes part of a file's name in the vendor CLI's folder. */
	if (!is_made_of(e->value, "._-", 64) || e->value.p[0] == '.')
		return expected(t, e, "letters, digits, \"_\", \"-\", \".\"");
	t->profile = e->value;
	return NULL;
}

static struct err *set_uin(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	if (!is_digits(e->value))
		return expected(t, e, "the digits of an account's uin");
	t->uin = e->value;
	return NULL;
}

static struct err *set_zone(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	if (!time_parse_zone(e->value, &t->zone_east_s))
		return expected(t, e, "an offset from UTC such as +08:00");
	t->zone = e->value;
	t->has_zone = true;
	return NULL;
}

static struct err *set_region(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	for (size_t i = 0; i < e->value.n; i++) {
		char c = e->value.p[i];

		if ((!is_lower_or_digit(c) && c != '-') || e->value.n > 64)
			return expected(t, e, "a region such as ap-guangzhou");
	}
	t->region = e->value;
	return NULL;
}

static struct err *set_role_arn(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	if (!is_role_arn(e->value))
		return expected(t, e, "qcs::cam::uin/DIGITS:roleName/NAME");
	t->role_arn = e->value;
	return NULL;
}

static struct err *set_baseline(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	if (!is_baseline_path(e->value))
		return expected(t, e, "a path to a .json file below the repository's root");
	t->baseline = e->value;
	return NULL;
}

static struct err *set_credentials(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	if (!str_is(e->value, "cvm-role"))
		return expected(t, e, "cvm-role");
	t->is_cvm_role = true;
	return NULL;
}

static struct err *set_formerly(struct arena *a, struct target *t, const struct ini_entry *e)
{
	(void)a;
	if (!target_is_name(e->value))
		return expected(t, e, "one name that the target had");
	t->former = e->value;
	return NULL;
}

struct key_row {
	struct ini_key ini;   /* first, so that an entry's row leads back here */
	bool is_for_defaults; /* may stand in [defaults] */
	struct err *(*set)(struct arena *a, struct target *t, const struct ini_entry *e);
	enum key_change change;
};

/* Every argument must be given: a key without a meaning of its change does not compile. */
/* clang-format off */
#define KEY(name, is_for_defaults, set, change) { {name, INI_VALUE, false}, is_for_defaults, set, KEY_CHANGE_##change }

static const struct key_row key_rows[] = {
	/*                              name            defaults  setter            change */
	[TARGET_KEY_ENDPOINT]     = KEY("endpoint",      true,  set_endpoint,     APPROVAL),
	[TARGET_KEY_STS_ENDPOINT] = KEY("sts-endpoint",  true,  set_sts_endpoint, APPROVAL),
	[TARGET_KEY_TIMEOUT]      = KEY("timeout",       true,  set_timeout,      NOTHING), /* without a reply it is incomplete */
	[TARGET_KEY_PROFILE]      = KEY("profile",       true,  set_profile,      APPROVAL),
	[TARGET_KEY_UIN]          = KEY("uin",           true,  set_uin,          NARROWS), /* another account is incomplete then */
	[TARGET_KEY_ZONE]         = KEY("zone",          true,  set_zone,         NARROWS), /* without one there are 14 h of slack */
	[TARGET_KEY_REGION]       = KEY("region",        true,  set_region,       APPROVAL),
	[TARGET_KEY_ROLE_ARN]     = KEY("role-arn",      true,  set_role_arn,     APPROVAL),
	[TARGET_KEY_BASELINE]     = KEY("baseline",      true,  set_baseline,     APPROVAL),
	[TARGET_KEY_FORMERLY]     = KEY("formerly",      false, set_formerly,     COMPARED), /* whose name it was matters */
	[TARGET_KEY_CREDENTIALS]  = KEY("credentials",   true,  set_credentials,  APPROVAL),
};

static_assert(ARRAY_LEN(key_rows) == TARGET_KEY_COUNT, "a row for each key");

static bool is_alias_key(struct str s);

static const struct ini_section_kind section_kinds[] = {
	{.prefix = "defaults", .keys = &key_rows[0].ini, .key_count = TARGET_KEY_COUNT,
	 .key_size = sizeof(key_rows[0])},
	{.prefix = "target", .name_word = "NAME", .is_name = target_is_name,
	 .name_rule = "1 to 32 letters, digits, \".\", \"_\", \"-\", the first a letter or a digit",
	 .keys = &key_rows[0].ini, .key_count = TARGET_KEY_COUNT, .key_size = sizeof(key_rows[0])},
	{.prefix = "alias", .is_free_key = is_alias_key,
	 .free_key_rule = "FIELD.MEMBER, such as ScanType.VUL"},
};
/* clang-format on */

static const struct ini_schema schema = {section_kinds, ARRAY_LEN(section_kinds)};

static struct err *apply(struct arena *a, struct target *t, const struct ini_section *section)
{
	for (size_t i = 0; i < section->entry_count; i++) {
		const struct ini_entry *e = &section->entries[i];
		const struct key_row *row = (const struct key_row *)(const void *)e->row;

		if (!section->name.n && !row->is_for_defaults)
			return ini_error(t->file, e->line,
					 "key \"%s\" in [defaults], expected it in [target NAME]",
					 row->ini.name);
		TRY(row->set(a, t, e));
		t->key_line[row - key_rows] = e->line;
	}
	return NULL;
}

/* A role lives in one account: with another uin every run would end as the wrong account. */
static struct err *check_role_account(const struct target *t)
{
	struct str arn = t->role_arn, account;
	size_t at = t->key_line[TARGET_KEY_ROLE_ARN], uin_at = t->key_line[TARGET_KEY_UIN];

	if (!at || !uin_at)
		return NULL;
	(void)take_until(&arn, '/');
	account = take_until(&arn, ':');
	if (str_eq(account, t->uin))
		return NULL;
	return ini_error(t->file, at > uin_at ? at : uin_at,
			 "role-arn is of account %.*s (line %zu), uin is %.*s (line %zu), expected "
			 "the same",
			 STR_ARG(account), at, STR_ARG(t->uin), uin_at);
}

static struct err *read_target(struct arena *a, const struct ini_section *section, struct target *t)
{
	char *path;

	t->name = section->name;
	t->line = section->line;
	/* NAME.json and NAME.meta.json are what a recording keeps of a target. */
	if (t->name.n > 5 &&
	    str_eq_nocase((struct str){t->name.p + t->name.n - 5, 5}, STR(".meta")))
		return ini_error(t->file, section->line,
				 "target \"%.*s\", expected a name that does not end in .meta: a "
				 "recording of it would be taken for another target's",
				 STR_ARG(t->name));
	TRY(apply(a, t, section));
	TRY(check_role_account(t));
	if (t->baseline.n)
		return NULL;
	path = arena_printf(a, "baselines/%s.json", t->name.p);
	if (!path)
		return err_nomem();
	t->baseline = str_from(path);
	return NULL;
}

/* ---- names are of one target alone, the former ones too ---- */

struct owner {
	struct str lower;
	size_t line;
	bool is_former;
};

static int compare_owners(const void *x, const void *y)
{
	const struct owner *a = x, *b = y;
	int c = str_cmp(a->lower, b->lower);

	if (c)
		return c;
	return (a->line > b->line) - (a->line < b->line);
}

static bool add_owner(struct arena *a, struct owner *o, struct str name, size_t line,
		      bool is_former)
{
	char *p = arena_bytes(a, name.n);

	if (!p)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		p[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	*o = (struct owner){{p, name.n}, line, is_former};
	return true;
}

/* History and waivers under a name must lead to one target. */
static struct err *check_former(struct arena *a, const struct targets *all)
{
	size_t count = all->count, n = 0;
	struct owner *owners;

	for (size_t i = 0; i < all->count; i++)
		count += all->list[i].former.n > 0;
	if (count == all->count)
		return NULL;
	owners = arena_array(a, count, sizeof(*owners));
	if (!owners)
		return err_nomem();
	for (size_t i = 0; i < all->count; i++) {
		const struct target *t = &all->list[i];

		if (!add_owner(a, &owners[n++], t->name, t->line, false))
			return err_nomem();
		if (t->former.n &&
		    !add_owner(a, &owners[n++], t->former, t->key_line[TARGET_KEY_FORMERLY], true))
			return err_nomem();
	}
	qsort(owners, n, sizeof(*owners), compare_owners);
	for (size_t i = 1; i < n; i++) {
		const struct owner *x = &owners[i - 1], *y = &owners[i];
		const struct owner *bad = y->is_former ? y : x;

		if (str_eq(x->lower, y->lower))
			return ini_error(
				all->file, bad->line,
				"formerly = %.*s, but line %zu has this name too, expected "
				"it once",
				STR_ARG(bad->lower), bad == y ? x->line : y->line);
	}
	return NULL;
}

/* ---- [alias] ---- */

static bool is_alias_key(struct str s)
{
	struct str field = take_until(&s, '.');

	return is_made_of(field, "_", 64) && !is_digit(field.p[0]) && s.n > 0 &&
	       !memchr(s.p, ' ', s.n) && !memchr(s.p, '\t', s.n);
}

/* A word that an alias leads to leads nowhere else: what is canonical must stay what it is. */
static struct err *check_chains(const struct ini_doc *doc, const struct targets *t)
{
	for (size_t i = 0; i < t->alias_count; i++) {
		const struct target_alias *a = &t->aliases[i];

		for (size_t k = 0; k < t->alias_count; k++) {
			const struct target_alias *b = &t->aliases[k];

			if (str_eq(a->field, b->field) && str_eq(a->canonical, b->member))
				return ini_error(doc->file, a->line,
						 "%.*s.%.*s = %.*s, which is an alias too (line "
						 "%zu), expected the word that it ends at",
						 STR_ARG(a->field), STR_ARG(a->member),
						 STR_ARG(a->canonical), b->line);
		}
	}
	return NULL;
}

static struct err *read_aliases(struct arena *a, const struct ini_doc *doc, struct targets *out)
{
	const struct ini_section *section = ini_find(doc, "alias");
	struct target_alias *list;

	if (!section || section->entry_count == 0)
		return NULL;
	list = arena_array(a, section->entry_count, sizeof(*list));
	if (!list)
		return err_nomem();
	for (size_t i = 0; i < section->entry_count; i++) {
		const struct ini_entry *e = &section->entries[i];
		struct str member = e->key, field = take_until(&member, '.');

		if (memchr(e->value.p, ' ', e->value.n) || memchr(e->value.p, '\t', e->value.n) ||
		    str_eq(member, e->value))
			return ini_error(doc->file, e->line,
					 "%.*s = %.*s, expected the one other word that it means",
					 STR_ARG(e->key), STR_ARG(e->value));
		list[i] = (struct target_alias){field, member, e->value, e->line};
	}
	out->aliases = list;
	out->alias_count = section->entry_count;
	return check_chains(doc, out);
}

/* ---- the whole ---- */

static int by_name(const void *a, const void *b)
{
	const struct target *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

static int by_name_key(const void *key, const void *b)
{
	const struct str *name = key;
	const struct target *const *t = b;

	return str_cmp(*name, (*t)->name);
}

static struct err *sort_names(struct arena *a, struct targets *all)
{
	const struct target **sorted = arena_array(a, all->count, sizeof(*sorted));

	if (!sorted)
		return err_nomem();
	for (size_t i = 0; i < all->count; i++)
		sorted[i] = &all->list[i];
	qsort(sorted, all->count, sizeof(*sorted), by_name);
	all->by_name = sorted;
	return NULL;
}

static struct err *read_list(struct arena *a, const struct ini_doc *doc, struct targets *out)
{
	const struct ini_section *defaults = ini_find(doc, "defaults");
	struct target base = {
		.file = doc->file,
		.endpoint = STR(TARGET_ENDPOINT_DEFAULT),
		.timeout_ms = TARGET_TIMEOUT_MS_DEFAULT,
	};
	struct target *list = arena_array(a, doc->section_count, sizeof(*list));

	if (!list)
		return err_nomem();
	if (defaults)
		TRY(apply(a, &base, defaults));
	for (size_t i = 0; i < doc->section_count; i++) {
		if (!doc->sections[i].name.n)
			continue;
		list[out->count] = base;
		TRY(read_target(a, &doc->sections[i], &list[out->count]));
		out->count++;
	}
	if (out->count == 0)
		return ini_error(doc->file, 1, "no target, expected at least one [target NAME]");
	out->list = list;
	return NULL;
}

struct err *targets_parse(struct arena *a, const char *file, struct str bytes, struct targets *out)
{
	struct targets t = {0};
	struct ini_doc doc;

	TRY(ini_read(a, file, bytes, &schema, &doc));
	t.file = doc.file;
	TRY(read_list(a, &doc, &t));
	TRY(sort_names(a, &t));
	TRY(check_former(a, &t));
	TRY(read_aliases(a, &doc, &t));
	*out = t;
	return NULL;
}

/* ---- asking ---- */

const struct target *targets_find(const struct targets *all, struct str name)
{
	const struct target *const *at =
		name.n && all->count ? bsearch(&name, all->by_name, all->count,
					       sizeof(const struct target *), by_name_key)
				     : NULL;

	return at ? *at : NULL;
}

static struct err *unknown_target(const struct targets *all, struct str name)
{
	struct suggest near = suggest_for(name);
	struct buf known = BUF_INIT(4096);
	struct err *e;

	for (size_t i = 0; i < all->count; i++) {
		const struct target *t = &all->list[i];

		suggest_offer(&near, t->name);
		if (t->former.n && str_eq_nocase(t->former, name))
			near = (struct suggest){.best = t->name};
		if (i < NAMES_SHOWN)
			buf_printf(&known, "%s%s", i ? ", " : "", t->name.p);
	}
	if (near.best.n)
		e = err_new(ERR_USAGE, "unknown target \"%.*s\", did you mean \"%.*s\"?",
			    STR_ARG(name), STR_ARG(near.best));
	else
		e = err_new(ERR_USAGE, "unknown target \"%.*s\", %s has %.*s%s", STR_ARG(name),
			    all->file, STR_ARG(buf_view(&known)),
			    all->count > NAMES_SHOWN ? ", ..." : "");
	buf_free(&known);
	return e;
}

struct err *targets_select(struct arena *a, const struct targets *all, const char *const *names,
			   size_t n, const struct target *const **out, size_t *out_count)
{
	const struct target **list = arena_array(a, all->count, sizeof(const struct target *));
	bool *is_wanted = arena_array(a, all->count, sizeof(bool));
	size_t count = 0;

	if (!list || !is_wanted)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		const struct target *t = targets_find(all, str_from(names[i]));

		if (!t)
			return unknown_target(all, str_from(names[i]));
		is_wanted[t - all->list] = true;
	}
	for (size_t i = 0; i < all->count; i++) {
		if (n == 0 || is_wanted[i])
			list[count++] = &all->list[i];
	}
	*out = list;
	*out_count = count;
	return NULL;
}

const char *target_key_name(enum target_key key)
{
	return key_rows[key].ini.name;
}

enum key_change target_key_change(enum target_key key)
{
	return key_rows[key].change;
}

struct str target_key_text(const struct target *t, enum target_key key)
{
	switch (key) {
	case TARGET_KEY_ENDPOINT:
		return t->endpoint;
	case TARGET_KEY_STS_ENDPOINT:
		return t->sts_endpoint;
	case TARGET_KEY_PROFILE:
		return t->profile;
	case TARGET_KEY_UIN:
		return t->uin;
	case TARGET_KEY_ZONE:
		return t->zone;
	case TARGET_KEY_REGION:
		return t->region;
	case TARGET_KEY_ROLE_ARN:
		return t->role_arn;
	case TARGET_KEY_BASELINE:
		return t->baseline;
	case TARGET_KEY_FORMERLY:
		return t->former;
	case TARGET_KEY_CREDENTIALS:
		return t->is_cvm_role ? STR("cvm-role") : STR("");
	case TARGET_KEY_TIMEOUT: /* kept as a number, and no change of it is told */
	case TARGET_KEY_COUNT:
		break;
	}
	return STR("");
}
