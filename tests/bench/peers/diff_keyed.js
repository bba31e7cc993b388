// SPDX-License-Identifier: Apache-2.0
// What a careful engineer writes by hand: a map by identity, then what came and went.
const fs = require('fs');
const images = (f) => JSON.parse(fs.readFileSync(f, 'utf8')).Response.Images;
const key = (i) => [i.RegistryType, i.InstanceId, i.Namespace, i.ImageName, i.ImageTag].join('\0');
const [a, b] = process.argv.slice(2).map((f) => new Map(images(f).map((i) => [key(i), i])));
let gone = 0, come = 0;
for (const k of a.keys()) if (!b.has(k)) gone++;
for (const k of b.keys()) if (!a.has(k)) come++;
console.log(gone, come);
