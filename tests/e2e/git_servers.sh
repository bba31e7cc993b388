# SPDX-License-Identifier: Apache-2.0
#
# --push against real servers, which this test starts and ends: git http-backend behind nginx with TLS
# and a password, and sshd. How git reaches them and who one is there is git's own configuration.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
. "$SCANDRIFT_SOURCE/tests/lib/nginx.sh"
need nginx fcgiwrap openssl ssh ssh-keygen
PATH=$PATH:/usr/sbin
need sshd
backend=$(git --exec-path)/git-http-backend
[ -x "$backend" ] || skip 'no git http-backend'

replay=$PWD/replies
period=1
servers=

end_servers() {
	for pid in $servers; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	[ -z "${made_run:-}" ] || rmdir /run/sshd
}
trap 'end_status=$?; end_servers; (exit $end_status); judge_results; e2e_end' EXIT

next_live() {
	period=$((period + 1))
	sed "s/\"ScanPeriod\": 1/\"ScanPeriod\": $period/" "$common/prod.json" >edited.json
	replay_from replies prod edited.json
	digest=$(scandrift normalize --digest edited.json)
}

# clone DIR URL [OPTION...]
clone() {
	clone_dir=$1
	clone_url=$2
	shift 2
	git clone -q "$@" "$clone_url" "$clone_dir" || fail "git clone $clone_url"
	git -C "$clone_dir" config user.name 'Test Author'
	git -C "$clone_dir" config user.email author@example.com
}

accept_in() {
	run scandrift -C "$1" accept prod --replay "$replay" --expect "$digest" --allow-weakened --push
}

# expect_pushed DIR
expect_pushed() {
	expect_exit 0
	[ "$(git -C up.git rev-parse main)" = "$(git -C "$1" rev-parse HEAD)" ] || fail 'not pushed'
	[ -z "$(git -C "$1" status --porcelain)" ] || fail 'not clean'
}

# expect_kept_here DIR: committed here, told, and not there.
expect_kept_here() {
	expect_exit 4
	expect_text err 'and not pushed'
	[ "$(git -C up.git rev-parse main)" = "$(git -C "$1" rev-parse HEAD^)" ] || fail 'moved there'
}

# Somebody else pushes in between.
other() {
	git -C other pull -q --rebase
	printf '%s\n' "$1" >other/NOTES
	git -C other add -A
	git -C other commit -q -m "other: $1"
	git -C other push -q
}

# again DIR: what was kept here goes out by git's own hand, or ours.
again() {
	git -C "$1" push -q origin HEAD:main
}

git init -q --bare -b main up.git
git -C up.git config http.receivepack true
product_repo seed prod
git -C seed push -q "$PWD/up.git" main
clone other "$PWD/up.git"

# --- https, by password --------------------------------------------------------------------------

mkdir web
nginx_certificate web
printf 'robot:%s\n' "$(openssl passwd -apr1 'pass word')" >web/htpasswd
web_config() {
	cat <<CONFIG
daemon off;
master_process off;
pid "$PWD/web/nginx.pid";
error_log "$PWD/web/error.log" notice;
events { }
http {
	access_log "$PWD/web/access.log";
	client_body_temp_path "$PWD/web/body";
	proxy_temp_path "$PWD/web/proxy";
	fastcgi_temp_path "$PWD/web/fastcgi";
	uwsgi_temp_path "$PWD/web/uwsgi";
	scgi_temp_path "$PWD/web/scgi";
	client_max_body_size 0;
	server {
		listen 127.0.0.1:$1 ssl;
		ssl_certificate "$PWD/web/server.pem";
		ssl_certificate_key "$PWD/web/server.key";
		auth_basic git;
		auth_basic_user_file "$PWD/web/htpasswd";
		location / {
			fastcgi_pass "unix:$SCRATCH/fcgi";
			fastcgi_param SCRIPT_FILENAME "$backend";
			fastcgi_param GIT_PROJECT_ROOT "$PWD";
			fastcgi_param GIT_HTTP_EXPORT_ALL 1;
			fastcgi_param PATH_INFO \$uri;
			fastcgi_param QUERY_STRING \$query_string;
			fastcgi_param REQUEST_METHOD \$request_method;
			fastcgi_param CONTENT_TYPE \$content_type;
			fastcgi_param CONTENT_LENGTH \$content_length;
			fastcgi_param REMOTE_USER \$remote_user;
		}
	}
}
CONFIG
}

fcgiwrap -s "unix:$SCRATCH/fcgi" >/dev/null 2>web/fcgiwrap.log &
servers="$servers $!"
# Ports cannot be asked for, so they are tried.
start_web() {
	for try in 0 1 2 3 4 5 6 7 8 9; do
		port=$((22000 + ($$ * 11 + try * 1013) % 10000))
		web_config "$port" >web/nginx.conf
		rm -f web/nginx.pid
		nginx -p "$PWD/web" -e "$PWD/web/error.log" -c "$PWD/web/nginx.conf" 2>web/stderr &
		pid=$!
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			[ ! -s web/nginx.pid ] || {
				servers="$servers $pid"
				return 0
			}
			sleep 0.1
		done
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	fail "nginx did not start: $(cat web/stderr web/error.log)"
}
start_web
url=https://127.0.0.1:$port/up.git

