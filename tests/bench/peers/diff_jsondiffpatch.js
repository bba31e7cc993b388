// SPDX-License-Identifier: Apache-2.0
const fs = require('fs');
const key = (i) => [i.RegistryType, i.InstanceId, i.Namespace, i.ImageName, i.ImageTag].join('\0');
const [a, b] = process.argv.slice(2).map((f) => JSON.parse(fs.readFileSync(f, 'utf8')));
(async () => {
  const jdp = await import(`${process.env.NODE_PATH}/jsondiffpatch/lib/index.js`);
  const differ = jdp.create({ objectHash: key, arrays: { detectMove: false } });
  console.log(Object.keys(differ.diff(a, b).Response.Images).length);
})();
