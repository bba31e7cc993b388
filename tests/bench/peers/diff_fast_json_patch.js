// SPDX-License-Identifier: Apache-2.0
const fs = require('fs');
const { compare } = require('fast-json-patch');
const [a, b] = process.argv.slice(2).map((f) => JSON.parse(fs.readFileSync(f, 'utf8')));
console.log(compare(a, b).length);
