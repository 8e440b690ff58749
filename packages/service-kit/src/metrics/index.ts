export { exposition, type Scrape, scrape } from './expose.ts'
export { meteredLog } from './metered-log.ts'
export { createMetrics, type Metrics } from './metrics.ts'
