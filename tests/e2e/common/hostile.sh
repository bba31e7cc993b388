# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the tests of the review jobs: a proposal that edits everything at once.

# Whatever of a proposal is executed leaves this file.
canary=$SCRATCH/canary

# review_base REPO: what main demands.
review_base() {
	mkdir -p "$1/policies"
	printf '[policy]\nid = p\n[rule on]\nseverity = high\nassert = /Enable == true\n' >"$1/policies/base.ini"
	printf '[policy]\nid = q\n[rule often]\nseverity = low\nassert = /ScanPeriod <= 60\n' >"$1/policies/q.ini"
}

# make_hostile REPO: the rules, the attributes and the targets change, and there are things that would
# run if they were checked out or found.
make_hostile() {
	rm "$1/policies/base.ini"
	printf '[policy]\nid = w\n[waiver all]\nrule = q/often\ntarget = prod\nreason = none\nowner = a@example.com\nexpires = 2026-12-01\n' \
		>"$1/policies/w.ini"
	printf '* filter=evil diff=evil -text\n' >"$1/.gitattributes"
	printf '[target prod]\nendpoint = evil.example.com\n' >"$1/baselines/targets.ini"
	sed -i 's/"Enable": true/"Enable": false/' "$1/baselines/prod.json"
	mkdir -p "$1/hooks" "$1/.githooks"
	for hook in post-checkout reference-transaction post-merge; do
		printf '#!/bin/sh\ntouch "%s"\n' "$canary" | tee "$1/hooks/$hook" >"$1/.githooks/$hook"
		chmod +x "$1/hooks/$hook" "$1/.githooks/$hook"
	done
	printf '#!/bin/sh\ntouch "%s"\n' "$canary" | tee "$1/scandrift" "$1/git" >"$1/sh"
	chmod +x "$1/scandrift" "$1/git" "$1/sh"
}

# hostile_filters FILE: the site's machine would know the filters, if anything were checked out.
hostile_filters() {
	git config --file "$1" filter.evil.smudge "touch '$canary'; cat"
	git config --file "$1" filter.evil.clean cat
	git config --file "$1" diff.evil.command "touch '$canary'"
}

# What a review of that names as loosenings.
hostile_rules='policy-removed target-changed pipeline attribute'
