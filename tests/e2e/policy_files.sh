# SPDX-License-Identifier: Apache-2.0
#
# Which policy files are read, from where, and what is said of them; an author tries
# an assertion on a file before it stands in a policy.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git jq

rule() {
	printf '[policy]\nid = %s\n[rule daily]\nseverity = high\nassert = /ScanPeriod <= %s\n' "$1" "$2"
}

new_repo repo
mkdir repo/baselines repo/policies replies
cat >reply.json <<'END'
{"Response": {"Enable": true, "ScanScope": 0, "ScanType": ["CVE"], "ScanPeriod": 2,
 "ScanTime": "23:30:00", "Namespace": null, "RequestId": "r"}}
END
cp reply.json replies/t.json
printf '[target t]\nzone = +08:00\n' >repo/baselines/targets.ini
"$SCANDRIFT" normalize reply.json >repo/baselines/t.json
commit_all repo 'no policies'

check() {
	run "$SCANDRIFT" -C repo check --replay "$PWD/replies" --now 2026-11-24T00:00:00Z "$@"
}
config_only() {
	run "$SCANDRIFT" -C repo check --config-only
}

# Without any: said, and not called judged.
check
expect_exit 0
expect_text out 'Policies are not judged: there are none in policies/'
check --format json
expect_json out '.policies_judged == false'
config_only
expect_exit 0
expect_line out 'baselines/targets.ini: targets: 1'

# All of them, in sub-folders too; other files are not policies.
rule a 1 >repo/policies/a.ini
rule b 2 >repo/policies/b.ini
mkdir repo/policies/old.ini.d
rule c 2 >repo/policies/old.ini.d/c.ini
printf 'no policy\n' >repo/policies/README
commit_all repo 'two policies'
check --format json
expect_exit 1
expect_json out '.policies_judged and ([.findings[].rule] - ["liveness/unknown"] == ["policy/a/daily"])'
config_only
expect_exit 0
expect_line out 'policies/a.ini: rules: 1, waivers and ignores: 0'
expect_line out 'policies/b.ini: rules: 1, waivers and ignores: 0'
expect_line out 'policies/old.ini.d/c.ini: rules: 1, waivers and ignores: 0'
expect_empty err

# What may be meant as one and is not read is an error, hidden or not.
for name in B.INI old.ini.d/x.Ini .hidden.ini; do
	printf 'no policy\n' >"repo/policies/$name"
	config_only
	expect_exit 2
	expect_text err "policies/$name"
	rm "repo/policies/$name"
done
ln -s old.ini.d repo/policies/linked
config_only
expect_exit 2
expect_text err 'policies/linked: it is a symbolic link'
rm repo/policies/linked

# Those of the commit, whatever the working tree has; --config-only and --worktree read its files.
rule a 2 >repo/policies/a.ini
rm repo/policies/b.ini
check --format json
expect_exit 1
expect_json out '[.findings[].rule] - ["liveness/unknown"] == ["policy/a/daily"]'
expect_text err 'not as committed: policies/a.ini and 1 more; commit '
check --worktree --format json
expect_exit 0
expect_json out '[.findings[].rule] - ["liveness/unknown"] == [] and .uncommitted == ["policies/a.ini", "policies/b.ini"]'
config_only
expect_exit 0
expect_no_text out 'policies/b.ini'
git -C repo checkout -q -- policies

# A bare repository has its commit alone.
git clone -q --bare repo bare.git
run "$SCANDRIFT" -C bare.git check --replay "$PWD/replies" --now 2026-11-24T00:00:00Z --format json
expect_exit 1
expect_json out '[.findings[].rule] - ["liveness/unknown"] == ["policy/a/daily"]'
run "$SCANDRIFT" -C bare.git check --config-only
expect_exit 0
expect_line out 'policies/b.ini: rules: 1, waivers and ignores: 0'

