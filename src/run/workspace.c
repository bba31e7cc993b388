/* SPDX-License-Identifier: Apache-2.0 */
#include "run/workspace.h"

#include <string.h>

#include "base/fs.h"
#include "base/suggest.h"
#include "model/canonical.h"
#include "repo/commit.h"
#include "run/config_digest.h"
#include "run/shard.h"

#define TARGETS_SIZE_MAX ((size_t)4 << 20)

/* Why an entry cannot be read as a file; NULL where it can. */
static const char *entry_problem(const struct repo_entry *entry)
{
	static const char *const kinds[] = {
		[REPO_ENTRY_LINK] = "it is a symbolic link; links are not followed",
		[REPO_ENTRY_TREE] = "it is a folder, expected a file",
		[REPO_ENTRY_SUBMODULE] = "it is a submodule, expected a file",
		[REPO_ENTRY_TOO_LARGE] = "it is larger than --max-reply allows",
	};

	if (entry->kind != REPO_ENTRY_FILE)
		return kinds[entry->kind];
	return entry->is_lfs_pointer
		       ? "it is a Git LFS pointer; what is judged is kept in git itself"
		       : NULL;
}

/* targets.ini as it stands in the work tree; without one, as it was committed. */
static struct err *read_targets_file(struct workspace *w, struct str *bytes)
{
	const char *root = w->is_elsewhere ? NULL : repo_workdir(w->repo);
	struct buf b = BUF_INIT(0);
	struct repo_entry entry;
	bool found = false;

	if (root) {
		struct err *e = fs_read_beneath(root, TARGETS_FILE, TARGETS_SIZE_MAX, &b, &found);

		if (!e && found) {
			*bytes = arena_str(w->arena, buf_view(&b));
			e = bytes->p ? NULL : err_nomem();
		}
		buf_free(&b);
		if (e || found)
			return e;
	}
	if (!w->commit.is_unborn) {
		TRY(repo_read_entry(w->repo, &w->commit, TARGETS_FILE, TARGETS_SIZE_MAX, w->arena,
				    &entry));
		if (entry.kind == REPO_ENTRY_FILE && !root) {
			*bytes = entry.bytes;
			return NULL;
		}
	}
	return err_new(ERR_CONFIG, TARGETS_FILE ": not there; scandrift init writes one");
}

static struct err *keep_uncommitted(struct workspace *w, const char *path)
{
	size_t n = w->uncommitted_count;
	const char **list = arena_array(w->arena, n + 1, sizeof(char *));

	if (!list)
		return err_nomem();
	if (n)
		memcpy(list, w->uncommitted, n * sizeof(char *));
	list[n] = path;
	w->uncommitted = list;
	w->uncommitted_count = n + 1;
	return NULL;
}

struct err *workspace_note_state(struct workspace *w, const struct io *io, const char *path,
				 bool *is_committed)
{
	enum repo_state state;

	TRY(repo_read_state(w->repo, &w->commit, path, &state));
	*is_committed = state == REPO_STATE_SAME || state == REPO_STATE_NO_WORKTREE;
	if (*is_committed)
		return NULL;
	log_note(&io->log, "%s is %s; it is used as it stands in the work tree", path,
		 repo_state_text(state));
	return keep_uncommitted(w, path);
}

/* An alias that can match nothing would be a decision that is silently dead. */
static struct err *check_alias(const struct workspace *w, const struct target_alias *a)
{
	const struct resource *r = &schema_registry_scan;
	struct suggest near = suggest_for(a->field);

	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->kind != KIND_TEXT_SET)
			continue;
		suggest_offer(&near, str_from(f->name));
		if (!str_is(a->field, f->name))
			continue;
		if (schema_is_folded(a->member, f->fold) && schema_is_folded(a->canonical, f->fold))
			return NULL;
		return err_new(
			ERR_CONFIG,
			"%s:%zu: %s values are compared in %s case, expected both names in it",
			w->targets.file, a->line, f->name,
			f->fold == FOLD_UPPER ? "upper" : "lower");
	}
	return err_new(
		ERR_CONFIG, "%s:%zu: %.*s has no values that could have another name%s%.*s%s",
		w->targets.file, a->line, STR_ARG(a->field), near.best.n ? "; did you mean '" : "",
		STR_ARG(near.best), near.best.n ? "'?" : "");
}

