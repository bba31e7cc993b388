/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs.js SEED COUNT DIR: writes pairs of replies to DIR/N.a.json and DIR/N.b.json, the second
 * mostly a neighbour of the first. Integers stay below 2^53: JavaScript has no others.
 */
"use strict";

const fs = require("fs");
const path = require("path");

let state = BigInt(process.argv[2]);

function below(n) {
	state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
	return Number((state >> 33n) % BigInt(n));
}

const oneOf = (list) => list[below(list.length)];
const some = (list, make) => Array.from({ length: below(6) }, () => (make ? make() : oneOf(list)));

const texts = ["", "a", "A", "b/c", "~", "\u00e9", "\u{1f600}", "\uff5e", "##[x]::y::\u202e\n"];
const image = () => ({
	ImageName: oneOf(texts),
	ImageTag: oneOf(["1", "2", null]),
	RegistryType: oneOf(["tcr", "CCR"]),
	Namespace: oneOf(["n", ""]),
	InstanceId: oneOf(["i", undefined]),
	ImageRepoAddress: oneOf(["x", "y", undefined]),
	ImageDigest: oneOf(["sha256:1", "sha256:2", undefined]),
	New: oneOf([undefined, undefined, undefined, null, 1, [{ "a/b": 1.5 }]]),
});
const anything = () => oneOf([null, [], {}, 0, -1.5, 1e21, "", "x", [1, [2]], { b: 1, "a~/": null }]);

const fields = {
	Enable: () => oneOf([true, false, null]),
	ScanScope: () => oneOf([0, 1, 2, 3, 7, null]),
	ScanType: () => some(["CVE", "risk", "virus", "new"]),
	ScanPeriod: () => oneOf([1, 3, 7]),
	ScanTime: () => oneOf(["03:00", "17:10:01"]),
	ScanEndTime: () => oneOf(["04:00", null]),
	RegistryType: () => some(["tcr", "CCR", "quay"]),
	Namespace: () => some(texts),
	Images: () => some(null, image),
	Id: () => some(null, () => below(12)),
	ExcludeImageAssetIds: () => oneOf([null, some(null, () => below(2 ** 20))]),
	Latest: () => oneOf([true, false]),
	LastScanTime: () => oneOf(["2024-10-29 17:10:00", "2024-10-30 17:10:00"]),
	"a~b/c": anything,
	"": anything,
	"\u{1f600}": anything,
	New: anything,
};

function make(from, share) {
	const made = {};
	for (const [name, value] of Object.entries(fields)) {
		if (from && below(100) >= share) {
			if (name in from)
				made[name] = from[name];
		} else if (below(4)) {
			made[name] = value();
		}
	}
	return made;
}

for (let i = 0; i < Number(process.argv[3]); i++) {
	const a = make(null, 100);
	const b = make(a, oneOf([0, 10, 30, 100]));

	for (const [side, fieldsOfSide] of [["a", a], ["b", b]])
		fs.writeFileSync(path.join(process.argv[4], `${i}.${side}.json`),
			JSON.stringify({ Response: fieldsOfSide }));
}
