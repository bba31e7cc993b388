/* SPDX-License-Identifier: Apache-2.0 */
#include "result/rules.h"

#include <assert.h>
#include <string.h>

#include "base/attr.h"

#define NEXT_REPLY "Run again; if it stays, give the RequestId to the vendor's support"
/* The same where the reply names no RequestId: then the API may not be what answers. */
#define NEXT_UNNAMED "Run again; if it stays, look at what answers, with scandrift fetch --raw"
#define NEXT_KEEP    "Nothing, or accept it into the baseline with scandrift accept"

#define NEXT_APPROVE \
	"Take it back, or have somebody who may decide it approve exactly this set: --approve"

/* clang-format off */
/* Sorted by id, as the enum is. */
const struct rule rules[] = {
	[RULE_APPROVAL_ALIAS_CHANGED] =
	{ "approval/alias-changed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "An alias is not what it was",
	  "Another member of a list counts as the same, so what was compared may not be",
	  NEXT_APPROVE },
	[RULE_APPROVAL_ATTRIBUTE] =
	{ "approval/attribute", CLASS_APPROVAL, SEVERITY_HIGH,
	  "Git attributes of what is judged are not what they were",
	  "Attributes can hide later changes from people, or give them other bytes than are judged",
	  NEXT_APPROVE },
	[RULE_APPROVAL_BASE_UNREADABLE] =
	{ "approval/base-unreadable", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A file of the base cannot be read",
	  "What it demanded counts as removed, and nothing can be compared with it",
	  "Look at the whole of what replaces it, then approve exactly this set: --approve" },
	[RULE_APPROVAL_BASELINE_FIRST] =
	{ "approval/baseline-first", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A target has its first baseline, and no rule vouches for it",
	  "Whatever this baseline leaves out is not missed by any later check",
	  NEXT_APPROVE },
	[RULE_APPROVAL_BASELINE_REMOVED] =
	{ "approval/baseline-removed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A baseline is gone",
	  "Nothing says any more what should be scanned for this target",
	  NEXT_APPROVE },
	[RULE_APPROVAL_BASELINE_WEAKENED] =
	{ "approval/baseline-weakened", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A baseline may scan less than it did",
	  "Images, or kinds of scan, that were covered may not be any more",
	  NEXT_APPROVE },
	[RULE_APPROVAL_DRIFT_SEVERITY] =
	{ "approval/drift-severity", CLASS_APPROVAL, SEVERITY_HIGH,
	  "Drift is held for less grave than it was",
	  "A change of this field may go unnoticed, or pass",
	  NEXT_APPROVE },
	[RULE_APPROVAL_IGNORE_ADDED] =
	{ "approval/ignore-added", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A field's drift is ignored",
	  "What changes in it counts nowhere",
	  NEXT_APPROVE },
	[RULE_APPROVAL_IGNORE_EXTENDED] =
	{ "approval/ignore-extended", CLASS_APPROVAL, SEVERITY_HIGH,
	  "An ignore lets more pass than it did",
	  "What it ignores counts nowhere",
	  NEXT_APPROVE },
	[RULE_APPROVAL_LIMITS] =
	{ "approval/limits", CLASS_APPROVAL, SEVERITY_HIGH,
	  "Waivers may last longer than they might",
	  "A waiver that let nothing pass may let it pass now",
	  NEXT_APPROVE },
	[RULE_APPROVAL_PIPELINE] =
	{ "approval/pipeline", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A job that runs the check is not what it was",
	  "The check may not run any more, or run other code with its credentials",
	  NEXT_APPROVE },
	[RULE_APPROVAL_POLICY_REMOVED] =
	{ "approval/policy-removed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A policy is gone",
	  "What its rules demanded is not demanded any more",
	  NEXT_APPROVE },
	[RULE_APPROVAL_RULE_NARROWED] =
	{ "approval/rule-narrowed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A rule applies to less than it did",
	  "Where it does not apply it demands nothing",
	  NEXT_APPROVE },
	[RULE_APPROVAL_RULE_REMOVED] =
	{ "approval/rule-removed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A rule is gone",
	  "What it demanded is not demanded any more",
	  NEXT_APPROVE },
	[RULE_APPROVAL_RULE_WEAKENED] =
	{ "approval/rule-weakened", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A rule may demand less than it did",
	  "A schedule that failed it may pass",
	  NEXT_APPROVE },
	[RULE_APPROVAL_SEVERITY_LOWERED] =
	{ "approval/severity-lowered", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A rule's severity is lower than it was",
	  "Its findings may pass where they failed",
	  NEXT_APPROVE },
	[RULE_APPROVAL_TARGET_ADDED] =
	{ "approval/target-added", CLASS_APPROVAL, SEVERITY_HIGH,
	  "Credentials go where they did not go",
	  "The next run sends a token or signed requests to a host that base does not trust",
	  NEXT_APPROVE },
	[RULE_APPROVAL_TARGET_CHANGED] =
	{ "approval/target-changed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A target is asked or compared in another way",
	  "Another account, or another baseline, may be judged in its place",
	  NEXT_APPROVE },
	[RULE_APPROVAL_TARGET_REMOVED] =
	{ "approval/target-removed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A target is gone",
	  "Its account is not checked any more",
	  NEXT_APPROVE },
	[RULE_APPROVAL_TARGET_RENAMED] =
	{ "approval/target-renamed", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A target has another name",
	  "Waivers and history of its name follow, or do not",
	  NEXT_APPROVE },
	[RULE_APPROVAL_WAIVER_ADDED] =
	{ "approval/waiver-added", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A waiver is new",
	  "What it lets pass counts nowhere",
	  NEXT_APPROVE },
	[RULE_APPROVAL_WAIVER_EXTENDED] =
	{ "approval/waiver-extended", CLASS_APPROVAL, SEVERITY_HIGH,
	  "A waiver lets more pass than it did",
	  "What it lets pass counts nowhere",
	  NEXT_APPROVE },
	[RULE_BASELINE_MALFORMED] =
	{ "baseline/malformed", CLASS_BASELINE, SEVERITY_CRITICAL,
	  "The committed baseline cannot be read",
	  "Nothing says what should be scanned for this target",
	  "Mend the file and commit it, or write it anew with scandrift accept" },
	[RULE_BASELINE_MISSING] =
	{ "baseline/missing", CLASS_BASELINE, SEVERITY_HIGH,
	  "The target has no committed baseline",
	  "Nothing says what should be scanned for this target",
	  "Look at the live setting with scandrift accept, then commit it" },
	[RULE_BASELINE_NOT_CANONICAL] =
	{ "baseline/not-canonical", CLASS_BASELINE, SEVERITY_LOW,
	  "The baseline is not in canonical form",
	  "It means the same, but its next change will show more lines than were changed",
	  "Pass it through scandrift normalize, with each [alias] of targets.ini as what it stands for, and commit the result" },
	[RULE_BASELINE_ORPHAN] =
	{ "baseline/orphan", CLASS_BASELINE, SEVERITY_LOW,
	  "No target names this baseline",
	  "What it says is checked nowhere",
	  "Name it in baselines/targets.ini, or remove it" },
	[RULE_BASELINE_UNCOMMITTED] =
	{ "baseline/uncommitted", CLASS_BASELINE, SEVERITY_MEDIUM,
	  "The baseline in the work tree is not the committed one",
	  "The committed one was judged; the other is nobody's decision yet",
	  "Commit the change, or take it back with git restore" },
	[RULE_DRIFT] =
	{ "drift/", CLASS_DRIFT, SEVERITY_HIGH,
	  "The live setting differs from the baseline", "", "" },
	[RULE_INCOMPLETE] =
	{ "incomplete/", CLASS_INCOMPLETE, SEVERITY_HIGH,
	  "The target could not be judged",
	  "Whether its images are scanned as they should be is not known",
	  NEXT_REPLY },
	[RULE_INCOMPLETE_MISSING_FIELD] =
	{ "incomplete/missing-field", CLASS_INCOMPLETE, SEVERITY_HIGH,
	  "The reply lacks what every reply has",
	  "Whether its images are scanned as they should be is not known",
	  NEXT_REPLY },
	[RULE_LIVENESS_CLOCK] =
	{ "liveness/clock", CLASS_LIVENESS, SEVERITY_MEDIUM,
	  "The last scan is said to be in the future",
	  "Whether scans run cannot be told from it",
	  "Check the target's zone and this machine's clock" },
	[RULE_LIVENESS_SCAN_RESULT] =
	{ "liveness/scan-result", CLASS_LIVENESS, SEVERITY_HIGH,
	  "The last scan did not end well",
	  "The schedule is on, and images may not be scanned all the same",
	  "Look at the scan in the console: Image risk > Registry images" },
	[RULE_LIVENESS_STALE] =
	{ "liveness/stale", CLASS_LIVENESS, SEVERITY_HIGH,
	  "No scan has run for longer than two periods",
	  "The schedule is on, and images are not scanned all the same",
	  "Look at the scan in the console: Image risk > Registry images" },
	[RULE_LIVENESS_UNKNOWN] =
	{ "liveness/unknown", CLASS_LIVENESS, SEVERITY_INFO,
	  "The reply does not say when a scan last ran",
	  "The schedule is on, and whether images are scanned is not known",
	  "Look at the scan in the console: Image risk > Registry images" },
	[RULE_POLICY] =
	{ "policy/", CLASS_POLICY, SEVERITY_HIGH,
	  "A rule of the policy does not hold",
	  "The schedule is not what the policy demands, whatever its baseline says",
	  "Change the setting, in the console: Image risk > Registry images > Scheduled scan" },
	[RULE_POLICY_EMPTY] =
	{ "policy/empty", CLASS_POLICY, SEVERITY_LOW,
	  "The policy has no rule",
	  "It looks like a demand, and demands nothing",
	  "Give it a rule, or remove the file" },
	[RULE_SCHEMA_BAD_VALUE] =
	{ "schema/bad-value", CLASS_INCOMPLETE, SEVERITY_HIGH,
	  "A value of the reply is malformed",
	  "The target could not be judged: its setting is not known",
	  NEXT_REPLY },
	[RULE_SCHEMA_MISSING_FIELD] =
	{ "schema/missing-field", CLASS_SCHEMA, SEVERITY_INFO,
	  "The reply does not name a field that the baseline sets",
	  "The vendor may have taken the field away",
	  NEXT_KEEP },
	[RULE_SCHEMA_TYPE_CHANGED] =
	{ "schema/type-changed", CLASS_INCOMPLETE, SEVERITY_HIGH,
	  "A field of the reply has another JSON type",
	  "The target could not be judged: its setting is not known",
	  NEXT_REPLY },
	[RULE_SCHEMA_UNKNOWN_FIELD] =
	{ "schema/unknown-field", CLASS_SCHEMA, SEVERITY_INFO,
	  "The reply has a field that this version does not know",
	  "What it does to scanning is not known; it is compared like any other",
	  NEXT_KEEP },
	[RULE_SCHEMA_UNKNOWN_VALUE] =
	{ "schema/unknown-value", CLASS_SCHEMA, SEVERITY_INFO,
	  "The reply has a value that this version does not know",
	  "What it does to scanning is not known; it is compared like any other",
	  NEXT_KEEP },
	[RULE_TARGET_CLOCK] =
	{ "target/clock", CLASS_TARGET, SEVERITY_INFO,
	  "The clock of the machine that asked is not the server's; the server's was used",
	  "What is told by time, such as an expired waiver, may be wrong by as much",
	  "Set this machine's clock" },
	[RULE_TARGET_SAME_ACCOUNT] =
	{ "target/same-account", CLASS_TARGET, SEVERITY_MEDIUM,
	  "Another target reaches the same account by other credentials",
	  "One of them may be for an account that nobody checks",
	  "Give each target the credentials of its own account, and set uin" },
	[RULE_TARGET_UNPINNED] =
	{ "target/unpinned", CLASS_TARGET, SEVERITY_INFO,
	  "The target does not say which account it is",
	  "With other credentials another account would be judged in its place",
	  "Set uin in baselines/targets.ini" },
	[RULE_WAIVER_EXPIRED] =
	{ "waiver/expired", CLASS_WAIVER, SEVERITY_MEDIUM,
	  "The waiver has ended and does not apply any more",
	  "What it let pass counts again",
	  "Remove it, or give it a new last day if the reason still holds" },
	[RULE_WAIVER_EXPIRES_SOON] =
	{ "waiver/expires-soon", CLASS_WAIVER, SEVERITY_INFO,
	  "The waiver ends within 14 days",
	  "What it lets pass will count again",
	  "Remove the reason for it, or give it a new last day" },
	[RULE_WAIVER_TOO_LONG] =
	{ "waiver/too-long", CLASS_WAIVER, SEVERITY_MEDIUM,
	  "The waiver lasts longer than waivers may",
	  "It lets nothing pass until its last day is near enough",
	  "Give it a nearer last day, and have it decided again then" },
	[RULE_WAIVER_UNUSED] =
	{ "waiver/unused", CLASS_WAIVER, SEVERITY_LOW,
	  "The waiver lets nothing pass",
	  "It would hide the next finding of its rule before anybody has looked at it",
	  "Remove it" },
};
/* clang-format on */

