/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vendor's official Node SDK as a client of the stand-in. Reads one call a line,
 *
 *   NAME VIA SECRETID SECRETKEY TOKEN [KEY=VALUE...]
 *
 * with - for no token, and prints `NAME OUTCOME REQUESTID` for each. VIA says how the server is
 * reached: http or https, then the endpoint that the SDK is told:
 *
 *   name       tcss.tencentcloudapi.com, connected to the loopback port below HTTP
 *   address    127.0.0.1:PORT
 *   localhost  localhost:PORT
 *
 * so `https-name` is production's name, scope and certificate check. OUTCOME is `ok`, the API's
 * code, `http-STATUS` or `transport`. Further keys: action, version, region, language, method,
 * body (JSON), timeout (seconds); `show=1` adds the reply as JSON.
 */
"use strict";

const fs = require("fs");
const http = require("http");
const https = require("https");
const net = require("net");
const tls = require("tls");
const { CommonClient } = require("tencentcloud-sdk-nodejs-common");

const PRODUCTION = "tcss.tencentcloudapi.com";
const ports = { http: Number(process.env.HTTP_PORT), https: Number(process.env.HTTPS_PORT) };
const ca = fs.readFileSync(process.env.CA_FILE);

/* Leaves the name to the SDK and the certificate check, and connects to the loopback port. */
function agentToLoopback(scheme) {
	const host = "127.0.0.1";
	const agent = scheme === "https" ? new https.Agent({ ca }) : new http.Agent();

	agent.createConnection =
		scheme === "https"
			? () => tls.connect({ host, port: ports.https, ca, servername: PRODUCTION })
			: () => net.connect({ host, port: ports.http });
	return agent;
}

/* IPv4 alone: the stand-in listens on 127.0.0.1, and `localhost` may mean ::1 first. */
function plainAgent(scheme) {
	return scheme === "https" ? new https.Agent({ ca, family: 4 }) : new http.Agent({ family: 4 });
}

function connection(via) {
	const [scheme, how] = via.split("-");
	const endpoints = {
		name: PRODUCTION,
		address: `127.0.0.1:${ports[scheme]}`,
		localhost: `localhost:${ports[scheme]}`,
	};

	return {
		protocol: `${scheme}://`,
		endpoint: endpoints[how],
		agent: how === "name" ? agentToLoopback(scheme) : plainAgent(scheme),
	};
}

function makeClient(call) {
	const { protocol, endpoint, agent } = connection(call.via);

	return new CommonClient(endpoint, call.version || "2020-11-01", {
		credential: { secretId: call.id, secretKey: call.key, token: call.token },
		region: call.region,
		profile: {
			language: call.language,
			httpProfile: {
				protocol,
				endpoint,
				agent,
				reqMethod: call.method || "POST",
				reqTimeout: Number(call.timeout || 20),
			},
		},
	});
}

function outcomeOf(error) {
	if (error.requestId)
		return error.code;
	return error.httpCode ? `http-${error.httpCode}` : "transport";
}

function parse(line) {
	const [name, via, id, key, token, ...more] = line.split(/\s+/);
	const call = { name, via, id, key, token: token === "-" ? undefined : token };

	for (const pair of more) {
		const at = pair.indexOf("=");
		call[pair.slice(0, at)] = pair.slice(at + 1);
	}
	return call;
}

async function run(call) {
	try {
		const action = call.action || "DescribeImageRegistryTimingScanTask";
		const reply = await makeClient(call).request(action, JSON.parse(call.body || "{}"));
		const shown = call.show ? ` ${JSON.stringify(reply)}` : "";

		return `ok ${reply.RequestId || "-"}${shown}`;
	} catch (error) {
		if (process.env.SDK_DEBUG)
			console.error(call.name, error);
		return `${outcomeOf(error)} ${error.requestId || "-"}`;
	}
}

async function main() {
	const lines = fs.readFileSync(0, "utf8").split("\n");

	for (const line of lines) {
		if (line.trim() === "" || line.startsWith("#"))
			continue;
		const call = parse(line.trim());

		console.log(`${call.name} ${await run(call)}`);
	}
}

main();
