/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change of policies and targets loosens: a base, a head, and the approvals that are asked
 * for, with the line in the head where each is shown. And the bytes that an approval is of.
 */
#include "result/loosening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model_lib.h"
#include "result/judge_policy.h"

#define HEAD  "[policy]\nid = p\n"
#define RULE  HEAD "[rule r]\nseverity = high\n"
#define A1    RULE "assert = /ScanPeriod <= 7\n"
#define ENDS  "reason = x\nowner = y\nexpires = 2027-01-31\n"
#define A2    RULE "assert = /Id count == 0\n"
#define W1    A2 "[waiver w]\nrule = r\ntarget = a b\nvalue = [1, 2]\n" ENDS
#define I1    HEAD "[ignore i]\npath = /Id\n" ENDS
#define T1    "[target a]\nprofile = x\n[target b]\nuin = 1\nzone = +08:00\n"
#define E1    "[target a]\nendpoint = tcss.example.com\nprofile = x\n"
#define ALIAS "[alias]\nScanType.VUL = CVE\n"

/* clang-format off */
static const struct row {
	const char *name, *base, *head; /* of a policy, or where it begins with "[target", targets */
	const char *told;               /* "what:line" each, in the order of the findings */
} rows[] = {
	/* ---- quiet ---- */
	{ "the same", A1, A1, "" },
	{ "words", HEAD "[rule r]\ntitle = t\nseverity = high\nassert = /ScanPeriod <= 7\nrationale = x\n",
	  "; moved\n" HEAD "[rule r]\nassert = /ScanPeriod <= 7\nseverity = high\nremediation = z\ncontrols = A:1\n", "" },
	{ "a rule more", A1, A1 "[rule s]\nseverity = low\nassert = /Enable == true\n", "" },
	{ "rules in another order", A1 "[rule s]\nseverity = low\nassert = /Enable == true\n",
	  HEAD "[rule s]\nseverity = low\nassert = /Enable == true\n[rule r]\nseverity = high\nassert = /ScanPeriod <= 7\n", "" },
	{ "severity raised", A1, HEAD "[rule r]\nseverity = critical\nassert = /ScanPeriod <= 7\n", "" },
	{ "an assertion stronger", A1, RULE "assert = /ScanPeriod == 1\n", "" },
	{ "an assertion more", A1, RULE "assert = /ScanPeriod <= 7\n  /Enable == true\n", "" },
	{ "assertions in another order", RULE "assert = /ScanPeriod <= 7\n  /Enable == true\n",
	  RULE "assert = /Enable == true\n  /ScanPeriod <= 7\n", "" },
	{ "no when any more", RULE "when = /Enable == true\nassert = /ScanPeriod <= 7\n", A1, "" },
	{ "a wider when", RULE "when = /ScanPeriod == 2\nassert = /ScanPeriod <= 7\n",
	  RULE "when = /ScanPeriod >= 1\nassert = /ScanPeriod <= 7\n", "" },
	{ "contains over three lines", RULE "assert = /ScanType contains CVE RISK VIRUS\n",
	  RULE "assert = /ScanType contains CVE\n  /ScanType contains RISK\n  /ScanType contains VIRUS\n", "" },
	{ "contains in one line", RULE "assert = /ScanType contains CVE\n  /ScanType contains RISK VIRUS\n",
	  RULE "assert = /ScanType contains VIRUS RISK CVE\n", "" },
	{ "no more than none", A2, RULE "assert = /Id count < 1\n", "" },
	{ "none by another word", A2, RULE "assert = /Id absent\n", "" },
	{ "a range in two lines", RULE "assert = /ScanTime within 01:00-05:00\n",
	  RULE "assert = /ScanTime >= 01:00\n  /ScanTime <= 05:00\n", "" },
	{ "a when that says nothing", RULE "assert = /ScanPeriod <= 7\n", RULE "when = /ScanPeriod >= 1\nassert = /ScanPeriod <= 7\n", "" },
	{ "a when in two lines", RULE "when = /ScanScope in 0 1\nassert = /ScanPeriod <= 7\n",
	  RULE "when = /ScanScope >= 0\n  /ScanScope < 2\nassert = /ScanPeriod <= 7\n", "" },
	{ "contains over two lines of three", RULE "assert = /ScanType contains CVE RISK VIRUS\n",
	  RULE "assert = /ScanType contains CVE\n  /ScanType contains RISK\n", "rule-weakened:5" },
	{ "a when on state", RULE "assert = /ScanPeriod <= 7\n", RULE "when = state:/ScanResult like *\nassert = /ScanPeriod <= 7\n", "rule-narrowed:5" },
	{ "a rule more, with a waiver", A1, A1 "[rule s]\nseverity = low\nassert = /Enable == true\n[waiver w]\nrule = s\n" ENDS, "" },
	{ "the first policy, with a waiver", "", W1, "" },
	{ "the first policy, with a waiver of a built-in rule", "", A1 "[waiver w]\nrule = liveness/stale\n" ENDS, "waiver-added:6" },
	{ "a waiver of the new name of a rule", A2, HEAD "[rule s]\nseverity = high\nassert = /Id count == 0\n[waiver w]\nrule = s\n" ENDS, "rule-removed:2" },
	{ "a rule for more targets", RULE "target = prod-a test\nassert = /ScanPeriod <= 7\n", RULE "target = prod-* test\nassert = /ScanPeriod <= 7\n", "" },
	{ "a rule for all targets", RULE "target = prod-*\nassert = /ScanPeriod <= 7\n", A1, "" },
	{ "a built-in rule graver", HEAD, HEAD "[severity]\ntarget/unpinned = critical\n", "" },
	{ "drift by its other name", HEAD "[drift]\n/Id = low\n", HEAD "[severity]\ndrift/Id = low\n", "" },
	{ "a limit", HEAD, HEAD "[limits]\nwaiver-days = 90\n", "" },
	{ "a limit lowered", HEAD "[limits]\nwaiver-days = 90\n", HEAD "[limits]\nwaiver-days = 30\n", "" },
	{ "a waiver less", W1, A2, "" },
	{ "a waiver shorter", W1, A2 "[waiver w]\nrule = r\ntarget = a b\nvalue = [1, 2]\nreason = x\nowner = y\nexpires = 2027-01-30\n", "" },
	{ "a waiver for less", W1, A2 "[waiver w]\nrule = r\ntarget = b\nvalue = [1, 2]\n" ENDS, "" },
	{ "a waiver renamed", W1, A2 "[waiver x]\nrule = policy/p/r\ntarget = b a\nvalue = [ 1,2 ]\n" ENDS, "" },
	{ "a pin in another order", W1, A2 "[waiver w]\nrule = r\ntarget = a b\nvalue = [2, 1]\n" ENDS, "" },
	{ "a pin with a value twice", W1, A2 "[waiver w]\nrule = r\ntarget = a b\nvalue = [2, 1, 2]\n" ENDS, "" },
	{ "a pin of a time in another form", RULE "assert = /ScanTime < 03:00\n[waiver w]\nrule = r\nvalue = \"03:00\"\n" ENDS,
	  RULE "assert = /ScanTime < 03:00\n[waiver w]\nrule = r\nvalue = \"03:00:00\"\n" ENDS, "" },
	{ "a pin in another case", RULE "assert = /ScanType/* in CVE\n[waiver w]\nrule = r\nvalue = [\"RISK\", \"VIRUS\"]\n" ENDS,
	  RULE "assert = /ScanType/* in CVE\n[waiver w]\nrule = r\nvalue = [\"virus\", \"Risk\"]\n" ENDS, "" },
	{ "an ignore's pin in another order", HEAD "[ignore i]\npath = /Id\nvalue = [888, 999]\n" ENDS,
	  HEAD "[ignore i]\npath = /Id\nvalue = [999,888]\n" ENDS, "" },
	{ "the same members of elements", RULE "assert = /Images/*/ImageTag == x\n[waiver w]\nrule = r\nvalue = [\"a\", \"b\"]\n" ENDS,
	  RULE "assert = /Images/*/ImageTag == x\n[waiver w]\nrule = r\nvalue = [\"b\", \"a\"]\n" ENDS, "" },
	{ "a pinned list that is no set", HEAD "[ignore i]\npath = unknown:/New\nvalue = [1, 2]\n" ENDS,
	  HEAD "[ignore i]\npath = unknown:/New\nvalue = [2, 1]\n" ENDS, "ignore-extended:5" },
	{ "a pin of one assertion of two", RULE "assert = /Id count == 0\n  unknown:/New absent\n[waiver w]\nrule = r\nvalue = [1, 2]\n" ENDS,
	  RULE "assert = /Id count == 0\n  unknown:/New absent\n[waiver w]\nrule = r\nvalue = [2, 1]\n" ENDS, "waiver-extended:9" },
	{ "a waiver pinned", A2 "[waiver w]\nrule = r\n" ENDS, W1, "" },
	{ "drift graver", HEAD "[drift]\n/Id = low\n", HEAD "[drift]\n/Id = high\n", "" },
	{ "drift as grave as can be", HEAD, HEAD "[drift]\n/Id = high\n/Enable = critical\n", "" },
	{ "drift that was let go by", HEAD "[drift]\n/Id = info\n", HEAD, "" },
	{ "targets: words and order", T1, "[target b]\nzone = +08:00\nuin = 1\n; x\n[target a]\nprofile = x\ntimeout = 3s\n", "" },
	{ "a target more", T1, T1 "[target c]\n", "" },
	{ "a target more of the same profile", T1, T1 "[target c]\nprofile = x\nregion = ap-seoul\nuin = 7\nrole-arn = qcs::cam::uin/7:roleName/r\n", "" },
	{ "a target more at the vendor's other hosts", T1, T1 "[target c]\nendpoint = TCSS.intl.tencentcloudapi.com\n[target d]\nendpoint = https://tcss.internal.tencentcloudapi.com:443/\n"
	  "[target e]\nendpoint = tcss.ap-shanghai-fsi.tencentcloudapi.com\nsts-endpoint = sts.ap-shanghai-fsi.tencentcloudapi.com\n", "" },
	{ "a target more at a place of the base", E1, E1 "[target c]\nprofile = x\nendpoint = https://TCSS.example.com\n", "" },
	{ "a place of the base by way of the defaults", E1, "[defaults]\nendpoint = tcss.example.com:443\n[target a]\nendpoint = tcss.example.com\nprofile = x\n[target c]\nprofile = x\n", "" },
	{ "what was not set", T1, "[target a]\nprofile = x\nuin = 7\nzone = Z\n[target b]\nuin = 1\nzone = +08:00\n", "" },
	{ "a default is the same said", T1, "[defaults]\nprofile = x\n[target a]\nbaseline = baselines/a.json\n[target b]\nuin = 1\nzone = +08:00\nprofile = y\n", "target-changed:8 target-added:5" },
	/* ---- rules ---- */
	{ "policy removed", A1, "", "policy-removed:1" },
	{ "policy under another id", A1, "[policy]\nid = q\n[rule r]\nseverity = high\nassert = /ScanPeriod <= 7\n", "policy-removed:1" },
	{ "rule removed", A1, HEAD, "rule-removed:2" },
	{ "rule renamed", A1, HEAD "[rule s]\nseverity = high\nassert = /ScanPeriod <= 7\n", "rule-removed:2" },
	{ "severity lowered", A1, HEAD "[rule r]\n\nseverity = medium\nassert = /ScanPeriod <= 7\n", "severity-lowered:5" },
	{ "an assertion weaker", A1, RULE "assert = /ScanPeriod <= 8\n", "rule-weakened:5" },
	{ "an assertion on something else", A1, RULE "assert = /Enable == true\n", "rule-weakened:5" },
	{ "an assertion less", RULE "assert = /ScanPeriod <= 7\n  /Enable == true\n", A1, "rule-weakened:3" },
	{ "an assertion not known to be stronger", RULE "assert = /Namespace/* like a*\n", RULE "assert = /Namespace/* like ab*\n", "rule-weakened:5" },
	{ "a when", A1, RULE "when = /Enable == true\nassert = /ScanPeriod <= 7\n", "rule-narrowed:5" },
	{ "a narrower when", RULE "when = /ScanPeriod >= 1\nassert = /ScanPeriod <= 7\n",
	  RULE "when = /ScanPeriod == 2\nassert = /ScanPeriod <= 7\n", "rule-narrowed:5" },
	{ "a when more", RULE "when = /Enable == true\nassert = /ScanPeriod <= 7\n",
	  RULE "when = /Enable == true\n  /ScanScope == 0\nassert = /ScanPeriod <= 7\n", "rule-narrowed:6" },
	{ "all at once", RULE "assert = /ScanPeriod <= 7\n", HEAD "[rule r]\nseverity = low\nwhen = /Enable == true\nassert = /ScanPeriod <= 9\n",
	  "severity-lowered:4 rule-weakened:6 rule-narrowed:5" },
	/* ---- targets of rules ---- */
	{ "a rule for some targets", A1, RULE "target = prod-*\nassert = /ScanPeriod <= 7\n", "rule-narrowed:5" },
	{ "a rule for fewer targets", RULE "target = prod-* test\nassert = /ScanPeriod <= 7\n", RULE "target = prod-*\nassert = /ScanPeriod <= 7\n", "rule-narrowed:5" },
	{ "a rule for another pattern", RULE "target = prod-*\nassert = /ScanPeriod <= 7\n", RULE "target = prod-?\nassert = /ScanPeriod <= 7\n", "rule-narrowed:5" },
	/* ---- severities and limits ---- */
	{ "a built-in rule milder", HEAD, HEAD "[severity]\ntarget/same-account = low\n", "severity-lowered:4" },
	{ "a built-in rule milder than set", HEAD "[severity]\ntarget/unpinned = critical\n", HEAD "[severity]\ntarget/unpinned = high\n", "severity-lowered:4" },
	{ "a built-in rule as before", HEAD "[severity]\ntarget/unpinned = high\n", HEAD, "severity-lowered:1" },
	{ "drift by the other name", HEAD "[severity]\ndrift/Id = medium\n", HEAD "[drift]\n/Id = low\n", "drift-severity:4" },
	{ "a limit raised", HEAD "[limits]\nwaiver-days = 90\n", HEAD "[limits]\nwaiver-days = 91\n", "limits:4" },
	{ "a limit gone", HEAD "[limits]\nwaiver-days = 90\n", HEAD, "limits:1" },
	/* ---- drift ---- */
	{ "drift milder", HEAD "[drift]\n/Id = medium\n", HEAD "[drift]\n/Id = low\n", "drift-severity:4" },
	{ "drift by direction may be milder", HEAD "[drift]\n/Id = low\n", HEAD, "drift-severity:1" },
	{ "drift milder than by direction", HEAD, HEAD "[drift]\n/Id = medium\n", "drift-severity:4" },
	{ "switching off is critical", HEAD, HEAD "[drift]\n/Enable = high\n", "drift-severity:4" },
	/* ---- waivers ---- */
	{ "waiver added", A2, W1, "waiver-added:6" },
	{ "waiver of another rule", W1, A2 "[waiver w]\nrule = drift/Id\ntarget = a b\nvalue = [1, 2]\n" ENDS, "waiver-added:6" },
	{ "waiver extended", W1, A2 "[waiver w]\nrule = r\ntarget = a b\nvalue = [1, 2]\nreason = x\nowner = y\nexpires = 2027-02-01\n", "waiver-extended:12" },
	{ "pin removed", W1, A2 "[waiver w]\nrule = r\ntarget = a b\n" ENDS, "waiver-extended:6" },
	{ "another pin", W1, A2 "[waiver w]\nrule = r\ntarget = a b\nvalue = [1]\n" ENDS, "waiver-extended:9" },
	{ "for one more", W1, A2 "[waiver w]\nrule = r\ntarget = a b c\nvalue = [1, 2]\n" ENDS, "waiver-extended:8" },
	{ "for all", W1, A2 "[waiver w]\nrule = r\nvalue = [1, 2]\n" ENDS, "waiver-extended:6" },
	{ "a second one", W1, W1 "[waiver x]\nrule = r\ntarget = c\n" ENDS, "waiver-added:13" },
	{ "ignore added", HEAD, I1, "ignore-added:3" },
	{ "ignore extended", I1, HEAD "[ignore i]\npath = /Id\nreason = x\nowner = y\nexpires = 2028-01-31\n", "ignore-extended:7" },
	{ "an ignore for a waiver", HEAD "[waiver w]\nrule = drift/Id\n" ENDS, I1, "" },
	/* ---- targets ---- */
	{ "target removed", T1, "[target a]\nprofile = x\n", "target-removed:1" },
	{ "all targets removed", T1, "", "target-removed:1 target-removed:1" },
	{ "target renamed", T1, "[target a]\nprofile = x\n[target c]\nformerly = b\nuin = 1\nzone = +08:00\n", "target-renamed:3" },
	{ "renamed without a word", T1, "[target a]\nprofile = x\n[target c]\nuin = 1\nzone = +08:00\n", "target-removed:1" },
	{ "renamed in another case", T1, "[target A]\nprofile = x\n[target b]\nuin = 1\nzone = +08:00\n", "target-removed:1" },
	{ "two become one", T1, "[target a]\nprofile = x\nformerly = b\n",
	  "target-renamed:1 target-changed:2 target-changed:1 target-changed:1" },
	{ "endpoint", T1, "[target a]\nprofile = x\nendpoint = example.com\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:3 target-added:3" },
	{ "endpoint of all", T1, "[defaults]\nendpoint = example.com\n" T1, "target-changed:2 target-changed:2 target-added:2 target-added:2" },
	{ "sts endpoint", T1, "[target a]\nprofile = x\nsts-endpoint = example.com\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:3 target-added:3" },
	{ "profile", T1, "[target a]\nprofile = y\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:2 target-added:1" },
	{ "uin and zone", T1, "[target a]\nprofile = x\n[target b]\nuin = 2\n", "target-changed:4 target-changed:3" },
	{ "region", T1, "[target a]\nprofile = x\nregion = ap-x\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:3" },
	{ "role", T1, "[target a]\nprofile = x\nrole-arn = qcs::cam::uin/1:roleName/r\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:3" },
	{ "credentials", T1, "[target a]\nprofile = x\ncredentials = cvm-role\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:3 target-added:1" },
	{ "baseline", T1, "[target a]\nprofile = x\nbaseline = baselines/b.json\n[target b]\nuin = 1\nzone = +08:00\n", "target-changed:3" },
	{ "a former name claimed", T1, "[target a]\nprofile = x\nformerly = ghost\n[target b]\nuin = 1\nzone = +08:00\n", "target-renamed:3" },
	{ "a former name claimed by a new one", T1, T1 "[target c]\nformerly = ghost\n", "target-renamed:7" },
	/* ---- names ---- */
	{ "a former name kept", "[target a]\nprofile = x\nformerly = x\n", "[target a]\nprofile = x\nformerly = x\n" "[target c]\nprofile = x\n", "" },
	{ "a former name given up", "[target a]\nprofile = x\nformerly = x\n", "[target a]\nprofile = x\n", "" },
	{ "another's former name by a new one", "[target a]\nprofile = x\nformerly = x\n", "[target a]\nprofile = x\n[target c]\nprofile = x\nformerly = x\n", "target-renamed:5" },
	{ "another's former name by an old one", "[target a]\nprofile = x\nformerly = x\n" "[target b]\nprofile = x\n", "[target a]\nprofile = x\n[target b]\nprofile = x\nformerly = x\n", "target-renamed:5" },
	{ "another's former name as its own", "[target a]\nprofile = x\nformerly = x\n", "[target a]\nprofile = x\n[target x]\nprofile = x\n", "target-renamed:3" },
	{ "a former name in another case", "[target a]\nprofile = x\nformerly = x\n", "[target a]\nprofile = x\nformerly = X\n", "target-renamed:3" },
	{ "renamed, and a name more", "[target a]\nprofile = x\nformerly = y\n", "[target c]\nprofile = x\nformerly = y\n", "target-renamed:3 target-removed:1" },
	{ "renamed in a chain", "[target a]\nprofile = x\n[target b]\nprofile = x\n", "[target c]\nprofile = x\nformerly = b\n[target d]\nprofile = x\nformerly = a\n", "target-renamed:4 target-renamed:1" },
	/* ---- whose credentials go where ---- */
	{ "a stranger's hosts", T1, T1 "[target c]\nprofile = x\nendpoint = evil.example\nsts-endpoint = evil.example\n", "target-added:8" },
	{ "a stranger's STS for the token of a pod", T1, T1 "[target c]\nsts-endpoint = evil.example\n", "target-added:7" },
	{ "a stranger's API alone", T1, T1 "[target c]\nendpoint = evil.example\n", "target-added:7" },
	{ "the STS beside a stranger's API", T1, T1 "[target c]\nprofile = x\nendpoint = tcss.evil.example\n", "target-added:8" },
	{ "a host that begins as the vendor's", T1, T1 "[target c]\nendpoint = tcss.tencentcloudapi.com.evil.example\n", "target-added:7" },
	{ "a host that ends as the vendor's", T1, T1 "[target c]\nendpoint = eviltcss.tencentcloudapi.com\n", "target-added:7" },
	{ "a zone that ends as the vendor's", T1, T1 "[target c]\nendpoint = tcss.eviltencentcloudapi.com\n", "target-added:7" },
	{ "a part that is none", T1, T1 "[target c]\nendpoint = tcss.a.b.tencentcloudapi.com\nsts-endpoint = sts.x_y.tencentcloudapi.com\n", "target-added:7" },
	{ "another port of the vendor's", T1, T1 "[target c]\nendpoint = tcss.tencentcloudapi.com:8443\nsts-endpoint = sts.tencentcloudapi.com\n", "target-added:7" },
	{ "another service of the vendor's", T1, T1 "[target c]\nendpoint = cam.tencentcloudapi.com\n", "target-added:7" },
	{ "this machine", T1, T1 "[target c]\nendpoint = http://127.0.0.1:8080\n", "target-added:7" },
	{ "a credential that no target has", T1, T1 "[target c]\nprofile = y\n", "target-added:6" },
	{ "a profile in another case", T1, T1 "[target c]\nprofile = X\n", "target-added:6" },
	{ "the role of the machine", T1, T1 "[target c]\ncredentials = cvm-role\n", "target-added:6" },
	{ "a place of the base with another credential", E1, E1 "[target c]\nendpoint = tcss.example.com\nprofile = y\n", "target-added:5" },
	{ "a place of the base with no profile", E1, E1 "[target c]\nendpoint = tcss.example.com\n", "target-added:5" },
	{ "a place of the base at another port", E1, E1 "[target c]\nendpoint = tcss.example.com:8443\nprofile = x\n", "target-added:5" },
	{ "a place of the base for a role's keys", E1, E1 "[target c]\nendpoint = tcss.example.com\nprofile = x\nrole-arn = qcs::cam::uin/1:roleName/r\n", "target-added:5" },
	{ "no target in the base", "", "[target c]\n", "target-added:1" },
	{ "a default for a new one", T1, "[defaults]\nendpoint = evil.example\n[target a]\nendpoint = tcss.tencentcloudapi.com\nprofile = x\n[target b]\nuin = 1\nzone = +08:00\nendpoint = tcss.tencentcloudapi.com\n[target c]\n", "target-added:2" },
	{ "alias added", T1, T1 ALIAS, "alias-changed:7" },
	{ "alias removed", T1 ALIAS, T1, "alias-changed:1" },
	{ "alias changed", T1 ALIAS, T1 "[alias]\nScanType.VUL = RISK\n", "alias-changed:7" },
};
/* clang-format on */