# A sparse work tree lacks the folder; the commit does not.
git clone -q repo sparse
git -C sparse sparse-checkout set --no-cone /baselines/
[ ! -e sparse/policies ] || fail 'not sparse'
run "$SCANDRIFT" -C sparse check --replay "$PWD/replies" --now 2026-11-24T00:00:00Z --format json
expect_exit 1
expect_json out '[.findings[].rule] - ["liveness/unknown"] == ["policy/a/daily"]'
expect_empty err

# One run tells of every file that is wrong.
printf '[policy]\nid = a\n[rule r]\nseverity = high\nassert = /ScanPeriod =< 1\n' >repo/policies/a.ini
printf '[policy]\nid = b\n[rule r]\nseverity = hihg\nassert = /ScanPeriod == 1\n' >repo/policies/b.ini
config_only
expect_exit 2
expect_empty out
expect_text err 'policies/a.ini:5: assert: unknown operator "=<"'
expect_text err 'policies/b.ini:4: severity = hihg, expected "high"'
git -C repo checkout -q -- policies
printf '[target t]\ntimeout = soon\n' >repo/baselines/targets.ini
config_only
expect_exit 2
expect_text err 'baselines/targets.ini:2: '
git -C repo checkout -q -- baselines
rule A 1 >repo/policies/c.ini
config_only
expect_exit 2
expect_text err 'policies/c.ini:2: id = A, which policies/a.ini:2 has already'
rm repo/policies/c.ini

# No link is followed, to a file or to a folder.
rule d 1 >outside.ini
ln -s "$PWD/outside.ini" repo/policies/d.ini
config_only
expect_exit 2
expect_text err 'policies/d.ini: '
rm repo/policies/d.ini
mv repo/policies elsewhere
ln -s "$PWD/elsewhere" repo/policies
config_only
expect_exit 2
expect_text err 'policies: '
rm repo/policies
mv elsewhere repo/policies

# ---- trying one ----

try() {
	want=$1
	shift
	run "$SCANDRIFT" normalize "$@"
	expect_exit "$want"
}
try 0 --assert '/ScanType contains CVE' reply.json
expect_line out 'holds: /ScanType contains CVE'
expect_line out '  /ScanType is ["CVE"], as demanded: contains CVE'
try 1 --assert '/ScanType contains CVE RISK' reply.json
expect_line out 'fails: /ScanType contains CVE RISK'
expect_line out '  /ScanType is ["CVE"] (lacks "RISK"), demanded: contains CVE RISK'
try 0 --assert '/ScanTime within 22:00-06:00' repo/baselines/t.json
expect_text out 'by the clock as it is written'
try 0 --assert '/Namespace/* like prod-*' reply.json
expect_text out 'there is nothing in it that could fail'
try 1 --assert '/ScanEndTime <= 06:00' reply.json
expect_text out '/ScanEndTime is null (what the vendor makes of null is not known)'
try 3 --assert 'state:/ScanResult == Success' repo/baselines/t.json
expect_text out 'not judged: state:/ScanResult == Success'
try 1 --assert 'coverage contains "Every day"' --assert '/Enable == true' reply.json
expect_line out 'fails: coverage contains "Every day"'
expect_line out 'holds: /Enable == true'
run_stdin reply.json "$SCANDRIFT" normalize --assert '/Enable == true'
expect_exit 0
try 2 --assert '/ScanTyp contains CVE' reply.json
expect_empty out
expect_text err '--assert: /ScanTyp: unknown field, did you mean /ScanType?'
try 2 --assert "$(printf '/Enable == \377')" reply.json
expect_text err 'not valid UTF-8'
try 2 --assert '/Enable == true' --digest reply.json
expect_text err 'exclude each other'

# What is found cannot reach the terminal as a command, nor the runner.
jq '.Response.Namespace = ["\u001b[2J", "::error::x", "\u202e"]' reply.json >hostile.json
run env GITHUB_ACTIONS=true "$SCANDRIFT" normalize --assert '/Namespace absent' hostile.json
expect_exit 1
expect_no_text out "$(printf '\033')"
expect_no_text out "$(printf '\342\200\256')"
