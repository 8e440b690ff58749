import { describeDeadLetters } from '../testing/index.ts'
import { createMemoryDeadLetters } from './memory-dead-letters.ts'

const letters = createMemoryDeadLetters()
describeDeadLetters('memory', () => letters)
