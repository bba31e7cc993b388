/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/timeutil.h"
#include "cloud/pool.h"
#include "json/scan.h"
#include "report/formats.h"

static struct err *set_flag(struct options *o, const struct option *row, const char *value)
{
	(void)value;
	*(bool *)(void *)((char *)o + row->offset) = true;
	return NULL;
}

static struct err *set_text(struct options *o, const struct option *row, const char *value)
{
	*(const char **)(void *)((char *)o + row->offset) = value;
	return NULL;
}

static struct err *set_dir(struct options *o, const struct option *row, const char *value)
{
	if (o->dir_count == DIRS_MAX)
		return err_new(ERR_USAGE, "-%c: given more than %u times", row->letter, DIRS_MAX);
	o->dirs[o->dir_count++] = value;
	return NULL;
}

static struct err *set_colour(struct options *o, const struct option *row, const char *value)
{
	static const char *const names[] = {"auto", "always", "never"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			o->colour = (enum colour)i;
			return NULL;
		}
	}
	return err_new(ERR_USAGE, "--%s: found '%s', expected auto, always or never", row->name,
		       value);
}

static struct err *find_format(const struct option *row, struct str name, const struct format **out)
{
	struct suggest near = suggest_for(name);
	struct buf names = BUF_INIT(1024);
	struct err *e;

	*out = format_find(name);
	if (*out)
		return NULL;
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		suggest_offer(&near, str_from(formats[i].name));
	if (near.best.n)
		return err_new(ERR_USAGE, "--%s: unknown format '%.*s'; did you mean '%.*s'?",
			       row->name, STR_ARG(name), STR_ARG(near.best));
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", formats[i].name);
	e = err_new(ERR_USAGE, "--%s: unknown format '%.*s', expected one of %s", row->name,
		    STR_ARG(name), names.n ? names.p : "");
	buf_free(&names);
	return e;
}

static struct err *set_format(struct options *o, const struct option *row, const char *value)
{
	return find_format(row, str_from(value), &o->output.format);
}

static struct err *set_output(struct options *o, const struct option *row, const char *value)
{
	const char *equals = strchr(value, '=');
	struct output *out = &o->output.files[o->output.file_count];

	if (!equals || !equals[1] || strcmp(equals, "=-") == 0)
		return err_new(ERR_USAGE,
			       "--%s: found '%s', expected a format and a file, such as "
			       "json=result.json",
			       row->name, value);
	if (o->output.file_count == OUTPUTS_MAX)
		return err_new(ERR_USAGE, "--%s: given more than %u times", row->name, OUTPUTS_MAX);
	TRY(find_format(row, (struct str){value, (size_t)(equals - value)}, &out->format));
	out->path = equals + 1;
	for (size_t i = 0; i < o->output.file_count; i++)
		if (strcmp(o->output.files[i].path, out->path) == 0)
			return err_new(ERR_USAGE, "--%s: %s is named twice", row->name, out->path);
	o->output.file_count++;
	return NULL;
}

static struct err *set_now(struct options *o, const struct option *row, const char *value)
{
	o->evaluate.has_now = true;
	if (!time_parse_rfc3339(str_from(value), &o->evaluate.now_s))
		return err_new(ERR_USAGE,
			       "--%s: found '%s', expected a time such as 2026-11-24T02:00:00Z",
			       row->name, value);
	return NULL;
}

static struct err *set_max_reply(struct options *o, const struct option *row, const char *value)
{
	if (!str_to_u64(str_from(value), JSON_SIZE_CEILING, &o->max_reply) || o->max_reply == 0)
		return err_new(ERR_USAGE, "--%s: found '%s', expected a number of bytes up to %zu",
			       row->name, value, (size_t)JSON_SIZE_CEILING);
	return NULL;
}

#define TIMEOUT_MAX_MS (UINT64_C(3600) * 1000)

static struct err *set_timeout(struct options *o, const struct option *row, const char *value)
{
	if (!time_parse_duration(str_from(value), TIMEOUT_MAX_MS, &o->net.timeout_ms) ||
	    o->net.timeout_ms == 0)
		return err_new(ERR_USAGE, "--%s: found '%s', expected a time such as 10s or 500ms",
			       row->name, value);
	return NULL;
}

