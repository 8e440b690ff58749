export * from './routes.ts'
export * from './shapes.ts'
