#!/usr/bin/env node
/** `npm run log -- …`: builds what changed, then hands over to the operator's commands on Node 24. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { node, prepare, root } from './prepare.mjs'

// Answers go to stdout alone: they may be read by a machine.
prepare((line) => process.stderr.write(`${line}\n`))
const command = spawn(node, [join(root, 'deploy', 'local', 'dist', 'log', 'main.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, NODE_OPTIONS: '' },
})
// A terminal's Ctrl-C reaches the whole group; a `kill` of this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => command.kill(signal))
command.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