struct side {
	struct policies policies;
	struct targets targets;
};

static void open_side(struct arena *a, const char *name, const char *text, struct side *s)
{
	struct err *e = NULL;

	*s = (struct side){.targets.file = TARGETS_FILE};
	if (!*text)
		return;
	if (strstr(text, "[target")) {
		e = targets_parse(a, TARGETS_FILE, str_from(text), &s->targets);
	} else {
		s->policies = (struct policies){arena_array(a, 1, sizeof(struct policy)), 1};
		e = policy_parse(a, &schema_registry_scan, "policies/p.ini", str_from(text),
				 s->policies.list);
		if (!e)
			e = policies_link(a, &schema_registry_scan, &s->policies);
		if (!e)
			e = judge_policies_check(&s->policies);
	}
	if (e)
		fail_msg("%s: %s", name, e->msg);
}

struct scene {
	struct arena *a;
	struct result r;
	struct loosenings list;
};

static void compare(struct scene *s, const char *name, const char *base, const char *head)
{
	struct side before, after;

	*s = (struct scene){.a = arena_new()};
	s->list.arena = s->a;
	s->r = (struct result){.arena = s->a, .findings = {.arena = s->a}, .is_review = true};
	open_side(s->a, name, base, &before);
	open_side(s->a, name, head, &after);
	assert_null(loosenings_of_policies(&s->r, &s->list, &before.policies, &after.policies));
	assert_null(loosenings_of_targets(&s->r, &s->list, &before.targets, &after.targets));
}