static struct err *set_deadline(struct options *o, const struct option *row, const char *value)
{
	if (!time_parse_duration(str_from(value), 24 * TIMEOUT_MAX_MS, &o->net.deadline_ms) ||
	    o->net.deadline_ms == 0)
		return err_new(ERR_USAGE, "--%s: found '%s', expected a time such as 30m or 90s",
			       row->name, value);
	return NULL;
}

static struct err *set_jobs(struct options *o, const struct option *row, const char *value)
{
	uint64_t n;

	if (!str_to_u64(str_from(value), POOL_JOBS_MAX, &n) || n == 0)
		return err_new(ERR_USAGE, "--%s: found '%s', expected a number from 1 to %u",
			       row->name, value, POOL_JOBS_MAX);
	o->net.jobs = (unsigned)n;
	return NULL;
}

static struct err *set_fail_on(struct options *o, const struct option *row, const char *value)
{
	o->evaluate.never_fail = strcmp(value, "never") == 0;
	if (o->evaluate.never_fail || severity_parse(str_from(value), &o->evaluate.fail_on))
		return NULL;
	return err_new(ERR_USAGE,
		       "--%s: found '%s', expected info, low, medium, high, critical or never",
		       row->name, value);
}

static struct err *check_digest(const struct option *row, const char *value)
{
	struct str digest = str_from(value);

	if (digest.n == 71 && str_starts(digest, "sha256:") &&
	    strspn(value + 7, "0123456789abcdef") == 64)
		return NULL;
	return err_new(ERR_USAGE, "--%s: found '%s', expected sha256: and 64 lower-case hex digits",
		       row->name, value);
}

static struct err *set_approve(struct options *o, const struct option *row, const char *value)
{
	o->review.approve = value;
	return check_digest(row, value);
}

static struct err *set_approvals(struct options *o, const struct option *row, const char *value)
{
	o->review.leave_approvals = strcmp(value, "report") == 0;
	if (o->review.leave_approvals || strcmp(value, "require") == 0)
		return NULL;
	return err_new(ERR_USAGE, "--%s: found '%s', expected require or report", row->name, value);
}

static struct err *set_expect(struct options *o, const struct option *row, const char *value)
{
	TRY(check_digest(row, value));
	if (o->accept.expect_count == EXPECT_MAX)
		return err_new(ERR_USAGE, "--%s: given more than %u times", row->name, EXPECT_MAX);
	o->accept.expect[o->accept.expect_count++] = value;
	return NULL;
}

static struct err *set_assertion(struct options *o, const struct option *row, const char *value)
{
	if (o->normalize.assertion_count == ASSERTIONS_MAX)
		return err_new(ERR_USAGE, "--%s: given more than %u times", row->name,
			       ASSERTIONS_MAX);
	o->normalize.assertions[o->normalize.assertion_count++] = value;
	return NULL;
}

/* A day stands for its last second. */
static struct err *set_as_of(struct options *o, const struct option *row, const char *value)
{
	o->show.has_as_of = true;
	if (time_parse_rfc3339(str_from(value), &o->show.as_of_s))
		return NULL;
	if (!time_parse_date(str_from(value), &o->show.as_of_s))
		return err_new(ERR_USAGE,
			       "--%s: found '%s', expected a day such as 2026-11-24 or a time such "
			       "as 2026-11-24T02:00:00Z",
			       row->name, value);
	o->show.as_of_s += 24 * 60 * 60 - 1;
	return NULL;
}

/* "1d", "12h", "30m" */
static struct err *set_every(struct options *o, const struct option *row, const char *value)
{
	struct str s = str_from(value);
	uint64_t n = 0;
	int64_t unit_s = 0;

	switch (s.p[s.n - 1]) {
	case 'd':
		unit_s = 24 * 60 * 60;
		break;
	case 'h':
		unit_s = 60 * 60;
		break;
	case 'm':
		unit_s = 60;
		break;
	}
	s.n--;
	if (!unit_s || !str_to_u64(s, 10000, &n) || n == 0)
		return err_new(ERR_USAGE, "--%s: found '%s', expected a time such as 1d or 12h",
			       row->name, value);
	o->log.every_s = (int64_t)n * unit_s;
	return NULL;
}

static struct err *set_push(struct options *o, const struct option *row, const char *value)
{
	(void)row;
	o->record.push = true;
	o->record.remote = value;
	return NULL;
}