static_assert(ARRAY_LEN(rules) == RULE_COUNT, "a row for each rule");

static bool is_group(const struct rule *rule)
{
	return rule->id[strlen(rule->id) - 1] == '/';
}

const struct rule *rule_find(struct str id)
{
	const struct rule *above = NULL;

	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (str_is(id, rules[i].id))
			return &rules[i];
		if (is_group(&rules[i]) && str_starts(id, rules[i].id))
			above = &rules[i];
	}
	return above;
}

bool rule_is_of(struct str id, enum finding_class c)
{
	const char *name = finding_class_name(c);
	size_t n = strlen(name);

	return str_starts(id, name) && id.n > n && id.p[n] == '/';
}

bool rule_can_be_waived(const struct rule *rule)
{
	if (rule->class == CLASS_INCOMPLETE || rule->class == CLASS_APPROVAL ||
	    rule->class == CLASS_WAIVER)
		return false;
	return rule != &rules[RULE_BASELINE_MISSING] && rule != &rules[RULE_BASELINE_MALFORMED];
}

struct finding finding_from_rule(enum rule_id id, struct str target)
{
	const struct rule *rule = &rules[id];

	return (struct finding){
		.rule = id,
		.class = rule->class,
		.severity = rule->severity,
		.target = target,
		.message = str_from(rule->title),
		.meaning = str_from(rule->meaning),
		.next = str_from(rule->next),
	};
}

