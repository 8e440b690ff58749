export { type AnalyticsOptions, startAnalytics } from './start.ts'