static void close_scene(struct scene *s)
{
	free(s->list.v);
	free(s->r.findings.v);
	arena_free(s->a);
}

static void describe(const struct scene *s, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < s->r.findings.n; i++) {
		const struct finding *f = &s->r.findings.v[i];

		assert_int_equal(f->class, CLASS_APPROVAL);
		assert_int_equal(f->severity, SEVERITY_HIGH);
		assert_true(f->file.n > 0 && f->message.n > 0);
		n += (size_t)snprintf(out + n, size - n, "%s%s:%zu", n ? " " : "",
				      f->rule_text.p + strlen("approval/"), f->line);
	}
	assert_int_equal(s->list.n, s->r.findings.n);
}

static void test_rows(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char have[1024];
		struct scene s;

		compare(&s, rows[i].name, rows[i].base, rows[i].head);
		describe(&s, have, sizeof(have));
		if (strcmp(have, rows[i].told) != 0 && ++bad)
			print_error("%s:\nhave %s\nwant %s\n", rows[i].name, have, rows[i].told);
		close_scene(&s);
	}
	assert_int_equal(bad, 0);
}

/* ---- what a change of each key means ---- */

#define POLICY(id, title)     "[policy]\nid = " id "\ntitle = " title "\n"
#define RULE_OF(what)         HEAD "[rule r]\nseverity = low\nassert = /Enable == true\n" what
#define WAIVER_OF(rule, what) HEAD "[waiver w]\nrule = " rule "\n" what
#define IGNORE_OF(path, what) HEAD "[ignore w]\npath = " path "\n" what
#define REST                  "reason = x\nowner = y\n"
#define LAST                  "expires = 2027-01-31\n"
#define TARGET_OF(what)       "[target a]\n" what