static struct err *set_path(struct options *o, const struct option *row, const char *value)
{
	if (value[0] != '/' || !value[1])
		return err_new(ERR_USAGE, "--%s: found '%s', expected a field such as /ScanPeriod",
			       row->name, value);
	if (o->accept.path_count == PATHS_MAX)
		return err_new(ERR_USAGE, "--%s: given more than %u times", row->name, PATHS_MAX);
	o->accept.paths[o->accept.path_count++] = value;
	return NULL;
}

static struct err *set_branch(struct options *o, const struct option *row, const char *value)
{
	(void)row;
	o->record.branch = value ? value : "scandrift/observed";
	return NULL;
}

#define LIVE      (ON(CMD_CHECK) | ON(CMD_ACCEPT) | ON(CMD_DIFF) | ON(CMD_FETCH) | ON(CMD_INIT))
#define JUDGES    (ON(CMD_CHECK) | ON(CMD_ACCEPT))
#define READS     (LIVE | ON(CMD_NORMALIZE) | ON(CMD_LOG) | ON(CMD_REVIEW) | ON(CMD_SHOW))
#define AT(field) offsetof(struct options, field)

/* clang-format off */
/* Sorted by name. */
const struct option options[] = {
	{ "allow-weakened", 0, NULL,        ON(CMD_ACCEPT),    "accept a change that may scan less",                        set_flag,      AT(accept.allow_weakened) },
	{ "approvals",      0, "HOW",       ON(CMD_REVIEW),    "require (default), or report: tell what loosens and let another control decide", set_approvals, 0 },
	{ "approve",        0, "sha256:HEX", ON(CMD_REVIEW),   "let pass exactly this set of what loosens; review prints its digest", set_approve, 0 },
	{ "as-of",          0, "DATE",      ON(CMD_SHOW),      "as it was on the branch then: a day's end (UTC), or an RFC 3339 time", set_as_of, 0 },
	{ "assert",         0, "ASSERTION", ON(CMD_NORMALIZE), "say whether a policy's assertion holds, and why; 1 when not", set_assertion, 0 },
	{ "branch",         0, "NAME",      ON(CMD_ACCEPT) | ON(CMD_LOG) | ON(CMD_SHOW), "work on this branch, not on the current one",  set_text,      AT(branch) },
	{ "ca-bundle",      0, "FILE",      LIVE,              "trust the CA certificates in FILE (PEM) instead of the system's", set_text, AT(net.ca_bundle) },
	{ "ci",             0, "SYSTEM",    ON(CMD_INIT),      "write a job file too: github, gitlab or kubernetes",                set_text,      AT(init.ci) },
	{ "color",          0, "WHEN",      ON_ALL,            "auto, always or never; NO_COLOR is honoured",               set_colour,    0 },
	{ "commit",         0, "[=BRANCH]", ON(CMD_CHECK),     "record what was live on a branch of its own (scandrift/observed)", set_branch, 0 },
	{ "config-only",    0, NULL,        ON(CMD_CHECK),     "check targets and policies, and stop",                      set_flag,      AT(check.config_only) },
	{ "deadline",       0, "TIME",      LIVE | ON(CMD_REVIEW), "end the run after this time, such as 30m; the rest is incomplete", set_deadline, 0 },
	{ "digest",         0, NULL,        ON(CMD_NORMALIZE), "print sha256:HEX alone",                                    set_flag,      AT(normalize.digest) },
	{ "directory",     'C', "DIR",      ON_ALL,            "run as if started in DIR",                                  set_dir,       0 },
	{ "dry-run",        0, NULL,        ON(CMD_ACCEPT),    "with --expect or --from: do everything but the commit",     set_flag,      AT(accept.dry_run) },
	{ "endpoint",       0, "URL",       LIVE,              "ask this host, or URL, for all targets",                    set_text,      AT(net.endpoint) },
	{ "every",          0, "TIME",      ON(CMD_LOG),       "with --runs: name the runs that are missing, one being due each TIME, such as 1d", set_every, 0 },
	{ "expect",         0, "sha256:HEX", ON(CMD_ACCEPT),   "commit, if this is what is live; once a target, in their order", set_expect, 0 },
	{ "explain-credentials", 0, NULL,   ON(CMD_FETCH),     "say where the credentials come from, and whose they are",   set_flag,      AT(fetch.explain_credentials) },
	{ "fail-on",        0, "SEVERITY",  ON(CMD_CHECK) | ON(CMD_REVIEW), "exit 1 from this severity on (default low); never",         set_fail_on,   0 },
	{ "format",         0, "FORMAT",    JUDGES | ON(CMD_DIFF) | ON(CMD_LOG) | ON(CMD_REVIEW), "print it as", set_format,    0 },
	{ "from",           0, "RESULT",    ON(CMD_ACCEPT),    "no network: accept what this stored JSON result shows as live", set_text,  AT(accept.from) },
	{ "help",          'h', NULL,       ON_ALL,            "print this",                                                set_flag,      AT(help) },
	{ "jcs",            0, NULL,        ON(CMD_NORMALIZE), "print the bytes that the digest is of (RFC 8785)",          set_flag,      AT(normalize.jcs) },
	{ "jobs",           0, "N",         JUDGES,            "so many requests at a time (default 16)",                   set_jobs,      0 },
	{ "journal",        0, NULL,        ON(CMD_CHECK),     "record the run, whatever came of it, on the branch scandrift/runs", set_flag,    AT(record.journal) },
	{ "journal-start",  0, NULL,        ON(CMD_CHECK),     "with --push: begin the journal where the remote has none yet", set_flag,      AT(record.journal_start) },
	{ "max-reply",      0, "BYTES",     READS,             "refuse anything larger (default 64 MiB)",                   set_max_reply, 0 },
	{ "now",            0, "TIME",      JUDGES | ON(CMD_LOG) | ON(CMD_REVIEW), "judge as of this time (RFC 3339); requests are signed by the real clock", set_now, 0 },
	{ "output",         0, "FORMAT=PATH", JUDGES | ON(CMD_DIFF) | ON(CMD_REVIEW), "write the result into a file as well; may be repeated",    set_output,    0 },
	{ "path",           0, "POINTER",   ON(CMD_ACCEPT),    "accept this field alone, such as /ScanPeriod; may be repeated", set_path,  0 },
	{ "push",           0, "[=REMOTE]", JUDGES,            "push what was committed, by git; never forced",             set_push,      0 },
	{ "quiet",         'q', NULL,       ON_ALL,            "no notes on standard error",                                set_flag,      AT(quiet) },
	{ "raw",            0, NULL,        ON(CMD_FETCH),     "print the reply's bytes as they came",                      set_flag,      AT(fetch.raw) },
	{ "record",         0, "DIR",       ON(CMD_CHECK) | ON(CMD_FETCH), "keep the replies in DIR as they came",          set_text,      AT(net.record) },
	{ "replay",         0, "DIR",       LIVE,              "no network: read the replies from DIR",                     set_text,      AT(net.replay) },
	{ "rev",            0, "REV",       ON(CMD_CHECK) | ON(CMD_SHOW), "read this commit, branch or tag (default HEAD)", set_text,      AT(rev) },
	{ "runs",           0, NULL,        ON(CMD_LOG),       "list the runs of the journal",                              set_flag,      AT(log.runs) },
	{ "shard",          0, "K/N",       ON(CMD_CHECK),     "only part K of N of the targets; auto on GitLab, auto/N on Kubernetes", set_text, AT(check.shard) },
	{ "shared",         0, NULL,        ON(CMD_ACCEPT),    "accept a baseline that serves several targets for all of them", set_flag,  AT(accept.shared) },
	{ "show-request",   0, NULL,        ON(CMD_FETCH),     "print what would be sent and signed, without secrets; send nothing", set_flag, AT(fetch.show_request) },
	{ "staged",         0, NULL,        ON(CMD_REVIEW),    "what is in the index against HEAD, for a pre-commit hook",  set_flag,      AT(review.staged) },
	{ "timeout",        0, "TIME",      LIVE,              "give up on a request after this time, such as 10s",         set_timeout,   0 },
	{ "trees",          0, NULL,        ON(CMD_REVIEW),    "A and B are two trees as they are: nothing is merged",      set_flag,      AT(review.trees) },
	{ "verbose",       'v', NULL,       ON_ALL,            "say on standard error what is done",                        set_flag,      AT(verbose) },
	{ "version",        0, NULL,        ON_ALL,            "print version, commit and libraries",                       set_flag,      AT(version) },
	{ "worktree",       0, NULL,        ON(CMD_CHECK),     "read targets, policies and baselines from the working tree", set_flag,     AT(check.worktree) },
};
/* clang-format on */

