import { describeApiTokens } from './describe-api-tokens.ts'
import { describePreferences } from './describe-preferences.ts'
import { describeAccounts, describeRefreshTokens } from './describe-sign-in-stores.ts'
import { memoryAccounts } from './memory-accounts.ts'
import { memoryApiTokens } from './memory-api-tokens.ts'
import { memoryPreferences } from './memory-preferences.ts'
import { memoryRefreshTokens } from './memory-refresh-tokens.ts'

describeAccounts('memory', async () => memoryAccounts())
describeRefreshTokens('memory', async () => memoryRefreshTokens())
describePreferences('memory', async () => memoryPreferences())
describeApiTokens('memory', async () => memoryApiTokens())
