/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose credentials go where. A target of the head may use a credential source at a place where a
 * target of the base uses it already, and a source that the base has at the vendor's own hosts.
 * Everything else could hand keys, or the token of a pod, to a stranger in the next nightly run.
 */
#include <stdlib.h>

#include "base/endpoint.h"
#include "policy/vendor_hosts.h"
#include "result/loosening_parts.h"

/*
 * A target signs at two places, the API and STS. Its source is where its keys come from; a role that
 * they assume is of the same source at the vendor's hosts. At any other host it is a source of its own,
 * because the role's keys would be new there.
 */
#define PLACES 2

struct pair {
	struct str source; /* "profile prod" */
	struct str place;  /* "https://tcss.tencentcloudapi.com/" */
	struct str key;    /* source, role and place as one text */
	bool is_vendor;
	size_t line;
};

struct known {
	struct str *keys, *sources; /* sorted */
	size_t key_count, source_count;
};

static const char *source_of(struct arena *a, const struct target *t)
{
	const char *more = t->is_cvm_role ? " with cvm-role" : "";

	return t->profile.n ? arena_printf(a, "profile %s%s", t->profile.p, more)
			    : arena_printf(a, "no profile%s", more);
}

static struct err *pair_of(struct arena *a, const struct target *t, const char *source,
			   const struct endpoint *e, struct pair *out)
{
	char *key = arena_printf(a, "%s|%.*s|%s", source, STR_ARG(t->role_arn), e->url);

	*out = (struct pair){
		.source = str_from(source),
		.place = str_from(e->url),
		.key = str_from(key),
		.is_vendor = vendor_is_host(e),
	};
	return key ? NULL : err_nomem();
}

static struct err *pairs_of(struct arena *a, const struct target *t, struct pair out[PLACES])
{
	const char *source = source_of(a, t);
	struct endpoint api, sts;

	if (!source)
		return err_nomem();
	TRY(endpoint_parse(a, t->endpoint, &api));
	TRY(t->sts_endpoint.n ? endpoint_parse(a, t->sts_endpoint, &sts)
			      : endpoint_of_sts(a, &api, &sts));
	TRY(pair_of(a, t, source, &api, &out[0]));
	TRY(pair_of(a, t, source, &sts, &out[1]));
	out[0].line = t->key_line[TARGET_KEY_ENDPOINT];
	out[1].line = t->key_line[TARGET_KEY_STS_ENDPOINT];
	return NULL;
}

/* ---- what the base has ---- */

static int compare_texts(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static bool has(const struct str *list, size_t n, struct str text)
{
	return n && bsearch(&text, list, n, sizeof(*list), compare_texts);
}

static struct err *known_new(struct arena *a, const struct targets *base, struct known *out)
{
	struct pair pairs[PLACES];

	*out = (struct known){
		.keys = arena_array(a, PLACES * base->count + 1, sizeof(struct str)),
		.sources = arena_array(a, base->count + 1, sizeof(struct str)),
	};
	if (!out->keys || !out->sources)
		return err_nomem();
	for (size_t i = 0; i < base->count; i++) {
		TRY(pairs_of(a, &base->list[i], pairs));
		for (size_t k = 0; k < PLACES; k++)
			out->keys[out->key_count++] = pairs[k].key;
		out->sources[out->source_count++] = pairs[0].source;
	}
	if (base->count) {
		qsort(out->keys, out->key_count, sizeof(struct str), compare_texts);
		qsort(out->sources, out->source_count, sizeof(struct str), compare_texts);
	}
	return NULL;
}

static bool is_known(const struct known *k, const struct pair *p)
{
	return has(k->keys, k->key_count, p->key) ||
	       (p->is_vendor && has(k->sources, k->source_count, p->source));
}

/* ---- what the head adds ---- */

static struct str pairs_json(struct arena *a, const struct target *t,
			     const struct pair *const *list, size_t n)
{
	struct scribe s;

	scribe_begin(&s);
	json_begin_object(&s.w);
	json_key(&s.w, "credentials");
	json_string(&s.w, list[0]->source);
	json_key(&s.w, "places");
	json_begin_array(&s.w);
	for (size_t i = 0; i < n; i++)
		json_string(&s.w, list[i]->place);
	json_end_array(&s.w);
	json_key(&s.w, "role-arn");
	json_string(&s.w, t->role_arn);
	json_end_object(&s.w);
	return scribe_end(&s, a);
}

static struct err *tell_added(const struct comparing *c, const struct target *t,
			      const struct pair *const *list, size_t n)
{
	const struct findings *texts = &c->r->findings;
	struct str second = n > 1 ? list[1]->place : STR("");
	struct reported told = {
		.what = {.rule = RULE_APPROVAL_TARGET_ADDED,
			 .subject = t->name,
			 .after = pairs_json(c->list->arena, t, list, n)},
		.target = t->name,
		.file = t->file,
		.line = list[0]->line ? list[0]->line : t->line,
		.general = findings_text(texts,
					 "Credentials (%.*s) go to %.*s%s%.*s, which those of no "
					 "target of the base do",
					 STR_ARG(list[0]->source), STR_ARG(list[0]->place),
					 n > 1 ? " and " : "", STR_ARG(second)),
	};

	told.message = findings_text(texts, "[target %s]: %.*s", t->name.p, STR_ARG(told.general));
	if (!told.what.after.p || !told.general.p)
		return err_nomem();
	return loosening_tell(c->r, c->list, &told);
}

struct err *loosenings_of_pairs(const struct comparing *c, const struct targets *base,
				const struct targets *head)
{
	struct known known;

	TRY(known_new(c->list->arena, base, &known));
	for (size_t i = 0; i < head->count; i++) {
		const struct pair *added[PLACES];
		struct pair pairs[PLACES];
		size_t n = 0;

		TRY(pairs_of(c->list->arena, &head->list[i], pairs));
		for (size_t k = 0; k < PLACES; k++) {
			if (!is_known(&known, &pairs[k]))
				added[n++] = &pairs[k];
		}
		if (n)
			TRY(tell_added(c, &head->list[i], added, n));
	}
	return NULL;
}
