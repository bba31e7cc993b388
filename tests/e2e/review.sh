# SPDX-License-Identifier: Apache-2.0
#
# review: a proposal is judged by the rules of its base. What only strengthens passes; each kind of
# loosening is told as what it is and does not pass, until somebody outside the tree approves
# exactly this set.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod staging
cd repo
printf '[target prod]\nprofile = prod\n\n[target staging]\nprofile = staging\n' >baselines/targets.ini
mkdir policies
cat >policies/base.ini <<'POLICY'
[policy]
id    = base
title = Every night, for everything

[rule every-night]
severity = high
assert   = /ScanPeriod <= 7

[rule all-types]
severity = critical
when     = /Enable == true
assert   = /ScanType contains CVE RISK VIRUS

[drift]
/ScanTime = medium

[waiver excluded]
rule    = drift/ExcludeImageAssetIds
target  = prod
value   = [888]
reason  = Vendor image
owner   = platform@example.com
expires = 2027-01-31
POLICY
commit_all . 'policies: a first one'

# propose NAME COMMAND: a branch of this name off main, with what COMMAND does to the work tree.
propose() {
	git switch -q -C "$1" main
	eval "$2"
	commit_all . "$1"
	git switch -q main
}

# review NAME [OPTION...]: as JSON.
review() {
	name=$1
	shift
	run_json review "main..$name" --now "$now" "$@"
}

# told RULE...: these are the approvals that are asked for, and no other.
told() {
	want=$(printf '"approval/%s"\n' "$@" | sort | jq -sc .)
	expect_json out "[.findings[] | select(.class == \"approval\") | .rule] | sort == $want"
	expect_json out '.review.approval == "needed" and .verdict == "fail"'
	expect_json out '.review.digest | test("^sha256:[0-9a-f]{64}$")'
	expect_json out '[.findings[] | select(.class == "approval") | .severity] | unique == ["high"]'
	expect_json out '[.findings[] | select(.class == "approval") | .file != null and .line > 0] | all'
}

# loosens NAME COMMAND RULE...: this is told, at exit 1; the last run is then the same with the
# approval that was asked for.
loosens() {
	propose "$1" "$2"
	review "$1"
	expect_exit 1
	shift 2
	told "$@"
	digest=$(jq -r .review.digest "$out")
	review "$name" --approve "$digest"
	expect_json out '.review.approval == "given"'
}

# quiet NAME COMMAND: nothing is loosened, and nothing else is wrong.
quiet() {
	propose "$1" "$2"
	review "$1"
	expect_exit 0
	expect_json out '.review.approval == null and .review.digest == null'
	expect_json out '[.findings[] | select(.severity != "info")] == []'
}

baseline=baselines/prod.json
policy=policies/base.ini
targets=baselines/targets.ini

# ---- what only strengthens, and what says nothing new ----

quiet nothing ':'
quiet stronger "sed -i '/9007199254740993/d' $baseline"
expect_json out '.targets[0] | .names == ["prod"] and .outcome == "changed" and .direction == "strengthened"'
quiet stricter-rule "sed -i -e 's/<= 7/<= 1/' -e 's/severity = high/severity = critical/' $policy"
quiet wider-rule "sed -i '/^when/d' $policy"
quiet words "sed -i -e 's/^title .*/title = Other words/' -e 's/^reason .*/reason = Other words/' $policy
	echo '; a comment' >>$policy"
quiet sooner "sed -i 's/2027-01-31/2026-12-31/' $policy"
quiet no-waiver "sed -i '/^\\[waiver/,\$d' $policy"
quiet new-rule "printf '\\n[rule on]\\nseverity = critical\\nassert = /Enable == true\\n' >>$policy"
quiet pinned "printf 'uin = 100000000001\\n' >>$targets"
quiet new-target "printf '\\n[target third]\\nprofile = prod\\n' >>$targets; cp $baseline baselines/third.json"
expect_json out '.targets[0] | .name == "third" and .outcome == "added"'

# ---- each kind of loosening ----

