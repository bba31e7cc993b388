# SPDX-License-Identifier: Apache-2.0
#
# What git's configuration and its variables mean to git, they mean to us. Each row of the table in
# src/repo/README.md has a row here: twin repositories, one commit by git and one by scandrift.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need ssh-keygen

product_repo template prod
git -C template config --unset commit.gpgSign
sed 's/"ScanPeriod": 1/"ScanPeriod": 2/' "$common/prod.json" >edited.json
replay_from replies prod edited.json
scandrift normalize edited.json >next.json
digest=$(scandrift normalize --digest edited.json)
ssh-keygen -q -t ed25519 -N '' -C '' -f "$HOME/key"
top=$PWD
rows=$top/rows
mask=022
sub=. # from where the two are called, below the twin's folder
store=.git
ssh='git config gpg.format ssh; git config user.signingkey "$HOME/key"'

# A signer that notes its name, and signs as ssh-keygen or as gpg would.
cat >"$HOME/signer" <<X
#!/bin/sh
echo "\$*" | sed 's/ [^ ]*buffer[^ ]*//' >>"\$PWD/../log.\$(basename "\$PWD")"
case "\$*" in
*sign*) exec ssh-keygen "\$@" ;;
esac
cat >/dev/null
echo '[GNUPG:] SIG_CREATED ' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n'
X
printf '#!/bin/sh\nsed s/^/key::/ "%s/key.pub"\n' "$HOME" >"$HOME/give key"
chmod +x "$HOME/signer" "$HOME/give key"

# twins SETUP: two equal repositories, with what it does in each.
twins() {
	chmod -R u+rwX git ours 2>/dev/null || :
	rm -rf git ours log.git log.ours
	for twin in git ours; do
		cp -a template "$twin"
		(cd "$twin" && eval "$1") >setup.out 2>&1 || fail "setup: $1: $(cat setup.out)"
	done
}

# by_git ARG...: env's arguments; the commit that is asked of git.
by_git() {
	(
		umask "$mask"
		cd "git/$sub" || exit 9
		cat "$top/next.json" >baselines/prod.json || exit 9
		exec env "$@" sh -c \
			'git add baselines/prod.json && git commit -q -m "next one"'
	) >git.out 2>&1
}

by_us() {
	(
		umask "$mask"
		cd "ours/$sub" || exit 9
		exec env "$@" "$SCANDRIFT" accept prod \
			--replay "$top/replies" --expect "$digest" --allow-weakened
	) >ours.out 2>&1
}

# facts TWIN: what must be equal.
facts() (
	cd "$1/$sub" || exit 1
	at=$top/$1/$store
	[ "$store" = .git ] || export GIT_DIR="$at"
	[ ! -d "$top/$1/o" ] || export GIT_OBJECT_DIRECTORY="$top/$1/o"
	git cat-file commit HEAD | sed '/^$/,$d' | LC_ALL=C sed -n \
		's/^\(gpgsig -*BEGIN .*\)/\1/p; s/ [0-9]* [+-][0-9]*$//; /^author\|^committer\|^encoding/p'
	echo "index $(git ls-files -s baselines)"
	echo "status $(GIT_OPTIONAL_LOCKS=0 git status --porcelain -uno | head -n 5)"
	for log in HEAD refs/heads/main; do
		[ ! -e "$at/logs/$log" ] || echo "log $log $(wc -l <"$at/logs/$log") $(tail -n 1 "$at/logs/$log" |
			sed 's/^[^ ]* [^ ]* //; s/> .*/>/')"
	done
	for part in objects refs logs index; do
		[ ! -e "$at/$part" ] || find "$at/$part" ! -name pack ! -name info \
			-printf "$part %y %m\n" | sort -u
	done
	stat -c '%a %n' baselines/prod.json
	od -c baselines/prod.json | head -n 2
	[ ! -e "$at/other" ] || echo "named index $(GIT_INDEX_FILE="$at/other" git ls-files -s baselines)"
)

row() {
	echo "$1" >>"$rows"
	e2e_command=$1
	code=-
	cp git.out "$out" 2>/dev/null || :
	cp ours.out "$err" 2>/dev/null || :
}

