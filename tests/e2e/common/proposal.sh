# SPDX-License-Identifier: Apache-2.0
#
# Sourced: one proposal, as a person types it and as each hosting site names it.

# name_proposal BASE HEAD: two branches of the current repository. Event and variables also name an old
# commit, main, which must never become the base.
name_proposal() {
	proposal_range=$1..$2
	proposal_id=$(git rev-parse "$2")
	proposal_old=$(git rev-parse main)
	git update-ref refs/remotes/origin/target "$1"
	printf '{"pull_request": {"base": {"ref": "target", "sha": "%s"}, "head": {"sha": "%s"}}}' \
		"$proposal_old" "$proposal_id" >"$SCRATCH/event"
}

# review_as range|github|gitlab OPTION...
review_as() {
	proposal_how=$1
	shift
	case $proposal_how in
	range) run scandrift review "$proposal_range" "$@" ;;
	github)
		run env GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_target \
			GITHUB_SHA="$proposal_old" GITHUB_EVENT_PATH="$SCRATCH/event" scandrift review "$@"
		;;
	gitlab)
		run env GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_COMMIT_SHA="$proposal_id" \
			CI_MERGE_REQUEST_TARGET_BRANCH_NAME=target \
			CI_MERGE_REQUEST_DIFF_BASE_SHA="$proposal_old" scandrift review "$@"
		;;
	esac
}