/* Aliases as the model takes them. */
static struct err *take_aliases(struct workspace *w)
{
	struct alias *list = arena_array(w->arena, w->targets.alias_count + 1, sizeof(*list));

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < w->targets.alias_count; i++) {
		const struct target_alias *a = &w->targets.aliases[i];

		TRY(check_alias(w, a));
		list[i] = (struct alias){a->field, a->member, a->canonical};
	}
	w->aliases = list;
	w->alias_count = w->targets.alias_count;
	return NULL;
}

static struct err *find_tip(struct workspace *w, const char *branch)
{
	struct repo_tip tip;

	if (!branch)
		return repo_resolve(w->repo, "HEAD", &w->commit);
	TRY(repo_resolve_tip(w->repo, branch, w->arena, &tip));
	w->commit = tip.commit;
	w->is_elsewhere = !repo_is_current(w->repo, tip.ref);
	if (w->is_elsewhere && tip.commit.is_unborn)
		return err_new(ERR_REPO,
			       "--branch: there is no branch %s; make it first: git branch %s",
			       branch, branch);
	return NULL;
}

static struct err *open_parts(const struct workspace_options *o, const struct io *io,
			      struct workspace *w)
{
	struct str bytes;
	bool is_committed;

	TRY(repo_open(".", &w->repo));
	TRY(find_tip(w, o->branch));
	TRY(read_targets_file(w, &bytes));
	TRY(targets_parse(w->arena, TARGETS_FILE, bytes, &w->targets));
	TRY(take_aliases(w));
	TRY(targets_select(w->arena, &w->targets, o->names, o->name_count, &w->selected,
			   &w->selected_count));
	TRY(shard_select(o->shard, io, w));
	return w->is_elsewhere ? NULL : workspace_note_state(w, io, TARGETS_FILE, &is_committed);
}

struct err *workspace_open(const struct workspace_options *o, const struct io *io,
			   struct workspace *out)
{
	struct err *e;

	*out = (struct workspace){.arena = arena_new(), .max_reply = o->max_reply};
	if (!out->arena)
		return err_nomem();
	e = open_parts(o, io, out);
	if (e)
		workspace_close(out);
	return e;
}

struct err *workspace_of_commit(struct workspace *w)
{
	struct repo_entry entry;

	w->is_elsewhere = true;
	w->targets = (struct targets){.file = TARGETS_FILE};
	TRY(repo_read_entry(w->repo, &w->commit, TARGETS_FILE, TARGETS_SIZE_MAX, w->arena, &entry));
	if (entry.kind == REPO_ENTRY_MISSING)
		return NULL;
	if (entry.kind == REPO_ENTRY_TOO_LARGE)
		return err_new(ERR_CONFIG, TARGETS_FILE ": larger than %zu bytes",
			       TARGETS_SIZE_MAX);
	if (entry_problem(&entry))
		return err_new(ERR_CONFIG, TARGETS_FILE ": %s", entry_problem(&entry));
	TRY(targets_parse(w->arena, TARGETS_FILE, entry.bytes, &w->targets));
	return take_aliases(w);
}

void workspace_close(struct workspace *w)
{
	repo_free(w->repo);
	arena_free(w->arena);
	*w = (struct workspace){0};
}

struct normalize_options workspace_reading(const struct workspace *w, enum reading_form form,
					   enum err_kind kind)
{
	return (struct normalize_options){
		.form = form,
		.limits = {w->max_reply, JSON_DEPTH_MAX, kind},
		.aliases = w->aliases,
		.alias_count = w->alias_count,
	};
}

struct err *workspace_read_config(struct str bytes, const char *name,
				  const struct normalize_options *opt, struct arena *a,
				  struct reading **out)
{
	enum err_kind kind = opt->limits.kind;
	struct err *e = normalize_read(&schema_registry_scan, bytes, opt, a, out);
	size_t line, column;

