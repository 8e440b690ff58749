import { jest } from '@jest/globals'

/** Where real servers start, stop and are killed, a test may take a minute on a loaded machine before it has failed. */
jest.setTimeout(60_000)
