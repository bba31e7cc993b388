# SPDX-License-Identifier: Apache-2.0
#
# The steps of the job file of init --ci kubernetes do what they say: each pod records its part, the
# last one judges them all. kubernetes_schema.sh shows that a server takes the file.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

new_repo ci
run scandrift -C ci init --ci kubernetes
expect_exit 0
sed 's/@RUN@/20261124000000/' ci/.kubernetes/scandrift.yaml >job.yaml

# The steps as they stand, with folders in place of the claim and of the clone's source.
targets='a b c d e f'
# shellcheck disable=SC2086 # a list of names
product_repo repo $targets
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts" --scenario "$scenario"
use_key AKIDPROD prod-key
{
	printf '[defaults]\nendpoint = %s\n' "$HTTPS_URL"
	cat repo/baselines/targets.ini
} >targets.new
mv targets.new repo/baselines/targets.ini
commit_all repo 'targets: at the stand-in'
SSL_CERT_FILE=$CA_FILE
repository=$PWD/repo
claim=$PWD/claim
export SSL_CERT_FILE repository claim

for n in 0 1; do
	# Our folders have blanks in their paths, a pod's have none.
	{
		printf "IFS='\n'\n"
		awk -v n="$n" -f "$SCANDRIFT_SOURCE/tests/e2e/kubernetes/steps.awk" job.yaml |
			sed 's,/replies/20,$claim/20,g; s,/tmp/repo,$HOME/repo,g'
	} >"step$n"
	grep -q 'scandrift -C ' "step$n" || fail "no steps in document $n"
done
home=$HOME
for k in 0 1 2 3; do
	HOME=$home/pod$k
	mkdir "$HOME"
	run env JOB_COMPLETION_INDEX="$k" sh ./step0
	expect_exit 0
done
[ "$(find claim -name '*.meta.json' | wc -l)" = 6 ] || fail 'not all targets were recorded'
HOME=$home/judge
mkdir "$HOME"
run sh ./step1
expect_exit 0
expect_text out '6 targets: 6 equal'
