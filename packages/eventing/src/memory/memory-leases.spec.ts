import { describeLeases } from '../testing/index.ts'
import { createMemoryLeases } from './memory-leases.ts'

const leases = createMemoryLeases()
describeLeases('the memory', () => leases)
