# SPDX-License-Identifier: Apache-2.0
#
# User and password of a proxy and of a remote, with each byte that has a meaning in a URL, raw and
# encoded: in no output of any command and format, in no recording, journal or argument. What a
# library, git or a server says of them is not ours to word. Keys and tokens: secrets.sh.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

user=Canary0User
before=Canary0Front
after=Canary0Rear
mkdir kept
product_repo repo prod
cat >repo/baselines/targets.ini <<'EOT'
[target prod]
endpoint = tcss.tencentcloudapi.com
EOT
commit_all repo 'target: behind a proxy'
use_key AKIDCANARY Canary0Secret0Key Canary0Session0Token

# keep COMMAND...: its outputs are kept for the search.
kept=0
keep() {
	kept=$((kept + 1))
	run "$@"
	cp "$out" "kept/$kept.out"
	cp "$err" "kept/$kept.err"
}

search() {
	if grep -raE "$user|$before|$after|Canary0S" kept >found; then
		fail "a secret is told: $1: $(head -3 found)"
	fi
}

# Between the halves of the password: each reserved byte, raw and encoded, and what else may stand there.
printf '%s\n' '#' / '?' @ : '[' ']' '!' '$' '&' "'" '(' ')' '*' + , ';' = % '"' '<' '>' \
	"\\" '^' '`' '{' '|' '}' '~' ' ' %23 %2F %3f %40 %3A %25 %00 %0a %zz '#26' /@ @@ >bytes
tried=0
given=${ASAN_OPTIONS-}
while IFS= read -r byte; do
	tried=$((tried + 1))
	# libcurl 8.14 loses memory where a proxy's password has a NUL.
	ASAN_OPTIONS=$given
	[ "$byte" != %00 ] || ASAN_OPTIONS=${given:+$given:}detect_leaks=0
	export ASAN_OPTIONS
	for scheme in http:// https:// socks5h:// nonsense:// ''; do
		for form in "$user:$before$byte$after@" "$user$byte$before:$after@"; do
			https_proxy="$scheme${form}127.0.0.1:1"
			export https_proxy
			keep scandrift -C repo check -v --deadline 2s --timeout 500ms --record "$PWD/kept/rec"
			[ "$code" = 3 ] || [ "$code" = 2 ] || fail "exit code $code with $https_proxy"
			[ -n "$SCANDRIFT_LONG" ] || break
		done
		search "$https_proxy"
		[ -n "$SCANDRIFT_LONG" ] || [ "$byte" = '#' ] || break
	done
	rm -f kept/[0-9]*
done <bytes
ASAN_OPTIONS=$given
[ "$tried" = 42 ] || fail "$tried bytes were tried"
unset https_proxy

# Commands that ask the network, each format, and a proxy whose host libcurl takes from the password.
https_proxy="http://$user:$before#$after@127.0.0.1:1"
export https_proxy
for format in text json markdown github; do
	keep scandrift -C repo check -v --deadline 1s --format "$format"
done
keep scandrift -C repo fetch prod -v --deadline 1s
keep scandrift -C repo fetch prod -v --deadline 1s --raw
keep scandrift -C repo fetch prod -v --show-request
keep scandrift -C repo fetch prod -v --explain-credentials --deadline 1s
keep scandrift -C repo accept prod -v --deadline 1s
keep scandrift -C repo diff live:prod HEAD:baselines/prod.json -v --deadline 1s
keep scandrift -C repo check -v --deadline 1s --journal
git -C repo for-each-ref --format='%(refname)' | while read -r ref; do
	git -C repo log -p "$ref"
done >kept/refs
search 'each command'
unset https_proxy

# A remote that cannot be reached, by git's words.
for byte in '@' '%40'; do
	git -C repo config remote.origin.url "https://$user:$before$byte$after@127.0.0.1:1/repo.git"
	account AKIDCANARY Canary0Secret0Key Canary0Session0Token "$common/prod.json"
	keep scandrift -C repo check --replay "$PWD/nothing" -v
	keep scandrift -C repo accept prod --from "$PWD/none" -v
	git -C repo push -q origin HEAD >git.said 2>&1 || :
	grep -q "$user" git.said || continue
	keep scandrift -C repo check --replay "$PWD/nothing" --commit --push -v
	search "remote with $byte"
done

# A server that sends back what it was sent.
start_standin "$accounts" --scenario "$scenario"
printf '* * error InvalidParameter "Not Canary0Secret0Key, Canary0Session0Token, https://%s:%s@h/"\n' \
	"$user" "$before" >"$scenario"
keep scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" -v
expect_text out 'Not ****, ****, https://****@h/'
search 'a server'

# No argument of any process, while a run waits.
echo '* * delay 2000' >"$scenario"
https_proxy="http://$user:$before%23$after@127.0.0.1:1" "$SCANDRIFT" -C repo check \
	--endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" -v >kept/wait.out 2>kept/wait.err &
waiting=$!
sleep 0.5
for pid in "$waiting" $(processes_left); do
	tr '\0' '\n' <"/proc/$pid/cmdline" || :
done >kept/arguments 2>/dev/null
wait "$waiting" || :
expect_text kept/arguments 'check'
search 'an argument'

# The search itself must find what is there.
printf 'x%sx\n' "$after" >kept/probe
grep -raqE "$user|$before|$after|Canary0S" kept || fail 'would not be found'
