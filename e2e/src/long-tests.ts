import { jest } from '@jest/globals'

/** Whole systems are started and killed here: a test may take a minute where it says nothing else. */
jest.setTimeout(60_000)