const size_t option_count = ARRAY_LEN(options);

static const struct option *find_option(struct str name)
{
	for (size_t i = 0; i < option_count; i++) {
		if (str_is(name, options[i].name) ||
		    (name.n == 1 && options[i].letter && name.p[0] == options[i].letter))
			return &options[i];
	}
	return NULL;
}

static struct err *unknown_option(const char *arg, struct str name)
{
	struct suggest near = suggest_for(name);

	for (size_t i = 0; i < option_count; i++)
		suggest_offer(&near, str_from(options[i].name));
	if (near.best.n)
		return err_new(ERR_USAGE, "unknown option '%s'; did you mean '--%.*s'?", arg,
			       STR_ARG(near.best));
	return err_new(ERR_USAGE, "unknown option '%s'; scandrift COMMAND --help lists them", arg);
}

/* Where the walk over argv stands. */
struct walk {
	int argc, at;
	char **argv;
	bool seen[ARRAY_LEN(options)]; /* which rows were given */
};

static bool is_optional(const struct option *row)
{
	return row->argument && row->argument[0] == '[';
}

static struct err *take_option(struct walk *w, struct options *o)
{
	const char *arg = w->argv[w->at], *equals = NULL, *value = NULL;
	bool is_long = arg[1] == '-';
	struct str name = str_from(arg + 1 + is_long);
	const struct option *row;

