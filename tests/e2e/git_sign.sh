# SPDX-License-Identifier: Apache-2.0
#
# Commits are signed as git signs them, by the program that its configuration names, or not made.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
need ssh-keygen

replay=$PWD/replies
period=1
product_repo repo prod
git -C repo config commit.gpgSign true
git -C repo config gpg.format ssh

# next_live: what is live differs from what was accepted last.
next_live() {
	period=$((period + 1))
	sed "s/\"ScanPeriod\": 1/\"ScanPeriod\": $period/" "$common/prod.json" >edited.json
	replay_from replies prod edited.json
	digest=$(scandrift normalize --digest edited.json)
}

accept() {
	run scandrift -C repo accept prod --replay "$replay" --expect "$digest" --allow-weakened
}

# expect_refused: no commit, and nothing that is left behind.
expect_refused() {
	before=$(git -C repo rev-parse HEAD)
	accept
	case $code in
	2 | 4) ;;
	*) fail "exit code: want 2 or 4, have $code" ;;
	esac
	[ "$(git -C repo rev-parse HEAD)" = "$before" ] || fail 'a commit was made'
	[ -z "$(git -C repo status --porcelain)" ] || fail 'the work tree was changed'
}

verify() {
	git -C repo -c gpg.ssh.allowedSignersFile="$PWD/signers" verify-commit "${1:-HEAD}" 2>said ||
		fail "git does not accept the signature: $(cat said)"
}

# ssh: no key, a key that is not there, a key file, its public half, "~", a failing program.
next_live
expect_refused
expect_text err 'user.signingkey'
git -C repo config user.signingkey "$PWD/nothing"
expect_refused
expect_text err 'cannot be signed'
ssh-keygen -q -t ed25519 -N '' -C '' -f "$HOME/key"
echo "author@example.com namespaces=\"git\" $(cat "$HOME/key.pub")" >signers
# The tilde is for git to expand.
# shellcheck disable=SC2088
for key in "$HOME/key" "$HOME/key.pub" '~/key'; do
	git -C repo config user.signingkey "$key"
	accept
	expect_exit 0
	verify
	next_live
done
git -C repo cat-file commit HEAD | sed -n '/^gpgsig/,$p' | grep -q '^ -----END SSH SIGNATURE-----$' ||
	fail 'the form of the header'
git -C repo fsck --strict --no-dangling

# The observed branch and the journal too.
run scandrift -C repo check --replay "$replay" --commit --journal
expect_exit 1
verify scandrift/observed
verify refs/heads/scandrift/runs

# From an agent, by a literal key.
if command -v ssh-agent >/dev/null; then
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$HOME/key" 2>/dev/null
	git -C repo config user.signingkey "key::$(cat "$HOME/key.pub")"
	mv "$HOME/key" "$HOME/away"
	accept
	mv "$HOME/away" "$HOME/key"
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK SSH_AGENT_PID
	expect_exit 0
	verify
	next_live
fi

# No key is named, and a command prints one: words as git parts them, and no shell.
git -C repo config --unset user.signingkey
printf '#!/bin/sh\n[ "$1" = "a b" ] || exit 9\n[ "$2" = "\\$c" ] || exit 8\ncat "%s"\necho more\n' "$HOME/key.pub" \
	>"$HOME/default key"
chmod +x "$HOME/default key"
for row in \
	"ended with 9|\"$HOME/default key\" other" \
	"quote closed|\"$HOME/default key\" \"a b" \
	"no such program|\"$HOME\"" \
	'is no key|echo no-key' \
	'is no key|true' \
	'quote closed| '; do
	git -C repo config gpg.ssh.defaultKeyCommand "${row#*|}"
	expect_refused
	expect_text err "${row%%|*}"
done
git -C repo config gpg.ssh.defaultKeyCommand "\"$HOME/default key\" a\\ b '\$c'"
if command -v ssh-agent >/dev/null; then
	eval "$(ssh-agent -s)" >/dev/null
	ssh-add -q "$HOME/key" 2>/dev/null
	accept
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK SSH_AGENT_PID
	expect_exit 0
	verify
	next_live
fi
git -C repo config --unset gpg.ssh.defaultKeyCommand
git -C repo config user.signingkey "$HOME/key"

# A program that fails, dies, says nothing, or is not there: the branch stays where it was.
for body in 'exit 1' 'kill -9 $$' 'exit 0' 'echo x >&2; exit 3'; do
	printf '#!/bin/sh\n%s\n' "$body" >program
	chmod +x program
	git -C repo config gpg.ssh.program "$PWD/program"
	expect_refused
done
expect_text err 'x'
git -C repo config gpg.ssh.program "$PWD/no-program"
expect_refused
expect_text err 'no-program'

# The cloud's secrets are not in its environment.
printf '#!/bin/sh\nenv >"%s/environment"\nexec ssh-keygen "$@"\n' "$PWD" >program
git -C repo config gpg.ssh.program "$PWD/program"
git -C repo config user.signingkey "$HOME/key"
TENCENTCLOUD_SECRET_ID=canary-id TENCENTCLOUD_SECRET_KEY=canary-key TENCENTCLOUD_TOKEN=canary-token
export TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY TENCENTCLOUD_TOKEN
accept
expect_exit 0
expect_text environment 'HOME='
expect_no_text environment canary
verify
unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY TENCENTCLOUD_TOKEN

git -C repo config gpg.format pgp
next_live
expect_refused
expect_text err 'openpgp, ssh or x509'

# openpgp, where gpg is there.
if command -v gpg >/dev/null && command -v gpgconf >/dev/null; then
	GNUPGHOME=$HOME/gnupg
	export GNUPGHOME
	mkdir -m 700 "$GNUPGHOME"
	git -C repo config --unset gpg.format
	git -C repo config --unset user.signingkey
	expect_refused
	expect_text err 'cannot be signed'
	gpg -q --batch --passphrase '' --quick-gen-key 'Test Author <author@example.com>' ed25519 sign never \
		2>/dev/null
	accept
	gpg_code=$code
	[ "$gpg_code" != 0 ] || git -C repo verify-commit HEAD 2>said || gpg_code=verify
	gpgconf --kill all
	[ "$gpg_code" = 0 ] || fail "gpg: $gpg_code"
fi
