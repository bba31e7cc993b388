// SPDX-License-Identifier: Apache-2.0
//
// Runs the jobs of a workflow file as the hosting site would, step by step, with sh -e:
//
//   node github_jobs.mjs FILE CONTEXT.json FOLDER
//
// CONTEXT has github, vars, environments (by name: {approved, vars}) and env (for every step). What
// came of each job is printed as one line of JSON. `container` is the site's; where its image is empty,
// steps get a PATH without the program, which is `hostPath`.
import { createRequire } from 'node:module'
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const require = createRequire(path.join(process.env.SCANDRIFT_NPM, 'node_modules', 'x.js'))
const { parse } = require('yaml')
const [file, contextFile, folder] = process.argv.slice(2).map((name) => path.resolve(name))
const text = fs.readFileSync(file, 'utf8')
const workflow = parse(text)
const context = JSON.parse(fs.readFileSync(contextFile, 'utf8'))
const done = {}

// A member that is not there is empty, at any depth.
const soft = (value) =>
	value !== null && typeof value === 'object'
		? new Proxy(value, { get: (o, k) => (typeof k === 'symbol' ? undefined : soft(o[k] ?? '')) })
		: value === ''
			? new Proxy(Object.assign(() => '', {}), {
					get: (o, k) => (k === Symbol.toPrimitive ? () => '' : soft('')),
				})
			: value

const evaluate = (expression, names) => {
	const all = { ...names, always: () => true, cancelled: () => false }
	return new Function(...Object.keys(all), `return (${expression})`)(...Object.values(all))
}

const fill = (value, names) =>
	String(value).replace(/\$\{\{(.*?)\}\}/gs, (_, e) => String(evaluate(e, names)))

const condition = (job, names) => {
	if (job.if === undefined) return Object.values(names.raw).every((n) => n.result === 'success')
	const inner = String(job.if).replace(/^\$\{\{|\}\}$/g, '')
	const spelled = inner.replace(/(==|!=) ''/g, "$1 ''").replace(/(needs[\w.]+) (==|!=)/g, 'String($1) $2')
	const holds = Boolean(evaluate(spelled, names))
	return /always\(\)|cancelled\(\)/.test(inner)
		? holds
		: holds && Object.values(names.raw).every((n) => n.result === 'success')
}

const outputs = (name) =>
	Object.fromEntries(
		fs.readFileSync(name, 'utf8').split('\n').filter(Boolean).map((line) => {
			const at = line.indexOf('=')
			return [line.slice(0, at), line.slice(at + 1)]
		}),
	)

const runStep = (id, at, step, env, names, steps) => {
	if (step.uses || !step.run) throw new Error(`${id}: a step that this runner does not know`)
	if (step.run.includes('${{')) throw new Error(`${id}: a value of the event in a script`)
	const base = path.join(folder, id)
	const script = path.join(base, `${at}.sh`)
	const output = path.join(base, `${at}.output`)
	fs.writeFileSync(script, step.run)
	fs.writeFileSync(output, '')
	for (const [k, v] of Object.entries(step.env ?? {})) env[k] = fill(v, names)
	const r = spawnSync('sh', ['-e', script], {
		cwd: path.join(base, 'work'),
		env: { ...env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: path.join(base, 'summary') },
		encoding: 'utf8',
	})
	fs.appendFileSync(path.join(base, 'log'), `# ${step.name}\n${r.stdout}${r.stderr}`)
	if (step.id) steps[step.id] = { outputs: outputs(output) }
	return r.status === 0
}

const runJob = (id, job) => {
	const needs = [].concat(job.needs ?? [])
	const raw = Object.fromEntries(needs.map((n) => [n, done[n]]))
	const site = context.environments[job.environment] ?? (job.environment ? { approved: true, vars: {} } : {})
	const vars = { ...context.vars, ...(site.vars ?? {}) }
	const steps = {}
	const names = { github: soft(context.github), vars: soft(vars), needs: soft(raw), steps: soft(steps), raw }
	if (!condition(job, names)) return { result: 'skipped', outputs: {} }
	// Nobody has approved: it waits, and at the end is cancelled.
	if (job.environment && !site.approved) return { result: 'cancelled', outputs: {} }
	fs.mkdirSync(path.join(folder, id, 'work'), { recursive: true })
	const env = { ...context.env, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request_target' }
	for (const [k, v] of Object.entries(workflow.env ?? {})) env[k] = fill(v, names)
	if (!job.container || fill(job.container.image, names) === '') env.PATH = context.hostPath
	const fine = job.steps.every((step, at) => runStep(id, at, step, { ...env }, names, steps))
	const out = {}
	for (const [k, v] of Object.entries(job.outputs ?? {})) out[k] = fill(v, { ...names, steps: soft(steps) })
	return { result: fine ? 'success' : 'failure', outputs: out }
}

for (const [id, job] of Object.entries(workflow.jobs)) done[id] = runJob(id, job)
const results = Object.fromEntries(Object.entries(done).map(([id, d]) => [id, d.result]))
console.log(JSON.stringify({ ...results, digest: done.review.outputs.digest }))