	if (is_long)
		equals = strchr(arg, '=');
	if (equals) {
		name.n = (size_t)(equals - name.p);
		value = equals + 1;
	}
	row = is_long == (name.n > 1) ? find_option(name) : NULL;
	if (!row)
		return unknown_option(arg, name);
	if (!row->argument && value)
		return err_new(ERR_USAGE, "--%s takes no value", row->name);
	if (row->argument && !value && !is_optional(row)) {
		if (w->at + 1 >= w->argc)
			return err_new(ERR_USAGE, "%s: expected %s behind it", arg, row->argument);
		value = w->argv[++w->at];
	}
	if (value && !*value)
		return err_new(ERR_USAGE, "--%s: the value is empty", row->name);
	w->seen[row - options] = true;
	return row->set(o, row, value);
}

void option_help(struct buf *b, const struct option *row, enum document prints)
{
	buf_puts(b, row->help);
	if (row->set != set_format)
		return;
	buf_char(b, ' ');
	format_names(b, prints, " (default)");
}

/* The one command that has the format; NULL: there are several. */
static const struct command *only_command(const struct format *f)
{
	const struct command *only = NULL;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!format_has(f, commands[i].prints))
			continue;
		if (only)
			return NULL;
		only = &commands[i];
	}
	return only;
}

static struct err *check_format(const struct command *c, enum document d, const char *option,
				const struct format *f)
{
	struct buf names = BUF_INIT(1024);
	const struct command *only;
	struct err *e;

	if (!f || format_has(f, d))
		return NULL;
	only = only_command(f);
	if (only)
		return err_new(ERR_USAGE, "%s: no --%s %s; scandrift %s has it", c->name, option,
			       f->name, only->name);
	format_names(&names, d, "");
	e = err_new(ERR_USAGE, "%s: no --%s %s; it has %s", c->name, option, f->name,
		    names.n ? names.p : "");
	buf_free(&names);
	return e;
}

static struct err *check_formats(const struct options *o, const struct command *c)
{
	enum document d = c->prints;

	if (d == DOCUMENT_TIMELINES && o->log.runs)
		d = DOCUMENT_RUNS;
	TRY(check_format(c, d, "format", o->output.format));
	for (size_t i = 0; i < o->output.file_count; i++)
		TRY(check_format(c, d, "output", o->output.files[i].format));
	return NULL;
}

/* What a command line has beside options that decides whether an option can have an effect. */
static bool has_argument(const struct options *o)
{
	return o->arg_count > 0;
}

static bool has_live_side(const struct options *o)
{
	for (size_t i = 0; i < o->arg_count; i++)
		if (str_starts(str_from(o->args[i]), "live:"))
			return true;
	return false;
}

static bool has_two_arguments(const struct options *o)
{
	return o->arg_count == 2;
}

static bool leaves_approvals(const struct options *o)
{
	return o->review.leave_approvals;
}

