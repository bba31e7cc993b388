# SPDX-License-Identifier: Apache-2.0
#
# Sourced: brings the npm tools to .build/npm, as tests/npm/package-lock.json pins them.

# install_npm: from the source tree; again only where the lock has changed.
install_npm() {
	npm_want=$(cat tests/npm/package.json tests/npm/package-lock.json tests/npm/.npmrc | sha256sum)
	[ "$npm_want" != "$(cat .build/npm/installed 2>/dev/null)" ] || return 0
	rm -rf .build/npm
	mkdir -p .build/npm
	cp tests/npm/package.json tests/npm/package-lock.json tests/npm/.npmrc .build/npm/
	# A registry may fail once.
	for npm_try in 1 2 3; do
		if (cd .build/npm && npm ci --no-audit --no-fund) >.build/npm.log 2>&1; then
			printf '%s\n' "$npm_want" >.build/npm/installed
			return 0
		fi
		[ "$npm_try" = 3 ] || sleep 5
	done
	tail -n 30 .build/npm.log >&2
	return 1
}