/* Of each key a change that would loosen something if the key could. */
/* clang-format off */
static const struct key_row {
	const char *section, *key, *base, *head;
} key_rows[] = {
	{ "policy", "id", RULE_OF(""), "[policy]\nid = q\n[rule r]\nseverity = low\nassert = /Enable == true\n" },
	{ "policy", "title", POLICY("p", "x"), POLICY("p", "y") },
	{ "rule", "title", RULE_OF("title = x\n"), RULE_OF("") },
	{ "rule", "severity", A1, HEAD "[rule r]\nseverity = low\nassert = /ScanPeriod <= 7\n" },
	{ "rule", "target", RULE_OF(""), RULE_OF("target = x-*\n") },
	{ "limits", "waiver-days", HEAD "[limits]\nwaiver-days = 1\n", HEAD "[limits]\nwaiver-days = 2\n" },
	{ "rule", "when", RULE_OF(""), RULE_OF("when = /Latest == true\n") },
	{ "rule", "assert", RULE "assert = /ScanPeriod <= 7\n", RULE "assert = /ScanPeriod <= 8\n" },
	{ "rule", "rationale", RULE_OF("rationale = x\n"), RULE_OF("") },
	{ "rule", "remediation", RULE_OF("remediation = x\n"), RULE_OF("") },
	{ "rule", "controls", RULE_OF("controls = A:1\n"), RULE_OF("") },
	{ "ignore", "path", IGNORE_OF("/Id", REST LAST), IGNORE_OF("/Latest", REST LAST) },
	{ "ignore", "target", IGNORE_OF("/Id", "target = a\n" REST LAST), IGNORE_OF("/Id", REST LAST) },
	{ "ignore", "value", IGNORE_OF("/Id", "value = [1]\n" REST LAST), IGNORE_OF("/Id", REST LAST) },
	{ "ignore", "reason", IGNORE_OF("/Id", REST LAST), IGNORE_OF("/Id", "reason = z\nowner = y\n" LAST) },
	{ "ignore", "owner", IGNORE_OF("/Id", REST LAST), IGNORE_OF("/Id", "reason = x\nowner = z\n" LAST) },
	{ "ignore", "expires", IGNORE_OF("/Id", REST LAST), IGNORE_OF("/Id", REST "expires = 2027-02-01\n") },
	{ "waiver", "rule", WAIVER_OF("drift/Id", REST LAST), WAIVER_OF("drift/Latest", REST LAST) },
	{ "waiver", "target", WAIVER_OF("drift/Id", "target = a\n" REST LAST), WAIVER_OF("drift/Id", REST LAST) },
	{ "waiver", "value", WAIVER_OF("drift/Id", "value = [1]\n" REST LAST), WAIVER_OF("drift/Id", REST LAST) },
	{ "waiver", "reason", WAIVER_OF("drift/Id", REST LAST), WAIVER_OF("drift/Id", "reason = z\nowner = y\n" LAST) },
	{ "waiver", "owner", WAIVER_OF("drift/Id", REST LAST), WAIVER_OF("drift/Id", "reason = x\nowner = z\n" LAST) },
	{ "waiver", "expires", WAIVER_OF("drift/Id", REST LAST), WAIVER_OF("drift/Id", REST "expires = 2027-02-01\n") },
	{ "target", "endpoint", TARGET_OF(""), TARGET_OF("endpoint = tcss.intl.tencentcloudapi.com\n") },
	{ "target", "sts-endpoint", TARGET_OF(""), TARGET_OF("sts-endpoint = sts.intl.tencentcloudapi.com\n") },
	{ "target", "timeout", TARGET_OF(""), TARGET_OF("timeout = 1ms\n") },
	{ "target", "profile", TARGET_OF(""), TARGET_OF("profile = x\n") },
	{ "target", "uin", TARGET_OF("uin = 1\n"), TARGET_OF("") },
	{ "target", "zone", TARGET_OF("zone = Z\n"), TARGET_OF("") },
	{ "target", "region", TARGET_OF(""), TARGET_OF("region = ap-seoul\n") },
	{ "target", "role-arn", TARGET_OF(""), TARGET_OF("role-arn = qcs::cam::uin/1:roleName/r\n") },
	{ "target", "baseline", TARGET_OF(""), TARGET_OF("baseline = baselines/b.json\n") },
	{ "target", "formerly", TARGET_OF(""), TARGET_OF("formerly = b\n") },
	{ "target", "credentials", TARGET_OF(""), TARGET_OF("credentials = cvm-role\n") },
};
/* clang-format on */

