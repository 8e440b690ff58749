import { describeAccounts, describeRefreshTokens } from './describe-sign-in-stores.ts'
import { memoryAccounts } from './memory-accounts.ts'
import { memoryRefreshTokens } from './memory-refresh-tokens.ts'

describeAccounts('memory', async () => memoryAccounts())
describeRefreshTokens('memory', async () => memoryRefreshTokens())
