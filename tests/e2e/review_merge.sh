# SPDX-License-Identifier: Apache-2.0
#
# review judges what merging head into base gives: what base changed meanwhile is nobody's doing, and
# a stale branch brings nothing back. Where both changed a file, it is for a person to merge first.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/proposal.sh"

product_repo repo prod staging
cd repo
mkdir policies
printf '[policy]\nid = p\n[rule period]\nseverity = high\nassert = /ScanPeriod <= 7\n' >policies/p.ini
printf '\n[waiver w]\nrule = period\nreason = r\nowner = o@example.com\nexpires = 2027-01-01\n' >policies/w.part
cat policies/w.part >>policies/p.ini
mkdir baselines/old
cp baselines/prod.json baselines/old/a.json
printf '[target a]\nbaseline = baselines/old/a.json\n' >>baselines/targets.ini
commit_all . start

loosen="sed -i 's/\"ScanPeriod\": [0-9]*/\"ScanPeriod\": 2/'"
baseline=baselines/prod.json
number=0

# row WANT BASE HEAD: both leave the same commit, with what the commands do; WANT is the exit status and
# a text of what is said. The program is asked by range, and by GitHub's and GitLab's environment.
row() {
	number=$((number + 1))
	echo "row: $1 | $2 | $3"
	git switch -q -C "base$number" main
	eval "$2"
	commit_all . base
	git switch -q -C "head$number" main
	eval "$3"
	commit_all . head
	git switch -q main
	name_proposal "base$number" "head$number"
	run scandrift review "base$number...head$number" --now "$now"
	said "$1"
	for how in range github gitlab; do
		review_as "$how" --now "$now"
		said "$1"
	done
}

said() {
	expect_exit "${1%% *}"
	[ "$code" -ne 0 ] || expect_no_text out approval/
	cat "$out" "$err" >"$SCRATCH/said"
	[ "${1#* }" = "$1" ] || expect_text "$SCRATCH/said" "${1#* }"
}

both='merge or rebase onto base first'
row 0 "sed -i 's/<= 7/<= 1/' policies/p.ini" 'echo >>README'
row 0 "sed -i '/^\\[waiver/,\$d' policies/p.ini" 'echo >>README'
# The files of both sides make one set of policies.
more="printf '[policy]\\nid = m\\n[rule on]\\nseverity = high\\nassert = /Enable == true\\n' >policies/m.ini"
row 0 "sed -i 's/<= 7/<= 1/' policies/p.ini" "$more"
row 0 "sed -i '/^\\[waiver/,\$d' policies/p.ini" "$more"
row '1 approval/baseline-weakened' 'echo >>README' "$loosen $baseline"
row '1 approval/baseline-weakened' "$loosen baselines/staging.json" "$loosen $baseline"
row 0 "$loosen $baseline" "$loosen $baseline"
row "2 $both" "sed -i 's/\"ScanPeriod\": [0-9]*/\"ScanPeriod\": 3/' $baseline" "$loosen $baseline"
row "2 policies/p.ini" "sed -i 's/<= 7/<= 1/' policies/p.ini" "sed -i 's/<= 7/<= 6/' policies/p.ini"
row "2 $both" "sed -i 's/<= 7/<= 1/' policies/p.ini" 'git mv policies/p.ini policies/q.ini'
row "2 $both" 'git mv policies/p.ini policies/q.ini' "sed -i 's/<= 7/<= 9/' policies/p.ini"
row '1 approval/policy-removed' 'echo >>README' 'git rm -q policies/p.ini'
row '2 the other side deleted' "cp $baseline baselines/old/b.json" "git rm -rq baselines/old"
row '2 the other side deleted' "git rm -rq baselines/old" "cp $baseline baselines/old/b.json"
row "2 .gitattributes" "echo '* text' >.gitattributes" "echo '* -text' >.gitattributes"
row '0' "echo 1 >README" 'echo 2 >README'

# The other way around, and what is ambiguous.
run scandrift review "head1..main"
expect_exit 2
expect_text err 'did you mean main..head1?'
git tag origin/target main
run scandrift review "origin/target..head1"
expect_exit 2
expect_text err 'refs/tags/origin/target or refs/remotes/origin/target'
run scandrift review "refs/remotes/origin/target..head1"
expect_exit 0
id=$(git rev-parse main)
for name in "$id" "$(echo "$id" | cut -c 1-8)"; do
	git update-ref "refs/heads/$name" head4
	for command in "review $name..head4" "check --config-only --rev $name" "show prod --rev $name~0" \
		"diff $name:$baseline HEAD:$baseline"; do
		# shellcheck disable=SC2086 # words of a command
		run scandrift $command
		expect_exit 2
		expect_text err "could mean refs/heads/$name or the object"
	done
	git update-ref -d "refs/heads/$name"
done
git update-ref refs/tags/HEAD head4
run scandrift review main..HEAD
expect_exit 2
expect_text err 'could mean HEAD or refs/tags/HEAD'
run scandrift check --config-only
expect_exit 0
