#!/usr/bin/env node
/**
 * After `ng build`: takes the page's hash out of the service worker's list. The gateway writes a nonce of its own into each
 * answer of the page, so its bytes never have the hash of the file; the worker would refuse it. Without a hash it keeps the page
 * as it was answered, with the policy that fits its nonce, and shows it only where there is no network.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../dist/browser/ngsw.json', import.meta.url))
const list = JSON.parse(readFileSync(path, 'utf8'))
if (list.hashTable['/index.html'] === undefined)
  throw new Error(`Found no hash of /index.html in ${path}, expected one to take out: has ngsw-config.json changed?`)
delete list.hashTable['/index.html']
writeFileSync(path, JSON.stringify(list, null, 2))