# A helper that says who one is, and shows what it was told of the cloud.
cat >helper <<HELPER
#!/bin/sh
env >>"$PWD/environment"
[ "\$1" != get ] || printf 'username=robot\npassword=pass word\n'
HELPER
chmod +x helper
GIT_SSL_CAINFO=$PWD/web/ca.pem
export GIT_SSL_CAINFO
clone web.clone "$url" -c credential.helper="$(printf '%s' "$PWD/helper" | sed 's/ /\\ /g')"
: >environment

next_live
TENCENTCLOUD_SECRET_ID=canary-id TENCENTCLOUD_SECRET_KEY=canary-key
export TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
accept_in web.clone
unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
expect_pushed web.clone
expect_text environment 'GIT_SSL_CAINFO='
expect_no_text environment canary
expect_text web/access.log robot

# On top of what somebody else has pushed meanwhile.
next_live
other one
accept_in web.clone
expect_pushed web.clone

# By a header, as CI systems give it.
git -C web.clone config --unset credential.helper
git -C web.clone config "http.$url.extraHeader" \
	"Authorization: Basic $(printf 'robot:pass word' | openssl base64 -A)"
next_live
accept_in web.clone
expect_pushed web.clone

# A wrong password, none, a certificate of an unknown CA: nobody is asked, the commit stays here.
git -C web.clone config "http.$url.extraHeader" \
	"Authorization: Basic $(printf 'robot:wrong' | openssl base64 -A)"
next_live
accept_in web.clone
expect_kept_here web.clone
git -C web.clone reset -q --hard origin/main
git -C web.clone config --unset "http.$url.extraHeader"
accept_in web.clone
expect_kept_here web.clone
git -C web.clone reset -q --hard origin/main
unset GIT_SSL_CAINFO
accept_in web.clone
expect_kept_here web.clone
expect_text err certificate
git -C web.clone reset -q --hard origin/main

# Five nights, each in a fresh clone of depth one: one chain, over https.
GIT_SSL_CAINFO=$PWD/web/ca.pem
export GIT_SSL_CAINFO
start=--journal-start
for night in 1 2 3 4 5; do
	rm -rf night
	clone night "$url" --depth 1 -c "http.extraHeader=Authorization: Basic $(printf 'robot:pass word' | openssl base64 -A)"
	[ "$night" != 3 ] || next_live
	run scandrift -C night check --replay "$replay" --commit --journal $start --push --fail-on never
	expect_exit 0
	start=
done
[ "$(git -C up.git rev-list --count refs/heads/scandrift/runs)" = 5 ] || fail 'not five records'
[ "$(git -C up.git rev-list --count --merges refs/heads/scandrift/runs)" = 0 ] || fail 'not one chain'
[ "$(git -C up.git rev-list --count scandrift/observed)" = 2 ] || fail 'not one commit a change'

# --- ssh -----------------------------------------------------------------------------------------

mkdir ssh
ssh-keygen -q -t ed25519 -N '' -C '' -f ssh/host
ssh-keygen -q -t ed25519 -N '' -C '' -f ssh/key
cp ssh/key.pub ssh/authorized
# The folder that sshd shuts its unprivileged half in; the package makes it with its service.
if [ "$(id -u)" = 0 ] && [ ! -d /run/sshd ]; then
	mkdir -m 755 /run/sshd
	made_run=1
fi
start_sshd() {
	for try in 0 1 2 3 4 5 6 7 8 9; do
		port=$((33000 + ($$ * 13 + try * 1019) % 10000))
		cat >ssh/config <<CONFIG
ListenAddress 127.0.0.1:$port
HostKey "$PWD/ssh/host"
AuthorizedKeysFile "$PWD/ssh/authorized"
PidFile "$PWD/ssh/pid"
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
CONFIG
		sshd=$(command -v sshd)
		"$sshd" -D -e -f "$PWD/ssh/config" 2>ssh/log &
		pid=$!
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			[ ! -s ssh/pid ] || {
				servers="$servers $pid"
				return 0
			}
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	fail "sshd did not start: $(cat ssh/log)"
}
start_sshd
printf '[127.0.0.1]:%s %s\n' "$port" "$(cat ssh/host.pub)" >ssh/known
ssh_with() {
	printf "ssh -F none -i '%s' -o IdentitiesOnly=yes -o UserKnownHostsFile='\"%s\"'" "$PWD/ssh/key" "$1"
}
GIT_SSH_COMMAND="$(ssh_with "$PWD/ssh/known")"
export GIT_SSH_COMMAND
clone ssh.clone "ssh://$(id -un)@127.0.0.1:$port$PWD/up.git"

next_live
accept_in ssh.clone
expect_pushed ssh.clone
next_live
other two
accept_in ssh.clone
expect_pushed ssh.clone

# A host that is not known is not asked about, and not trusted.
GIT_SSH_COMMAND="$(ssh_with "$PWD/ssh/nobody")"
next_live
accept_in ssh.clone
expect_kept_here ssh.clone
expect_text err 'Host key verification failed'
git -C ssh.clone reset -q --hard HEAD^
GIT_SSH_COMMAND="$(ssh_with "$PWD/ssh/known")"

# --- a hook that refuses -------------------------------------------------------------------------

cat >up.git/hooks/pre-receive <<HOOK
#!/bin/sh
echo called >>"$PWD/hook.calls"
echo 'no baselines on a Friday' >&2
exit 1
HOOK
chmod +x up.git/hooks/pre-receive
accept_in ssh.clone
expect_kept_here ssh.clone
expect_text err 'no baselines on a Friday'
[ "$(wc -l <hook.calls)" = 1 ] || fail 'it was asked again'
rm up.git/hooks/pre-receive
again ssh.clone
git -C up.git fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$(cat fsck.text)"