# agree ROW SETUP [NAME=VALUE...]: both commit, and the commits, files and modes are equal.
agree() {
	agree_row=$1
	twins "$2"
	shift 2
	by_git "$@" || { row "$agree_row"; fail "$agree_row: git did not commit"; }
	by_us "$@" || { row "$agree_row"; fail "$agree_row: scandrift did not commit"; }
	row "$agree_row"
	facts git >facts.git
	facts ours >facts.ours
	expect_same facts.git facts.ours
	[ ! -e log.git ] || [ "$(cut -d ' ' -f 1-4 log.git)" = "$(cut -d ' ' -f 1-4 log.ours)" ] ||
		fail "$agree_row: another call of the signer: $(cat log.git log.ours)"
	echo "agree: $agree_row"
}

# has TEXT: of the agreed facts, so that a row does not pass because nothing acted.
has() {
	grep -qe "$1" facts.git || fail "$agree_row: git itself did not: $1: $(cat facts.git)"
}

# refused ROW TEXT SETUP [NAME=VALUE...]: exit 2 that names it, and no commit.
refused() {
	refused_row=$1
	refused_text=$2
	twins "$3"
	shift 3
	before=$(cat "ours/$store/refs/heads/main")
	ours_code=0
	by_us "$@" || ours_code=$?
	row "$refused_row"
	[ "$ours_code" = 2 ] || fail "$refused_row: exit code: want 2, have $ours_code"
	expect_text err "$refused_text"
	[ "$(cat "ours/$store/refs/heads/main")" = "$before" ] || fail "$refused_row: a commit was made"
	echo "refused: $refused_row"
}

# both_refuse TEXT SETUP [NAME=VALUE...]: a trap beside a row; git refuses, too.
both_refuse() {
	refused 'in addition' "$@"
	sed -i '/^in addition$/d' "$rows"
	shift 2
	! by_git "$@" || fail "git commits: $*"
}

# Includes. The file that is included is what signs and names the author.
printf '[user]\n\tname = Included\n[commit]\n\tgpgsign\n[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ~/key\n' \
	>"$HOME/inc"
name='git config --unset user.name;'
agree 'include.path' "$name git config include.path '~/inc'"
has 'Included'
for condition in "gitdir:$top/" 'gitdir:**/work/*/.git' 'gitdir:work/' "gitdir:$top/*/.git" \
	"gitdir:$top/**" 'gitdir:**/w[a-p]r?/**'; do
	agree 'includeIf gitdir:' "git config 'includeIf.$condition.path' '~/inc'"
	has 'Included'
done
for condition in 'gitdir:work' 'gitdir:*/work/*' "gitdir:$top/*" 'gitdir:w*k/.git' 'gitdir:WORK/'; do
	agree 'includeIf gitdir:' "git config 'includeIf.$condition.path' '~/inc'"
	has 'author Test Author'
done
printf '[includeIf "gitdir:./work/"]\n\tpath = home/inc\n' >"$SCRATCH/beside"
agree 'includeIf gitdir:' "git config include.path '$SCRATCH/beside'"
has 'Included'
agree 'includeIf gitdir/i:' "git config 'includeIf.gitdir/i:$(echo "$top" | tr '[:lower:]' '[:upper:]')/.path' '~/inc'"
has 'Included'
agree 'includeIf onbranch:' "git config 'includeIf.onbranch:m[a-b]*.path' '~/inc'"
has 'Included'
url='git remote add origin https://git.corp.example/sec/drift.git;'
for pattern in 'https://git.corp.example/**' '**/drift.git' \
	'https://*/*/drift.git'; do
	agree 'includeIf hasconfig:remote.*.url:' \
		"git config 'includeIf.hasconfig:remote.*.url:$pattern.path' '~/inc'; $url"
	has 'Included'
done
for pattern in 'https://git.corp.example/*' 'https://git.corp.example/'; do
	agree 'includeIf hasconfig:remote.*.url:' \
		"git config 'includeIf.hasconfig:remote.*.url:$pattern.path' '~/inc'; $url"
	has 'author Test Author'