loosens period "sed -i 's/\"ScanPeriod\": 1/\"ScanPeriod\": 2/' $baseline" baseline-weakened
expect_exit 0
expect_json out '[.findings[] | [.rule, .approval]] == [["approval/baseline-weakened", "given"], ["drift/ScanPeriod", "given"]]'
expect_json out '[.findings[].line] == [9, 9] and [.findings[].file] == ["baselines/prod.json", "baselines/prod.json"]'
approved=$digest
# Something else that was approved, or a threshold, is no approval.
other=sha256:$(echo "${digest#sha256:}" | tr '0-9a-f' '1-9a-f0')
review period --approve "$other"
expect_exit 1
expect_json out ".review.given == \"$other\" and .review.approval == \"needed\""
expect_text err "$other is not the digest of what this change loosens, which is $approved"
# Nor is an approval of nothing.
run "$SCANDRIFT" review main..stronger --now "$now" --approve "$approved"
expect_exit 2
expect_text err '--approve: nothing in this change needs an approval'
review period --fail-on never
expect_exit 1
review period --approvals report
expect_exit 0
expect_json out '[.findings[].approval] == ["left", "left"] and .counts.approved == 2 and .counts.high == 0'
loosens lowered "sed -i 's/severity = critical/severity = high/' $policy" severity-lowered
expect_exit 0
loosens no-rule "sed -i '/^\\[rule every/,/^assert/d' $policy" rule-removed
expect_exit 0
loosens weak-rule "sed -i 's/ VIRUS\$//' $policy" rule-weakened
expect_exit 0
loosens narrow-rule "sed -i 's/^when.*/&\\n           \\/ScanScope == 0/' $policy" rule-narrowed
expect_exit 0
loosens no-policy "git rm -q $policy" policy-removed drift-severity
expect_exit 0
loosens drift "sed -i 's/ScanTime = medium/ScanTime = low/' $policy" drift-severity
expect_exit 0
loosens extended "sed -i 's/2027-01-31/2027-02-01/' $policy" waiver-extended
expect_exit 0
loosens unpinned "sed -i '/^value/d' $policy" waiver-extended
expect_exit 0
loosens for-all "sed -i '/^target/d' $policy" waiver-extended
expect_exit 0
loosens ignored "printf '\\n[ignore ids]\\npath = /Id\\nreason = Moves\\nowner = dev@example.com\\nexpires = 2027-01-31\\n' >>$policy" \
	ignore-added
expect_exit 0
loosens elsewhere "sed -i 's/^profile.*/profile = other/; s/^\\[target prod\\]/&\\nbaseline = baselines\\/staging.json/' $targets" \
	target-changed target-changed target-changed target-added target-added
expect_exit 0
loosens alias "printf '\\n[alias]\\nScanType.VUL = CVE\\n' >>$targets" alias-changed
expect_exit 0
loosens renamed "sed -i 's/^\\[target staging\\]/[target stage]\\nformerly = staging/' $targets
	git mv baselines/staging.json baselines/stage.json" target-renamed
expect_exit 0
loosens removed "sed -i '/^\\[target staging\\]/,\$d' $targets; git rm -q baselines/staging.json" target-removed
expect_exit 0
# Without a baseline the nightly check cannot judge: nothing approves that.
loosens deleted "git rm -q $baseline" baseline-removed
expect_exit 1
expect_json out '[.findings[] | select(.approval == null) | .rule] == ["baseline/missing"]'

# ---- its own waiver, and its own rules ----

loosens own-waiver "sed -i -e '/\"VIRUS\"/d' -e 's/\"RISK\",/\"RISK\"/' $baseline
	printf '\\n[waiver own]\\nrule = all-types\\nreason = Noise\\nowner = dev@example.com\\nexpires = 2027-12-31\\n' >>$policy" \
	baseline-weakened waiver-added
expect_exit 1
expect_json out '[.findings[] | select(.class == "policy")] |
	length == 1 and .[0].waived == null and .[0].severity == "critical" and .[0].line == 4'
# What the head itself demands more is told too.
propose own-rule "sed -i 's/\"ScanPeriod\": 1/\"ScanPeriod\": 7/' $baseline
	printf '\\n[rule daily]\\nseverity = low\\nassert = /ScanPeriod <= 1\\n' >>$policy"
