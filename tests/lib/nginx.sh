# SPDX-License-Identifier: Apache-2.0
#
# Sourced: starts a real nginx as a plain process, with a prefix of its own, on loopback ports.

# Servers, in the order of their ports: what is offered by ALPN and which TLS.
nginx_table='
h1     TLSv1.2;TLSv1.3
h2     TLSv1.2;TLSv1.3
tls12  TLSv1.2
tls13  TLSv1.3
tls11  TLSv1.1
'

# nginx_certificate DIR: a CA, DIR/ca.pem, and a certificate of it for 127.0.0.1, and for
# 0.0.0.0, which leads there too and is no loopback address to a client.
nginx_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		-subj '/CN=scandrift test CA' -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null &&
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=scandrift' \
			-keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null &&
		printf 'subjectAltName = IP:127.0.0.1, IP:0.0.0.0\n' >"$1/server.ext" &&
		openssl x509 -req -in "$1/server.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" \
			-set_serial 1 -days 30 -extfile "$1/server.ext" -out "$1/server.pem" 2>/dev/null
}

# nginx_config DIR FIRST_PORT: every POST gets DIR/www/reply.json. NGINX_LOG=/dev/null: no log of
# requests.
nginx_config() {
	cat <<CONFIG
daemon off;
master_process off;
pid "$1/nginx.pid";
error_log "$1/error.log" notice;
events { worker_connections 1024; }
http {
	default_type application/json;
	log_format wire 'connection=\$connection tls=\$ssl_protocol http=\$server_protocol '
		'status=\$status proxy=\$http_proxy_authorization';
	access_log "${NGINX_LOG:-$1/access.log}" wire;
	client_body_temp_path "$1/body";
	proxy_temp_path "$1/proxy";
	fastcgi_temp_path "$1/fastcgi";
	uwsgi_temp_path "$1/uwsgi";
	scgi_temp_path "$1/scgi";
	keepalive_requests 1000000;
	ssl_certificate "$1/server.pem";
	ssl_certificate_key "$1/server.key";
	root "$1/www";
CONFIG
	nginx_port=$2
	printf '%s\n' "$nginx_table" | grep . | while read -r nginx_name nginx_tls; do
		nginx_more=
		[ "$nginx_name" = h1 ] || nginx_more=' http2'
		# OpenSSL itself refuses what is older than TLS 1.2 at its usual level.
		nginx_ciphers=
		[ "$nginx_name" != tls11 ] || nginx_ciphers=' ssl_ciphers ALL:@SECLEVEL=0;'
		cat <<CONFIG
	server {
		listen 127.0.0.1:$nginx_port ssl$nginx_more;
		ssl_protocols $(printf '%s' "$nginx_tls" | tr ';' ' ');$nginx_ciphers
		location / { rewrite ^ /reply.json break; error_page 405 =200 /reply.json; }
	}
CONFIG
		nginx_port=$((nginx_port + 1))
	done
	echo '}'
}

# nginx_launch DIR REPLY: in the background; sets nginx_pid, and NGINX_PORT, the first server's.
# No way is there to have it choose its ports and say them, so they are tried.
nginx_launch() {
	mkdir -p "$1/www" && cp "$2" "$1/www/reply.json" && nginx_certificate "$1" || return 1
	for nginx_try in 0 1 2 3 4 5 6 7 8 9; do
		NGINX_PORT=$((20000 + ($$ * 7 + nginx_try * 1009) % 12000))
		nginx_config "$1" "$NGINX_PORT" >"$1/nginx.conf"
		rm -f "$1/nginx.pid" "$1/error.log"
		nginx -p "$1" -e "$1/error.log" -c "$1/nginx.conf" 2>"$1/stderr" &
		nginx_pid=$!
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			[ ! -s "$1/nginx.pid" ] || return 0
			kill -0 "$nginx_pid" 2>/dev/null || break
			sleep 0.1
		done
		kill "$nginx_pid" 2>/dev/null || :
		wait "$nginx_pid" 2>/dev/null || :
		grep -q 'Address already in use' "$1/error.log" || break
	done
	cat "$1/stderr" "$1/error.log" >&2
	return 1
}

# nginx_port_of NAME: the port of a row of the table.
nginx_port_of() {
	printf '%s\n' "$nginx_table" | grep . |
		awk -v name="$1" -v first="$NGINX_PORT" '$1 == name { print first + NR - 1 }'
}