done
both_refuse 'remote.x.url' "printf '[remote \"x\"]\n\turl = y\n' >'$HOME/with-url'
	$url git config 'includeIf.hasconfig:remote.*.url:**.path' '~/with-url'"
both_refuse 'include' \
	"git config include.path own; printf '[include]\n\tpath = own\n' >.git/own"
both_refuse 'config:' "echo '[user' >>.git/config"
refused 'includeIf of another kind' 'includeIf "moon:full"' "git config 'includeIf.moon:full.path' '~/inc'"

# The environment's.
printf '[user]\n\tname = From File\n' >"$HOME/file"
agree 'GIT_CONFIG_GLOBAL' "$name" GIT_CONFIG_GLOBAL="$HOME/file"
has 'From File'
agree 'GIT_CONFIG_SYSTEM' "$name" GIT_CONFIG_SYSTEM="$HOME/file" GIT_CONFIG_NOSYSTEM=no
has 'From File'
agree 'GIT_CONFIG_NOSYSTEM' : GIT_CONFIG_SYSTEM="$HOME/inc" GIT_CONFIG_NOSYSTEM=1
has 'author Test Author'
agree 'GIT_CONFIG_COUNT' : GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=Counted \
	GIT_CONFIG_KEY_1=include.path GIT_CONFIG_VALUE_1="$HOME/file"
has 'From File'
both_refuse 'GIT_CONFIG_COUNT' : GIT_CONFIG_COUNT=x
both_refuse 'GIT_CONFIG_COUNT' : GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=a.b GIT_CONFIG_VALUE_0=c
for list in "'User.Name=It'\\''s Me'" "'user.name'='It'\\''s Me'" \
	"'user.name'='Not Me' 'user.name'='It'\\''s Me' 'core.bare'='false'"; do
	agree 'GIT_CONFIG_PARAMETERS' : GIT_CONFIG_PARAMETERS="$list"
	has "It's Me"
done
agree 'GIT_CONFIG_PARAMETERS' "$ssh" GIT_CONFIG_PARAMETERS="'commit.gpgsign'="
has '^gpgsig'
agree 'GIT_CONFIG_PARAMETERS' "$ssh" GIT_CONFIG_PARAMETERS="'commit.gpgsign'"
has '^gpgsig'
both_refuse 'GIT_CONFIG_PARAMETERS' : GIT_CONFIG_PARAMETERS='user.name=x'
both_refuse 'GIT_CONFIG_PARAMETERS' : GIT_CONFIG_PARAMETERS="'user'='x'"
agree 'extensions.worktreeConfig' "git config extensions.worktreeConfig true
	git config --worktree user.name 'Of Worktree'"
has 'Of Worktree'

# Signing.
for value in '' ' = yes' ' = On' ' = 1' ' = "true"'; do
	agree 'commit.gpgSign' "$ssh; printf '[commit]\n\tgpgsign%s\n' '$value' >>.git/config"
	has '^gpgsig'
done
agree 'commit.gpgSign' "$ssh; printf '[commit]\n\tgpgsign =\n' >>.git/config"
agree 'gpg.format' "$ssh; git config commit.gpgsign true"
has 'SSH SIGNATURE'
both_refuse 'gpg.format' 'git config commit.gpgsign true; git config gpg.format pgp'
signs='git config commit.gpgsign true; git config user.signingkey K'
agree 'gpg.program' "$signs; git config gpg.program '$HOME/signer'"
has '^gpgsig'
agree 'gpg.openpgp.program' "$signs; git config gpg.openpgp.program '$HOME/signer'"
has '^gpgsig'
agree 'gpg.ssh.program' "$ssh; git config commit.gpgsign true; git config gpg.ssh.program '$HOME/signer'"
[ -s log.git ] || fail 'gpg.ssh.program was not run'
agree 'gpg.x509.program' "$signs; git config gpg.format x509; git config gpg.x509.program '$HOME/signer'"
has '^gpgsig'
if command -v ssh-agent >/dev/null; then
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$HOME/key" 2>/dev/null
	agree 'gpg.ssh.defaultKeyCommand' "git config commit.gpgsign true; git config gpg.format ssh
		git config gpg.ssh.defaultKeyCommand '\"$HOME/give key\"'"
	has '^gpgsig'
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK SSH_AGENT_PID
else
	row 'gpg.ssh.defaultKeyCommand'