static const struct {
	const char *name; /* as the rows below have it, and errors show it */
	bool (*holds)(const struct options *o);
} facts[] = {
	{"TARGET", has_argument},
	{"BASE..HEAD", has_argument},
	{"A B", has_two_arguments},
	{"live:TARGET", has_live_side},
	{"--approvals report", leaves_approvals},
};

/* Pairs of which one would do nothing, or undo the other: names of options, or of facts. */
static const struct {
	const char *a, *b, *why;
} clashes[] = {
	{"quiet", "verbose", "one says less and the other more"},
	{"replay", "endpoint", "a replay asks no host"},
	{"replay", "ca-bundle", "a replay uses no network"},
	{"replay", "timeout", "a replay sends no request"},
	{"replay", "deadline", "a replay waits for nobody"},
	{"replay", "jobs", "a replay sends no request"},
	{"replay", "explain-credentials", "a replay uses no credentials"},
	{"replay", "show-request", "a replay sends no request"},
	{"record", "replay", "what is recorded there is already"},
	{"from", "replay", "what was live is taken from the result"},
	{"from", "endpoint", "what was live is taken from the result"},
	{"from", "ca-bundle", "what was live is taken from the result"},
	{"from", "timeout", "what was live is taken from the result"},
	{"from", "deadline", "what was live is taken from the result"},
	{"from", "jobs", "what was live is taken from the result"},
	{"config-only", "replay", "nothing is judged"},
	{"config-only", "record", "nothing is fetched"},
	{"config-only", "endpoint", "nothing is fetched"},
	{"config-only", "ca-bundle", "nothing is fetched"},
	{"config-only", "timeout", "nothing is fetched"},
	{"config-only", "deadline", "nothing is fetched"},
	{"config-only", "jobs", "nothing is fetched"},
	{"config-only", "max-reply", "neither a reply nor a baseline is read"},
	{"config-only", "shard", "the files of all targets are read"},
	{"config-only", "commit", "nothing is judged"},
	{"config-only", "journal", "nothing is judged"},
	{"config-only", "push", "nothing is judged"},
	{"config-only", "now", "nothing is judged"},
	{"config-only", "fail-on", "nothing is judged"},
	{"config-only", "format", "there is no result to print"},
	{"config-only", "output", "there is no result to write"},
	{"shard", "commit", "a shard records, and one job over all of them commits, with --replay"},
	{"shard", "journal",
	 "a shard records, and one job over all of them commits, with --replay"},
	{"worktree", "commit", "what was observed names the commit that was evaluated"},
	{"worktree", "journal", "a record names the commit that was evaluated"},
	{"worktree", "rev", "one of them is read"},
	{"worktree", "config-only", "that reads the working tree already"},
	{"raw", "show-request", "one of them is printed"},
	{"raw", "explain-credentials", "one of them is printed"},
	{"show-request", "explain-credentials", "one of them is printed"},
	{"show-request", "ca-bundle", "no request is sent"},
	{"show-request", "timeout", "no request is sent"},
	{"show-request", "deadline", "no request is sent"},
	{"show-request", "record", "no request is sent"},
	{"show-request", "max-reply", "no request is sent"},
	{"explain-credentials", "record", "the config is not asked for"},
	{"explain-credentials", "max-reply", "the config is not asked for"},
	{"digest", "jcs", "one of them is printed"},
	{"digest", "assert", "one of them is printed"},
	{"jcs", "assert", "one of them is printed"},
	{"rev", "as-of", "each names a commit"},
	{"rev", "branch", "each names a commit"},
	{"runs", "TARGET", "a run is one of all targets"},
	{"runs", "branch", "the journal is on a branch of its own"},
	{"runs", "max-reply", "no baseline is read"},
	{"approve", "--approvals report", "nothing has to be approved here"},
	{"staged", "trees", "each says what is compared"},
	{"staged", "BASE..HEAD", "each says what is compared"},
	{"staged", "approve", "what is only staged is approved where it is proposed"},
};

