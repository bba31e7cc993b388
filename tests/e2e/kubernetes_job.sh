# SPDX-License-Identifier: Apache-2.0
#
# The job file of init --ci kubernetes is what a server takes, and its steps do what they say: each
# pod records its part, the last one judges them all.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need node
[ -d "$SCANDRIFT_NPM/node_modules/kubernetes-models" ] || skip "no kubernetes-models in $SCANDRIFT_NPM"

valid() {
	run env NODE_PATH="$SCANDRIFT_NPM/node_modules" node \
		"$SCANDRIFT_SOURCE/tests/e2e/kubernetes/validate.js" "$1"
}

new_repo ci
run scandrift -C ci init --ci kubernetes
expect_exit 0
sed 's/@RUN@/20261124000000/' ci/.kubernetes/scandrift.yaml >job.yaml
valid job.yaml
expect_exit 0
expect_line out '2 documents, 0 problems'

# The judge itself sees what is wrong.
for wrong in 's/completionMode/completionMod/' 's/completions: 4/completions: four/' \
	's/kind: Job/kind: Jop/' 's/      containers:/      container:/' 's/claimName/claim/' \
	's/restartPolicy: Never/restartPolicy: [Never]/' 's/  backoffLimit: 4/  backoffLimit: 4\n&/'; do
	sed "$wrong" job.yaml >wrong.yaml
	valid wrong.yaml
	[ "$code" = 1 ] || fail "taken in spite of $wrong"
done

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

# steps N: what the container of the N-th job runs.
cat >steps.js <<'EOT'
const { parseAllDocuments } = require("yaml");
const text = require("fs").readFileSync("job.yaml", "utf8");
const job = parseAllDocuments(text)[process.argv[2]].toJS();
const [container] = job.spec.template.spec.containers;

if (container.command.join(" ") !== "sh -c" || container.args.length !== 1) process.exit(1);
process.stdout.write(container.args[0].replaceAll("/replies/20", "$claim/20").replaceAll("/tmp/repo", "$HOME/repo"));
EOT
NODE_PATH=$SCANDRIFT_NPM/node_modules
export NODE_PATH
for n in 0 1; do
	# Our folders have blanks in their paths, a pod's have none.
	{
		printf "IFS='\n'\n"
		node steps.js "$n"
	} >"step$n"
done
unset NODE_PATH
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
