# SPDX-License-Identifier: Apache-2.0
#
# The job file of init --ci kubernetes is what a server takes, by the schemas of Kubernetes.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need node
[ -d "$SCANDRIFT_NPM/node_modules/kubernetes-models" ] || skip "no kubernetes-models in $SCANDRIFT_NPM"

valid() {
	run env NODE_PATH="$SCANDRIFT_NPM/node_modules" node \
		"$SCANDRIFT_SOURCE/tests/e2e/kubernetes/validate.js" "$1"
}

new_repo ci
run "$SCANDRIFT" -C ci init --ci kubernetes
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

# kubernetes_job.sh finds the steps in the file as a reader of YAML does.
cat >steps.js <<'EOT'
const { parseAllDocuments } = require("yaml");
const text = require("fs").readFileSync("job.yaml", "utf8");
const job = parseAllDocuments(text)[process.argv[2]].toJS();
const [container] = job.spec.template.spec.containers;

if (container.command.join(" ") !== "sh -c" || container.args.length !== 1) process.exit(1);
process.stdout.write(container.args[0]);
EOT
for n in 0 1; do
	NODE_PATH="$SCANDRIFT_NPM/node_modules" node steps.js "$n" >want
	awk -v n="$n" -f "$SCANDRIFT_SOURCE/tests/e2e/kubernetes/steps.awk" job.yaml >have
	expect_same want have
done