fi
agree 'user.signingKey' "$ssh; git config commit.gpgsign true"
for key in gpg.ssh.allowedSignersFile gpg.minTrustLevel; do
	value=never
	[ "$key" = gpg.minTrustLevel ] || value=/none
	agree "$key" "$ssh; git config commit.gpgsign true; git config $key $value"
done

# Who it is.
for key in user.name user.email author.name author.email committer.name committer.email; do
	agree "$key" "git config $key 'x@y'"
	has 'x@y'
done
agree 'author.name' "git config author.name ''"
none='git config --unset user.name; git config --unset user.email;'
agree 'EMAIL' 'git config --unset user.email' EMAIL=env@example.com
has 'env@example.com'
both_refuse 'has no address' 'git config --unset user.email; git config user.useConfigOnly true' EMAIL=env@example.com
agree 'user.useConfigOnly' 'git config user.useConfigOnly true'
refused 'no name or address' 'has no name' "$none"
for who in AUTHOR COMMITTER; do
	# A dot at the end too was left out by git, and is no more; libgit2 leaves it out.
	agree "GIT_${who}_NAME" : "GIT_${who}_NAME=, Env <Name>;"
	has 'Env Name'
	both_refuse 'has no name' : "GIT_${who}_NAME="
	agree "GIT_${who}_EMAIL" : "GIT_${who}_EMAIL=env@name"
	has 'env@name'
	agree "GIT_${who}_DATE" : "GIT_${who}_DATE=1700000000 +0800"
	for twin in git ours; do
		[ "$(git -C "$twin" cat-file commit HEAD | grep -c ' 1700000000 +0800$')" = 1 ] ||
			fail "GIT_${who}_DATE: $twin"
	done
done
n=$(printf '\325\305\310\375')
agree 'i18n.commitEncoding' "git config i18n.commitEncoding gbk; git config user.name '$n'"
has '^encoding gbk'
agree 'i18n.commitEncoding' 'git config i18n.commitEncoding UTF-8'
agree 'i18n.commitEncoding' "git config i18n.commitEncoding gbk; $ssh; git config commit.gpgsign true"
refused 'i18n.commitEncoding' 'i18n.commitEncoding' 'git config i18n.commitEncoding no-such'
refused 'i18n.commitEncoding' 'not valid UTF-8' "git config user.name '$n'"
agree 'i18n.logOutputEncoding' 'git config i18n.logOutputEncoding gbk'
agree 'commit.template' "echo words >'$HOME/words'; git config commit.template '$HOME/words'"
agree 'commit.cleanup' 'git config commit.cleanup verbatim'

# Modes.
for value in group true 1 all world everybody 2 0640 0660 0666 0600 umask false 0; do
	for mask in 022 077; do
		agree 'core.sharedRepository' "git config core.sharedRepository $value"
	done
	mask=022
done
agree 'core.sharedRepository' "printf '[core]\n\tsharedRepository\n' >>.git/config"
has 'refs f 664'
both_refuse 'core.sharedRepository' 'git config core.sharedRepository 0400'
for mask in 022 027 077 002; do
	agree umask :
	[ "$mask" != 077 ] || has 'refs f 600'
	# A baseline that was not there.
	agree umask 'git rm -q baselines/prod.json; git commit -q -m gone'
done
mask=027
(
	umask 027
	cd ours
	"$SCANDRIFT" check --replay ../replies --output json=../new.json
	: >../old.json
	chmod 604 ../old.json
	"$SCANDRIFT" check --replay ../replies --output json=../old.json
) >/dev/null 2>&1 || :
[ "$(stat -c %a new.json old.json | tr '\n' ' ')" = '640 604 ' ] ||
	fail "modes of outputs: $(stat -c '%a %n' new.json old.json)"