struct finding finding_of_reply(enum rule_id id, struct str target, struct str request_id)
{
	struct finding f = finding_from_rule(id, target);

	f.request_id = request_id;
	if (!request_id.n && str_is(f.next, NEXT_REPLY))
		f.next = STR(NEXT_UNNAMED);
	return f;
}

struct str rule_text(const struct findings *list, enum rule_id id, struct str part)
{
	const struct rule *rule = &rules[id];

	if (!is_group(rule))
		return str_from(rule->id);
	return findings_text(list, "%s%.*s", rule->id, STR_ARG(part));
}

static const struct direction_rule switched_off = {SEVERITY_CRITICAL,
						   "No registry image is scanned any more"};

static const struct direction_rule directions[] = {
	[DIR_WEAKENED] = {SEVERITY_HIGH, "Less may be scanned than before"},
	[DIR_UNKNOWN] = {SEVERITY_HIGH,
			 "Whether less is scanned cannot be told from what the vendor documents"},
	[DIR_MIXED] = {SEVERITY_HIGH, "Less may be scanned in one way, and more in another"},
	[DIR_NEUTRAL] = {SEVERITY_MEDIUM, "The same is scanned, at another time"},
	[DIR_STRENGTHENED] = {SEVERITY_LOW, "More is scanned than before"},
	[DIR_INERT] = {SEVERITY_INFO, "What is scanned stays the same"},
};

const struct direction_rule *rule_for_direction(enum direction d, bool is_switched_off)
{
	return is_switched_off ? &switched_off : &directions[d];
}