	if (e)
		return err_wrap(e, "%s", name);
	if ((*out)->has_error)
		return err_new(kind, "%s: the reply is an error: %.*s: %.*s", name,
			       STR_ARG((*out)->error_code), STR_ARG((*out)->error_message));
	for (size_t i = 0; i < (*out)->note_count; i++) {
		const struct note *n = &(*out)->notes[i];

		if (n->kind != NOTE_TYPE_CHANGED && n->kind != NOTE_BAD_VALUE)
			continue;
		json_position(bytes, n->at, &line, &column);
		return err_new(kind, "%s: line %zu column %zu: %.*s: %.*s", name, line, column,
			       STR_ARG(n->path), STR_ARG(n->message));
	}
	return NULL;
}

static struct err *set_problem(struct baseline_side *out, struct arena *a, struct str text)
{
	out->state = BASELINE_MALFORMED;
	out->problem = arena_str(a, text);
	return out->problem.p ? NULL : err_nomem();
}

/* The line in "line 3 column 7: ...", 0 without. */
static size_t line_in(struct str message)
{
	size_t start = strlen("line "), n = start;
	uint64_t line;

	if (!str_starts(message, "line "))
		return 0;
	while (n < message.n && message.p[n] >= '0' && message.p[n] <= '9')
		n++;
	return str_to_u64((struct str){message.p + start, n - start}, SIZE_MAX, &line)
		       ? (size_t)line
		       : 0;
}

/* An error of the reader becomes what is wrong with the baseline; memory stays an error. */
static struct err *malformed_by(struct err *e, struct baseline_side *out, struct arena *a)
{
	struct str text;

	if (e->kind == ERR_NOMEM)
		return e;
	text = str_from(e->cause ? e->cause->msg : e->msg);
	out->problem_line = line_in(text);
	e = set_problem(out, a, text);
	return e;
}

static struct err *read_baseline(const struct workspace *w, struct str bytes,
				 struct baseline_side *out)
{
	struct normalize_options opt = workspace_reading(w, READ_FILE, ERR_CONFIG);
	struct reading *r = NULL;
	struct err *e = normalize_read(&schema_registry_scan, bytes, &opt, w->arena, &r);

	if (e) {
		struct err *memory = malformed_by(e, out, w->arena);

		if (memory != e)
			err_free(e);
		return memory;
	}
	if (r->has_error)
		return set_problem(out, w->arena,
				   STR("it is an error reply of the API, no config"));
	for (size_t i = 0; i < r->note_count; i++) {
		const struct note *n = &r->notes[i];
		char *text;
		size_t column;

		if (n->kind != NOTE_TYPE_CHANGED && n->kind != NOTE_BAD_VALUE)
			continue;
		json_position(bytes, n->at, &out->problem_line, &column);
		text = arena_printf(w->arena, "line %zu: %.*s: %.*s", out->problem_line,
				    STR_ARG(n->path), STR_ARG(n->message));
		return text ? set_problem(out, w->arena, str_from(text)) : err_nomem();
	}
	out->state = BASELINE_READ;
	out->reading = r;
	TRY(canonical_check(&r->config, bytes, &out->is_canonical));
	return digest_config(&r->config, w->arena, &out->digest);
}

struct err *workspace_baseline(const struct workspace *w, const struct target *t,
			       struct baseline_side *out)
{
	struct repo_entry entry;
	enum repo_state state = REPO_STATE_SAME;

	*out = (struct baseline_side){.state = BASELINE_MISSING};
	if (!w->is_elsewhere)
		TRY(repo_read_state(w->repo, &w->commit, t->baseline.p, &state));
	if (state != REPO_STATE_SAME && state != REPO_STATE_ABSENT &&
	    state != REPO_STATE_NO_WORKTREE)
		out->uncommitted = str_from(repo_state_text(state));
	if (w->commit.is_unborn)
		return NULL;
	TRY(repo_read_entry(w->repo, &w->commit, t->baseline.p, w->max_reply, w->arena, &entry));
	if (entry.kind == REPO_ENTRY_MISSING)
		return NULL;
	if (entry.kind != REPO_ENTRY_FILE) {
		/* No file in the work tree is as this was committed; the one finding says why. */
		out->uncommitted = (struct str){0};
		return set_problem(out, w->arena, str_from(entry_problem(&entry)));
	}
	if (entry.is_lfs_pointer)
		return set_problem(out, w->arena, str_from(entry_problem(&entry)));
	return read_baseline(w, entry.bytes, out);
}
