import { jest } from '@jest/globals'

/** On a loaded machine a test may take a minute before it has failed: marts are built, real servers start and are killed. */
jest.setTimeout(60_000)