mask=022
for value in true false; do
	agree 'core.fileMode' "git config core.fileMode $value"
done
agree 'core.fileMode' 'git config core.fileMode false; chmod +x baselines/prod.json'
has '755 baselines'

# What is written, and where.
crlf='git rm -q baselines/prod.json; git commit -q -m gone'
agree 'core.autocrlf' "git config core.autocrlf input; $crlf"
agree 'core.safecrlf' 'git config core.safecrlf true'
# git commit leaves the file alone; what a checkout makes of it is what we write.
checked_out() {
	twins "$2"
	(cd git && cat ../next.json >baselines/prod.json && git add baselines && git commit -q -m x &&
		rm baselines/prod.json && git checkout -q HEAD -- baselines/prod.json) >git.out 2>&1 ||
		fail "$1: git"
	by_us X=1 || fail "$1: $(cat ours.out)"
	row "$1"
	expect_same git/baselines/prod.json ours/baselines/prod.json
	grep -q "$(printf '\r')" ours/baselines/prod.json || fail "$1: no CR"
	[ -z "$(git -C ours status --porcelain)" ] || fail "$1: the work tree is not clean"
}
checked_out 'core.autocrlf' "git config core.autocrlf true; rm baselines/prod.json; git checkout -q ."
checked_out 'core.eol' "git config core.eol crlf; echo '*.json text' >.gitattributes; git add .
	git commit -q -m a; rm baselines/prod.json; git checkout -q ."
checked_out 'core.attributesFile' "git config core.attributesFile '$HOME/attributes'
	echo '*.json text eol=crlf' >'$HOME/attributes'; rm baselines/prod.json; git checkout -q ."
for key in core.symlinks core.ignoreCase core.precomposeUnicode; do
	for value in true false; do
		agree "$key" "git config $key $value"
	done
done


# Where the repository is.
sub=tree
tree='mkdir tree; mv baselines tree;'
agree 'core.worktree' "$tree git config core.worktree ../tree"
store=aside
agree 'GIT_WORK_TREE' "$tree mv .git aside" GIT_DIR=../aside GIT_WORK_TREE=.
agree 'GIT_DIR' "$tree mv .git aside" GIT_DIR=../aside
store=.git
agree 'GIT_WORK_TREE' "$tree" GIT_WORK_TREE=.
refused 'GIT_WORK_TREE' 'no-such' "$tree" GIT_WORK_TREE=no-such
sub=.
agree 'GIT_INDEX_FILE' 'cp -p .git/index .git/other' GIT_INDEX_FILE=.git/other
has 'named index'
agree 'GIT_NAMESPACE' : GIT_NAMESPACE=x
store=aside
agree 'GIT_NAMESPACE' 'mv .git aside' GIT_DIR=aside GIT_WORK_TREE=. GIT_NAMESPACE=x
agree 'GIT_OBJECT_DIRECTORY' 'mv .git aside; mv aside/objects o; mkdir aside/objects' GIT_DIR=aside GIT_WORK_TREE=. \
	GIT_OBJECT_DIRECTORY=o
store=.git
for name in GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_SHALLOW_FILE \
	GIT_GRAFT_FILE GIT_REPLACE_REF_BASE GIT_QUARANTINE_PATH; do
	refused "$name" "$name" : "$name=.git/objects"
done
both_refuse 'GIT_QUARANTINE_PATH' : GIT_QUARANTINE_PATH=.git/objects

# found ROW yes|no COMMAND-OF-GIT NAME=VALUE...: from a folder below, both find the repository or not.
found() {
	row "$1"
	mkdir -p ours/below
	want=$2
	shift 2
	for tool in 'git rev-parse --git-dir' '"$SCANDRIFT" show prod'; do
		have=yes
		(cd ours/below && env "$@" sh -c "$tool") >ours.out 2>&1 || have=no
		[ "$have" = "$want" ] || fail "$*: $tool: want $want: $(cat ours.out)"
	done
}
twins :
found 'GIT_CEILING_DIRECTORIES' yes GIT_CEILING_DIRECTORIES="$top"
found 'GIT_CEILING_DIRECTORIES' no GIT_CEILING_DIRECTORIES="$top/ours"
found 'GIT_DISCOVERY_ACROSS_FILESYSTEM' yes GIT_DISCOVERY_ACROSS_FILESYSTEM=true
found 'GIT_DISCOVERY_ACROSS_FILESYSTEM' no GIT_DISCOVERY_ACROSS_FILESYSTEM=perhaps
row 'safe.directory'
if [ "$(id -u)" = 0 ]; then
	chown -R 12345 ours
	found 'safe.directory' no X=1
	found 'safe.directory' yes GIT_CONFIG_PARAMETERS="'safe.directory'='*'"