static void check_key(const char *section, const char *key, enum key_change change)
{
	struct scene s;

	/* The table itself: no row may be left at zero. */
	assert_in_range(change, KEY_CHANGE_APPROVAL, KEY_CHANGE_NOTHING);
	for (size_t i = 0; i < ARRAY_LEN(key_rows); i++) {
		const struct key_row *row = &key_rows[i];

		if (strcmp(row->section, section) != 0 || strcmp(row->key, key) != 0)
			continue;
		compare(&s, key, row->base, row->head);
		if ((s.list.n > 0) == (change == KEY_CHANGE_NOTHING))
			fail_msg("[%s] %s: %zu loosenings", section, key, s.list.n);
		close_scene(&s);
		return;
	}
	fail_msg("[%s] %s has no example of a change", section, key);
}

static void test_keys(void **state)
{
	size_t seen = TARGET_KEY_COUNT;

	(void)state;
	for (size_t i = 0; i < policy_schema.kind_count; i++) {
		const struct ini_section_kind *kind = &policy_schema.kinds[i];
		const struct policy_key *keys = (const void *)kind->keys;

		seen += kind->key_count;
		for (size_t k = 0; k < kind->key_count; k++)
			check_key(kind->prefix, keys[k].ini.name, keys[k].change);
	}
	for (int key = 0; key < TARGET_KEY_COUNT; key++)
		check_key("target", target_key_name((enum target_key)key),
			  target_key_change((enum target_key)key));
	assert_int_equal(seen, ARRAY_LEN(key_rows));
}

