/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schema.h"

#include "base/attr.h"

/*
 * The tables. Facts behind them: the vendor's page of the action, and what its SDKs declare; where
 * those contradict each other, src/README.md says what we do and why.
 */

static const char *const scan_types[] = {"CVE", "RISK", "VIRUS", NULL};

/* The description names the first three, the sample azure, the connectors and events the rest. */
static const char *const registry_types[] = {"aws",       "azure", "ccr", "harbor", "jfrog",
					     "other-tcr", "quay",  "tcr", NULL};

/* 3, by cluster, is known from the sibling for local images. */
static const char *const scan_scopes[] = {"0", "1", "2", "3", NULL};

static const char *const scan_results[] = {"ImageNeedIsEmpty", "InsufficientLicense",
					   "InternalError", "Success", NULL};

/*
 * The zero values of what the service may be written in. Its list of images gives an image that was
 * never scanned an empty time.
 */
static const char *const no_text[] = {"", NULL};
static const char *const no_time[] = {"", "0000-00-00 00:00:00", "0001-01-01 00:00:00", NULL};
static const char *const no_number[] = {"0", NULL};

/* A year is the longest that a period can be in days; siblings are shown with 3600, of what is not said. */
#define PERIOD_DAYS_KNOWN 366

/* clang-format off */
/*
 * The vendor's order, so that a baseline reads like a reply. ImageDigest moves when a tag is pushed
 * again, InstanceName is a label, Force an echoed request flag.
 */
static const struct member image_members[] = {
	{ .name = "ImageDigest",      .kind = KIND_TEXT, .role = MEMBER_STATE },
	{ .name = "RegistryType",     .kind = KIND_TEXT, .role = MEMBER_KEY, .fold = FOLD_LOWER },
	{ .name = "ImageRepoAddress", .kind = KIND_TEXT, .role = MEMBER_KEY_IF_GAPS },
	{ .name = "InstanceId",       .kind = KIND_TEXT, .role = MEMBER_KEY },
	{ .name = "InstanceName",     .kind = KIND_TEXT, .role = MEMBER_STATE },
	{ .name = "Namespace",        .kind = KIND_TEXT, .role = MEMBER_KEY },
	{ .name = "ImageName",        .kind = KIND_TEXT, .role = MEMBER_KEY },
	{ .name = "ImageTag",         .kind = KIND_TEXT, .role = MEMBER_KEY },
	{ .name = "Force",            .kind = KIND_TEXT, .role = MEMBER_STATE },
};

static const struct field registry_scan_fields[] = {
	{ .name = "Enable",               .kind = KIND_BOOL,        .dimension = DIM_SWITCH,  .need = NEED_ALWAYS },
	{ .name = "ScanScope",            .kind = KIND_INTEGER,     .dimension = DIM_SCOPE,   .known = scan_scopes },
	{ .name = "ScanType",             .kind = KIND_TEXT_SET,    .dimension = DIM_TYPES,   .fold = FOLD_UPPER, .known = scan_types },
	{ .name = "ScanPeriod",           .kind = KIND_INTEGER,     .dimension = DIM_PERIOD,  .need = NEED_WHEN_ON, .unset = no_number, .least = 1, .most_known = PERIOD_DAYS_KNOWN },
	{ .name = "ScanTime",             .kind = KIND_CLOCK,       .dimension = DIM_START,   .need = NEED_WHEN_ON, .unset = no_time },
	{ .name = "ScanEndTime",          .kind = KIND_CLOCK,       .dimension = DIM_END,     .unset = no_time },
	{ .name = "RegistryType",         .kind = KIND_TEXT_SET,    .dimension = DIM_FILTER,  .fold = FOLD_LOWER, .known = registry_types, .words = "registry types" },
	{ .name = "Namespace",            .kind = KIND_TEXT_SET,    .dimension = DIM_FILTER,  .words = "namespaces" },
	{ .name = "Images",               .kind = KIND_ELEMENTS,    .dimension = DIM_CHOSEN,  .words = "by name", .members = image_members, .member_count = ARRAY_LEN(image_members) },
	{ .name = "Id",                   .kind = KIND_INTEGER_SET, .dimension = DIM_CHOSEN,  .words = "by id" },
	{ .name = "ExcludeImageAssetIds", .kind = KIND_INTEGER_SET, .dimension = DIM_EXCLUDED, .words = "image assets" },
	{ .name = "Latest",               .kind = KIND_BOOL,        .dimension = DIM_NARROW,  .words = "the newest version of an image" },
	{ .name = "ContainerRunning",     .kind = KIND_BOOL,        .dimension = DIM_NARROW,  .words = "images with a running container" },
	{ .name = "All",                  .kind = KIND_BOOL,        .dimension = DIM_ALL },
	{ .name = "LastScanTime",         .kind = KIND_TEXT,        .role = ROLE_STATE,       .state = STATE_LAST_SCAN, .unset = no_time },
	{ .name = "ScanResult",           .kind = KIND_TEXT,        .role = ROLE_STATE,       .state = STATE_OUTCOME, .unset = no_text, .known = scan_results, .good = "Success", .mild = "ImageNeedIsEmpty" },
	{ .name = "RequestId",            .kind = KIND_TEXT,        .role = ROLE_RUN,         .need = NEED_ALWAYS },
	{ .name = "DeprecatedWarning",    .kind = KIND_TEXT,        .role = ROLE_RUN },
};
/* clang-format on */

const struct resource schema_registry_scan = {
	.service = "tcss",
	.action = "DescribeImageRegistryTimingScanTask",
	.version = "2020-11-01",
	.request_body = "{}",
	.fields = registry_scan_fields,
	.field_count = ARRAY_LEN(registry_scan_fields),
};

size_t schema_find_dimension(const struct resource *r, enum dimension d)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].role == ROLE_CONFIG && r->fields[i].dimension == d)
			return i;
	}
	return r->field_count;
}

size_t schema_find_state(const struct resource *r, enum state_kind k)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].role == ROLE_STATE && r->fields[i].state == k)
			return i;
	}
	return r->field_count;
}

bool schema_is_set(enum field_kind k)
{
	return k == KIND_TEXT_SET || k == KIND_INTEGER_SET || k == KIND_ELEMENTS;
}

bool schema_lists(const char *const *list, struct str text)
{
	for (; list && *list; list++) {
		if (str_is(text, *list))
			return true;
	}
	return false;
}

/* ASCII alone: the vocabularies are. */
bool schema_folds(char c, enum text_fold fold)
{
	return (fold == FOLD_UPPER && c >= 'a' && c <= 'z') ||
	       (fold == FOLD_LOWER && c >= 'A' && c <= 'Z');
}

bool schema_is_folded(struct str text, enum text_fold fold)
{
	if (fold == FOLD_NONE)
		return true;
	for (size_t i = 0; i < text.n; i++) {
		if (schema_folds(text.p[i], fold))
			return false;
	}
	return true;
}