review own-rule
expect_json out '[.findings[] | select(.class == "policy") | .rule] == ["policy/base/daily"]'

# What the base fails already is told as that, and once.
propose old-fault "sed -i 's/\"ScanPeriod\": 1/\"ScanPeriod\": 30/' $baseline"
git switch -q -C less-old-fault old-fault
sed -i 's/"ScanPeriod": 30/"ScanPeriod": 20/' $baseline
commit_all . 'better, and not good'
git switch -q main
run_json review old-fault..less-old-fault --now "$now"
expect_exit 1
expect_json out '[.findings[] | select(.class == "policy") | .message | endswith("; the base'\''s baseline fails it too")] == [true]'
expect_json out '[.findings[] | select(.class == "drift") | .severity] == ["info"]'

# ---- the digest ----

git switch -q -C rebased main
echo text >README
commit_all . 'something else'
git switch -q -C rebased-period period
git rebase -q rebased
git switch -q main
run_json review rebased..rebased-period --approve "$approved"
expect_exit 0
propose two "sed -i -e 's/\"ScanPeriod\": 1/\"ScanPeriod\": 2/' -e 's/\"ContainerRunning\": false/\"ContainerRunning\": true/' $baseline"
review two --approve "$approved"
expect_exit 1
expect_json out ".review.given == \"$approved\" and .review.approval == \"needed\" and .review.loosenings == 2"
propose more "sed -i 's/\"ScanPeriod\": 1/\"ScanPeriod\": 3/' $baseline"
review more --approve "$approved"
expect_exit 1

# For a person: the last line is what approves it.
run scandrift review main..period
expect_exit 1
expect_line out "    scandrift review main..period --approve $approved"
run sh -c "$(tail -n 1 "$out")"
expect_exit 0
expect_line out "1 loosening approved: $approved"

# ---- one golden baseline for many ----

propose golden "awk 'BEGIN { for (i = 1; i <= 300; i++) printf \"[target t%d]\\nprofile = p%d\\nbaseline = baselines/golden.json\\n\\n\", i, i }' >$targets
	cp $baseline baselines/golden.json"
git switch -q -C golden-edit golden
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 2/' baselines/golden.json
commit_all . 'the golden one'
git switch -q main
run_json review golden..golden-edit --now "$now"
expect_exit 1
expect_json out '(.targets | length) == 1 and (.targets[0].names | length) == 300 and .review.loosenings == 1'
expect_json out '[.findings[] | select(.class == "drift")] | length == 1'
run scandrift review golden..golden-edit --format markdown
expect_text out 'on 300 targets: `t1`, `t2`,'
expect_text out 'scandrift review golden..golden-edit --approve sha256:'
run scandrift review golden..golden-edit --format github
expect_text out '::300 targets, t1, t2, '
run scandrift review golden..golden-edit
expect_text out 't1 and 299 more (t2, t3, t4, t5, t6, ...): changed (weakened)'

# ---- what cannot be judged ----

propose broken-policy "echo 'severity = loud' >>$policy"
run scandrift review main..broken-policy
expect_exit 2
expect_empty out
expect_text err 'policies/base.ini:'
propose broken-baseline "echo '{' >$baseline"
review broken-baseline
expect_exit 1
expect_json out '[.findings[].rule] == ["baseline/malformed"]'
propose unsorted "sed -i 's/\"CVE\"/\"X\"/; s/\"RISK\"/\"CVE\"/; s/\"X\"/\"RISK\"/' $baseline"
review unsorted
expect_exit 1
expect_json out '[.findings[].rule] == ["baseline/not-canonical"] and .targets[0].outcome == "equal"'
propose orphan "cp $baseline baselines/other.json"
review orphan
expect_json out '[.findings[].rule] == ["baseline/orphan"]'
propose orphan-below "mkdir -p baselines/of/2024 && cp $baseline baselines/of/2024/old.json"
review orphan-below
expect_json out '[.findings[].rule] == ["baseline/orphan"]'

# Nothing but the two commits is looked at.
echo broken >$targets
echo broken >$policy
run scandrift review main..stronger
expect_exit 0
git checkout -q -- .