static struct str document(struct scene *s, size_t *count)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct str out;

	assert_null(loosenings_write(&s->list, &b, count));
	out = arena_str(s->a, buf_view(&b));
	assert_non_null(out.p);
	buf_free(&b);
	return out;
}

static void expect_document(const char *base, const char *head, const char *want)
{
	struct scene s;
	struct str have;
	size_t n;

	compare(&s, want, base, head);
	have = document(&s, &n);
	assert_string_equal(have.p, want);
	close_scene(&s);
}

/* An approval outlives the program that it was given with: the form is a promise. */
static void test_document(void **state)
{
	static const char lowered[] =
		"{\"loosenings\":[{\"after\":\"low\",\"before\":\"high\",\"blob_after\":null,\"blob_before\":null,\"path\":\"severity\","
		"\"rule\":\"approval/severity-lowered\",\"subject\":\"p/r\"}],"
		"\"schema\":\"scandrift-approval/2\"}";
	static const char waiver[] =
		"{\"loosenings\":[{\"after\":{\"expires\":\"2027-01-31\",\"rule\":\"policy/p/r\","
		"\"targets\":[\"a\",\"b\"],\"value\":[1,2]},\"before\":null,\"blob_after\":null,\"blob_before\":null,\"path\":null,"
		"\"rule\":\"approval/waiver-added\",\"subject\":\"p/w\"}],"
		"\"schema\":\"scandrift-approval/2\"}";

	(void)state;
	expect_document(A1, HEAD "[rule r]\nseverity = low\nassert = /ScanPeriod <= 7\n", lowered);
	/* Another line, other words. */
	expect_document(A1,
			"; x\n\n" HEAD
			"[rule r]\ntitle = y\nassert = /ScanPeriod <= 7\nseverity = low\n",
			lowered);
	expect_document(A2, W1, waiver);
	expect_document(A1, A1, "{\"loosenings\":[],\"schema\":\"scandrift-approval/2\"}");
}

