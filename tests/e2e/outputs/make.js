// SPDX-License-Identifier: Apache-2.0
//
// node make.js HOSTILE.json BASELINE.json DIR: for the value at each index N a folder DIR/N with a
// reply that has it wherever a reply can, and the policy files of a repository that has it wherever
// a policy can.
"use strict";

const fs = require("fs");
const path = require("path");

const [hostile, baseline, dir] = process.argv.slice(2);
const values = JSON.parse(fs.readFileSync(hostile, "utf8"));
const base = JSON.parse(fs.readFileSync(baseline, "utf8"));

// INI is lines of text: what a policy cannot hold at all is left out there.
const forIni = (v) => v.replace(/[^\P{C}]|[\u2028\u2029]|\s+/gu, " ").replace(/ ;/g, ";").trim();

values.forEach((value, n) => {
  const to = path.join(dir, String(n));
  const reply = {
    ...base,
    // Numbers beyond 2^53 would not survive this program.
    Id: [],
    ExcludeImageAssetIds: [],
    ScanScope: 1,
    ScanType: [...base.ScanType.slice(1), value],
    Namespace: [value],
    Images: [{ RegistryType: "tcr", InstanceId: value, Namespace: value, ImageName: value, ImageTag: "1" }],
    [`New${value}`]: { [value]: value },
    RequestId: "00000000-0000-4000-8000-000000000001",
  };
  fs.mkdirSync(path.join(to, "replies"), { recursive: true });
  fs.writeFileSync(path.join(to, "replies", "prod.json"), JSON.stringify({ Response: reply }));
  // One that cannot be judged, and says why in those words.
  const refusal = { Error: { Code: "InternalError", Message: value }, RequestId: value };
  fs.mkdirSync(path.join(to, "refused"));
  fs.writeFileSync(path.join(to, "refused", "prod.json"), JSON.stringify({ Response: refusal }));

  const text = forIni(value) || "x";
  fs.mkdirSync(path.join(to, "policies"));
  fs.writeFileSync(
    path.join(to, "policies", "hostile.ini"),
    `[policy]
id    = hostile
title = T ${text}

[rule fails]
title       = T ${text}
severity    = high
assert      = /ScanPeriod == 7
rationale   = T ${text}
remediation = T ${text}

[rule waived]
title    = T ${text}
severity = medium
assert   = /ScanPeriod == 8

[waiver known]
rule    = hostile/waived
reason  = T ${text}
owner   = T ${text}
expires = 2027-01-31
`);
});
console.log(values.length);