fi

# Formats of repositories.
agree 'extensions.preciousObjects' 'git config core.repositoryFormatVersion 1
	git config extensions.preciousObjects true'
for format in objectFormat=sha256 refStorage=reftable; do
	refused "extensions.${format%=*}" "${format#*=}" "git config core.repositoryFormatVersion 1
		git config extensions.${format%=*} ${format#*=}"
done

# Hooks. The one that judges each reference is refused; those of git commit are not ours to run.
hook='printf "#!/bin/sh\necho ran >>\"%s\"\n" "$PWD/ran"'
refused 'hook `reference-transaction`' 'reference-transaction' \
	"$hook >.git/hooks/reference-transaction; chmod +x .git/hooks/reference-transaction"
by_git X=1 && [ -s git/ran ] || fail 'git does not run the hook'
agree 'hook `reference-transaction`' "$hook >.git/hooks/reference-transaction"
for value in hooks "$top/git/hooks" '~/hooks'; do
	refused 'core.hooksPath' 'reference-transaction' "git config core.hooksPath '$value'; mkdir -p hooks \"\$HOME/hooks\"
		$hook | tee hooks/reference-transaction >\"\$HOME/hooks/reference-transaction\"
		chmod +x hooks/* \"\$HOME\"/hooks/*"
done
for name in pre-commit commit-msg prepare-commit-msg post-commit post-index-change; do
	agree "hook \`$name\`" "$hook >.git/hooks/$name; chmod +x .git/hooks/$name"
	[ ! -e ours/ran ] || fail "$name was run"
	# Nor does git's own plumbing run it.
	[ "$name" = post-index-change ] || {
		rm -f git/ran
		(cd git && git update-ref HEAD "$(git commit-tree -m x -p HEAD 'HEAD^{tree}')") || fail "$name"
		[ ! -e git/ran ] || fail "$name: git commit-tree runs it"
	}
done

# Logs, and what is about speed alone.
for value in true false always; do
	agree 'core.logAllRefUpdates' "git config core.logAllRefUpdates $value; rm -r .git/logs"
done
while read -r key value; do
	agree "$key" "git config $key $value"
done <<'KEYS'
gc.auto 1
core.fsync none
core.fsyncMethod writeout-only
core.compression 9
core.bigFileThreshold 1
index.version 4
core.untrackedCache true
core.fsmonitor true
feature.manyFiles true
KEYS
(cd git && git fsmonitor--daemon stop) >/dev/null 2>&1 || :
agree 'core.splitIndex' 'git config core.splitIndex false'
refused 'core.splitIndex' 'split-index' 'git config core.splitIndex true; git update-index --split-index'
agree 'core.sparseCheckout' 'git sparse-checkout set --no-cone baselines'
refused 'index.sparse' 'sparse' 'mkdir a; echo >a/b; git add a; git commit -q -m a
	git sparse-checkout init --cone --sparse-index; git sparse-checkout set baselines'

# The table has these rows and no others.
sed -n 's/^| \(.*[^ ]\) | \(honoured\|refused\|stricter\|no effect\) |.*/\1/p' \
	"$SCANDRIFT_SOURCE/src/repo/README.md" |
	sed '/^hook/!s/`//g; s/^includeIf of another kind$/&/' | sort >want.rows
[ "$(wc -l <want.rows)" -gt 60 ] || fail 'the table was not found'
sort -u "$rows" >have.rows
expect_same want.rows have.rows