/* What is loosened twice, or in another order, is one set. */
static void test_set(void **state)
{
	struct loosening first;
	struct scene s;
	struct str before, after;
	size_t one, two;

	(void)state;
	compare(&s, "set", A1, HEAD "[rule r]\nseverity = low\nassert = /ScanPeriod <= 9\n");
	before = document(&s, &one);
	assert_int_equal(one, 2);
	first = s.list.v[0];
	assert_null(loosenings_add(&s.list, &first));
	s.list.v[0] = s.list.v[1];
	after = document(&s, &two);
	assert_int_equal(two, 2);
	assert_true(str_eq(before, after));
	close_scene(&s);
}

static void expect_written(struct loosenings *list, const char *want)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	size_t n;

	assert_null(loosenings_write(list, &b, &n));
	assert_string_equal(b.p, want);
	buf_free(&b);
}

#define ITEM(after, before, subject)                               \
	"{\"after\":" after ",\"before\":" before                  \
	",\"blob_after\":null,\"blob_before\":null,\"path\":null," \
	"\"rule\":\"approval/severity-lowered\",\"subject\":\"" subject "\"}"

/* Items are as they are in one piece: ordered by their bytes, where values begin alike too. */
static void test_values(void **state)
{
	const struct loosening items[] = {
		{.subject = STR("b"), .before = STR("12"), .after = STR("\"x\"")},
		{.subject = STR("a"), .before = STR("123"), .after = STR("\"x\"")},
		{.subject = STR("a"),
		 .before = STR("12"),
		 .after = STR("\"x\""),
		 .is_sorted = true},
		{.subject = STR("a"), .before = STR("12"), .after = STR("\"x\"")},
		{.subject = STR("c"), .after = STR("{\"a\": [1, 2e+20]}"), .is_sorted = true},
		{.subject = STR("d"), .after = STR("{\"b\": \", \", \"a\": 1}")},
	};
	struct loosenings list = {.arena = arena_new()};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		assert_null(loosenings_add(&list, &items[i]));
	for (size_t i = 0; i < list.n; i++)
		list.v[i].rule = RULE_APPROVAL_SEVERITY_LOWERED;
	/* clang-format off */
	expect_written(&list, "{\"loosenings\":["
		ITEM("\"x\"", "12", "a") ","
		ITEM("\"x\"", "12", "b") ","
		ITEM("\"x\"", "123", "a") ","
		ITEM("{\"a\":1,\"b\":\", \"}", "null", "d") ","
		ITEM("{\"a\":[1,200000000000000000000]}", "null", "c")
		"],\"schema\":\"scandrift-approval/2\"}");
	/* clang-format on */
	free(list.v);
	arena_free(list.arena);
}

