/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vendor's Node SDK over many accounts, so many at once, each reply compared as JSON with one
 * that was agreed on. Keys are made as in need_night of net.sh.
 *
 *   sdk_loop.js PORT CA_FILE AGREED COUNT JOBS
 */
"use strict";

const fs = require("fs");
const https = require("https");
const tls = require("tls");
const { isDeepStrictEqual } = require("util");
const { CommonClient } = require("tencentcloud-sdk-nodejs-common");

const PRODUCTION = "tcss.tencentcloudapi.com";
const [port, caFile, agreedFile, count, jobs] = process.argv.slice(2);
const ca = fs.readFileSync(caFile);
const agreed = JSON.parse(fs.readFileSync(agreedFile)).Response;
const agent = new https.Agent({ ca, keepAlive: true, maxSockets: Number(jobs) });

agent.createConnection = () =>
	tls.connect({ host: "127.0.0.1", port: Number(port), ca, servername: PRODUCTION });

async function check(i) {
	const key = String(i).padStart(5, "0");
	const client = new CommonClient(PRODUCTION, "2020-11-01", {
		credential: { secretId: `AKID${key}`, secretKey: `key-${key}` },
		profile: { httpProfile: { protocol: "https://", endpoint: PRODUCTION, agent } },
	});
	const { RequestId, ...config } = await client.request("DescribeImageRegistryTimingScanTask", {});

	if (!RequestId || !isDeepStrictEqual(config, agreed)) throw new Error(`${key} differs`);
}

let next = 1;

async function work() {
	while (next <= Number(count)) await check(next++);
}

delete agreed.RequestId;
Promise.all(Array.from({ length: Number(jobs) }, work))
	.then(() => process.exit(0))
	.catch((e) => {
		console.error(e);
		process.exit(1);
	});
