#!/usr/bin/env node
/** `npm start`: installs what is missing, builds what changed, then hands over to the supervisor on Node 24. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node, prepare, root } from './prepare.mjs'

prepare()
const supervisor = spawn(node, [join(root, 'deploy', 'local', 'dist', 'supervise.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
// A terminal's Ctrl-C reaches the whole group; a `kill` of this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => supervisor.kill(signal))
// npm ends at a signal without passing it on: when the shell it put between us is gone, the system stops as well.
const parent = process.ppid
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid !== parent && supervisor.kill('SIGTERM'), 500).unref()
}
supervisor.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