/* Elements are written in the order of the table, and approved in the order of RFC 8785. */
static void test_changes(void **state)
{
	struct arena *a = arena_new();
	struct result r = {.arena = a, .findings.arena = a};
	struct loosenings list = {.arena = a};
	struct result_target row = {.baseline_path = STR("b.json"), .has_diff = true};
	const struct reading *before = lib_read(
		a, &schema_registry_scan,
		"{\"Enable\":false,\"ScanScope\":1,\"Images\":[{\"RegistryType\":\"ccr\",\"ImageName\":"
		"\"i\"}],\"X\":{\"b\":[1, 2],\"a\":1}}");
	const struct reading *after =
		lib_read(a, &schema_registry_scan, "{\"Enable\":false,\"ScanScope\":1}");

	(void)state;
	assert_null(diff_configs(&before->config, &after->config, a, &row.diff));
	for (size_t i = 0; i < row.diff.change_count; i++)
		row.diff.changes[i].bits.lose = true;
	assert_null(loosenings_of_changes(&r, &list, &row, "b.json", 0));
	expect_written(
		&list,
		"{\"loosenings\":["
		"{\"after\":[],\"before\":[{\"Force\":\"\",\"ImageDigest\":\"\",\"ImageName\":\"i\","
		"\"ImageRepoAddress\":\"\",\"ImageTag\":\"\",\"InstanceId\":\"\","
		"\"InstanceName\":\"\",\"Namespace\":\"\",\"RegistryType\":\"ccr\"}],"
		"\"blob_after\":null,\"blob_before\":null,\"path\":\"/Images\",\"rule\":\"approval/baseline-weakened\","
		"\"subject\":\"b.json\"},"
		"{\"after\":null,\"before\":{\"a\":1,\"b\":[1,2]},\"blob_after\":null,\"blob_before\":null,\"path\":\"/X\","
		"\"rule\":\"approval/baseline-weakened\",\"subject\":\"b.json\"}],"
		"\"schema\":\"scandrift-approval/2\"}");
	free(list.v);
	free(r.findings.v);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),   cmocka_unit_test(test_changes),
		cmocka_unit_test(test_rows),     cmocka_unit_test(test_keys),
		cmocka_unit_test(test_document), cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
