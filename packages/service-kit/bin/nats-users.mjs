import { writeFileSync } from 'node:fs'
import { shippedUsersFile } from '../src/broker/index.ts'

writeFileSync(new URL('../../../deploy/nats/users.conf', import.meta.url), shippedUsersFile())
