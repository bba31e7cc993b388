/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_RULES_H
#define SCANDRIFT_RESULT_RULES_H

#include "result/finding.h"

/*
 * The rules that are built in: one row each, with default severity and what a reader should know.
 * A rule id that ends in '/' stands for all below it, such as drift/<Field>. A row makes a finding,
 * and finding.c takes the text of the id from here, so the two know each other.
 */
struct rule {
	const char *id;
	enum finding_class class;
	enum severity severity;
	const char *title;   /* what the rule says when it fires */
	const char *meaning; /* for scanning */
	const char *next;    /* what to do */
};

extern const struct rule rules[]; /* RULE_COUNT */

/*
 * For ids that people write, in waivers: exact, or the row that ends in '/' above it; NULL. What the
 * program itself finds has its enum rule_id.
 */
const struct rule *rule_find(struct str id);

/* Does the text begin as the ids of this class do? It may be no rule's id. */
bool rule_is_of(struct str id, enum finding_class c);

/* The id as outputs show it: the row's, and `part` behind it where the row is a group. */
struct str rule_text(const struct findings *list, enum rule_id id, struct str part) MUST_USE;

/*
 * What could not be judged cannot be let pass, nor a loosening by what it loosens, nor what is said
 * of waivers.
 */
bool rule_can_be_waived(const struct rule *rule);

/* A finding of this rule, its texts and severity as the row says; no place yet. */
struct finding finding_from_rule(enum rule_id id, struct str target);

/*
 * Such a finding, of a reply with this RequestId. Where it has none, the advice does not ask for it.
 */
struct finding finding_of_reply(enum rule_id id, struct str target, struct str request_id);

/* What a change of this direction is held for. */
struct direction_rule {
	enum severity severity;
	const char *meaning;
};
const struct direction_rule *rule_for_direction(enum direction d, bool is_switched_off);

#endif