/* Options, and facts, that are nothing by themselves: each with what it needs, one of two where there are two. */
static const struct {
	unsigned commands;
	const char *name, *needs, *or_needs;
} needs[] = {
	{ON_ALL, "journal-start", "journal", NULL},
	{ON_ALL, "journal-start", "push", NULL},
	{ON_ALL, "every", "runs", NULL},
	{ON(CMD_CHECK), "push", "commit", "journal"},
	{ON_ALL, "dry-run", "expect", "from"},
	{ON(CMD_REVIEW), "trees", "A B", NULL},
	{ON(CMD_REVIEW), "A B", "trees", NULL},
	{ON(CMD_DIFF), "replay", "live:TARGET", NULL},
	{ON(CMD_DIFF), "endpoint", "live:TARGET", NULL},
	{ON(CMD_DIFF), "ca-bundle", "live:TARGET", NULL},
	{ON(CMD_DIFF), "timeout", "live:TARGET", NULL},
	{ON(CMD_DIFF), "deadline", "live:TARGET", NULL},
};

/* Whether the command line has the option, or is what the fact says. */
static bool is_given(const struct walk *w, const struct options *o, const char *name)
{
	const struct option *row = find_option(str_from(name));

	for (size_t i = 0; !row && i < ARRAY_LEN(facts); i++)
		if (strcmp(name, facts[i].name) == 0)
			return facts[i].holds(o);
	return row && w->seen[row - options];
}

static const char *dashes(const char *name)
{
	return find_option(str_from(name)) ? "--" : "";
}

static struct err *check_clashes(const struct walk *w, const struct options *o,
				 const struct command *c)
{
	for (size_t i = 0; i < ARRAY_LEN(clashes); i++) {
		const char *a = clashes[i].a, *b = clashes[i].b;

		if (is_given(w, o, a) && is_given(w, o, b))
			return err_new(ERR_USAGE, "%s: %s%s and %s%s exclude each other: %s",
				       c->name, dashes(a), a, dashes(b), b, clashes[i].why);
	}
	return NULL;
}

static struct err *check_needs(const struct walk *w, const struct options *o,
			       const struct command *c)
{
	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		const char *a = needs[i].needs, *b = needs[i].or_needs;

		if (!(needs[i].commands & ON(c->id)) || !is_given(w, o, needs[i].name) ||
		    is_given(w, o, a) || (b && is_given(w, o, b)))
			continue;
		return err_new(ERR_USAGE, "%s: %s%s requires %s%s%s%s%s", c->name,
			       dashes(needs[i].name), needs[i].name, dashes(a), a, b ? " or " : "",
			       b ? dashes(b) : "", b ? b : "");
	}
	return NULL;
}

static struct err *check_command(const struct walk *w, const struct options *o,
				 const struct command *c)
{
	if (!c)
		return o->help || o->version
			       ? NULL
			       : err_new(ERR_USAGE, "no command; scandrift --help lists them");
	for (size_t i = 0; i < option_count; i++) {
		if (w->seen[i] && !(options[i].commands & ON(c->id)))
			return err_new(ERR_USAGE, "%s: no option --%s", c->name, options[i].name);
	}
	if (o->help || o->version)
		return NULL;
	TRY(check_clashes(w, o, c));
	TRY(check_needs(w, o, c));
	TRY(check_formats(o, c));
	if (o->arg_count < c->least)
		return err_new(ERR_USAGE, "%s: expected %s", c->name, c->arguments);
	if (o->arg_count > c->most)
		return err_new(ERR_USAGE, "%s: '%s' is one argument too many, expected %s", c->name,
			       o->args[c->most], c->arguments);
	return NULL;
}

struct workspace_options options_workspace(const struct options *o)
{
	return (struct workspace_options){
		.files = WORKSPACE_TARGETS,
		.names = o->args,
		.name_count = o->arg_count,
		.shard = o->check.shard,
		.max_reply = o->max_reply,
	};
}

struct err *options_parse(int argc, char **argv, struct arena *a, struct options *out,
			  const struct command **command)
{
	struct walk w = {.argc = argc, .at = 1, .argv = argv};
	bool only_arguments = false;

	*out = (struct options){.max_reply = JSON_SIZE_MAX, .evaluate.fail_on = SEVERITY_LOW};
	*command = NULL;
	out->args = arena_array(a, (size_t)argc + 1, sizeof(*out->args));
	if (!out->args)
		return err_nomem();
	for (; w.at < argc; w.at++) {
		const char *arg = argv[w.at];

		if (!only_arguments && strcmp(arg, "--") == 0)
			only_arguments = true;
		else if (!only_arguments && arg[0] == '-' && arg[1])
			TRY(take_option(&w, out));
		else if (!*command)
			TRY(command_find(str_from(arg), command));
		else
			out->args[out->arg_count++] = arg;
	}
	return check_command(&w, out, *command);
}
