export { startVaultDatabase, type VaultDatabase } from './start-vault-database.ts'
